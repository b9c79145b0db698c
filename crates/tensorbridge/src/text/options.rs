//! How tensors are written, for the whole process.

use std::sync::{PoisonError, RwLock};

/// What `set_printoptions` sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Digits after the point.
    pub precision: usize,
    /// Elements above which only the edges of each axis are shown.
    pub threshold: usize,
    /// Elements shown at either end of a cut axis.
    pub edge_items: usize,
    /// Characters a line.
    pub line_width: usize,
    /// Whether floats are written with an exponent; `None` decides by their range.
    pub scientific: Option<bool>,
}

impl Options {
    const DEFAULT: Self =
        Self { precision: 4, threshold: 1000, edge_items: 3, line_width: 80, scientific: None };
}

impl Default for Options {
    fn default() -> Self {
        Self::DEFAULT
    }
}

static OPTIONS: RwLock<Options> = RwLock::new(Options::DEFAULT);

/// The options in force.
#[must_use]
pub fn options() -> Options {
    OPTIONS.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Sets the options for the whole process.
pub fn set_options(options: Options) {
    *OPTIONS.write().unwrap_or_else(PoisonError::into_inner) = options;
}

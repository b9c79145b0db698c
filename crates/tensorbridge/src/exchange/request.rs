//! What the caller asked for.

use tensorbridge_core::{Casting, DType, Device};

/// The `copy=` argument of the Array API standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CopyMode {
    /// `None`: share if possible, else copy.
    #[default]
    IfNeeded,
    /// `False`: share or refuse.
    Never,
    /// `True`: always copy.
    Always,
}

impl From<Option<bool>> for CopyMode {
    fn from(copy: Option<bool>) -> Self {
        match copy {
            None => Self::IfNeeded,
            Some(false) => Self::Never,
            Some(true) => Self::Always,
        }
    }
}

/// What the result must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Whether a copy may, must or must not be made.
    pub copy: CopyMode,
    /// The wanted dtype; `None` keeps the source's.
    pub dtype: Option<DType>,
    /// The wanted device; `None` keeps the source's.
    pub device: Option<Device>,
    /// `None` as the source says; `Some(false)` never writable; `Some(true)` writable, or a
    /// copy, or a refusal.
    pub writable: Option<bool>,
    /// The rule that a cast must obey; `None` allows any.
    pub casting: Option<Casting>,
}

impl Request {
    /// The request of `from_numpy` and `copy=False`: share or refuse.
    pub const SHARE: Self =
        Self { copy: CopyMode::Never, dtype: None, device: None, writable: None, casting: None };
}

//! The one error type: what was asked, what was found, and what to do about it.

use std::borrow::Cow;
use std::fmt;

/// The class of a failure. The Python layer maps each class to one exception type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// An argument has the right type and an unusable value (`ValueError`).
    Value,
    /// A dtype, device or object of the wrong type (`TypeError`).
    Type,
    /// An index out of range, or an object that cannot index (`IndexError`).
    Index,
    /// A protocol's exporter cannot describe this tensor (`BufferError`).
    Buffer,
    /// An allocation failed (`MemoryError`).
    Memory,
    /// Known, and not built (`NotImplementedError`).
    NotImplemented,
    /// A copy would be needed and was forbidden (`CopyError`).
    Copy,
    /// A device that cannot be used (`DeviceError`).
    Device,
    /// Shapes that do not fit together (`ShapeError`).
    Shape,
    /// A state in which the request makes no sense (`RuntimeError`).
    Runtime,
    /// An integer division by zero (`ZeroDivisionError`).
    ZeroDivision,
    /// A value outside the range of its destination (`RangeError`).
    Overflow,
    /// A cast that would change a value, where none may (`InexactError`).
    Inexact,
    /// Whoever was asked said stop (`KeyboardInterrupt`, or what a signal handler raised).
    Interrupted,
    /// A matrix that linear algebra has no answer for (`LinAlgError`).
    LinearAlgebra,
}

/// A failure with its remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    hint: Option<Cow<'static, str>>,
}

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of class `kind`. The message says what was asked and what was found.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), hint: None }))
    }

    /// Adds the remedy: what the caller can do instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Names in front what met the failure: an operation.
    #[must_use]
    pub fn of(mut self, operation: &str) -> Self {
        self.0.message = format!("{operation}: {}", self.0.message).into();
        self
    }

    /// The class.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message without the remedy.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The remedy, if there is one.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

macro_rules! shorthand {
    ($($name:ident => $kind:ident),+ $(,)?) => {
        impl Error {
            $(
                #[doc = concat!("An error of class [`ErrorKind::", stringify!($kind), "`].")]
                #[cold]
                pub fn $name(message: impl Into<Cow<'static, str>>) -> Self {
                    Self::new(ErrorKind::$kind, message)
                }
            )+
        }
    };
}

shorthand! {
    value => Value, dtype => Type, index => Index, buffer => Buffer, memory => Memory,
    not_implemented => NotImplemented, copy => Copy, device => Device, shape => Shape,
    runtime => Runtime, zero_division => ZeroDivision, overflow => Overflow,
    inexact => Inexact, interrupted => Interrupted,
    linear_algebra => LinearAlgebra,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)?;
        match &self.0.hint {
            Some(hint) => write!(formatter, " — hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_message_then_hint() {
        let error = Error::copy("a copy would be needed").hint("pass `copy=None`");
        assert_eq!(error.to_string(), "a copy would be needed — hint: pass `copy=None`");
        assert_eq!(error.kind(), ErrorKind::Copy);
        let named = error.clone().of("stack");
        assert_eq!(named.to_string(), format!("stack: {error}"));
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}

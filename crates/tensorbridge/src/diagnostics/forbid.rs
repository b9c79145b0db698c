//! Copies that somebody forbade: an error at the place where one would be made, before it is.
//!
//! A scope is of one thread, the one that entered it; what it calls runs there, and worker
//! threads of kernels make no copies of their own.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use tensorbridge_core::{Error, Result};

use crate::exchange::Reason;

/// Which copies are forbidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forbidden {
    /// None.
    #[default]
    Nothing,
    /// Those that nobody asked for.
    Implicit,
    /// Those that were asked for, too.
    All,
}

/// Open scopes of all threads: 0 nearly always, and then a copy pays one relaxed load.
static SCOPES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static FORBIDDEN: Cell<Forbidden> = const { Cell::new(Forbidden::Nothing) };
}

/// The functions that share if they can: a cast or a transfer of theirs is nobody's wish to copy.
const DOORS: [&str; 5] = ["asarray", "as_tensor", "from_dlpack", "operand", "out"];

/// Forbids copies on this thread from here on; gives what was forbidden before, for [`leave`].
#[must_use]
pub fn enter(forbidden: Forbidden) -> Forbidden {
    SCOPES.fetch_add(1, Ordering::Relaxed);
    FORBIDDEN.with(|cell| cell.replace(forbidden.max(cell.get())))
}

/// Ends the scope that [`enter`] began.
pub fn leave(before: Forbidden) {
    FORBIDDEN.with(|cell| cell.set(before));
    SCOPES.fetch_sub(1, Ordering::Relaxed);
}

/// Refuses a copy where copies are forbidden. Called by every place that makes one, before it
/// does.
///
/// # Errors
///
/// `Copy`, naming the operation and every reason.
#[inline]
pub fn permit(operation: &str, reasons: &[Reason]) -> Result<()> {
    if SCOPES.load(Ordering::Relaxed) == 0 {
        return Ok(());
    }
    judge(operation, reasons)
}

#[cold]
fn judge(operation: &str, reasons: &[Reason]) -> Result<()> {
    let asked_for = reasons.iter().any(|reason| match reason {
        Reason::Requested | Reason::Assign => true,
        Reason::Cast { .. } | Reason::Transfer { .. } => !DOORS.contains(&operation),
        _ => false,
    });
    let limit = if asked_for { Forbidden::All } else { Forbidden::Implicit };
    if FORBIDDEN.get() < limit {
        return Ok(());
    }
    let why: Vec<_> = reasons.iter().map(ToString::to_string).collect();
    let remedy = reasons.first().map_or("share the memory", |reason| reason.remedy());
    Err(Error::copy(format!("`{operation}` would copy, inside `no_copies()`: {}", why.join("; ")))
        .hint(remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_nest_and_are_of_one_thread() {
        let layout = [Reason::Layout];
        assert!(permit("reshape", &layout).is_ok());
        let outer = enter(Forbidden::Implicit);
        assert!(permit("reshape", &layout).is_err());
        assert!(permit("clone", &[Reason::Requested]).is_ok());
        assert!(permit("tensor", &[Reason::Requested, Reason::ByteOrder]).is_ok());
        let inner = enter(Forbidden::All);
        assert!(permit("clone", &[Reason::Requested]).is_err());
        let weaker = enter(Forbidden::Implicit);
        assert!(permit("clone", &[Reason::Requested]).is_err());
        leave(weaker);
        leave(inner);
        assert!(permit("clone", &[Reason::Requested]).is_ok());
        let elsewhere = std::thread::spawn(move || permit("reshape", &layout).is_ok());
        assert!(elsewhere.join().unwrap());
        leave(outer);
        assert!(permit("reshape", &layout).is_ok());
    }

    #[test]
    fn a_cast_is_asked_for_where_it_is_the_operation() {
        use tensorbridge_core::DType;
        let cast = [Reason::Cast { from: DType::Float64, to: DType::Float32 }];
        let before = enter(Forbidden::Implicit);
        assert!(permit("to", &cast).is_ok());
        let error = permit("asarray", &cast).unwrap_err();
        leave(before);
        assert!(error.to_string().contains("float64 was asked for as float32"), "{error}");
    }
}

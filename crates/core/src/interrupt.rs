//! Whether a long operation goes on: asked between blocks, on the thread that called it.
//!
//! Whoever calls operations says whom to ask, with [`watched`]; whoever works for long calls
//! [`check`] between blocks and returns its error. Results that nobody has seen yet are
//! abandoned at once. Memory that is older than the call is finished first, for [`GRACE`] at
//! most; the error says when that was not enough.

use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::layout::Dims;
use crate::{DType, Error, Result};

/// Time between two questions, and before the first.
const PAUSE: Duration = Duration::from_millis(50);

/// How long memory that others see is written to after the answer was to stop.
pub const GRACE: Duration = Duration::from_secs(1);

/// A call that may be asked to stop.
struct Watch<'a> {
    /// Which of all calls this is; never 0.
    number: u64,
    /// Whether to stop.
    ask: &'a dyn Fn() -> bool,
    /// When to ask next; unknown before the first block has ended.
    due: Cell<Option<Instant>>,
    /// When the answer was yes.
    stopped: Cell<Option<Instant>>,
    /// The tensor, older than the call, that is written to.
    written: RefCell<Option<(Dims<usize>, DType)>>,
}

thread_local! {
    /// The innermost watch of this thread, or null.
    static WATCH: Cell<*const Watch<'static>> = const { Cell::new(std::ptr::null()) };
}

/// Puts a watch in place, and the one before it back.
struct Place(*const Watch<'static>);

impl Place {
    fn take(watch: *const Watch<'static>) -> Self {
        Self(WATCH.replace(watch))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        WATCH.set(self.0);
    }
}

/// Runs `work`, which asks `ask` every now and then whether to stop; the first yes ends it with
/// an error of kind `Interrupted`, now or within [`GRACE`], unless it ends before.
pub fn watched<R>(ask: &dyn Fn() -> bool, work: impl FnOnce() -> R) -> R {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let watch = Watch {
        number: NUMBER.fetch_add(1, Ordering::Relaxed),
        ask,
        due: Cell::new(None),
        stopped: Cell::new(None),
        written: RefCell::new(None),
    };
    let _place = Place::take((&raw const watch).cast());
    work()
}

/// The watch of this thread.
fn current<'a>() -> Option<&'a Watch<'a>> {
    // SAFETY: null, or a watch further up this thread's stack: `watched` takes it out of its
    // place before it ends. The functions below keep the reference no longer than they run.
    unsafe { WATCH.get().cast::<Watch<'a>>().as_ref() }
}

/// Whether to go on. Cheap enough for every block of some ten microseconds, and free where
/// nobody watches.
///
/// # Errors
///
/// `Interrupted`: leave the work as it is and return this error.
#[inline]
pub fn check() -> Result<()> {
    match current() {
        None => Ok(()),
        Some(watch) => watch.check(),
    }
}

impl Watch<'_> {
    fn check(&self) -> Result<()> {
        let now = Instant::now();
        if self.stopped.get().is_none() {
            let due = self.due.get().unwrap_or(now + PAUSE);
            self.due.set(Some(due));
            if now < due {
                return Ok(());
            }
            // Whoever is asked may run operations of his own.
            let place = Place::take(std::ptr::null());
            let stop = (self.ask)();
            drop(place);
            let now = Instant::now();
            self.due.set(Some(now + PAUSE));
            if !stop {
                return Ok(());
            }
            self.stopped.set(Some(now));
        }
        let since = self.stopped.get().map_or(GRACE, |stopped| stopped.elapsed());
        match &*self.written.borrow() {
            None => Err(Error::interrupted("the operation was interrupted")),
            Some(_) if since < GRACE => Ok(()),
            Some((shape, dtype)) => {
                let mut text = String::new();
                let _ = write!(
                    text,
                    "the operation was interrupted, and its output, the tensor of shape {:?} and dtype {dtype}, is partly written",
                    shape.as_slice()
                );
                Err(Error::interrupted(text).hint("compute it again before you read it"))
            }
        }
    }
}

/// The number of the call that memory is allocated in; 0 where nobody watches.
pub(crate) fn number() -> u64 {
    current().map_or(0, |watch| watch.number)
}

/// Records that memory allocated in call `born` is about to be written.
#[inline]
pub(crate) fn writing(born: impl FnOnce() -> u64, shape: &[usize], dtype: DType) {
    if let Some(watch) = current()
        && watch.number != born()
    {
        *watch.written.borrow_mut() = Some((Dims::from_slice(shape), dtype));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::host::Fill;
    use crate::{Device, ErrorKind, Tensor};

    fn tensor() -> Tensor {
        Tensor::allocate(&[2, 3], DType::Int8, Device::CPU, Fill::Zero).unwrap()
    }

    /// Checks for as long as it may, and says how that ended and after how many milliseconds.
    fn spin() -> (Error, u128) {
        let start = Instant::now();
        loop {
            if let Err(error) = check() {
                return (error, start.elapsed().as_millis());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn nobody_watches() {
        assert!(check().is_ok());
        assert_eq!(number(), 0);
    }

    #[test]
    fn the_first_yes_ends_it() {
        let asked = Cell::new(0);
        let ask = || asked.replace(asked.get() + 1) == 2;
        let (error, _) = watched(&ask, || {
            assert!(tensor().write_address().is_ok());
            let ended = spin();
            assert!(check().is_err());
            ended
        });
        assert_eq!((error.kind(), error.remedy()), (ErrorKind::Interrupted, None));
        assert_eq!(asked.get(), 3);
        assert!(check().is_ok());
    }

    #[test]
    fn older_memory_is_given_time_and_named() {
        let older = tensor();
        let (error, milliseconds) = watched(&|| true, || {
            assert!(older.write_address().is_ok());
            spin()
        });
        assert!(milliseconds >= 1000, "{milliseconds}");
        assert!(error.message().contains("[2, 3] and dtype int8, is partly written"), "{error}");
    }

    #[test]
    fn whoever_is_asked_is_not_watched() {
        let ask = || {
            assert!(check().is_ok());
            assert_eq!(number(), 0);
            watched(&|| true, spin);
            true
        };
        let (error, _) = watched(&ask, spin);
        assert_eq!(error.kind(), ErrorKind::Interrupted);
    }
}

//! Events: everything shared, copied and refused while somebody watches.
//!
//! Off, each crossing pays one relaxed load. On, every active [`Log`] gets every event of the
//! process, whichever thread it happened on.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tensorbridge_core::{DType, Dims, Origin, Tensor};

use crate::exchange::{Reason, Reasons};

/// What happened to the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The result is the source's memory.
    Shared,
    /// The result is fresh memory, or values were written into existing memory.
    Copied,
    /// Nothing was made; an error says why.
    Refused,
    /// Another library computed the result, on the memory it was shown.
    Computed,
}

impl Action {
    /// `shared`, `copied`, `refused` or `computed`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Copied => "copied",
            Self::Refused => "refused",
            Self::Computed => "computed",
        }
    }
}

/// One crossing or copy.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happened.
    pub action: Action,
    /// The function or operation: `from_numpy`, `contiguous`.
    pub operation: Cow<'static, str>,
    /// Why, when something was copied or refused.
    pub reasons: Reasons,
    /// Who owns the source's memory, where there is memory.
    pub origin: Option<Origin>,
    /// Element type of the result, where there is one.
    pub dtype: Option<DType>,
    /// Shape of the result.
    pub shape: Dims<usize>,
    /// Bytes of the result's elements: copied, or shared instead of copied.
    pub bytes: usize,
    /// When it was over, since the process first asked.
    pub at: Duration,
    /// How long it took.
    pub elapsed: Duration,
    /// The line of the caller's source, where a [`Locator`] was set.
    pub line: Option<Line>,
    /// Anything else worth saying, such as the name of a dropped subclass.
    pub note: Option<String>,
}

/// A line of source code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The file's name.
    pub file: String,
    /// The line's number.
    pub number: u32,
}

/// Finds the line that the current thread is at in the language above.
pub type Locator = fn() -> Option<Line>;

static LOCATOR: OnceLock<Locator> = OnceLock::new();

/// Sets what finds the lines of events; the first one stays.
pub fn set_locator(locator: Locator) {
    let _ = LOCATOR.set(locator);
}

/// Who is told of each event while a log hears it.
pub type Listener = Box<dyn Fn(&Event) + Send + Sync>;

/// A list of events that grows while it is watched.
#[derive(Default)]
pub struct Log {
    events: Mutex<Vec<Event>>,
    listener: Option<Listener>,
}

static WATCHED: AtomicBool = AtomicBool::new(false);
static LOGS: Mutex<Vec<Arc<Log>>> = Mutex::new(Vec::new());

fn logs() -> MutexGuard<'static, Vec<Arc<Log>>> {
    // A panic while pushing to a vector of events leaves a valid vector.
    LOGS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Log {
    /// A log that hears nothing yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A log that keeps nothing, and tells `listener` of each event instead.
    #[must_use]
    pub fn telling(listener: Listener) -> Arc<Self> {
        Arc::new(Self { events: Mutex::default(), listener: Some(listener) })
    }

    /// Starts hearing events.
    pub fn start(self: &Arc<Self>) {
        let mut logs = logs();
        logs.push(Arc::clone(self));
        WATCHED.store(true, Ordering::Relaxed);
    }

    /// Stops hearing events; the ones heard stay.
    pub fn stop(self: &Arc<Self>) {
        let mut logs = logs();
        if let Some(place) = logs.iter().rposition(|log| Arc::ptr_eq(log, self)) {
            logs.remove(place);
        }
        WATCHED.store(!logs.is_empty(), Ordering::Relaxed);
    }

    /// The events so far.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The start of something that may become an event: the time, if anybody watches.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Watch(Option<Instant>);

/// Starts the clock if anybody watches; otherwise one relaxed load.
#[inline]
pub fn watch() -> Watch {
    Watch(WATCHED.load(Ordering::Relaxed).then(Instant::now))
}

impl Watch {
    /// Nobody watches: for the steps of a larger crossing, which is one event.
    pub const OFF: Self = Self(None);

    /// Whether anybody watches.
    #[inline]
    #[must_use]
    pub fn is_on(self) -> bool {
        self.0.is_some()
    }

    /// Records that `result` shares its source's memory.
    #[inline]
    pub fn shared(self, operation: &'static str, result: &Tensor) {
        if self.is_on() {
            self.record(Event::of(Action::Shared, operation, result));
        }
    }

    /// Records that `result` was copied, and why.
    #[inline]
    pub fn copied(self, operation: &'static str, reasons: &[Reason], result: &Tensor) {
        if self.is_on() {
            let mut event = Event::of(Action::Copied, operation, result);
            event.reasons = Reasons::from_slice(reasons);
            self.record(event);
        }
    }

    /// Records a refusal.
    pub fn refused(self, operation: &'static str, reason: Reason) {
        if let Some(since) = self.0 {
            let mut event = Event::bare(Action::Refused, operation);
            event.reasons = Reasons::from_slice(&[reason]);
            event.elapsed = since.elapsed();
            record(event);
        }
    }

    /// Records an event that the caller has filled in, with this watch's time.
    pub fn record(self, mut event: Event) {
        if let Some(since) = self.0 {
            event.elapsed = since.elapsed();
            record(event);
        }
    }
}

impl Event {
    /// An event about `result`, without reasons, note or time.
    #[must_use]
    pub fn of(action: Action, operation: impl Into<Cow<'static, str>>, result: &Tensor) -> Self {
        Self {
            origin: Some(result.storage().origin()),
            dtype: Some(result.dtype()),
            shape: Dims::from_slice(result.shape()),
            bytes: result.nbytes(),
            ..Self::bare(action, operation)
        }
    }

    /// An event whose result is no single tensor.
    #[must_use]
    pub fn bare(action: Action, operation: impl Into<Cow<'static, str>>) -> Self {
        Self {
            action,
            operation: operation.into(),
            reasons: Reasons::new(),
            origin: None,
            dtype: None,
            shape: Dims::new(),
            bytes: 0,
            at: Duration::ZERO,
            elapsed: Duration::ZERO,
            line: None,
            note: None,
        }
    }
}

#[cold]
fn record(mut event: Event) {
    static START: OnceLock<Instant> = OnceLock::new();
    event.at = START.get_or_init(Instant::now).elapsed();
    event.line = LOCATOR.get().and_then(|locate| locate());
    // The list is not held while listeners are told: they may wait for the interpreter, and
    // whoever has that may be waiting here.
    let listening = logs().clone();
    for log in listening {
        match &log.listener {
            Some(tell) => tell(&event),
            None => log.events.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::Device;
    use tensorbridge_core::storage::host::Fill;

    use super::*;

    #[test]
    fn logs_hear_only_while_started() {
        let tensor = Tensor::allocate(&[3], DType::Float32, Device::CPU, Fill::Zero).unwrap();
        let (outer, inner) = (Log::new(), Log::new());
        watch().shared("before", &tensor);
        outer.start();
        inner.start();
        watch().copied("both", &[Reason::Requested], &tensor);
        inner.stop();
        watch().refused("outer", Reason::ByteOrder);
        outer.stop();
        outer.stop();
        watch().shared("after", &tensor);
        let names = |log: &Log| log.events().into_iter().map(|e| e.operation).collect::<Vec<_>>();
        assert_eq!(names(&outer), ["both", "outer"]);
        assert_eq!(names(&inner), ["both"]);
        assert_eq!(inner.events()[0].bytes, 12);
        assert_eq!(inner.events()[0].reasons.as_slice(), [Reason::Requested]);
    }
}

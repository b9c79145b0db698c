//! Threads that help a caller: called by one store where they still look out for work, woken
//! where they sleep, and sent back where they have not begun when the work is done.
//!
//! So a caller never waits for a helper that is slow to wake, and one that finds no idle helper
//! works alone: calls from several threads, and from inside a task, get on without each other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{null_mut, without_provenance_mut};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tensorbridge_core::layout::Dims;

use super::seat::Seat;

/// How long a thread looks out before it sleeps: a helper for its next call, a caller for the
/// end of the last task. Long enough for one operation to follow another in Python.
const LOOKOUT: Duration = Duration::from_micros(50);

/// Nanoseconds between two jobs that follow one another.
const CLOSE: u64 = 2 * LOOKOUT.as_nanos() as u64;

/// What a helper does, where it is not the [`Job`] that it is called to.
const IDLE: State = null_mut();
const ASLEEP: State = without_provenance_mut(1);
const WORKING: State = without_provenance_mut(2);

type State = *mut Job<'static>;

/// One helper. On cache lines of its own.
#[repr(align(128))]
struct Helper {
    /// [`IDLE`], [`ASLEEP`], [`WORKING`] or a job.
    state: AtomicPtr<Job<'static>>,
    /// Which share of a job it begins with.
    place: usize,
    seat: Seat,
}

/// Helpers that belong to one process.
pub(super) struct Crew {
    helpers: Vec<Helper>,
    /// When the last job ended, in nanoseconds since the crew was made.
    ended: AtomicU64,
    made: Instant,
    /// The threads of as many helpers as the system granted.
    threads: OnceLock<Vec<Thread>>,
}

/// Tasks, shared out among the threads that do them: each begins with its own share, the same in
/// every job, so that it finds what it left in its cache, and goes on with what others left.
struct Job<'a> {
    work: &'a (dyn Fn(usize) + Sync),
    shares: Dims<Share>,
    order: Order,
    /// Helpers that have been called and not finished.
    pending: AtomicUsize,
    panicked: AtomicBool,
    caller: Thread,
}

/// Tasks `start..end`, of which `taken` have been begun.
struct Share {
    taken: AtomicUsize,
    start: usize,
    end: usize,
}

/// Which task of a share comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Forwards,
    Backwards,
}

impl Order {
    /// Task number `index` of the tasks `start..end`.
    pub(super) fn task(self, start: usize, end: usize, index: usize) -> usize {
        match self {
            Self::Forwards => start + index,
            Self::Backwards => end - 1 - index,
        }
    }
}

impl Share {
    fn next(&self, order: Order) -> Option<usize> {
        let taken = self.taken.fetch_add(1, Ordering::Relaxed);
        (taken < self.end - self.start).then(|| order.task(self.start, self.end, taken))
    }
}

impl Crew {
    /// A crew of `size` helpers, without threads as yet.
    pub(super) fn new(size: usize) -> Self {
        let helper = |place| Helper { state: AtomicPtr::new(IDLE), place, seat: Seat::new() };
        Self {
            helpers: (0..size).map(helper).collect(),
            ended: AtomicU64::new(0),
            made: Instant::now(),
            threads: OnceLock::new(),
        }
    }

    /// Starts the threads.
    pub(super) fn start(&'static self) {
        self.threads.get_or_init(|| {
            let start = |helper: &'static Helper| {
                let name = format!("tensorbridge-{}", helper.place);
                thread::Builder::new().name(name).spawn(|| helper.serve())
            };
            let spawned = self.helpers.iter().map_while(|helper| start(helper).ok());
            spawned.map(|handle| handle.thread().clone()).collect()
        });
    }

    fn now(&self) -> u64 {
        self.made.elapsed().as_nanos() as u64
    }

    fn threads(&self) -> &[Thread] {
        self.threads.get().map_or(&[], Vec::as_slice)
    }

    /// Does tasks `0..tasks`, in each share in this `order`, with up to `helpers` helpers; those
    /// who sleep are woken for `heavy` work, and where one job follows another. `lead` is what the
    /// caller does: it gets a function that does the next task, or says that there is none, and
    /// one that drops all tasks that nobody has begun.
    pub(super) fn run<R>(
        &self,
        helpers: usize,
        heavy: bool,
        (tasks, order): (usize, Order),
        work: &(dyn Fn(usize) + Sync),
        lead: impl FnOnce(&dyn Fn() -> bool, &dyn Fn()) -> R,
    ) -> R {
        let helpers = helpers.min(self.threads().len());
        let at = |share: usize| tasks * share / (helpers + 1);
        let job = Job {
            work,
            shares: (0..=helpers)
                .map(|share| Share {
                    taken: AtomicUsize::new(0),
                    start: at(share),
                    end: at(share + 1),
                })
                .collect(),
            order,
            pending: AtomicUsize::new(0),
            panicked: AtomicBool::new(false),
            caller: thread::current(),
        };
        let called = Called { job: &job, crew: self };
        called.call(helpers, heavy || self.now() - self.ended.load(Ordering::Relaxed) < CLOSE);
        let result = lead(&|| job.pull(0), &|| job.drop_rest());
        drop(called);
        self.ended.store(self.now(), Ordering::Relaxed);
        assert!(!job.panicked.load(Ordering::Relaxed), "a task panicked");
        result
    }
}

/// The helpers called to a job. Dropped when each has finished or will not begin.
struct Called<'a> {
    job: &'a Job<'a>,
    crew: &'a Crew,
}

impl Called<'_> {
    fn state(&self) -> State {
        (&raw const *self.job).cast_mut().cast()
    }

    /// Calls up to `count` helpers that have nothing to do, or are even asleep.
    fn call(&self, count: usize, wake: bool) {
        let mut wanted = count;
        for (helper, thread) in self.crew.helpers.iter().zip(self.crew.threads()) {
            if wanted == 0 {
                break;
            }
            let state = helper.state.load(Ordering::Relaxed);
            if state > ASLEEP || (state == ASLEEP && !wake) {
                continue;
            }
            self.job.pending.fetch_add(1, Ordering::Relaxed);
            let claimed = helper.state.compare_exchange(
                state,
                self.state(),
                Ordering::Release,
                Ordering::Relaxed,
            );
            if claimed.is_err() {
                self.job.pending.fetch_sub(1, Ordering::Relaxed);
                continue;
            }
            wanted -= 1;
            if state == ASLEEP {
                helper.seat.bar();
                thread.unpark();
            }
        }
    }
}

impl Drop for Called<'_> {
    fn drop(&mut self) {
        for helper in &self.crew.helpers {
            // No other job has its address while it is alive.
            if helper.state.load(Ordering::Relaxed) == self.state()
                && helper
                    .state
                    .compare_exchange(self.state(), IDLE, Ordering::Relaxed, Ordering::Relaxed)
                    .is_ok()
            {
                self.job.pending.fetch_sub(1, Ordering::Relaxed);
            }
        }
        let done = || self.job.pending.load(Ordering::Acquire) == 0;
        look_out(done);
        while !done() {
            thread::park();
        }
    }
}

impl Job<'_> {
    /// Does the next task, of share `first` as long as there is one. Says whether there was any.
    fn pull(&self, first: usize) -> bool {
        let shares = self.shares.iter().cycle().skip(first % self.shares.len());
        for share in shares.take(self.shares.len()) {
            if let Some(task) = share.next(self.order) {
                (self.work)(task);
                return true;
            }
        }
        false
    }

    fn drop_rest(&self) {
        for share in &self.shares {
            share.taken.store(share.end, Ordering::Relaxed);
        }
    }
}

impl Helper {
    /// The life of a helper.
    fn serve(&self) {
        self.seat.take();
        loop {
            let job = self.wait();
            // SAFETY: the job waits in `Called::drop` for `pending`, which counts this helper,
            // and was published by the caller's compare-and-swap.
            let job: &Job<'_> = unsafe { &*job };
            let work = AssertUnwindSafe(|| while job.pull(self.place + 1) {});
            if catch_unwind(work).is_err() {
                job.panicked.store(true, Ordering::Relaxed);
                job.drop_rest();
            }
            let caller = job.caller.clone();
            self.state.store(IDLE, Ordering::Relaxed);
            // The last that is seen of the job.
            if job.pending.fetch_sub(1, Ordering::Release) == 1 {
                caller.unpark();
            }
        }
    }

    /// The job that this helper is called to.
    fn wait(&self) -> State {
        loop {
            look_out(|| self.state.load(Ordering::Relaxed) > WORKING);
            let state = self.state.load(Ordering::Relaxed);
            let (won, failed) = (Ordering::Acquire, Ordering::Relaxed);
            match state {
                IDLE => {
                    self.state.compare_exchange(IDLE, ASLEEP, failed, failed).ok();
                }
                ASLEEP => {
                    thread::park();
                    self.seat.rise();
                }
                job => {
                    if self.state.compare_exchange(job, WORKING, won, failed).is_ok() {
                        return job;
                    }
                }
            }
        }
    }
}

/// Looks whether `done` for [`LOOKOUT`].
fn look_out(done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() && start.elapsed() < LOOKOUT {
        for _ in 0..16 {
            std::hint::spin_loop();
        }
    }
}

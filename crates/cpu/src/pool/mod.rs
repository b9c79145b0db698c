//! The threads: a pool of our own, made when first needed, grown when asked for more.
//!
//! Nothing here takes a lock, so a child forked at any moment finds no lock held. It finds its
//! parent's pool by address, sees the other process id, and makes its own.

mod crew;
mod seat;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

use tensorbridge_core::{Error, Result, interrupt};

use crew::Crew;
pub(crate) use crew::Order;

/// The environment variable that sets the number of threads at the start.
pub const VARIABLE: &str = "TENSORBRIDGE_NUM_THREADS";

/// More threads than any machine this is for; keeps a typing error from exhausting the system.
const MAX_THREADS: usize = 4096;

/// Bytes moved in several times the ten to thirty microseconds that the waking of a thread takes.
const HEAVY: usize = 1 << 23;

/// Bytes moved that leave little in the second-level cache for who comes next.
pub(crate) const SWEEP: usize = 1 << 22;

/// What [`set_num_threads`] asked for; 0 while it has not been called.
static WANTED: AtomicUsize = AtomicUsize::new(0);

/// Whether the last sweep that had a choice began at the end.
static BACKWARDS: AtomicBool = AtomicBool::new(false);

/// The pool in use. Never freed: another thread may be inside it. Replaced pools hold at most
/// as many threads together as their successor, because sizes are powers of two.
static POOL: AtomicPtr<Pool> = AtomicPtr::new(std::ptr::null_mut());

struct Pool {
    process: u32,
    size: usize,
    /// Who does the tasks of [`for_each`].
    crew: Crew,
    /// Threads for crates that use rayon: at `n - 1` a pool of `n`, made when one is first called.
    rayon: Box<[OnceLock<Option<rayon::ThreadPool>>]>,
}

/// The number of threads that one operation may use.
///
/// At the start it is `TENSORBRIDGE_NUM_THREADS`, or the number of processors that this process
/// may run on (affinity and control groups counted).
#[must_use]
pub fn num_threads() -> usize {
    static DEFAULT: OnceLock<usize> = OnceLock::new();
    match WANTED.load(Ordering::Relaxed) {
        0 => *DEFAULT.get_or_init(|| {
            std::env::var(VARIABLE)
                .ok()
                .and_then(|text| text.trim().parse().ok())
                .filter(|count| (1..=MAX_THREADS).contains(count))
                .or_else(|| std::thread::available_parallelism().ok().map(usize::from))
                .unwrap_or(1)
        }),
        count => count,
    }
}

/// Sets the number of threads that one operation may use, from the next operation on.
///
/// # Errors
///
/// `Value` unless `count` is between 1 and 4096.
pub fn set_num_threads(count: usize) -> Result<()> {
    if !(1..=MAX_THREADS).contains(&count) {
        return Err(Error::value(format!(
            "set_num_threads expects a number from 1 to {MAX_THREADS}, and got {count}"
        )));
    }
    WANTED.store(count, Ordering::Relaxed);
    Ok(())
}

/// A pool for at least `threads` threads that belongs to this process.
fn pool(threads: usize) -> &'static Pool {
    let process = std::process::id();
    let mut current = POOL.load(Ordering::Acquire);
    loop {
        // SAFETY: null, or a leaked box published with `Release` below.
        if let Some(pool) = unsafe { current.as_ref() }
            && pool.process == process
            && pool.size >= threads
        {
            return pool;
        }
        let size = threads.next_power_of_two();
        let fresh = Box::into_raw(Box::new(Pool {
            process,
            size,
            crew: Crew::new(size - 1),
            rayon: (0..size).map(|_| OnceLock::new()).collect(),
        }));
        match POOL.compare_exchange(current, fresh, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                // SAFETY: never freed, now that it is published.
                unsafe { &*fresh }.crew.start();
                current = fresh;
            }
            Err(winner) => {
                // SAFETY: nobody else has seen `fresh`.
                drop(unsafe { Box::from_raw(fresh) });
                current = winner;
            }
        }
    }
}

/// Addresses that tasks on several threads start from.
#[derive(Clone, Copy)]
pub(crate) struct Shared<T>(pub(crate) T);

impl<T: Copy> Shared<T> {
    /// Through a method, so that closures capture the whole and not the addresses in it.
    pub(crate) fn get(&self) -> T {
        self.0
    }
}

// SAFETY: addresses alone; whoever starts the tasks holds [reach], [alive], [permit] and [alias]
// for all of them, and gives each other elements to write.
unsafe impl<T> Sync for Shared<T> {}

/// Does tasks `0..tasks`, each once, on up to `threads` threads of which the caller is one; on
/// one thread, in order.
///
/// # Errors
///
/// `Interrupted`: some tasks have not been done. A task of some ten milliseconds at most lets
/// this be noticed in time.
pub(crate) fn for_each(threads: usize, tasks: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    for_each_weighing(HEAVY, threads, tasks, work)
}

/// As [`for_each`], for tasks that move about `weight` bytes together: light ones are not worth
/// the waking of a thread, which takes longer than they do.
///
/// # Errors
///
/// As [`for_each`].
pub(crate) fn for_each_weighing(
    weight: usize,
    threads: usize,
    tasks: usize,
    work: &(dyn Fn(usize) + Sync),
) -> Result<()> {
    for_each_in(Order::Forwards, weight, threads, tasks, work)
}

impl Order {
    /// Where to begin with tasks that lie one after another in memory and move about `bytes`
    /// together: if those are many, at either end by turns, so that each such sweep finds in the
    /// caches what the one before it read and wrote last.
    pub(crate) fn by_turns(bytes: usize) -> Self {
        if bytes < SWEEP {
            return Self::Forwards;
        }
        match BACKWARDS.fetch_not(Ordering::Relaxed) {
            true => Self::Forwards,
            false => Self::Backwards,
        }
    }
}

/// As [`for_each_weighing`], in this order on one thread, and in each share of several.
///
/// # Errors
///
/// As [`for_each`].
pub(crate) fn for_each_in(
    order: Order,
    weight: usize,
    threads: usize,
    tasks: usize,
    work: &(dyn Fn(usize) + Sync),
) -> Result<()> {
    // The caller alone is asked whether to go on: signals are his.
    let helpers = threads.min(tasks).saturating_sub(1);
    match (helpers > 0).then(|| pool(threads)) {
        Some(pool) => {
            let heavy = weight >= HEAVY;
            pool.crew.run(helpers, heavy, (tasks, order), work, |pull, drop_rest| {
                loop {
                    interrupt::check().inspect_err(|_| drop_rest())?;
                    if !pull() {
                        return Ok(());
                    }
                }
            })
        }
        None => {
            for index in 0..tasks {
                interrupt::check()?;
                work(order.task(0, tasks, index));
            }
            interrupt::check()
        }
    }
}

/// Runs `work` among exactly `threads` threads of rayon, so that whatever uses rayon there uses
/// these. Passes it whether the system grants them; if not, it runs where it is.
pub(crate) fn among<R: Send>(threads: usize, work: impl FnOnce(bool) -> R + Send) -> R {
    match pool(threads).rayon(threads) {
        Some(rayon) => rayon.install(|| work(true)),
        None => work(false),
    }
}

impl Pool {
    fn rayon(&self, threads: usize) -> Option<&rayon::ThreadPool> {
        let make = || {
            let name = |index| format!("tensorbridge-rayon-{index}");
            rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(name).build().ok()
        };
        self.rayon[threads - 1].get_or_init(make).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_runs_once() {
        for order in [Order::Forwards, Order::Backwards] {
            for (threads, tasks) in [(1, 5), (2, 0), (2, 1), (3, 100), (8, 9)] {
                let seen: Vec<_> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
                for_each_in(order, HEAVY, threads, tasks, &|task| {
                    seen[task].fetch_add(1, Ordering::Relaxed);
                })
                .unwrap();
                assert!(seen.iter().all(|count| count.load(Ordering::Relaxed) == 1));
            }
        }
    }

    #[test]
    fn one_thread_keeps_to_the_order() {
        for order in [Order::Forwards, Order::Backwards] {
            let seen = std::sync::Mutex::new(Vec::new());
            for_each_in(order, 0, 1, 4, &|task| seen.lock().unwrap().push(task)).unwrap();
            let mut tasks = seen.into_inner().unwrap();
            if order == Order::Backwards {
                tasks.reverse();
            }
            assert_eq!(tasks, [0, 1, 2, 3]);
        }
    }

    #[test]
    fn installed_work_sees_the_pool() {
        let (granted, threads) = among(3, |granted| (granted, rayon::current_num_threads()));
        assert!(!granted || threads == 3, "{threads}");
        assert!(set_num_threads(0).is_err());
        assert!(set_num_threads(1 << 20).is_err());
    }
}

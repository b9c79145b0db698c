//! Where a helper sleeps: keeps it off the processor of the caller that wakes it.
//!
//! Linux wakes a thread where it last ran, or beside the thread that wakes it, if nothing better
//! is at once at hand. On the caller's processor a helper only takes turns with the caller, for
//! the milliseconds until the load is balanced, beside a processor that idles. So the caller
//! bars its own processor to a helper before it wakes it, and the helper lifts the bar when up.

#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::Seat;
#[cfg(target_os = "linux")]
pub(super) use linux::Seat;

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

    use rustix::thread::{CpuSet, Pid, gettid, sched_getaffinity, sched_getcpu, sched_setaffinity};

    /// What [`Seat::barred`] is, where it is not a processor.
    const NONE: usize = usize::MAX;
    const BUSY: usize = usize::MAX - 1;

    /// What a caller knows of a helper, to wake it.
    pub(in crate::pool) struct Seat {
        /// The helper's thread; 0 before it runs.
        thread: AtomicI32,
        /// The processor that was barred to it, [`NONE`], or [`BUSY`] while a caller bars one.
        barred: AtomicUsize,
    }

    impl Seat {
        pub(in crate::pool) fn new() -> Self {
            Self { thread: AtomicI32::new(0), barred: AtomicUsize::new(NONE) }
        }

        /// The helper's thread is this one.
        pub(in crate::pool) fn take(&self) {
            self.thread.store(gettid().as_raw_nonzero().get(), Ordering::Relaxed);
        }

        /// The caller is about to wake the helper, which sleeps.
        ///
        /// Where the system refuses, or there is no other processor, nothing changes.
        pub(in crate::pool) fn bar(&self) {
            let here = sched_getcpu();
            let (claim, failed) = (Ordering::Acquire, Ordering::Relaxed);
            if here >= CpuSet::MAX_CPU
                || self.barred.compare_exchange(NONE, BUSY, claim, failed).is_err()
            {
                return;
            }
            let barred = self.allow(|allowed| {
                let member = allowed.is_set(here);
                allowed.unset(here);
                member && allowed.count() > 0
            });
            self.barred.store(if barred { here } else { NONE }, Ordering::Release);
        }

        /// The helper is up: what was barred is lifted, without a move.
        pub(in crate::pool) fn rise(&self) {
            let barred = self.barred.load(Ordering::Acquire);
            if barred < BUSY {
                self.allow(|allowed| {
                    allowed.set(barred);
                    true
                });
                self.barred.store(NONE, Ordering::Release);
            }
        }

        /// Changes which processors the helper may run on, if `change` says so.
        fn allow(&self, change: impl FnOnce(&mut CpuSet) -> bool) -> bool {
            // Without a number, the system would take the calling thread.
            let thread = Pid::from_raw(self.thread.load(Ordering::Relaxed));
            thread.is_some()
                && sched_getaffinity(thread).is_ok_and(|mut allowed| {
                    change(&mut allowed) && sched_setaffinity(thread, &allowed).is_ok()
                })
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    /// Other systems do not say where a thread runs, or do not let it be moved.
    pub(in crate::pool) struct Seat;

    impl Seat {
        pub(in crate::pool) fn new() -> Self {
            Self
        }

        pub(in crate::pool) fn take(&self) {}

        pub(in crate::pool) fn bar(&self) {}

        pub(in crate::pool) fn rise(&self) {}
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::thread::sched_getaffinity;

    use super::Seat;

    #[test]
    fn a_bar_is_lifted_as_it_was_set() {
        let allowed = || sched_getaffinity(None).unwrap();
        let before = allowed();
        let seat = Seat::new();
        seat.bar();
        assert!(allowed() == before, "a helper without a thread bars nothing");
        seat.take();
        for _ in 0..2 {
            seat.bar();
            let left = if before.count() > 1 { before.count() - 1 } else { 1 };
            assert_eq!(allowed().count(), left);
            seat.bar();
            assert_eq!(allowed().count(), left, "one bar at a time");
            seat.rise();
            assert!(allowed() == before);
        }
    }
}

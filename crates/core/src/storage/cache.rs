//! Large blocks that were freed, kept warm for the next result of about that size.
//!
//! The first touch of fresh pages costs a large result about as much again as computing it.
//! So freed blocks wait here, at most [`SLOTS`] of them and no more bytes than live blocks hold
//! (or [`FLOOR`], where those are few, and never more than [`CEILING`]). One that waits while
//! [`PATIENCE`] others were freed goes back to the system.
//!
//! Nothing here takes a lock: a thread that finds a slot in use looks at the next, and a child
//! forked meanwhile loses a slot at worst.

use std::ptr::{NonNull, null_mut};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Blocks of fewer bytes are left to the allocator, which keeps those warm itself.
pub(super) const SMALLEST: usize = 1 << 16;

/// The most blocks that wait.
const SLOTS: usize = 64;

/// Bytes that may wait however little is alive, and however much.
const FLOOR: usize = 64 << 20;
const CEILING: usize = 1 << 30;

/// Blocks that are freed while one waits, before it goes.
const PATIENCE: usize = 256;

/// In place of a capacity: a slot with nothing in it, and one that somebody changes.
const EMPTY: usize = 0;
const BUSY: usize = 1;

/// A place for one block.
struct Slot {
    /// The block's capacity, [`EMPTY`] or [`BUSY`]. Whoever sets it to `BUSY` owns the rest.
    capacity: AtomicUsize,
    start: AtomicPtr<u8>,
    /// When it was freed, as a number of [`FREED`].
    since: AtomicUsize,
}

static CACHE: [Slot; SLOTS] = [const {
    Slot {
        capacity: AtomicUsize::new(EMPTY),
        start: AtomicPtr::new(null_mut()),
        since: AtomicUsize::new(0),
    }
}; SLOTS];

/// Bytes that wait.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Bytes of live blocks that will come here.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// Blocks freed so far.
static FREED: AtomicUsize = AtomicUsize::new(0);

/// The bytes to allocate for `len`, so that blocks of about one length fit one another: at most
/// a sixteenth more.
pub(super) fn capacity(len: usize) -> Option<usize> {
    match len.checked_ilog2() {
        Some(bits) if len >= SMALLEST => len.checked_next_multiple_of(1 << (bits - 4)),
        _ => Some(len),
    }
}

/// Counts a block of `capacity` bytes as live.
pub(super) fn born(capacity: usize) {
    LIVE.fetch_add(capacity, Ordering::Relaxed);
}

/// A waiting block of `capacity` bytes: the one that was freed last.
pub(super) fn take(capacity: usize) -> Option<NonNull<u8>> {
    let fits = |slot: &&Slot| slot.capacity.load(Ordering::Relaxed) == capacity;
    let slot = CACHE.iter().filter(fits).max_by_key(|slot| slot.since.load(Ordering::Relaxed))?;
    slot.empty(capacity)
}

/// Whether a block of `capacity` bytes waits.
pub(super) fn holds(capacity: usize) -> bool {
    CACHE.iter().any(|slot| slot.capacity.load(Ordering::Relaxed) == capacity)
}

/// Keeps a block that is no longer live, if there is room. Calls `free` for every block that has
/// to go.
pub(super) fn put(start: NonNull<u8>, capacity: usize, free: impl Fn(NonNull<u8>, usize)) {
    let live = LIVE.fetch_sub(capacity, Ordering::Relaxed).wrapping_sub(capacity);
    let room = live.clamp(FLOOR, CEILING);
    let now = FREED.fetch_add(1, Ordering::Relaxed);
    let fits = |capacity: usize| WAITING.load(Ordering::Relaxed).saturating_add(capacity) <= room;
    let wanted = if capacity <= room { capacity } else { 0 };
    // The oldest go first.
    while let Some((slot, bytes, age)) = oldest(now) {
        if fits(wanted) && age < PATIENCE && CACHE.iter().any(Slot::is_empty) {
            break;
        }
        if let Some(start) = slot.empty(bytes) {
            free(start, bytes);
        }
    }
    let kept =
        wanted != 0 && fits(wanted) && CACHE.iter().any(|slot| slot.fill(start, capacity, now));
    if !kept {
        free(start, capacity);
    }
}

/// Calls `free` for every waiting block.
pub(super) fn clear(free: impl Fn(NonNull<u8>, usize)) {
    for slot in &CACHE {
        let bytes = slot.capacity.load(Ordering::Relaxed);
        if bytes > BUSY
            && let Some(start) = slot.empty(bytes)
        {
            free(start, bytes);
        }
    }
}

/// Bytes of live blocks, and of those that wait.
pub(super) fn bytes() -> (usize, usize) {
    (LIVE.load(Ordering::Relaxed), WAITING.load(Ordering::Relaxed))
}

/// The slot whose block has waited longest, the block's capacity, and how many were freed since.
fn oldest(now: usize) -> Option<(&'static Slot, usize, usize)> {
    CACHE
        .iter()
        .map(|slot| (slot, slot.capacity.load(Ordering::Relaxed)))
        .filter(|&(_, bytes)| bytes > BUSY)
        .map(|(slot, bytes)| (slot, bytes, now.saturating_sub(slot.since.load(Ordering::Relaxed))))
        .max_by_key(|&(_, _, age)| age)
}

impl Slot {
    fn is_empty(&self) -> bool {
        self.capacity.load(Ordering::Relaxed) == EMPTY
    }

    /// Owns a slot in state `from`, if it still is.
    fn own(&self, from: usize) -> bool {
        self.capacity.compare_exchange(from, BUSY, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Takes the block out, if it still has this capacity.
    fn empty(&self, capacity: usize) -> Option<NonNull<u8>> {
        if !self.own(capacity) {
            return None;
        }
        let start = NonNull::new(self.start.load(Ordering::Relaxed));
        WAITING.fetch_sub(capacity, Ordering::Relaxed);
        self.capacity.store(EMPTY, Ordering::Release);
        start
    }

    /// Puts a block in, if the slot is still empty.
    fn fill(&self, start: NonNull<u8>, capacity: usize, now: usize) -> bool {
        if !self.own(EMPTY) {
            return false;
        }
        self.start.store(start.as_ptr(), Ordering::Relaxed);
        self.since.store(now, Ordering::Relaxed);
        WAITING.fetch_add(capacity, Ordering::Relaxed);
        self.capacity.store(capacity, Ordering::Release);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Threads that put and take never hold the same block twice, and lose none.
    #[test]
    fn blocks_change_hands() {
        // An interpreter needs minutes for what takes a millisecond.
        const ROUNDS: usize = if cfg!(miri) { 20 } else { 2000 };
        let capacity = capacity(SMALLEST * 3).unwrap();
        let freed = AtomicUsize::new(0);
        let free = |start: NonNull<u8>, bytes: usize| {
            assert_eq!(bytes, capacity);
            freed.fetch_add(1, Ordering::Relaxed);
            // SAFETY: `Box::into_raw` below.
            drop(unsafe { Box::from_raw(start.as_ptr().cast::<AtomicUsize>()) });
        };
        let made = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for thread in 1..=4 {
                let (free, made) = (&free, &made);
                scope.spawn(move || {
                    for _ in 0..ROUNDS {
                        let start = take(capacity).unwrap_or_else(|| {
                            made.fetch_add(1, Ordering::Relaxed);
                            NonNull::from(Box::leak(Box::new(AtomicUsize::new(0)))).cast()
                        });
                        born(capacity);
                        // SAFETY: a box of ours, which nobody else holds meanwhile.
                        let owner: &AtomicUsize = unsafe { start.cast().as_ref() };
                        assert_eq!(owner.swap(thread, Ordering::Relaxed), 0);
                        std::hint::spin_loop();
                        assert_eq!(owner.swap(0, Ordering::Relaxed), thread);
                        put(start, capacity, free);
                    }
                });
            }
        });
        while let Some(start) = take(capacity) {
            free(start, capacity);
        }
        assert_eq!(freed.into_inner(), made.into_inner());
    }

    #[test]
    fn capacities_waste_a_sixteenth_at_most() {
        assert_eq!(capacity(SMALLEST - 1), Some(SMALLEST - 1));
        assert_eq!(capacity(usize::MAX), None);
        for len in [SMALLEST, SMALLEST + 1, 99_999, 1 << 20, (1 << 20) + 1, 12_345_678, 1 << 40] {
            let bytes = capacity(len).unwrap();
            assert!((len..=len + len / 16).contains(&bytes), "{len}: {bytes}");
            assert_eq!(capacity(bytes), Some(bytes));
        }
    }
}

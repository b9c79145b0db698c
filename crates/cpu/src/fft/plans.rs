//! Plans: how to transform one length, and the numbers that takes. The latest are kept.

use std::f64::consts::TAU;
use std::sync::{Arc, Mutex, TryLockError};

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftNum, FftPlanner};
use tensorbridge_core::Element;

/// How many plans of one precision are kept, and the most lengths they may have together: some
/// 64 MiB. The latest is kept in any case.
const PLANS: usize = 32;
const LENGTHS: usize = 1 << 22;

/// How often another thread's look into the kept plans is waited for.
const PATIENCE: usize = 1 << 10;

/// A real number that transforms are computed in.
pub(super) trait Real: FftNum + Element + Default {
    /// The nearest number.
    fn nearest(value: f64) -> Self;

    /// The plans of this precision that are kept.
    fn kept() -> &'static Mutex<Vec<Kept<Self>>>;
}

macro_rules! precisions {
    ($($type:ident)+) => {$(
        impl Real for $type {
            fn nearest(value: f64) -> Self {
                value as $type
            }

            fn kept() -> &'static Mutex<Vec<Kept<Self>>> {
                static KEPT: Mutex<Vec<Kept<$type>>> = Mutex::new(Vec::new());
                &KEPT
            }
        }
    )+};
}

precisions! { f32 f64 }

/// What is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// How many numbers are transformed.
    pub(super) length: usize,
    /// Whether they are real, two to one complex number. The length is even then.
    pub(super) halved: bool,
    /// Whether the exponent is positive.
    pub(super) inverse: bool,
}

/// How to transform one length.
pub(super) struct Plan<T> {
    /// The transform of complex numbers: half as many where the key is halved.
    pub(super) fft: Arc<dyn Fft<T>>,
    /// `-i/2 e**(-2πi k/length)` for `k` from 1, as many as `halves` needs.
    pub(super) twiddles: Vec<Complex<T>>,
}

impl<T: Real> Plan<T> {
    fn new(key: Key) -> Self {
        let Key { length, halved, inverse } = key;
        let complex = if halved { length / 2 } else { length };
        let mut planner = FftPlanner::new();
        let fft = match inverse {
            true => planner.plan_fft_inverse(complex),
            false => planner.plan_fft_forward(complex),
        };
        let pairs = if halved { complex.saturating_sub(1) / 2 } else { 0 };
        let twiddle = |index: usize| {
            let (sin, cos) = (TAU * index as f64 / length as f64).sin_cos();
            Complex::new(T::nearest(-sin / 2.0), T::nearest(-cos / 2.0))
        };
        Self { fft, twiddles: (1..=pairs).map(twiddle).collect() }
    }
}

/// A plan that is kept.
pub(super) struct Kept<T> {
    key: Key,
    plan: Arc<Plan<T>>,
}

/// The plan for `key`, kept or new.
pub(super) fn plan<T: Real>(key: Key) -> Arc<Plan<T>> {
    let found = look(|kept: &mut Vec<Kept<T>>| {
        let place = kept.iter().position(|kept| kept.key == key)?;
        // The latest is the last.
        kept[place..].rotate_left(1);
        kept.last().map(|kept| kept.plan.clone())
    });
    if let Some(plan) = found.flatten() {
        return plan;
    }
    let plan = Arc::new(Plan::new(key));
    let fresh = Kept { key, plan: plan.clone() };
    // Dropped when nobody waits for it.
    let _outdated = look(|kept| {
        kept.push(fresh);
        let lengths = |kept: &[Kept<T>]| kept.iter().map(|kept| kept.key.length).sum::<usize>();
        let mut first = kept.len().saturating_sub(PLANS);
        while first + 1 < kept.len() && lengths(&kept[first..]) > LENGTHS {
            first += 1;
        }
        kept.drain(..first).collect::<Vec<_>>()
    });
    plan
}

/// Looks into the kept plans, unless others do so all the time. Nobody waits for a lock: a child
/// forked while another thread looked would wait for ever.
fn look<T: Real, R>(work: impl FnOnce(&mut Vec<Kept<T>>) -> R) -> Option<R> {
    for _ in 0..PATIENCE {
        match T::kept().try_lock() {
            Ok(mut kept) => return Some(work(&mut kept)),
            Err(TryLockError::Poisoned(kept)) => return Some(work(&mut kept.into_inner())),
            Err(TryLockError::WouldBlock) => std::hint::spin_loop(),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_kept_within_bounds() {
        let key = |length| Key { length, halved: false, inverse: false };
        let first = plan::<f32>(key(97));
        assert!(Arc::ptr_eq(&first, &plan(key(97))));
        for length in 100..200 {
            plan::<f32>(key(length));
        }
        let kept = f32::kept().lock().unwrap();
        assert!(kept.len() <= PLANS);
        assert!(kept.iter().all(|kept| kept.key != key(97)));
    }

    #[test]
    fn nobody_waits_for_a_lock() {
        let _held = f64::kept().lock().unwrap();
        assert_eq!(plan::<f64>(Key { length: 12, halved: true, inverse: false }).fft.len(), 6);
    }
}

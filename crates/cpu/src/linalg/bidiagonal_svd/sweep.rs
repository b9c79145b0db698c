//! One transformation by differential quotients and differences.

/// What a sweep saw of the differences `d`, from which the next shift is chosen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sweep {
    /// The least of all, of all but the last, and of all but the last two.
    pub(super) least: f64,
    pub(super) least_but_one: f64,
    pub(super) least_but_two: f64,
    /// The last three.
    pub(super) last: f64,
    pub(super) last_but_one: f64,
    pub(super) last_but_two: f64,
    /// The least element beside the diagonal, and the largest on it.
    pub(super) least_e: f64,
    pub(super) most_q: f64,
    /// The last two of `q` and of `e` that it began with.
    pub(super) old_q: [f64; 2],
    pub(super) old_e: [f64; 2],
}

/// The transformation of `q` and `e` by `shift`. Without a shift, differences under `floor` are 0.
pub(super) fn sweep(
    q: &[f64],
    e: &[f64],
    to_q: &mut [f64],
    to_e: &mut [f64],
    shift: f64,
    floor: f64,
) -> Sweep {
    if shift == 0.0 {
        run::<true>(q, e, to_q, to_e, shift, floor)
    } else {
        run::<false>(q, e, to_q, to_e, shift, floor)
    }
}

fn run<const NONE: bool>(
    q: &[f64],
    e: &[f64],
    to_q: &mut [f64],
    to_e: &mut [f64],
    shift: f64,
    floor: f64,
) -> Sweep {
    let n = q.len();
    let m = n - 1;
    let (q, e) = (&q[..m + 1], &e[..m]);
    let (to_q, to_e) = (&mut to_q[..m + 1], &mut to_e[..m]);
    let mut d = q[0] - shift;
    let mut least = d;
    let mut least_e = f64::INFINITY;
    let mut most_q = 0.0_f64;
    let (mut last_but_one, mut last_but_two) = (d, d);
    let (mut least_but_one, mut least_but_two) = (d, d);
    let mut one = |i: usize, d: f64, least_e: &mut f64, most_q: &mut f64| {
        let sum = d + e[i];
        let quotient = q[i + 1] / sum;
        let beside = e[i] * quotient;
        to_q[i] = sum;
        to_e[i] = beside;
        *least_e = if beside < *least_e { beside } else { *least_e };
        *most_q = if sum > *most_q { sum } else { *most_q };
        let next = d * quotient - if NONE { 0.0 } else { shift };
        if NONE && next < floor { 0.0 } else { next }
    };
    for i in 0..m.saturating_sub(2) {
        d = one(i, d, &mut least_e, &mut most_q);
        least = if d < least { d } else { least };
    }
    let mut ignored = f64::INFINITY;
    for i in m.saturating_sub(2)..m {
        (last_but_two, least_but_two) = (last_but_one, least_but_one);
        (last_but_one, least_but_one) = (d, least);
        d = one(i, d, &mut ignored, &mut most_q);
        least = if d < least { d } else { least };
    }
    to_q[m] = d;
    Sweep {
        least,
        least_but_one,
        least_but_two,
        last: d,
        last_but_one,
        last_but_two,
        least_e,
        most_q,
        old_q: [q[m - 1], q[m]],
        old_e: [e[m - 2], e[m - 1]],
    }
}

/// The transformation without a shift, where quotients may leave the range of numbers.
pub(super) fn safe(q: &[f64], e: &[f64], to_q: &mut [f64], to_e: &mut [f64]) -> Sweep {
    let m = q.len() - 1;
    let mut d = [q[0]; 3];
    let mut least = d;
    let mut most_q = 0.0_f64;
    let mut least_e = f64::INFINITY;
    for i in 0..m {
        let sum = d[0] + e[i];
        let (beside, next) = match sum {
            0.0 => (0.0, q[i + 1]),
            _ => (q[i + 1] * (e[i] / sum), q[i + 1] * (d[0] / sum)),
        };
        to_q[i] = sum;
        to_e[i] = beside;
        least_e = least_e.min(beside);
        most_q = most_q.max(sum);
        d = [next, d[0], d[1]];
        least = [least[0].min(next), least[0], least[1]];
    }
    to_q[m] = d[0];
    Sweep {
        least: least[0],
        least_but_one: least[1],
        least_but_two: least[2],
        last: d[0],
        last_but_one: d[1],
        last_but_two: d[2],
        least_e,
        most_q,
        old_q: [q[m - 1], q[m]],
        old_e: [e[m - 2], e[m - 1]],
    }
}

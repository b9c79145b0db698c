//! The values of a block by counting, where transformations did not end: slow, but it always ends.

/// Writes the squares of the values of the block of `q` and `e`, each with `sum` added.
pub(super) fn bisect(q: &[f64], e: &[f64], sum: f64, values: &mut [f64]) {
    let most = q.iter().fold(0.0_f64, |a, &b| a.max(b)) + e.iter().fold(0.0_f64, |a, &b| a.max(b));
    for (index, value) in values.iter_mut().enumerate() {
        let (mut low, mut high) = (0.0_f64, 4.0 * most);
        // By the bits of the numbers: at most 64 steps from 0 to any of them.
        loop {
            let middle = f64::from_bits(low.to_bits().midpoint(high.to_bits()));
            if middle == low || middle == high {
                break;
            }
            if below(q, e, middle) > index {
                high = middle;
            } else {
                low = middle;
            }
        }
        *value = sum + low;
    }
}

/// How many squares of values are less than `bound`: the number of negative pivots of the
/// stationary transformation.
fn below(q: &[f64], e: &[f64], bound: f64) -> usize {
    let mut count = 0;
    let mut rest = -bound;
    for (i, &q) in q.iter().enumerate() {
        let pivot = q + rest;
        count += usize::from(pivot < 0.0);
        if let Some(e) = e.get(i) {
            let quotient = rest / pivot;
            rest = if quotient.is_nan() { 1.0 } else { quotient } * e - bound;
            if rest.is_nan() {
                rest = -bound;
            }
        }
    }
    count
}

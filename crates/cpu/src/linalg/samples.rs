//! What tests of decompositions draw, and how they compare threads.

use faer::Par;

/// Numbers from -0.5 to 0.5: the generator of D. E. Knuth's MMIX.
pub(super) fn random(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }
}

/// The diagonals of matrices, one kind after another, among whose elements are equal ones, nearly
/// equal ones, and some of very different sizes.
pub(super) fn coincidences(rounds: usize, most: usize, mut each: impl FnMut(Vec<f64>, Vec<f64>)) {
    let mut next = random(5);
    for round in 0..rounds {
        let n = 1 + round % most;
        let mut number = |i: usize| match round % 5 {
            0 => (4.0 * next()).round(),
            1 => 10.0_f64.powf(40.0 * next()),
            2 => 10.0_f64.powf(600.0 * next()),
            3 => 1.0 + 1e-15 * next(),
            _ => 0.2_f64.powi(i as i32) * next(),
        };
        let d = (0..n).map(&mut number).collect();
        let e = (1..n).map(&mut number).collect();
        each(d, e);
    }
}

/// The result is the same on one thread and on several, of large diagonals.
pub(super) fn threads_agree<R: PartialEq + Send>(work: impl Fn(&[f64], &[f64], Par) -> R + Sync) {
    let mut next = random(9);
    let d: Vec<f64> = (0..600).map(|_| next()).collect();
    let e: Vec<f64> = (1..600).map(|_| next() + 1.0).collect();
    let expected = work(&d, &e, Par::Seq);
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert!(pool.install(|| work(&d, &e, Par::rayon(2))) == expected);
    }
}

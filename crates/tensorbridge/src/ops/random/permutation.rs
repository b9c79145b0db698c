//! Random permutations by the shuffle of Fisher and Yates.
//!
//! R. Durstenfeld, "Algorithm 235: Random permutation", CACM 7(7), 1964,
//! describes the exchange in place.

use super::generator::Generator;

/// The length from which a 32-bit word is too coarse an index: a twentieth of
/// the words.
const LONG: usize = (u32::MAX / 20) as usize;

/// Fills `out` with a random permutation of its indices, each converted by
/// `value`, as `randperm` does for every type.
pub fn permutation<T: Copy>(generator: &mut Generator, out: &mut [T], value: impl Fn(usize) -> T) {
    if out.len() < LONG {
        shuffle(generator, out, value);
    } else {
        shuffle_inside_out(generator, out, value);
    }
}

/// Exchanges each place with a random one among itself and those after it.
fn shuffle<T>(generator: &mut Generator, out: &mut [T], value: impl Fn(usize) -> T) {
    for (index, slot) in out.iter_mut().enumerate() {
        *slot = value(index);
    }
    let len = out.len();
    for place in 0..len.saturating_sub(1) {
        let offset = generator.random() as usize % (len - place);
        out.swap(place, place + offset);
    }
}

/// Inserts each index at a random place of the permutation before it.
fn shuffle_inside_out<T: Copy>(
    generator: &mut Generator,
    out: &mut [T],
    value: impl Fn(usize) -> T,
) {
    for (index, count) in (0..out.len()).zip(1_u64..) {
        let place = generator.random64() % count;
        let place = usize::try_from(place).unwrap_or(index);
        out[index] = out[place];
        out[place] = value(index);
    }
}

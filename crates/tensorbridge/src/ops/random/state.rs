//! Saving and restoring a generator as the bytes of `torch.get_rng_state()`.
//!
//! The layout is that of a C structure on a 64-bit little-endian machine. Its
//! state words are 64 bits wide, though each holds a 32-bit number:
//!
//! | offset | type       | content                                  |
//! |--------|------------|------------------------------------------|
//! | 0      | `u64`      | seed                                     |
//! | 8      | `i32`      | draws left before the next twist         |
//! | 12     | `i32`      | 1, the engine is seeded                  |
//! | 16     | `u64`      | index of the next word                   |
//! | 24     | `u64; 624` | engine words                             |
//! | 5016   | `f64`      | unused, 0                                |
//! | 5024   | `f64`      | spare normal sample in double precision  |
//! | 5032   | `f64`      | unused, 0                                |
//! | 5040   | `i32`      | whether that sample is valid             |
//! | 5048   | `f32`      | spare normal sample in single precision  |
//! | 5052   | `bool`     | whether that sample is valid             |

use std::error::Error;
use std::fmt;

use super::generator::Generator;
use super::mt19937::{Mt19937, WORDS};

/// Length of a saved state in bytes.
pub const STATE_BYTES: usize = 5056;

const SEED: usize = 0;
const LEFT: usize = 8;
const SEEDED: usize = 12;
const NEXT: usize = 16;
const ENGINE_WORDS: usize = 24;
const NORMAL_F64: usize = 5024;
const HAS_NORMAL_F64: usize = 5040;
const NORMAL_F32: usize = 5048;
const HAS_NORMAL_F32: usize = 5052;

/// Why bytes are not a saved generator state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateError {
    /// The state has this many bytes instead of [`STATE_BYTES`].
    Length(usize),
    /// The engine is not seeded, or its position lies outside its words.
    Engine,
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(found) => {
                write!(f, "a generator state has {STATE_BYTES} bytes, not {found}")
            }
            Self::Engine => f.write_str("the generator state holds no valid mt19937 engine"),
        }
    }
}

impl Error for StateError {}

impl Generator {
    /// Saves the generator in PyTorch's own layout.
    #[must_use]
    pub fn get_state(&self) -> Vec<u8> {
        let mut bytes = vec![0; STATE_BYTES];
        write(&mut bytes, SEED, self.engine.seed.to_le_bytes());
        write(&mut bytes, LEFT, self.engine.left.to_le_bytes());
        write(&mut bytes, SEEDED, 1_i32.to_le_bytes());
        write(&mut bytes, NEXT, u64::from(self.engine.next).to_le_bytes());
        for (index, &word) in self.engine.words.iter().enumerate() {
            write(&mut bytes, ENGINE_WORDS + 8 * index, u64::from(word).to_le_bytes());
        }
        if let Some(sample) = self.next_normal_f64 {
            write(&mut bytes, NORMAL_F64, sample.to_le_bytes());
            write(&mut bytes, HAS_NORMAL_F64, 1_i32.to_le_bytes());
        }
        if let Some(sample) = self.next_normal_f32 {
            write(&mut bytes, NORMAL_F32, sample.to_le_bytes());
            bytes[HAS_NORMAL_F32] = 1;
        }
        bytes
    }

    /// Restores what [`Generator::get_state`], or PyTorch's, has saved.
    ///
    /// # Errors
    ///
    /// When the bytes are no generator state; the generator is then unchanged.
    pub fn set_state(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        if bytes.len() != STATE_BYTES {
            return Err(StateError::Length(bytes.len()));
        }
        let mut words = [0; WORDS];
        for (index, word) in words.iter_mut().enumerate() {
            *word = u32::from_le_bytes(read(bytes, ENGINE_WORDS + 8 * index));
        }
        let engine = Mt19937 {
            seed: u64::from_le_bytes(read(bytes, SEED)),
            words,
            left: u32::from_le_bytes(read(bytes, LEFT)),
            next: u32::from_le_bytes(read(bytes, NEXT)),
        };
        if read(bytes, SEEDED) == [0; 4] || !has_valid_position(&engine) {
            return Err(StateError::Engine);
        }
        let has_f64 = read(bytes, HAS_NORMAL_F64) != [0; 4];
        let has_f32 = bytes[HAS_NORMAL_F32] != 0;
        *self = Self {
            engine,
            next_normal_f64: has_f64.then(|| f64::from_le_bytes(read(bytes, NORMAL_F64))),
            next_normal_f32: has_f32.then(|| f32::from_le_bytes(read(bytes, NORMAL_F32))),
        };
        Ok(())
    }
}

/// Whether every draw before the next twist finds its word.
fn has_valid_position(engine: &Mt19937) -> bool {
    let words = u64::try_from(WORDS).unwrap_or(u64::MAX);
    let (left, next) = (u64::from(engine.left), u64::from(engine.next));
    (1..=words).contains(&left) && next + left - 1 <= words
}

/// Overwrites the bytes at `offset`.
fn write<const N: usize>(bytes: &mut [u8], offset: usize, value: [u8; N]) {
    bytes[offset..offset + N].copy_from_slice(&value);
}

/// Copies out the bytes at `offset`.
fn read<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    std::array::from_fn(|index| bytes[offset + index])
}

#[cfg(test)]
mod tests {
    use super::super::normal_f64;
    use super::{Generator, LEFT, SEEDED, STATE_BYTES, StateError};

    #[test]
    fn a_restored_generator_continues_the_stream() {
        let mut original = Generator::new(7);
        normal_f64(&mut original, &mut [0.0; 5], 0.0, 1.0);
        let mut restored = Generator::default();
        assert_eq!(restored.set_state(&original.get_state()), Ok(()));
        assert_eq!(restored, original);
        assert_eq!(restored.random64(), original.random64());
    }

    #[test]
    fn broken_states_are_refused() {
        let mut generator = Generator::new(7);
        let whole = generator.get_state();
        let short = &whole[..STATE_BYTES - 1];
        assert_eq!(generator.set_state(short), Err(StateError::Length(STATE_BYTES - 1)));
        for (offset, value) in [(SEEDED, 0), (LEFT, 0), (LEFT + 1, 9)] {
            let mut broken = whole.clone();
            broken[offset] = value;
            assert_eq!(generator.set_state(&broken), Err(StateError::Engine));
        }
        assert_eq!(generator, Generator::new(7));
    }
}

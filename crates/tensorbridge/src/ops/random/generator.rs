//! The generator: an engine and the normal samples it still owes.

use super::mt19937::Mt19937;

/// The seed of a generator that was never given one.
const DEFAULT_SEED: u64 = 67_280_421_310_721;

/// A source of random numbers that draws as `torch.Generator` does on the CPU.
///
/// Cloning it forks the stream: both copies continue identically.
#[derive(Clone, Debug, PartialEq)]
pub struct Generator {
    pub(super) engine: Mt19937,
    /// Second half of the last Box–Muller pair. PyTorch draws pairs in double
    /// precision whatever the element type, so this is the one in use.
    pub(super) next_normal_f64: Option<f64>,
    /// Single-precision counterpart. No draw makes or takes it; PyTorch's
    /// saved states have a place for it, so it survives a round trip.
    pub(super) next_normal_f32: Option<f32>,
}

impl Generator {
    /// Makes a generator that starts from `seed`.
    ///
    /// A negative seed `s` of PyTorch's is `s as u64` here. Seeds equal in
    /// their low 32 bits give equal streams.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { engine: Mt19937::new(seed), next_normal_f64: None, next_normal_f32: None }
    }

    /// Starts over from `seed`, forgetting any spare normal sample.
    pub fn manual_seed(&mut self, seed: u64) {
        *self = Self::new(seed);
    }

    /// The seed last given.
    #[must_use]
    pub fn initial_seed(&self) -> u64 {
        self.engine.seed()
    }

    /// Draws 32 random bits.
    #[inline]
    pub fn random(&mut self) -> u32 {
        self.engine.next_u32()
    }

    /// Draws 64 random bits, the upper half first.
    #[inline]
    pub fn random64(&mut self) -> u64 {
        let high = u64::from(self.random());
        let low = u64::from(self.random());
        (high << 32) | low
    }
}

impl Default for Generator {
    /// A generator from PyTorch's default seed, that of a fresh `torch.Generator()`.
    fn default() -> Self {
        Self::new(DEFAULT_SEED)
    }
}

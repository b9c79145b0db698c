//! Random number streams, equal bit for bit to those of PyTorch's CPU generator.
//!
//! A [`Generator`] pairs the Mersenne Twister engine with the spare normal
//! samples that the Box–Muller transform leaves behind. The fill functions
//! consume it in exactly the order PyTorch does, so calls may be interleaved
//! freely and the streams stay together:
//!
//! | PyTorch call                   | here                                             |
//! |--------------------------------|--------------------------------------------------|
//! | `manual_seed`, `get_state`     | [`Generator`]                                    |
//! | `rand`, `uniform_`             | [`uniform_f32`], [`uniform_f64`], [`uniform_reduced`] |
//! | `randn`, `normal_`             | [`normal_f32`], [`normal_f64`], [`normal_reduced`] |
//! | `normal_` on a strided view    | [`normal_serial`]                                |
//! | `randint`, `random_(low, high)`| [`UniformInt`]                                   |
//! | `random_()`                    | [`NaturalRange`]                                 |
//! | `randperm`                     | [`permutation`]                                  |
//!
//! A complex tensor is drawn as a real tensor of twice the length, real and
//! imaginary parts alternating; its normal deviation is divided by `√2`.
//!
//! PyTorch's floating-point results depend slightly on the processor. The
//! reference here is its AVX2 build, which it also uses on AVX-512 machines.

mod cephes;
mod draw;
mod fused;
mod generator;
mod integer;
mod mt19937;
mod normal;
mod permutation;
mod state;
mod uniform;

pub use draw::{Distribution, draw, restore, save, shuffled};
pub use generator::Generator;
pub use integer::{NaturalRange, UniformInt};
pub use mt19937::Mt19937;
pub use normal::{normal_f32, normal_f64, normal_reduced, normal_serial};
pub use permutation::permutation;
pub use state::{STATE_BYTES, StateError};
pub use uniform::{uniform_f32, uniform_f64, uniform_reduced};

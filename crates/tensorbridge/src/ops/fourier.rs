//! Discrete Fourier transforms over several axes: one axis after the other, in place from the
//! second on.

use tensorbridge_core::dtype::promote::{complex_of, inexact};
use tensorbridge_core::engine::Operand;
use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::op::Fourier;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Dims, Error, Result, Tensor};

use super::default_dtype;
use crate::engines::engine;
use crate::exchange::Reason;
use crate::transfer;

/// What a transform takes and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spectrum {
    /// Complex numbers, and as many of them.
    Complex,
    /// Real numbers, and the first half of the last axis' transform: the other mirrors it.
    ToHalf,
    /// Such a half, and real numbers.
    FromHalf,
}

/// Which direction divides by the number of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// The inverse.
    Backward,
    /// Both, by its square root.
    Ortho,
    /// The one that is not inverse.
    Forward,
}

/// A transform over axes, each with the length to which it is cut off or continued with zeros
/// (`None`: as it is).
#[derive(Clone, Debug)]
pub struct Transform<'a> {
    /// The function's name, for messages.
    pub name: &'static str,
    /// What it takes and gives.
    pub spectrum: Spectrum,
    /// Whether the exponent is positive.
    pub inverse: bool,
    /// Who divides.
    pub norm: Norm,
    /// Where; halves are of the last one.
    pub axes: &'a [(isize, Option<isize>)],
}

impl Transform<'_> {
    /// The transform of `tensor`: fresh memory in C order. Single precision computes in itself,
    /// 16-bit floats in `float32`, integers in the default dtype.
    ///
    /// # Errors
    ///
    /// `Type` for complex numbers where real ones are transformed; `Index` for an axis that is not
    /// there; `Value` for lengths below 1, and for no axes where a half needs one; `Memory` when
    /// there is no room.
    pub fn of(&self, tensor: &Tensor) -> Result<Tensor> {
        let tensor = &self.prepared(tensor)?;
        let steps = self.steps(tensor)?;
        let mut current = tensor.clone();
        let mut own = false;
        for step in steps {
            let mut shape = Dims::from_slice(current.shape());
            shape[step.op.axis] = step.length;
            // In place where nothing but the values changes.
            let fits = own && current.dtype() == step.dtype && current.shape() == shape.as_slice();
            let result = match fits {
                true => current.clone(),
                false => {
                    Tensor::allocate(&shape, step.dtype, tensor.device(), Fill::Uninitialized)?
                }
            };
            // SAFETY: [reach] and [alive]: both are tensors, alive here. [permit] and [alias]: the
            // result is fresh and nobody else's, and the input is it or another tensor.
            unsafe {
                let out = Operand::write(&result)?;
                engine(tensor.device())?.fourier(step.op, Operand::read(&current), out)?;
            }
            (current, own) = (result, true);
        }
        match own {
            true => Ok(current),
            false => transfer::clone_dense(&current, self.name, Reason::Requested),
        }
    }

    /// `tensor` in the dtype that is computed in: real where it may be.
    fn prepared(&self, tensor: &Tensor) -> Result<Tensor> {
        let given = tensor.dtype();
        if self.spectrum == Spectrum::ToHalf && given.is_complex() {
            return Err(Error::dtype(format!(
                "{} expects real numbers, and got {given}",
                self.name
            ))
            .hint("`fft` and `fftn` transform complex numbers"));
        }
        let precise = match inexact(given, default_dtype()).real() {
            DType::Float64 => DType::Float64,
            _ => DType::Float32,
        };
        let complex = given.is_complex()
            || self.spectrum == Spectrum::FromHalf
            || (self.spectrum == Spectrum::Complex && self.axes.is_empty());
        let dtype = if complex { complex_of(precise) } else { precise };
        transfer::cast(tensor, dtype, self.name, Reason::Promote { from: given, to: dtype })
    }

    fn steps(&self, tensor: &Tensor) -> Result<Vec<Step>> {
        let mut axes: Dims<(usize, usize)> = Dims::new();
        for (place, &(axis, wanted)) in self.axes.iter().enumerate() {
            let axis = normalize_axis(axis, tensor.ndim())?;
            let halved = self.spectrum == Spectrum::FromHalf && place + 1 == self.axes.len();
            let have = match (axes.iter().rev().find(|(other, _)| *other == axis), halved) {
                (Some(&(_, length)), _) => length,
                (None, true) => 2 * tensor.shape()[axis].saturating_sub(1),
                (None, false) => tensor.shape()[axis],
            };
            let length = wanted.unwrap_or(have as isize);
            let Some(length) = usize::try_from(length).ok().filter(|&length| length > 0) else {
                return Err(Error::value(format!(
                    "{}: invalid number of data points ({length}) along axis {axis} of shape {:?}",
                    self.name,
                    tensor.shape()
                ))
                .hint(
                    "a transform has at least one; a length given for the axis fills up with zeros",
                ));
            };
            axes.push((axis, length));
        }
        if axes.is_empty() && self.spectrum != Spectrum::Complex {
            return Err(Error::value(format!("{} needs an axis to transform", self.name)));
        }
        let complex = complex_of(tensor.dtype());
        // The last axis comes first, except where it makes complex numbers real.
        let mut steps: Vec<Step> = axes
            .iter()
            .rev()
            .map(|&(axis, length)| Step {
                op: Fourier { axis, length, inverse: self.inverse, scale: 1.0 },
                dtype: complex,
                length,
            })
            .collect();
        match self.spectrum {
            Spectrum::Complex => {}
            Spectrum::ToHalf => steps[0].length = steps[0].length / 2 + 1,
            Spectrum::FromHalf => {
                steps.rotate_left(1);
                if let Some(last) = steps.last_mut() {
                    last.dtype = complex.real();
                }
            }
        }
        let count: f64 = axes.iter().map(|&(_, length)| length as f64).product();
        if let Some(first) = steps.first_mut() {
            first.op.scale = match (self.norm, self.inverse) {
                (Norm::Ortho, _) => 1.0 / count.sqrt(),
                (Norm::Backward, true) | (Norm::Forward, false) => 1.0 / count,
                _ => 1.0,
            };
        }
        Ok(steps)
    }
}

/// The transform of one axis.
struct Step {
    op: Fourier,
    /// Of the result.
    dtype: DType,
    /// Of the result along the axis.
    length: usize,
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::ErrorKind;

    use super::*;
    use crate::ops::testing::{tensor, values};

    fn transform(
        spectrum: Spectrum,
        inverse: bool,
        axes: &[(isize, Option<isize>)],
    ) -> Transform<'_> {
        Transform { name: "fft", spectrum, inverse, norm: Norm::Backward, axes }
    }

    #[test]
    fn there_and_back_again() {
        let t = tensor(&[2, 3], &[1., 2., 3., 4., 5., 7.], DType::Float64);
        let axes = [(0, None), (1, None)];
        let there = transform(Spectrum::Complex, false, &axes).of(&t).unwrap();
        assert_eq!((there.dtype(), values(&there)[0]), (DType::Complex128, 22.));
        let back = transform(Spectrum::Complex, true, &axes).of(&there).unwrap();
        for (a, b) in values(&back).iter().zip(values(&t)) {
            assert!((a - b).abs() < 1e-14);
        }
        let half = transform(Spectrum::ToHalf, false, &axes).of(&t).unwrap();
        assert_eq!(half.shape(), [2, 2]);
        let whole =
            transform(Spectrum::FromHalf, true, &[(0, None), (1, Some(3))]).of(&half).unwrap();
        assert_eq!((whole.dtype(), whole.shape()), (DType::Float64, &[2, 3][..]));
        for (a, b) in values(&whole).iter().zip(values(&t)) {
            assert!((a - b).abs() < 1e-14);
        }
    }

    #[test]
    fn dtypes_and_errors() {
        let int = tensor(&[2], &[1., 2.], DType::Int8);
        let found = transform(Spectrum::Complex, false, &[(0, None)]).of(&int).unwrap();
        assert_eq!((found.dtype(), values(&found)), (DType::Complex64, vec![3., -1.]));
        let half = tensor(&[2], &[1., 2.], DType::BFloat16);
        let found = transform(Spectrum::ToHalf, false, &[(0, None)]).of(&half).unwrap();
        assert_eq!(found.dtype(), DType::Complex64);
        let copy = transform(Spectrum::Complex, false, &[]).of(&int).unwrap();
        assert_eq!((copy.dtype(), values(&copy)), (DType::Complex64, vec![1., 2.]));
        for (spectrum, axis, length, kind) in [
            (Spectrum::Complex, 0, Some(0), ErrorKind::Value),
            (Spectrum::Complex, 0, Some(-1), ErrorKind::Value),
            (Spectrum::Complex, 1, None, ErrorKind::Index),
            (Spectrum::FromHalf, 0, Some(0), ErrorKind::Value),
        ] {
            let error = transform(spectrum, false, &[(axis, length)]).of(&int).unwrap_err();
            assert_eq!(error.kind(), kind);
        }
        let error = transform(Spectrum::ToHalf, false, &[(0, None)]).of(&found).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Type);
        assert!(transform(Spectrum::FromHalf, true, &[]).of(&int).is_err());
    }
}

//! NumPy scalars: values with a dtype of their own, and no memory to share.

use pyo3::prelude::*;
use tensorbridge::exchange::SourceDType;
use tensorbridge::scalar::FromScalar;
use tensorbridge::{DType, Scalar, with_dtype};

use super::capi::{Api, ArrayObject, loaded};
use super::dtype;
use crate::errors::to_python;

/// Whether `object` is a NumPy scalar such as `np.float32(1)`.
pub(crate) fn is_scalar(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(loaded(object.py())?.is_some_and(|api| api.is_scalar(object)))
}

/// The value and dtype of a NumPy scalar, or `None` when `object` is none.
///
/// # Errors
///
/// `TypeError` for a scalar that no tensor can hold: text, dates, long doubles, records.
pub(crate) fn read_scalar(object: &Bound<'_, PyAny>) -> PyResult<Option<(Scalar, DType)>> {
    match loaded(object.py())? {
        Some(api) if api.is_scalar(object) => read(api, object).map(Some),
        _ => Ok(None),
    }
}

fn read(api: &Api, object: &Bound<'_, PyAny>) -> PyResult<(Scalar, DType)> {
    let py = object.py();
    let array = api.array_from_scalar(object)?;
    let fields = array.as_ptr().cast::<ArrayObject>();
    // SAFETY: `array_from_scalar` gives an ndarray, which has these fields and is alive here.
    let (data, descr) = unsafe { ((*fields).data, (*fields).descr) };
    // SAFETY: the descriptor is the array's.
    match unsafe { dtype::read(py, api, descr)? } {
        // The array was made for us, so its bytes are in this machine's order.
        (SourceDType::Known(dtype), _) => {
            let value = with_dtype!(dtype, T => {
                // SAFETY: [alive], [reach]: a 0-d array has one element of this dtype at `data`.
                unsafe { data.cast::<T>().read_unaligned() }.to_scalar()
            });
            Ok((value, dtype))
        }
        (SourceDType::Unsupported(what), _) => {
            // SAFETY: as above.
            let name = unsafe { dtype::scalar_type_name(py, descr)? };
            Err(to_python(py, &what.refusal_of(&format!("a scalar of type {name}"))))
        }
    }
}

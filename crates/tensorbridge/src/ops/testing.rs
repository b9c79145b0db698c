//! Small tensors from lists of numbers and back, for tests.

use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Device, Layout, Scalar, Tensor};

use crate::transfer;

/// A tensor with these values in C order.
pub(crate) fn tensor(shape: &[usize], values: &[f64], dtype: DType) -> Tensor {
    let result = Tensor::allocate(shape, dtype, Device::CPU, Fill::Zero).unwrap();
    assert_eq!(result.count(), values.len());
    let wide = Tensor::allocate(shape, DType::Float64, Device::CPU, Fill::Zero).unwrap();
    for (index, &value) in values.iter().enumerate() {
        transfer::fill(&element(&wide, index), Scalar::Float(value)).unwrap();
    }
    let cast = transfer::cast(&wide, dtype, "test", crate::exchange::Reason::Requested).unwrap();
    transfer::copy_into(&result, &cast, "test").unwrap();
    result
}

/// The values in C order; of complex numbers the real parts.
pub(crate) fn values(tensor: &Tensor) -> Vec<f64> {
    let reason = crate::exchange::Reason::Requested;
    let wide = Tensor::allocate(tensor.shape(), DType::Float64, Device::CPU, Fill::Zero).unwrap();
    let cast = transfer::cast(tensor, DType::Float64, "test", reason).unwrap();
    transfer::copy_into(&wide, &cast, "test").unwrap();
    (0..wide.count())
        .map(|index| {
            // SAFETY: [reach]: a dense tensor of `float64`; [alive]: it lives here.
            unsafe { wide.read_address().cast::<f64>().add(index).read() }
        })
        .collect()
}

fn element(tensor: &Tensor, index: usize) -> Tensor {
    let layout = Layout::new(&[], &[], index * tensor.dtype().itemsize()).unwrap();
    tensor.with_layout(layout).unwrap()
}

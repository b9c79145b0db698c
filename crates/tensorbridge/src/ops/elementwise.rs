//! Elementwise operations: promote, broadcast, choose the output's memory, call the engine.

use smallvec::SmallVec;
use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::layout::{Order, broadcast_shapes};
use tensorbridge_core::op::{Binary, Compare};
use tensorbridge_core::scalar::{FromScalar, integer_range};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{
    DType, Device, Dims, Error, Layout, MAX_NDIM, Result, Scalar, Tensor, with_dtype,
};

use super::types::Types;
use super::{Op, Operand, Operation, deliver};
use crate::casting;
use crate::engines::engine;
use crate::exchange::Reason;
use crate::transfer;

/// Runs an elementwise operation.
pub(super) fn run(op: &Op<'_>) -> Result<Tensor> {
    if let Some(base) = squared(op) {
        let inputs = &[base.borrowed(), base.borrowed()];
        return run(&Op { operation: Operation::Binary(Binary::Multiply), inputs, out: op.out });
    }
    let types = Types::of(op)?;
    let broadcast;
    let shape = match common_shape(op.inputs) {
        Some(shape) => shape,
        None => {
            broadcast =
                broadcast_shape(op.inputs).map_err(|error| error.of(op.operation.name()))?;
            &broadcast
        }
    };
    let device = device(op)?;
    if let Some(out) = op.out {
        check_out(out, shape, types.result, op.operation.name())?;
    }
    // Into `out` directly where it has the result's dtype, else through a fresh tensor.
    let direct = op.out.filter(|out| out.dtype() == types.result);
    if let Some(answer) = known(op, &types) {
        let result = match direct {
            Some(out) => out.clone(),
            None => Tensor::allocate(shape, types.result, device, Fill::Uninitialized)?,
        };
        transfer::fill(&result, answer)?;
        return if direct.is_some() { Ok(result) } else { deliver(result, op) };
    }
    // Where they are made: moving three of them costs a small operation as much as its loop.
    let mut inputs = Inputs::new();
    prepare(op, &types, shape, direct, &mut inputs)?;
    if let Some(out) = direct {
        call(&op.operation, &inputs, shape, out, device)?;
        return Ok(out.clone());
    }
    let layout = output_layout(&inputs, shape, types.result)?;
    let result = Tensor::allocate_as(layout, types.result, device, Fill::Uninitialized)?;
    call(&op.operation, &inputs, shape, &result, device)?;
    deliver(result, op)
}

/// The one shape that all inputs have, beside numbers: what they mostly do.
fn common_shape<'a>(inputs: &'a [Operand<'_>]) -> Option<&'a [usize]> {
    let mut shapes = inputs.iter().map(Operand::shape).filter(|shape| !shape.is_empty());
    let first = shapes.next().unwrap_or(&[]);
    shapes.all(|shape| shape == first).then_some(first)
}

/// The shape that the inputs broadcast to.
fn broadcast_shape(inputs: &[Operand<'_>]) -> Result<Dims<usize>> {
    let shapes: SmallVec<[&[usize]; 3]> = inputs.iter().map(Operand::shape).collect();
    broadcast_shapes(&shapes)
}

/// The base of `a ** 2`, which `a * a` answers as exactly and many times faster.
fn squared<'a>(op: &Op<'a>) -> Option<&'a Operand<'a>> {
    let Operation::Binary(Binary::Power) = op.operation else { return None };
    let [base @ Operand::Tensor(tensor), Operand::PythonScalar(exponent)] = op.inputs else {
        return None;
    };
    let two = match exponent {
        Scalar::Int(exponent) => *exponent == 2,
        Scalar::Float(exponent) => *exponent == 2.0 && !tensor.dtype().is_integer(),
        _ => false,
    };
    (two && !tensor.dtype().is_bool()).then_some(base)
}

/// The device of the tensors among inputs and output.
fn device(op: &Op<'_>) -> Result<Device> {
    transfer::same_device(op.inputs.iter().filter_map(Operand::tensor).chain(op.out))
}

/// Checks everything about an output that was given, before anything is computed.
pub(super) fn check_out(
    out: &Tensor,
    shape: &[usize],
    result: DType,
    operation: &str,
) -> Result<()> {
    casting::check_kind(result, out.dtype())?;
    if out.shape() != shape {
        return Err(Error::shape(format!(
            "{operation}: output with shape {:?} doesn't match the broadcast shape {shape:?}",
            out.shape()
        ))
        .hint("leave out `out=`, or use the operator that makes a new tensor"));
    }
    out.check_writable()
}

/// An input as the engine will see it: cast, detached from the output, broadcast.
struct Input<'a> {
    value: Value<'a>,
    dtype: DType,
    /// Steps along the result's axes, where a tensor's own are not.
    strides: Option<Dims<isize>>,
}

type Inputs<'a> = SmallVec<[Input<'a>; 3]>;

enum Value<'a> {
    Given(&'a Tensor),
    /// Boxed, for it is rare and would make all of them large.
    Made(Box<Tensor>),
    Number(Number),
}

/// The bytes of one element of any dtype.
#[repr(C, align(16))]
struct Number([u8; 16]);

impl Number {
    /// `scalar` as an element of `dtype`.
    fn new(scalar: Scalar, dtype: DType) -> Result<Self> {
        scalar.check_fits(dtype)?;
        let mut number = Self([0; 16]);
        with_dtype!(dtype, T => {
            let value: T = FromScalar::from_scalar(scalar);
            // SAFETY: 16 bytes of our own, aligned to 16, hold an element of any dtype.
            unsafe { number.0.as_mut_ptr().cast::<T>().write(value) };
        });
        Ok(number)
    }
}

impl Value<'_> {
    fn tensor(&self) -> Option<&Tensor> {
        match self {
            Self::Given(tensor) => Some(tensor),
            Self::Made(tensor) => Some(tensor),
            Self::Number(_) => None,
        }
    }
}

impl Input<'_> {
    /// Whether this is a tensor of the result's shape.
    fn is_whole(&self) -> bool {
        self.strides.is_none() && !matches!(self.value, Value::Number(_))
    }

    fn operand<'a>(&'a self, shape: &'a [usize]) -> Prepared<'a> {
        const STILL: [isize; MAX_NDIM] = [0; MAX_NDIM];
        let (address, own) = match &self.value {
            // Engines do not write their inputs.
            Value::Number(number) => (number.0.as_ptr().cast_mut(), &STILL[..shape.len()]),
            Value::Given(tensor) => (tensor.read_address(), tensor.strides()),
            Value::Made(tensor) => (tensor.read_address(), tensor.strides()),
        };
        let strides = self.strides.as_deref().unwrap_or(own);
        Prepared { address, shape, strides, dtype: self.dtype }
    }
}

fn prepare<'a>(
    op: &'a Op<'_>,
    types: &Types,
    shape: &[usize],
    out: Option<&Tensor>,
    inputs: &mut Inputs<'a>,
) -> Result<()> {
    let name = op.operation.name();
    for (place, operand) in op.inputs.iter().enumerate() {
        let condition = matches!(op.operation, Operation::Select) && place == 0;
        let dtype = if condition { DType::Bool } else { types.compute };
        let mut value = match operand {
            Operand::PythonScalar(scalar) => Value::Number(Number::new(*scalar, dtype)?),
            Operand::Tensor(tensor) if tensor.dtype() == dtype => Value::Given(tensor),
            Operand::Tensor(tensor) => {
                let reason = Reason::Promote { from: tensor.dtype(), to: dtype };
                Value::Made(Box::new(transfer::cast(tensor, dtype, name, reason)?))
            }
        };
        if let (Some(out), Value::Given(tensor)) = (out, &value)
            && transfer::disturbs(out, tensor)
        {
            value = Value::Made(Box::new(transfer::clone_dense(tensor, name, Reason::Overlap)?));
        }
        let strides = match value.tensor() {
            Some(tensor) if tensor.shape() != shape => {
                let layout = tensor.layout().broadcast_to(shape)?;
                Some(Dims::from_slice(layout.strides()))
            }
            _ => None,
        };
        inputs.push(Input { value, dtype, strides });
    }
    Ok(())
}

/// The answer of a comparison with a Python integer that the tensor's dtype cannot hold.
fn known(op: &Op<'_>, types: &Types) -> Option<Scalar> {
    let Operation::Compare(compare) = op.operation else { return None };
    if !types.compute.is_integer() {
        return None;
    }
    let (low, high) = integer_range(types.compute);
    // How the tensor's elements lie to the number: below it or above it.
    let below = match op.inputs {
        [Operand::Tensor(_), Operand::PythonScalar(Scalar::Int(value))] => {
            (*value > high).then_some(true).or((*value < low).then_some(false))?
        }
        [Operand::PythonScalar(Scalar::Int(value)), Operand::Tensor(_)] => {
            (*value > high).then_some(false).or((*value < low).then_some(true))?
        }
        _ => return None,
    };
    Some(Scalar::Bool(match compare {
        Compare::Equal => false,
        Compare::NotEqual => true,
        Compare::Less | Compare::LessEqual => below,
        Compare::Greater | Compare::GreaterEqual => !below,
    }))
}

/// A dense layout for the result: in the order of memory of the inputs that have the result's
/// shape, where they are dense and agree; else in C order.
fn output_layout(inputs: &[Input<'_>], shape: &[usize], dtype: DType) -> Result<Layout> {
    let whole =
        || inputs.iter().filter(|input| input.is_whole()).filter_map(|input| input.value.tensor());
    // Mostly all of them are in C order.
    if whole().all(|tensor| tensor.is_contiguous(Order::C)) {
        return Layout::contiguous(shape, dtype.itemsize());
    }
    let mut chosen: Option<Layout> = None;
    for tensor in whole() {
        let size = tensor.dtype().itemsize();
        if tensor.layout().dense_order(size).is_none() {
            continue;
        }
        let layout = tensor.layout().dense_like(size, dtype.itemsize())?;
        match &chosen {
            None => chosen = Some(layout),
            Some(other) if same_order(other, &layout) => {}
            Some(_) => return Layout::contiguous(shape, dtype.itemsize()),
        }
    }
    match chosen {
        Some(layout) => Ok(layout),
        None => Layout::contiguous(shape, dtype.itemsize()),
    }
}

/// Whether two dense layouts of one shape order their axes alike; axes of length 1 do not count.
fn same_order(a: &Layout, b: &Layout) -> bool {
    a.shape()
        .iter()
        .zip(a.strides().iter().zip(b.strides()))
        .all(|(&length, (a, b))| length == 1 || a == b)
}

fn call(
    operation: &Operation,
    inputs: &[Input<'_>],
    shape: &[usize],
    out: &Tensor,
    device: Device,
) -> Result<()> {
    let read = |place: usize| inputs[place].operand(shape);
    let engine = engine(device)?;
    let out = Prepared::write(out)?;
    // SAFETY: [reach] and [alive]: each operand is a tensor that lives here, broadcast by strides
    // of 0, which reach no further. [permit]: `Operand::write`. [alias]: the output is fresh,
    // or `prepare` detached the inputs from it.
    unsafe {
        match *operation {
            Operation::Unary(op) => engine.unary(op, read(0), out),
            Operation::Binary(op) => engine.binary(op, read(0), read(1), out),
            Operation::Ternary(op) => engine.ternary(op, read(0), read(1), read(2), out),
            Operation::Compare(op) => engine.compare(op, read(0), read(1), out),
            _ => engine.select(read(0), read(1), read(2), out),
        }
    }
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::ErrorKind;
    use tensorbridge_core::op::Unary;

    use super::*;
    use crate::ops::testing::{tensor, values};
    use crate::ops::{binary, binary_into, compare, select, unary};

    #[test]
    fn broadcasts_and_promotes() {
        let a = tensor(&[2, 1], &[1.0, 2.0], DType::Int32);
        let b = tensor(&[3], &[0.5, 1.0, 1.5], DType::Float32);
        let sum = binary(Binary::Add, &a, &b).unwrap();
        assert_eq!((sum.shape(), sum.dtype()), (&[2, 3][..], DType::Float32));
        assert_eq!(values(&sum), [1.5, 2.0, 2.5, 2.5, 3.0, 3.5]);
        let half = binary(Binary::Divide, &a, Scalar::Int(2)).unwrap();
        assert_eq!((half.dtype(), values(&half)), (DType::Float32, vec![0.5, 1.0]));
        let error = binary(Binary::Add, &a, tensor(&[3, 3], &[0.0; 9], DType::Bool));
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Shape);
    }

    #[test]
    fn in_place_keeps_dtype_and_address() {
        let a = tensor(&[3], &[1.0, 2.0, 3.0], DType::Int32);
        let address = a.address();
        let out = binary_into(Binary::Multiply, &a, Scalar::Int(3), &a).unwrap();
        assert_eq!((out.address(), values(&a)), (address, vec![3.0, 6.0, 9.0]));
        let error = binary_into(Binary::Add, &a, Scalar::Float(0.5), &a).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Type);
        assert!(error.remedy().unwrap().contains(".to(tb.int32)"), "{error}");
        let wide = tensor(&[3], &[1.0, 1.0, 1.0], DType::Int64);
        binary_into(Binary::Subtract, &a, &wide, &a).unwrap();
        assert_eq!(values(&a), [2.0, 5.0, 8.0]);
        let error = binary_into(Binary::Add, &a, tensor(&[2, 3], &[0.0; 6], DType::Int32), &a);
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Shape);
    }

    #[test]
    fn partial_overlap_reads_before_it_writes() {
        let whole = tensor(&[5], &[1.0, 2.0, 3.0, 4.0, 5.0], DType::Float64);
        let view = |offset| whole.with_layout(Layout::new(&[4], &[8], offset).unwrap()).unwrap();
        binary_into(Binary::Add, view(8), view(0), &view(8)).unwrap();
        assert_eq!(values(&whole), [1.0, 3.0, 5.0, 7.0, 9.0]);
        let reversed = whole.with_layout(whole.layout().flip(0)).unwrap();
        binary_into(Binary::Add, &whole, &reversed, &whole).unwrap();
        assert_eq!(values(&whole), [10.0; 5]);
        transfer::copy_into(&whole, &tensor(&[5], &[1., 2., 3., 4., 5.], DType::Int8), "copy_")
            .unwrap();
        transfer::copy_into(&view(8), &view(0), "copy_").unwrap();
        assert_eq!(values(&whole), [1.0, 1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn order_of_memory_is_kept_where_inputs_agree() {
        let a = tensor(&[2, 3], &[1., 2., 3., 4., 5., 6.], DType::Float32);
        let turned = a.with_layout(a.layout().reversed_axes()).unwrap();
        let doubled = binary(Binary::Add, &turned, &turned).unwrap();
        assert_eq!(doubled.strides(), turned.strides());
        assert_eq!(values(&doubled), [2., 8., 4., 10., 6., 12.]);
        let c = tensor(&[3, 2], &[0.0; 6], DType::Float32);
        assert_eq!(binary(Binary::Add, &turned, &c).unwrap().strides(), c.strides());
        let less = compare(Compare::Less, &turned, Scalar::Int(4)).unwrap();
        assert_eq!((less.strides(), values(&less)), (&[1, 3][..], vec![1., 0., 1., 0., 1., 0.]));
    }

    #[test]
    fn python_integers_out_of_range() {
        let a = tensor(&[2], &[0.0, 255.0], DType::UInt8);
        let error = binary(Binary::Add, &a, Scalar::Int(300)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Overflow);
        for (op, expected) in [
            (Compare::Less, 1.0),
            (Compare::GreaterEqual, 0.0),
            (Compare::Equal, 0.0),
            (Compare::NotEqual, 1.0),
        ] {
            assert_eq!(values(&compare(op, &a, Scalar::Int(300)).unwrap()), [expected; 2]);
            let mirrored = compare(op, Scalar::Int(-1), &a).unwrap();
            assert_eq!(values(&mirrored), [expected; 2], "{op:?}");
        }
    }

    #[test]
    fn dtypes_without_the_operation_are_type_errors() {
        let mask = tensor(&[1], &[1.0], DType::Bool);
        let real = tensor(&[1], &[1.0], DType::Float32);
        let complex = tensor(&[1], &[1.0], DType::Complex64);
        let errors = [
            binary(Binary::Subtract, &mask, &mask),
            binary(Binary::BitwiseAnd, &real, &mask),
            binary(Binary::LeftShift, &real, Scalar::Int(1)),
            binary(Binary::FloorDivide, &complex, &real),
            binary(Binary::Power, &mask, &mask),
            compare(Compare::Less, &complex, &real),
            unary(Unary::Negative, &mask),
            unary(Unary::Invert, &real),
            select(&real, &real, &real),
        ];
        for error in errors {
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Type);
        }
        assert_eq!(unary(Unary::Absolute, &complex).unwrap().dtype(), DType::Float32);
        assert_eq!(values(&binary(Binary::Add, &mask, &mask).unwrap()), [1.0]);
    }

    #[test]
    fn meta_has_shape_and_dtype_only() {
        let meta = |shape: &[usize], dtype| {
            Tensor::allocate(shape, dtype, Device::META, Fill::Zero).unwrap()
        };
        let a = meta(&[1 << 20, 1], DType::Int16);
        let sum = binary(Binary::Add, &a, meta(&[1 << 20], DType::Float16)).unwrap();
        assert_eq!((sum.shape(), sum.dtype()), (&[1 << 20, 1 << 20][..], DType::Float16));
        assert_eq!(sum.device(), Device::META);
        let error = binary(Binary::Add, &a, tensor(&[1], &[0.0], DType::Bool)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Device);
        assert!(transfer::to_device(&a, Device::CPU, "to").is_err());
    }

    #[test]
    fn squares_and_choices() {
        let a = tensor(&[2], &[-3.0, 0.5], DType::Float64);
        assert_eq!(values(&binary(Binary::Power, &a, Scalar::Int(2)).unwrap()), [9.0, 0.25]);
        assert_eq!(values(&binary(Binary::Power, &a, Scalar::Int(3)).unwrap()), [-27.0, 0.125]);
        let mask = tensor(&[2], &[0.0, 1.0], DType::Bool);
        let chosen = select(&mask, Scalar::Int(1), &a).unwrap();
        assert_eq!((chosen.dtype(), values(&chosen)), (DType::Float64, vec![-3.0, 1.0]));
        let numbers = select(&mask, Scalar::Int(1), Scalar::Int(2)).unwrap();
        assert_eq!((numbers.dtype(), values(&numbers)), (DType::Int64, vec![2.0, 1.0]));
    }
}

//! What the rules give on small tensors. The broad comparison with NumPy is in Python.

use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{Access, DType, Device, ErrorKind, Scalar};

use super::*;
use crate::ops::testing::{tensor, values};

fn floats(shape: &[usize]) -> Tensor {
    let count = shape.iter().product::<usize>();
    let numbers: Vec<_> = (0..count).map(|value| value as f64).collect();
    tensor(shape, &numbers, DType::Float32)
}

fn index(shape: &[usize], numbers: &[f64]) -> Index {
    Index::Integer(tensor(shape, numbers, DType::Int32).into())
}

fn mask(shape: &[usize], numbers: &[f64]) -> Index {
    Index::Mask(tensor(shape, numbers, DType::Bool).into())
}

fn slice(start: isize, stop: isize) -> Index {
    Index::Slice { start: Some(start), stop: Some(stop), step: None }
}

#[test]
fn basic_indices_are_views() {
    let t = floats(&[3, 4]);
    let view = get(&t, &[Index::Int(-1), slice(1, 3)]).unwrap();
    assert_eq!((view.shape(), view.address() - t.address()), (&[2][..], 36));
    let view = get(&t, &[Index::Ellipsis, Index::NewAxis, Index::Int(0)]).unwrap();
    assert_eq!((view.shape(), view.strides()), (&[3, 1][..], &[16, 0][..]));
    let whole = get(&t, &[]).unwrap();
    assert_eq!((whole.shape(), whole.address()), (t.shape(), t.address()));
}

#[test]
fn picked_axes_stand_where_numpy_puts_them() {
    let t = floats(&[2, 3, 4, 5]);
    for (indices, shape) in [
        (vec![Index::WHOLE, index(&[2, 1], &[0., 1.]), index(&[6], &[0.; 6])], vec![2, 2, 6, 5]),
        (vec![Index::Int(0), Index::WHOLE, index(&[2], &[0., 1.])], vec![2, 3, 5]),
        (vec![index(&[2], &[0., 1.]), Index::NewAxis, index(&[2], &[0., 1.])], vec![2, 1, 4, 5]),
        (vec![Index::WHOLE, mask(&[3, 4], &[1.; 12])], vec![2, 12, 5]),
        (vec![mask(&[], &[1.])], vec![1, 2, 3, 4, 5]),
        (vec![mask(&[], &[0.])], vec![0, 2, 3, 4, 5]),
    ] {
        assert_eq!(get(&t, &indices).unwrap().shape(), shape, "{indices:?}");
    }
}

#[test]
fn empty_tensors_are_picked_from() {
    let t = floats(&[0, 3]);
    assert_eq!(get(&t, &[index(&[0], &[])]).unwrap().shape(), [0, 3]);
    assert_eq!(get(&t, &[mask(&[0, 3], &[])]).unwrap().shape(), [0]);
    set(&t, &[index(&[0], &[])], &Scalar::Float(1.0).into()).unwrap();
    assert!(get(&t, &[index(&[1], &[0.])]).is_err());
    let far = get(&floats(&[3, 0]), &[Index::Int(2)]).unwrap();
    assert_eq!(far.shape(), [0]);
}

#[test]
fn nothing_is_written_when_an_index_is_bad() {
    let t = floats(&[4]);
    let before = values(&t);
    for bad in [4., -5.] {
        let error = set(&t, &[index(&[3], &[0., 1., bad])], &Scalar::Int(9).into()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Index);
        assert_eq!(
            error.message(),
            format!("index {bad} is out of bounds for dimension 0 with size 4")
        );
    }
    let value = floats(&[3]);
    let error = set(&t, &[index(&[2], &[0., 1.])], &Operand::from(&value)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Shape);
    let complex = tensor(&[], &[1.], DType::Complex64);
    assert!(set(&t, &[index(&[1], &[0.])], &Operand::from(&complex)).is_err());
    let frozen = t.clone().restricted(Access::READ_ONLY);
    assert!(set(&frozen, &[index(&[1], &[0.])], &Scalar::Int(9).into()).is_err());
    assert_eq!(values(&t), before);
}

#[test]
fn overlapping_values_are_read_first() {
    let t = floats(&[5]);
    let head = get(&t, &[slice(0, 4)]).unwrap();
    set(&t, &[slice(1, 5)], &head.into()).unwrap();
    assert_eq!(values(&t), [0., 0., 1., 2., 3.]);
    set(&t, &[index(&[5], &[4., 3., 2., 1., 0.])], &Operand::from(&t)).unwrap();
    assert_eq!(values(&t), [3., 2., 1., 0., 0.]);
}

#[test]
fn the_last_of_repeated_indices_stays() {
    let t = floats(&[3]);
    set(&t, &[index(&[2, 2], &[1., 1., -2., 2.])], &floats(&[1, 2, 2]).into()).unwrap();
    assert_eq!(values(&t), [0., 2., 3.]);
}

#[test]
fn meta_has_shapes_alone() {
    let t = Tensor::allocate(&[3, 4], DType::Float32, Device::META, Fill::Zero).unwrap();
    assert_eq!(get(&t, &[Index::Int(1)]).unwrap().shape(), [4]);
    let picked = get(&t, &[index(&[5], &[2.; 5])]).unwrap();
    assert_eq!((picked.shape(), picked.device()), (&[5, 4][..], Device::META));
    assert!(get(&t, &[index(&[1], &[3.])]).is_err());
    set(&t, &[index(&[2], &[0., 1.])], &Scalar::Int(1).into()).unwrap();
    let nowhere = Tensor::allocate(&[2], DType::Int64, Device::META, Fill::Zero).unwrap();
    assert!(get(&floats(&[3]), &[Index::Integer(nowhere.into())]).is_err());
}

#[test]
fn functions_of_picking() {
    let t = floats(&[2, 3]);
    let ints = |shape: &[usize], numbers: &[f64]| tensor(shape, numbers, DType::Int64);
    assert_eq!(values(&take(&t, &ints(&[2], &[-1., 0.]), Some(1)).unwrap()), [2., 0., 5., 3.]);
    assert_eq!(values(&take(&t, &ints(&[2], &[5., -6.]), None).unwrap()), [5., 0.]);
    assert_eq!(values(&gather(&t, 1, &ints(&[2, 1], &[2., 0.])).unwrap()), [2., 3.]);
    let along = take_along_axis(&t, &ints(&[1, 2], &[2., 0.]), -1).unwrap();
    assert_eq!(values(&along), [2., 0., 5., 3.]);
    let select = index_select(&t, 0, &ints(&[], &[1.])).unwrap();
    assert_eq!((select.shape(), values(&select)), (&[1, 3][..], vec![3., 4., 5.]));
    let odd = tensor(&[3], &[0., 1., 0.], DType::Bool);
    assert_eq!(values(&masked_select(&t, &odd).unwrap()), [1., 4.]);
    let filled = masked_fill(&t, &odd, &Scalar::Int(-1).into()).unwrap();
    assert_eq!(values(&filled), [0., -1., 2., 3., -1., 5.]);
    let places = nonzero(&t.with_layout(t.layout().reversed_axes()).unwrap()).unwrap();
    assert_eq!(values(&places[0]), [0., 1., 1., 2., 2.]);
    assert_eq!(values(&places[1]), [1., 0., 1., 0., 1.]);
    assert_eq!(values(&argwhere(&t).unwrap()), [0., 1., 0., 2., 1., 0., 1., 1., 1., 2.]);
    assert_eq!(argwhere(&tensor(&[], &[3.], DType::Int8)).unwrap().shape(), [1, 0]);
}

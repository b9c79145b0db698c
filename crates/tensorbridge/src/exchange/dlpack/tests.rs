//! Round trips between our own ends, and descriptions that lie.

use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{Access, DType, Device, Layout, Tensor};

use super::abi::*;
use super::*;
use crate::exchange::Permission;

fn tensor(shape: &[usize], dtype: DType) -> Tensor {
    Tensor::allocate(shape, dtype, Device::CPU, Fill::Zero).unwrap()
}

fn taken(tensor: &Tensor) -> Managed {
    // SAFETY: the export is handed over here and nowhere else.
    unsafe { Managed::versioned(export_versioned(tensor, false).unwrap()) }
}

fn taken_legacy(tensor: &Tensor) -> Managed {
    // SAFETY: as above.
    unsafe { Managed::legacy(export_legacy(tensor).unwrap()) }
}

/// A managed tensor on the heap of the test, with a deleter that counts.
struct Producer {
    managed: Box<DLManagedTensorVersioned>,
    calls: Arc<AtomicUsize>,
}

static MEMORY: [f64; 8] = [0.0; 8];

impl Producer {
    fn new(shape: &mut [i64], strides: Option<&mut [i64]>) -> Self {
        unsafe extern "C" fn count(managed: *mut DLManagedTensorVersioned) {
            // SAFETY: the context is the counter of the test, which outlives the tensor.
            unsafe {
                (*(*managed).manager_ctx.cast::<AtomicUsize>()).fetch_add(1, Ordering::SeqCst)
            };
        }
        let calls = Arc::new(AtomicUsize::new(0));
        let managed = Box::new(DLManagedTensorVersioned {
            version: VERSION,
            manager_ctx: Arc::as_ptr(&calls).cast_mut().cast(),
            deleter: Some(count),
            flags: 0,
            dl_tensor: DLTensor {
                data: (&raw const MEMORY).cast_mut().cast(),
                device: DLDevice { device_type: CPU, device_id: 0 },
                ndim: shape.len() as i32,
                dtype: DLDataType { code: 2, bits: 32, lanes: 1 },
                shape: shape.as_mut_ptr(),
                strides: strides.map_or(null_mut(), |strides| strides.as_mut_ptr()),
                byte_offset: 0,
            },
        });
        Self { managed, calls }
    }

    /// What taking it over gives, and a check that the deleter ran once.
    fn describe(mut self) -> Result<Description, String> {
        let raw = NonNull::from(&mut *self.managed);
        // SAFETY: the box lives longer than the value, and nobody else releases it.
        let managed = unsafe { Managed::versioned(raw) };
        let result = managed.describe().map_err(|error| error.to_string());
        assert_eq!(self.calls.load(Ordering::SeqCst), 0);
        drop(managed);
        assert_eq!(self.calls.load(Ordering::SeqCst), 1);
        result
    }
}

#[test]
fn every_dtype_comes_back() {
    for dtype in DType::ALL {
        let tensor = tensor(&[2, 3], dtype);
        for managed in [taken(&tensor), taken_legacy(&tensor)] {
            let described = managed.describe().unwrap();
            assert_eq!(described.dtype, dtype);
            assert_eq!(described.shape.as_slice(), tensor.shape());
            assert_eq!(described.strides.as_slice(), tensor.strides());
            assert_eq!(described.address, tensor.read_address());
            assert!(!described.is_copied);
        }
    }
}

#[test]
fn exports_hold_the_storage() {
    let tensor = tensor(&[3], DType::Float32);
    let storage = tensor.storage().clone();
    let managed = taken(&tensor);
    drop(tensor);
    assert!(!storage.is_only());
    assert!(storage.is_exported());
    std::thread::spawn(move || drop(managed)).join().unwrap();
    assert!(storage.is_only());
}

#[test]
fn permission_crosses() {
    let writable = tensor(&[3], DType::Float32);
    let frozen = writable.clone().restricted(Access::READ_ONLY);
    assert_eq!(taken(&writable).describe().unwrap().permission, Permission::Writable);
    assert_eq!(taken(&frozen).describe().unwrap().permission, Permission::ReadOnly);
    assert_eq!(taken_legacy(&writable).describe().unwrap().permission, Permission::Unknown);
    assert!(export_legacy(&frozen).unwrap_err().to_string().contains("max_version=(1, 0)"));
}

#[test]
fn negative_strides_cross_as_strides() {
    let whole = tensor(&[6], DType::Float64);
    let reversed = whole.with_layout(whole.layout().flip(0)).unwrap();
    let described = taken(&reversed).describe().unwrap();
    assert_eq!(described.strides.as_slice(), [-8]);
    assert_eq!(described.address, reversed.read_address());
}

#[test]
fn strides_that_reach_nothing_are_made_harmless() {
    let whole = tensor(&[64], DType::Float64);
    for (shape, strides, expected) in [
        (&[1_usize, 3][..], &[-24_isize, 8][..], &[24_isize, 8][..]),
        (&[1, 3], &[7, 8], &[24, 8]),
        (&[1, 3], &[80, 8], &[80, 8]),
        (&[0, 3], &[7, -8], &[24, 8]),
        (&[3, 0], &[24, 8], &[24, 8]),
    ] {
        let view = whole.with_layout(Layout::new(shape, strides, 24).unwrap()).unwrap();
        assert_eq!(taken(&view).describe().unwrap().strides.as_slice(), expected, "{strides:?}");
    }
}

#[test]
fn what_dlpack_cannot_say_is_refused() {
    let bytes = tensor(&[64], DType::UInt8);
    let view = |shape: &[usize], strides: &[isize], offset| {
        let layout = Layout::new(shape, strides, offset).unwrap();
        bytes.with_layout_as(layout, DType::Float32).unwrap()
    };
    let message = |tensor: &Tensor| check_exportable(tensor).unwrap_err().to_string();
    assert!(message(&view(&[3], &[6], 0)).contains("multiple of itemsize"));
    assert!(message(&view(&[3], &[4], 1)).contains("aligned"));
    assert!(check_exportable(&view(&[0], &[4], 1)).is_ok());
    let meta = Tensor::allocate(&[3], DType::Float32, Device::META, Fill::Zero).unwrap();
    assert!(message(&meta).contains("meta"));
}

#[test]
fn no_strides_mean_c_order() {
    let described = Producer::new(&mut [2, 3], None).describe().unwrap();
    assert_eq!(described.strides.as_slice(), [12, 4]);
    let described = Producer::new(&mut [], None).describe().unwrap();
    assert_eq!(described.shape.len(), 0);
}

#[test]
fn lies_are_refused_and_released() {
    type Lie = fn(&mut DLManagedTensorVersioned);
    let lies: [(&str, Lie); 12] = [
        ("version", |lie| lie.version.major = 2),
        ("version", |lie| lie.version.major = 0),
        ("dimensions", |lie| lie.dl_tensor.ndim = -1),
        ("dimensions", |lie| lie.dl_tensor.ndim = 65),
        ("dimensions", |lie| lie.dl_tensor.ndim = i32::MAX),
        ("no shape", |lie| lie.dl_tensor.shape = null_mut()),
        ("no data", |lie| lie.dl_tensor.data = null_mut()),
        ("byte offset", |lie| lie.dl_tensor.byte_offset = u64::MAX),
        ("device_type", |lie| lie.dl_tensor.device.device_type = 99),
        ("device_type", |lie| lie.dl_tensor.device.device_type = CUDA),
        ("lanes", |lie| lie.dl_tensor.dtype.lanes = 2),
        ("type code 77", |lie| lie.dl_tensor.dtype.code = 77),
    ];
    for (word, lie) in lies {
        let mut shape = [2, 3];
        let mut producer = Producer::new(&mut shape, None);
        lie(&mut producer.managed);
        let message = producer.describe().unwrap_err();
        assert!(message.contains(word), "{message}");
    }
    assert!(Producer::new(&mut [-1, 3], None).describe().unwrap_err().contains("length -1"));
    for stride in [i64::MAX, i64::MIN, i64::MAX / 2] {
        let message = Producer::new(&mut [2], Some(&mut [stride])).describe().unwrap_err();
        assert!(message.contains("stride"), "{message}");
    }
    assert!(Producer::new(&mut [i64::MAX, i64::MAX], None).describe().is_err());
}

#[test]
fn strides_beyond_the_address_space_are_refused() {
    let (mut shape, mut strides) = ([4, 4], [i64::MAX / 8, 1]);
    let described = Producer::new(&mut shape, Some(&mut strides)).describe();
    assert!(described.unwrap_err().contains("address space"));
}

#[test]
fn no_deleter_is_no_release() {
    let mut shape = [2];
    let mut producer = Producer::new(&mut shape, None);
    producer.managed.deleter = None;
    let raw = NonNull::from(&mut *producer.managed);
    // SAFETY: the box lives longer than the value.
    drop(unsafe { Managed::versioned(raw) });
    assert_eq!(producer.calls.load(Ordering::SeqCst), 0);
}

#[test]
fn empty_tensors_need_no_data() {
    let mut shape = [0, 3];
    let mut producer = Producer::new(&mut shape, None);
    producer.managed.dl_tensor.data = null_mut::<c_void>();
    assert_eq!(producer.describe().unwrap().shape.as_slice(), [0, 3]);
}

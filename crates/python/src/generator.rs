//! `tensorbridge.Generator`, and the generator that is used where none is given.

use std::cell::RefCell;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCFunction, PyDict, PyFloat, PyTuple};
use tensorbridge::ops::random::{self, Generator};
use tensorbridge::{Device, DeviceKind, Result};

use crate::calling;
use crate::device::PyDevice;
use crate::enter::{enter, enter_detached};
use crate::operand::Argument;
use crate::tensor::PyTensor;

static DEFAULT: LazyLock<Mutex<Generator>> =
    LazyLock::new(|| Mutex::new(Generator::new(surprise())));

thread_local! {
    /// The default generator, held by this thread while it forks the process.
    static HELD: RefCell<Option<MutexGuard<'static, Generator>>> = const { RefCell::new(None) };
}

/// A seed that nobody chose, of 53 bits: a float holds it too.
fn surprise() -> u64 {
    RandomState::new().build_hasher().finish() >> 11
}

/// A source of random numbers with a state of its own, equal to PyTorch's CPU generator.
///
/// Draws from one generator are ordered by a lock: threads that share one share its stream.
#[pyclass(name = "Generator", module = "tensorbridge", frozen)]
pub(crate) struct PyGenerator {
    /// `None` for the default generator, which belongs to the process.
    own: Option<Box<Mutex<Generator>>>,
}

impl PyGenerator {
    fn source(&self) -> &Mutex<Generator> {
        self.own.as_deref().unwrap_or_else(|| &*DEFAULT)
    }

    fn lock(&self) -> MutexGuard<'_, Generator> {
        // A panic between two draws leaves a generator that can go on.
        self.source().lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `work`, about `bytes` of drawing, on a generator or the default one.
pub(crate) fn with<T: Send>(
    py: Python<'_>,
    generator: Option<&Bound<'_, PyGenerator>>,
    bytes: usize,
    work: impl FnOnce(&mut Generator) -> Result<T> + Send,
) -> PyResult<T> {
    let source = generator.map_or(&*DEFAULT, |generator| generator.get().source());
    enter_detached(py, bytes, || work(&mut source.lock().unwrap_or_else(PoisonError::into_inner)))
}

/// PyTorch's reading of a seed: a negative one counts down from 2**64.
fn parse_seed(seed: &Bound<'_, PyAny>) -> PyResult<u64> {
    let seed = match seed.cast::<PyFloat>() {
        Ok(float) => float.call_method0("__int__")?,
        Err(_) => seed.clone(),
    };
    let index = seed.call_method0("__index__").map_err(|_| match seed.get_type().name() {
        Ok(name) => PyTypeError::new_err(format!("a seed is an integer, not {name}")),
        Err(error) => error,
    })?;
    match index.extract::<i128>() {
        Ok(seed) if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&seed) => {
            Ok(seed as u64)
        }
        _ => Err(PyOverflowError::new_err(format!(
            "a seed lies in [-2**63, 2**64 - 1], and {index} does not"
        ))),
    }
}

#[pymethods]
impl PyGenerator {
    #[new]
    #[pyo3(signature = (device=None))]
    fn new(device: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        match crate::device::parse_optional(device)? {
            Some(Device { kind: DeviceKind::Cpu, .. }) | None => {
                Ok(Self { own: Some(Box::new(Mutex::new(Generator::default()))) })
            }
            Some(device) => Err(PyTypeError::new_err(format!(
                "random numbers are drawn on the host, and a generator on {device} was asked for — hint: `Generator(\"cpu\")`"
            ))),
        }
    }

    /// Where the numbers are drawn: `cpu`.
    #[getter]
    fn device(&self) -> PyDevice {
        PyDevice(Device::CPU)
    }

    /// Starts over from `seed`, an integer in `[-2**63, 2**64 - 1]`; returns this generator.
    fn manual_seed<'py>(
        slf: Bound<'py, Self>,
        seed: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, Self>> {
        let seed = parse_seed(seed)?;
        slf.get().lock().manual_seed(seed);
        Ok(slf)
    }

    /// Starts over from a seed that nobody chose, and returns it.
    fn seed(&self) -> u64 {
        let seed = surprise();
        self.lock().manual_seed(seed);
        seed
    }

    /// The seed last given.
    fn initial_seed(&self) -> u64 {
        self.lock().initial_seed()
    }

    /// The state as a `uint8` tensor in PyTorch's own layout.
    fn get_state(&self, py: Python<'_>) -> PyResult<PyTensor> {
        enter(py, || random::save(&self.lock())).map(PyTensor::new)
    }

    /// Restores `new_state`, which `get_state` gave here or in PyTorch (as a `uint8` tensor or
    /// array); returns this generator.
    ///
    /// Raises `TypeError` for other dtypes, `ValueError` for what is no state; the generator is
    /// then unchanged.
    fn set_state<'py>(slf: Bound<'py, Self>, new_state: Argument) -> PyResult<Bound<'py, Self>> {
        let state = new_state.tensor(slf.py())?;
        enter(slf.py(), || random::restore(&mut slf.get().lock(), &state))?;
        Ok(slf)
    }

    /// An independent generator in the same state.
    fn clone_state(&self) -> Self {
        Self { own: Some(Box::new(Mutex::new(self.lock().clone()))) }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let rebuild =
            calling::import(py, "tensorbridge._tensorbridge")?.getattr("_rebuild_generator")?;
        let state = PyBytes::new(py, &slf.get().lock().get_state());
        (rebuild, (state,)).into_pyobject(py)
    }
}

/// Unpickles a generator.
#[pyfunction]
fn _rebuild_generator(state: &[u8]) -> PyResult<PyGenerator> {
    let mut generator = Generator::default();
    generator.set_state(state).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyGenerator { own: Some(Box::new(Mutex::new(generator))) })
}

const DEFAULT_GENERATOR: PyGenerator = PyGenerator { own: None };

/// Starts the default generator over from `seed`, an integer in `[-2**63, 2**64 - 1]`; returns the
/// generator.
#[pyfunction]
fn manual_seed<'py>(seed: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyGenerator>> {
    let default = Bound::new(seed.py(), DEFAULT_GENERATOR)?;
    PyGenerator::manual_seed(default, seed)
}

/// Seeds the default generator with a number that nobody chose, and returns that number.
#[pyfunction]
fn seed() -> u64 {
    DEFAULT_GENERATOR.seed()
}

/// The seed of the default generator.
#[pyfunction]
fn initial_seed() -> u64 {
    DEFAULT_GENERATOR.initial_seed()
}

/// The default generator's state as a `uint8` tensor, in PyTorch's own layout.
#[pyfunction]
fn get_rng_state(py: Python<'_>) -> PyResult<PyTensor> {
    DEFAULT_GENERATOR.get_state(py)
}

/// Restores the default generator to `new_state`, which `get_rng_state` gave here or in PyTorch.
#[pyfunction]
fn set_rng_state(py: Python<'_>, new_state: Argument) -> PyResult<()> {
    PyGenerator::set_state(Bound::new(py, DEFAULT_GENERATOR)?, new_state).map(drop)
}

/// Keeps the default generator out of other threads' hands while the process forks: a child
/// made in the middle of a draw would find it locked for ever.
fn hold_while_forking(py: Python<'_>) -> PyResult<()> {
    let os = py.import("os")?;
    let Ok(register) = os.getattr("register_at_fork") else {
        return Ok(());
    };
    let hold = PyCFunction::new_closure(py, None, None, |_, _| {
        let guard = DEFAULT.lock().unwrap_or_else(PoisonError::into_inner);
        HELD.with(|held| held.replace(Some(guard)));
    })?;
    let release = PyCFunction::new_closure(py, None, None, |_, _| {
        HELD.with(|held| drop(held.take()));
    })?;
    let hooks = PyDict::new(py);
    hooks.set_item("before", hold)?;
    hooks.set_item("after_in_parent", &release)?;
    hooks.set_item("after_in_child", release)?;
    register.call((), Some(&hooks))?;
    Ok(())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<PyGenerator>()?;
    module.add("default_generator", Bound::new(py, DEFAULT_GENERATOR)?)?;
    // Set, not added: what is added is public.
    module.setattr("_rebuild_generator", wrap_pyfunction!(_rebuild_generator, module)?)?;
    module.add_function(wrap_pyfunction!(manual_seed, module)?)?;
    module.add_function(wrap_pyfunction!(seed, module)?)?;
    module.add_function(wrap_pyfunction!(initial_seed, module)?)?;
    module.add_function(wrap_pyfunction!(get_rng_state, module)?)?;
    module.add_function(wrap_pyfunction!(set_rng_state, module)?)?;
    hold_while_forking(py)
}

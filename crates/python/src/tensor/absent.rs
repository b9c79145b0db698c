//! PyTorch's methods that are not here: attributes of the class that raise, and say why.
//!
//! A `__getattr__` would know them as well, and cost every call of every method a bound method: the
//! interpreter calls methods without one only on classes that leave attributes to it.

use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::PyTensor;
use crate::calling;
use crate::errors::absent_error;

/// Methods that would move memory which others may hold, or need gradients, and why they are not here.
const REFUSED: [(&str, &str); 8] = [
    ("resize_", MOVES),
    ("resize_as_", MOVES),
    ("set_", MOVES),
    (
        "share_memory_",
        "memory that has been shared never moves — hint: create a `multiprocessing.shared_memory.SharedMemory` and look at it with `tb.frombuffer`",
    ),
    (
        "pin_memory",
        "memory that has been shared never moves — hint: pin it where it is allocated, and look at it with `tb.asarray`",
    ),
    ("backward", GRADIENTS),
    ("register_hook", GRADIENTS),
    ("retain_grad", GRADIENTS),
];

const MOVES: &str = "memory that has been shared never moves — hint: `t.reshape(shape)` is a view where it can be, `tb.empty(shape)` is new memory";
const GRADIENTS: &str = "tensorbridge computes no gradients — hint: share the memory with PyTorch, `torch.from_dlpack(t)`";

/// What `tensorbridge._absent` has a hint for, beside the functions of `linalg`.
const LEFT: [&str; 5] = ["bernoulli", "cdist", "i0", "logaddexp2", "trapz"];

/// A method that is not here.
#[pyclass(name = "_Absent", module = "tensorbridge", frozen)]
struct Absent {
    name: String,
    /// Why; asked of `tensorbridge._absent` where it is not known here.
    why: Option<&'static str>,
}

#[pymethods]
impl Absent {
    fn __get__(
        &self,
        object: &Bound<'_, PyAny>,
        _class: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (py, name) = (object.py(), &self.name);
        let missing = format!("'Tensor' object has no attribute '{name}'");
        let error = match self.why {
            Some(why) => {
                PyErr::from_type(absent_error(py)?.bind(py).clone(), (format!("{missing}: {why}"),))
            }
            None => PyAttributeError::new_err(match left(py, name)? {
                Some(why) => format!("{missing}: {why}"),
                None => missing,
            }),
        };
        let value = error.value(py);
        value.setattr("name", name)?;
        value.setattr("obj", object)?;
        Err(error)
    }
}

/// Where else the function is, and how it is called there.
fn left(py: Python<'_>, name: &str) -> PyResult<Option<String>> {
    calling::import(py, "tensorbridge._absent")?.call_method1("hint", (name,))?.extract()
}

/// Gives the class an attribute for each method that is not here; `linalg` is the module of the
/// functions that are no methods.
///
/// # Errors
///
/// Whatever Python raises.
pub(crate) fn register(linalg: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = linalg.py();
    let class = py.get_type::<PyTensor>();
    let add = |name: &str, why| class.setattr(name, Absent { name: name.to_owned(), why });
    for (name, why) in REFUSED {
        add(name, Some(why))?;
    }
    for name in LEFT {
        add(name, None)?;
    }
    for name in linalg.dict().keys() {
        let name = name.cast::<PyString>()?.to_str()?;
        if !name.starts_with('_') && !class.hasattr(name)? {
            add(name, None)?;
        }
    }
    Ok(())
}

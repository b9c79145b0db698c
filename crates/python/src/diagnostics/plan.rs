//! The law for Python: what `plan` decides on given facts, and nothing done about it.

use pyo3::prelude::*;
use tensorbridge::exchange::{
    self, ByteOrder, Facts, Form, Permission, Plan, Reason, Request, SourceDType,
};

use crate::dtype::PyDType;
use crate::{device, dtype};

/// A reason as Python sees it: its name, its sentence, its remedy.
type Said = (&'static str, String, &'static str);

fn said(reason: &Reason) -> Said {
    (reason.name(), reason.to_string(), reason.remedy())
}

/// `(action, reasons, writable)` for memory (`form="memory"`) or values of `source` dtype.
///
/// `permission` is `True`, `False`, or `None` where the source cannot say.
#[pyfunction]
#[pyo3(signature = (source, *, swapped, permission, on, memory, dtype, device, copy, writable))]
#[allow(clippy::too_many_arguments, reason = "five facts and four wishes, all by name")]
fn _plan(
    source: PyRef<'_, PyDType>,
    swapped: bool,
    permission: Option<bool>,
    on: &Bound<'_, PyAny>,
    memory: bool,
    dtype: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
    copy: Option<bool>,
    writable: Option<bool>,
) -> PyResult<(&'static str, Vec<Said>, bool)> {
    let facts = Facts {
        dtype: SourceDType::Known(source.0),
        byte_order: if swapped { ByteOrder::Swapped } else { ByteOrder::Native },
        permission: match permission {
            Some(true) => Permission::Writable,
            Some(false) => Permission::ReadOnly,
            None => Permission::Unknown,
        },
        device: device::parse(on)?,
        form: if memory { Form::Memory } else { Form::Values },
    };
    let request = Request {
        copy: copy.into(),
        dtype: dtype::parse_optional(dtype)?,
        device: device::parse_optional(device)?,
        writable,
        casting: None,
    };
    Ok(match exchange::plan(&facts, &request) {
        Plan::Share { access } => ("share", Vec::new(), access.write),
        Plan::Copy { reasons, access } => {
            ("copy", reasons.iter().map(said).collect(), access.write)
        }
        Plan::Refuse { reason } => ("refuse", vec![said(&reason)], false),
    })
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_plan, module)?)
}

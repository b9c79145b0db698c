//! Numbers with a name: `pi`, `inf`, `newaxis`.

use pyo3::prelude::*;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("e", std::f64::consts::E)?;
    module.add("pi", std::f64::consts::PI)?;
    module.add("inf", f64::INFINITY)?;
    module.add("nan", f64::NAN)?;
    module.add("newaxis", module.py().None())
}

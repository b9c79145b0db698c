//! Function and method at once of what reduces along axes, with the parameters of both worlds.

/// `reducing!(REGISTER, AXIS, PARSE, FUNCTION, METHOD; NAME = |py, x, along, out| RESULT; …)`:
/// defines each function and method, and `REGISTER`, which adds the functions to a module. `AXIS`
/// is the type of an axis, `PARSE` makes an `Along` of the parameters; `FUNCTION` and `METHOD` end
/// the docstrings.
macro_rules! reducing {
    (
        $register:ident, $axis:ty, $parse:path, $function:literal, $method:literal;
        $($(#[doc = $doc:literal])+ $name:ident = |$py:ident, $x:ident, $along:ident, $out:ident| $run:expr;)+
    ) => {
        $(
            $(#[doc = $doc])+
            #[doc = $function]
            #[pyfunction]
            #[pyo3(
                signature = (x, /, dim=None, keepdim=false, *, axis=None, keepdims=None, out=None)
            )]
            fn $name<'py>(
                $py: Python<'py>,
                x: Argument,
                dim: Option<$axis>,
                keepdim: bool,
                axis: Option<$axis>,
                keepdims: Option<bool>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let $along = $parse(dim, keepdim, axis, keepdims)?;
                let ($x, $out) = (&x.tensor($py)?, out);
                $run
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            #[doc = $method]
            #[pyo3(
                signature = (dim=None, keepdim=false, *, axis=None, keepdims=None, out=None)
            )]
            fn $name<'py>(
                &self,
                $py: Python<'py>,
                dim: Option<$axis>,
                keepdim: bool,
                axis: Option<$axis>,
                keepdims: Option<bool>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let $along = $parse(dim, keepdim, axis, keepdims)?;
                let ($x, $out) = (self.tensor(), out);
                $run
            }
        )+}

        fn $register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

pub(super) use reducing;

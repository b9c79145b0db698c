//! The macros behind the tables of elementwise functions: from a row the function, the method and
//! the method that writes in place.

/// Functions, methods and in-place methods of binary operations.
macro_rules! binary {
    ($($(#[doc = $doc:literal])+ $name:ident $in_place:ident = $op:expr;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// Takes tensors, ndarrays and numbers, which are broadcast and promoted together.
            /// `out` receives the result, if its dtype is of no lower kind.
            #[pyo3::pyfunction]
            #[pyo3(signature = (x1, x2, /, *, out=None))]
            fn $name<'py>(
                py: pyo3::Python<'py>,
                x1: $crate::operand::Argument,
                x2: $crate::operand::Argument,
                out: Option<$crate::operand::Out<'py>>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::namespace::elementwise::call(py, $op, &[x1.0, x2.0], out)
            }
        )+

        #[pyo3::pymethods]
        impl $crate::tensor::PyTensor {$(
            $(#[doc = $doc])+
            fn $name(&self, py: pyo3::Python<'_>, other: $crate::operand::Argument) -> pyo3::PyResult<Self> {
                $crate::tensor::operators::run(py, $op, &[tensorbridge::ops::Operand::from(self.tensor()), other.0], None).map(Self::new)
            }

            $(#[doc = $doc])+
            ///
            /// Writes into this tensor, whose dtype and memory stay, and returns it.
            fn $in_place<'py>(
                slf: pyo3::Bound<'py, Self>,
                other: $crate::operand::Argument,
            ) -> pyo3::PyResult<pyo3::Bound<'py, Self>> {
                $crate::namespace::elementwise::in_place(slf, $op, Some(other.0))
            }
        )+}

        fn register_binary(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
            use $crate::namespace::elementwise::plain_binary;
            $($crate::front::front!(module, $name, |py, objects| plain_binary(py, $op, objects))?;)+
            Ok(())
        }
    };
}

/// Functions, methods and in-place methods of unary operations.
macro_rules! unary {
    ($($(#[doc = $doc:literal])+ $name:ident $in_place:ident = $op:ident;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `x` is a tensor, an ndarray or a number. `out` receives the result, if its dtype is
            /// of no lower kind.
            #[pyo3::pyfunction]
            #[pyo3(signature = (x, /, *, out=None))]
            fn $name<'py>(
                py: pyo3::Python<'py>,
                x: $crate::operand::Argument,
                out: Option<$crate::operand::Out<'py>>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::namespace::elementwise::call(py, tensorbridge::ops::Operation::Unary(tensorbridge::op::Unary::$op), &[x.0], out)
            }
        )+

        #[pyo3::pymethods]
        impl $crate::tensor::PyTensor {$(
            $(#[doc = $doc])+
            fn $name(&self, py: pyo3::Python<'_>) -> pyo3::PyResult<Self> {
                let inputs = [tensorbridge::ops::Operand::from(self.tensor())];
                $crate::tensor::operators::run(py, tensorbridge::ops::Operation::Unary(tensorbridge::op::Unary::$op), &inputs, None).map(Self::new)
            }

            $(#[doc = $doc])+
            ///
            /// Writes into this tensor, whose dtype and memory stay, and returns it.
            fn $in_place(slf: pyo3::Bound<'_, Self>) -> pyo3::PyResult<pyo3::Bound<'_, Self>> {
                $crate::namespace::elementwise::in_place(slf, tensorbridge::ops::Operation::Unary(tensorbridge::op::Unary::$op), None)
            }
        )+}

        fn register_unary(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
            use $crate::namespace::elementwise::plain_unary;
            $($crate::front::front!(module, $name, |py, objects| {
                plain_unary(py, tensorbridge::op::Unary::$op, objects)
            })?;)+
            Ok(())
        }
    };
}

pub(super) use {binary, unary};

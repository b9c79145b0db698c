//! Which engine computes on which device.

use tensorbridge_core::engine::{Operand, Picked};
use tensorbridge_core::op::{
    Binary, Compare, Fourier, LinearAlgebra, Reduce, Scan, Search, Softmax, Sorting, Ternary, Unary,
};
use tensorbridge_core::{DType, Device, DeviceKind, Engine, Result, Scalar, device_unavailable};
use tensorbridge_cpu::Cpu;
pub use tensorbridge_cpu::{num_threads, set_num_threads};

/// The engine of `device`.
///
/// # Errors
///
/// `Device` for a device that this process cannot use.
pub fn engine(device: Device) -> Result<&'static dyn Engine> {
    match device.kind {
        DeviceKind::Cpu => Ok(&Cpu),
        DeviceKind::Meta => Ok(&Meta),
        DeviceKind::Cuda => Err(device_unavailable(device)),
    }
}

/// The engine of the `meta` device: shapes and dtypes were worked out above it, and there are
/// no bytes to compute.
struct Meta;

impl Engine for Meta {
    unsafe fn copy(&self, _: Operand<'_>, _: Operand<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn fill(&self, _: Operand<'_>, _: Scalar) -> Result<()> {
        Ok(())
    }

    unsafe fn unary(&self, _: Unary, _: Operand<'_>, _: Operand<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn binary(
        &self,
        _: Binary,
        _: Operand<'_>,
        _: Operand<'_>,
        _: Operand<'_>,
    ) -> Result<()> {
        Ok(())
    }

    unsafe fn ternary(
        &self,
        _: Ternary,
        _: Operand<'_>,
        _: Operand<'_>,
        _: Operand<'_>,
        _: Operand<'_>,
    ) -> Result<()> {
        Ok(())
    }

    unsafe fn compare(
        &self,
        _: Compare,
        _: Operand<'_>,
        _: Operand<'_>,
        _: Operand<'_>,
    ) -> Result<()> {
        Ok(())
    }

    unsafe fn select(
        &self,
        _: Operand<'_>,
        _: Operand<'_>,
        _: Operand<'_>,
        _: Operand<'_>,
    ) -> Result<()> {
        Ok(())
    }

    unsafe fn reduce(&self, _: Reduce, _: DType, _: Operand<'_>, _: Operand<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn scan(
        &self,
        _: Scan,
        _: DType,
        _: usize,
        _: Operand<'_>,
        _: Operand<'_>,
    ) -> Result<()> {
        Ok(())
    }

    unsafe fn gather(&self, _: Picked<'_>, _: Operand<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn scatter(&self, _: Operand<'_>, _: Picked<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn sort(&self, _: Sorting, _: Operand<'_>, _: usize, _: Operand<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn argsort(&self, _: Sorting, _: Operand<'_>, _: usize, _: Operand<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn argselect(
        &self,
        _: Sorting,
        _: Operand<'_>,
        _: usize,
        _: usize,
        _: Operand<'_>,
    ) -> Result<()> {
        Ok(())
    }

    unsafe fn ranked(&self, _: Operand<'_>, _: usize, _: &[usize], _: Operand<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn softmax(&self, _: Softmax, _: Operand<'_>, _: usize, _: Operand<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn search(
        &self,
        _: Search,
        _: Operand<'_>,
        _: Operand<'_>,
        _: Operand<'_>,
    ) -> Result<()> {
        Ok(())
    }

    unsafe fn accumulate(&self, _: Binary, _: Operand<'_>, _: Picked<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn matmul(&self, _: Operand<'_>, _: Operand<'_>, _: Operand<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn fourier(&self, _: Fourier, _: Operand<'_>, _: Operand<'_>) -> Result<()> {
        Ok(())
    }

    unsafe fn linear_algebra(
        &self,
        _: LinearAlgebra,
        _: &[Operand<'_>],
        _: &[Operand<'_>],
    ) -> Result<()> {
        Ok(())
    }
}

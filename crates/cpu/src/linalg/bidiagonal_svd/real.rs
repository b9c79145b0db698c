//! The two types that vectors are made of; everything else is computed in `f64`.

/// `f32` or `f64`.
pub(in crate::linalg) trait Real:
    faer::traits::RealField + Copy + Send + Sync + 'static
{
    /// The distance from 1 to the next number.
    const EPSILON: f64;

    fn wide(self) -> f64;

    fn narrow(value: f64) -> Self;
}

impl Real for f32 {
    const EPSILON: f64 = f32::EPSILON as f64;

    #[inline(always)]
    fn wide(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value as f32
    }
}

impl Real for f64 {
    const EPSILON: f64 = f64::EPSILON;

    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }

    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value
    }
}

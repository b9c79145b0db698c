//! Multiply-adds in one instruction, where the processor has it.
//!
//! The streams are defined with fused steps. Without the instruction each step is a call into
//! the mathematical library: the same bits, many times slower.

/// Runs `work`, compiled for a processor with fused multiply-adds if this is one.
#[inline]
pub(super) fn fused<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the processor has both features, as was just seen.
        return unsafe { with_instructions(work) };
    }
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_instructions<R>(work: impl FnOnce() -> R) -> R {
    work()
}

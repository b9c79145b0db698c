//! Which instructions this processor has, and the shells that compile a loop for each answer.
//!
//! A [`Body`] is written once and inlined into one function per tier; LLVM vectorises it for
//! that tier. The tier is found once per process.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::loops::Loop;

/// A level of instructions, from what every processor of the target has upwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Tier {
    /// The target's own floor: SSE2 on x86-64, NEON on aarch64.
    Baseline = 1,
    /// x86-64-v3: AVX2, FMA, BMI, F16C.
    V3 = 2,
    /// x86-64-v4: AVX-512 F, BW, CD, DQ, VL.
    V4 = 3,
}

impl Tier {
    /// The level's name as compilers call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::V3 => "x86-64-v3",
            Self::V4 => "x86-64-v4",
        }
    }
}

/// The tier of this processor.
#[must_use]
pub fn tier() -> Tier {
    /// 0 until it has been found.
    static TIER: AtomicU8 = AtomicU8::new(0);
    match TIER.load(Ordering::Relaxed) {
        1 => Tier::Baseline,
        2 => Tier::V3,
        3 => Tier::V4,
        _ => {
            let tier = detect();
            TIER.store(tier as u8, Ordering::Relaxed);
            tier
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn detect() -> Tier {
    macro_rules! has {
        ($($feature:tt)+) => { $(std::arch::is_x86_feature_detected!($feature))&&+ };
    }
    if !has!("avx" "avx2" "bmi1" "bmi2" "f16c" "fma" "lzcnt" "movbe") {
        Tier::Baseline
    } else if has!("avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl") {
        Tier::V4
    } else {
        Tier::V3
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Tier {
    Tier::Baseline
}

/// A loop over one axis of `N` operands, to be compiled once per tier.
pub(crate) trait Body<const N: usize> {
    /// Runs `len` iterations; operand `k` is at `addresses[k]` and moves by `steps[k]` bytes.
    /// Operand 0 is the output.
    ///
    /// # Safety
    ///
    /// As [`Loop`]. Implementations are `#[inline(always)]`, or they would be compiled for the
    /// baseline.
    unsafe fn run(len: usize, addresses: &[*mut u8; N], steps: &[isize; N]);
}

/// What a [`Tiered`] body may know of the instructions it is compiled for.
pub(crate) trait Isa: 'static {
    /// Whether `a * b + c` is one instruction, rounded once. Where it is not, asking for it would
    /// call a function of the C library.
    const FUSED: bool;
    /// Whether eight `float16` are converted by one instruction.
    const CONVERTS_HALVES: bool = false;
}

/// Products are rounded before they are added to.
#[cfg_attr(target_arch = "aarch64", allow(dead_code))]
pub(crate) struct Separate;

/// Products are added to before anything is rounded.
pub(crate) struct Fused;

impl Isa for Separate {
    const FUSED: bool = false;
}

impl Isa for Fused {
    const FUSED: bool = true;
    const CONVERTS_HALVES: bool = cfg!(target_arch = "x86_64");
}

/// The arithmetic of every processor of the target.
#[cfg(not(target_arch = "aarch64"))]
pub(crate) type Floor = Separate;
#[cfg(target_arch = "aarch64")]
pub(crate) type Floor = Fused;

/// A [`Body`] that computes more than it moves, and is told what it is compiled for.
pub(crate) trait Tiered<const N: usize> {
    /// As [`Body::run`].
    ///
    /// # Safety
    ///
    /// As [`Body::run`].
    unsafe fn run<I: Isa>(len: usize, addresses: &[*mut u8; N], steps: &[isize; N]);
}

/// `B` compiled for all that this processor has.
pub(crate) fn pick_tiered<const N: usize, B: Tiered<N>>() -> Loop<N> {
    #[cfg(target_arch = "x86_64")]
    match tier() {
        Tier::Baseline => {}
        Tier::V3 => return tiered_v3::<N, B>,
        Tier::V4 => return tiered_v4::<N, B>,
    }
    tiered_baseline::<N, B>
}

unsafe fn tiered_baseline<const N: usize, B: Tiered<N>>(
    len: usize,
    addresses: &[*mut u8; N],
    steps: &[isize; N],
) {
    // SAFETY: the caller's contract is the body's.
    unsafe { B::run::<Floor>(len, addresses, steps) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx,avx2,bmi1,bmi2,f16c,fma,lzcnt,movbe")]
unsafe fn tiered_v3<const N: usize, B: Tiered<N>>(
    len: usize,
    addresses: &[*mut u8; N],
    steps: &[isize; N],
) {
    // SAFETY: the caller's contract is the body's; `pick_tiered` saw the features.
    unsafe { B::run::<Fused>(len, addresses, steps) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(
    enable = "avx,avx2,bmi1,bmi2,f16c,fma,lzcnt,movbe,avx512f,avx512bw,avx512cd,avx512dq,avx512vl"
)]
unsafe fn tiered_v4<const N: usize, B: Tiered<N>>(
    len: usize,
    addresses: &[*mut u8; N],
    steps: &[isize; N],
) {
    // SAFETY: the caller's contract is the body's; `pick_tiered` saw the features.
    unsafe { B::run::<Fused>(len, addresses, steps) }
}

/// `B` compiled for this processor, AVX2 at most: enough for what is bound by memory.
pub(crate) fn pick<const N: usize, B: Body<N>>() -> Loop<N> {
    #[cfg(target_arch = "x86_64")]
    if tier() >= Tier::V3 {
        return v3::<N, B>;
    }
    baseline::<N, B>
}

unsafe fn baseline<const N: usize, B: Body<N>>(
    len: usize,
    addresses: &[*mut u8; N],
    steps: &[isize; N],
) {
    // SAFETY: the caller's contract is the body's.
    unsafe { B::run(len, addresses, steps) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx,avx2,bmi1,bmi2,f16c,fma,lzcnt,movbe")]
unsafe fn v3<const N: usize, B: Body<N>>(len: usize, addresses: &[*mut u8; N], steps: &[isize; N]) {
    // SAFETY: the caller's contract is the body's; `pick` saw the features.
    unsafe { B::run(len, addresses, steps) }
}

/// A computation of any form, to be compiled once per tier.
pub(crate) trait Kernel {
    /// What it is told.
    type Task;

    /// Does it.
    ///
    /// # Safety
    ///
    /// As the implementation says. Implementations are `#[inline(always)]`, or they would be
    /// compiled for the baseline.
    unsafe fn run(task: &Self::Task);
}

/// `K` compiled for this processor, AVX2 at most.
pub(crate) fn compile<K: Kernel>() -> unsafe fn(&K::Task) {
    #[cfg(target_arch = "x86_64")]
    if tier() >= Tier::V3 {
        return kernel_v3::<K>;
    }
    kernel_baseline::<K>
}

unsafe fn kernel_baseline<K: Kernel>(task: &K::Task) {
    // SAFETY: the caller's contract is the kernel's.
    unsafe { K::run(task) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx,avx2,bmi1,bmi2,f16c,fma,lzcnt,movbe")]
unsafe fn kernel_v3<K: Kernel>(task: &K::Task) {
    // SAFETY: the caller's contract is the kernel's; `compile` saw the features.
    unsafe { K::run(task) }
}

/// A [`Kernel`] that computes more than it moves, and is told what it is compiled for.
pub(crate) trait TieredKernel {
    /// What it is told to do.
    type Task;

    /// Does it.
    ///
    /// # Safety
    ///
    /// As [`Kernel::run`].
    unsafe fn run<I: Isa>(task: &Self::Task);
}

/// `K` compiled for all that this processor has.
pub(crate) fn compile_tiered<K: TieredKernel>() -> unsafe fn(&K::Task) {
    #[cfg(target_arch = "x86_64")]
    match tier() {
        Tier::Baseline => {}
        Tier::V3 => return tiered_kernel_v3::<K>,
        Tier::V4 => return tiered_kernel_v4::<K>,
    }
    tiered_kernel_baseline::<K>
}

unsafe fn tiered_kernel_baseline<K: TieredKernel>(task: &K::Task) {
    // SAFETY: the caller's contract is the kernel's.
    unsafe { K::run::<Floor>(task) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx,avx2,bmi1,bmi2,f16c,fma,lzcnt,movbe")]
unsafe fn tiered_kernel_v3<K: TieredKernel>(task: &K::Task) {
    // SAFETY: the caller's contract is the kernel's; `compile_tiered` saw the features.
    unsafe { K::run::<Fused>(task) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(
    enable = "avx,avx2,bmi1,bmi2,f16c,fma,lzcnt,movbe,avx512f,avx512bw,avx512cd,avx512dq,avx512vl"
)]
unsafe fn tiered_kernel_v4<K: TieredKernel>(task: &K::Task) {
    // SAFETY: the caller's contract is the kernel's; `compile_tiered` saw the features.
    unsafe { K::run::<Fused>(task) }
}

/// A computation on values of its own, which is told what it is compiled for: for loops over
/// slices.
pub(crate) trait Work {
    /// What it gives.
    type Output;

    /// Does it. Implementations are `#[inline(always)]`, or they would be compiled for the
    /// baseline.
    fn run<I: Isa>(self) -> Self::Output;
}

/// Does `work`, compiled for all that this processor has.
#[inline]
pub(crate) fn perform<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    match tier() {
        Tier::Baseline => {}
        // SAFETY: `tier` saw the features.
        Tier::V3 => return unsafe { work_v3(work) },
        // SAFETY: `tier` saw the features.
        Tier::V4 => return unsafe { work_v4(work) },
    }
    work.run::<Floor>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx,avx2,bmi1,bmi2,f16c,fma,lzcnt,movbe")]
fn work_v3<W: Work>(work: W) -> W::Output {
    work.run::<Fused>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(
    enable = "avx,avx2,bmi1,bmi2,f16c,fma,lzcnt,movbe,avx512f,avx512bw,avx512cd,avx512dq,avx512vl"
)]
fn work_v4<W: Work>(work: W) -> W::Output {
    work.run::<Fused>()
}

//! What becomes of each value of a block, and how far it then lies from what it was. No branch
//! depends on a value, and `f64` and integers of 64 bits are wide enough for every error.

use tensorbridge_core::dtype::casting::{exponents, precision};
use tensorbridge_core::scalar::integer_range;
use tensorbridge_core::{DType, Kind};

use super::{BLOCK, Exactness, Fate, Worst};
use crate::isa::{Kernel, compile};
use crate::loops::{self, Loop};

/// A number for each element of a block.
#[repr(C, align(64))]
struct Line<T>([T; BLOCK]);

/// 2³² and 2⁶⁴.
const HALF: f64 = 4_294_967_296.0;
const WHOLE: f64 = HALF * HALF;

/// Bits of a counter in the sum of marks.
const COUNTER: u32 = 10;
const _: () = assert!(BLOCK < 1 << COUNTER);

/// A fate as a 1 in a counter of its own, so that the sum over a block counts all of them; 0 for
/// an exact value. Marks are in the order of fates.
const fn mark(fate: Fate) -> u64 {
    match fate {
        Fate::Exact => 0,
        other => 1 << (COUNTER * (other as u32 - 1)),
    }
}

/// How the elements of a block fared.
struct Found {
    marks: Line<u64>,
    /// The distance to what became of the value: infinite or NaN where that is no number.
    absolute: Line<f64>,
    /// The value's magnitude; in the end the relative error.
    relative: Line<f64>,
    /// The distance of neighbours of the new dtype there; in the end the error in these.
    ulps: Line<f64>,
}

impl Found {
    const NONE: Self = Self {
        marks: Line([0; BLOCK]),
        absolute: Line([0.0; BLOCK]),
        relative: Line([0.0; BLOCK]),
        ulps: Line([0.0; BLOCK]),
    };
}

/// Room for a block's numbers at each step.
pub(super) struct Room {
    /// A float, or both halves of an integer; and what became of it.
    value: Line<f64>,
    rest: Line<f64>,
    cast: Line<f64>,
    /// An integer, and what became of it.
    whole: Line<u64>,
    whole_cast: Line<u64>,
    /// What became of it, in the new dtype.
    narrow: Line<u64>,
    /// What was found of real numbers, or of real and imaginary parts.
    found: [Found; 2],
    /// The sum of all marks, and the largest errors.
    tally: u64,
    worst: [f64; 3],
}

impl Room {
    pub(super) const NEW: Self = Self {
        value: Line([0.0; BLOCK]),
        rest: Line([0.0; BLOCK]),
        cast: Line([0.0; BLOCK]),
        whole: Line([0; BLOCK]),
        whole_cast: Line([0; BLOCK]),
        narrow: Line([0; BLOCK]),
        found: [Found::NONE; 2],
        tally: 0,
        worst: [0.0; 3],
    };

    /// Whether all of the elements judged last are exact.
    pub(super) fn all_exact(&self) -> bool {
        self.tally == 0
    }

    /// The first of the elements judged last that is not exact.
    pub(super) fn first(&self) -> Option<usize> {
        self.found[0].marks.0.iter().position(|&mark| mark != 0)
    }

    /// Adds what was found of the `len` elements judged last, the first of them number `place`.
    pub(super) fn note(&self, place: usize, len: usize, into: &mut Exactness) {
        let mut exact = len as u64;
        for (fate, count) in into.counts.iter_mut().enumerate().skip(1) {
            let here = (self.tally >> (COUNTER * (fate as u32 - 1))) & ((1 << COUNTER) - 1);
            *count += here;
            exact -= here;
        }
        into.counts[0] += exact;
        if self.tally == 0 {
            return;
        }
        into.first = into.first.or_else(|| self.first().map(|index| place + index));
        let Found { absolute, relative, ulps, .. } = &self.found[0];
        for ((into, error), line) in [&mut into.absolute, &mut into.relative, &mut into.ulps]
            .into_iter()
            .zip(self.worst)
            .zip([absolute, relative, ulps])
        {
            if error > into.error {
                let index = line.0.iter().position(|&here| here == error).unwrap_or_default();
                *into = Worst { error, place: place + index };
            }
        }
    }
}

/// What a new dtype asks of a value.
#[derive(Clone, Copy)]
enum Rule {
    /// Of a float, or of an integer in halves, for a float.
    Near { tiny: f64, epsilon: f64 },
    /// Of a float, for an integer or `bool`: to be whole and in a range. With the marks of what
    /// is NaN, above it, and below.
    Whole { low: f64, below: f64, marks: [u64; 3] },
    /// Of an integer, for another or `bool`, likewise; the range in the bits of the value.
    Inside { low: u64, high: u64, marks: [u64; 2] },
}

/// Judges blocks of one dtype for another.
pub(super) struct Judge {
    /// What one element takes, one part of it, and one part of what it becomes.
    step: isize,
    size: isize,
    new_size: isize,
    /// The loops from a part to the form in which it is compared, to its new dtype, and from
    /// there to the form in which that is compared.
    widen: Loop<2>,
    cast: Loop<2>,
    widen_cast: Loop<2>,
    /// Whether an integer becomes a float.
    halves: bool,
    signed: bool,
    rule: Rule,
    /// Whether a complex number stays one.
    complex: Option<bool>,
}

impl Judge {
    pub(super) fn of(from: DType, to: DType) -> Self {
        let (real, new) = (from.real(), to.real());
        let signed = real.kind() == Kind::Signed;
        let wide = |dtype: DType| match dtype.kind() {
            Kind::Float => DType::Float64,
            Kind::Signed => DType::Int64,
            _ => DType::UInt64,
        };
        let beside = if real.is_float() { DType::Float64 } else { wide(new) };
        Self {
            step: from.itemsize() as isize,
            size: real.itemsize() as isize,
            new_size: new.itemsize() as isize,
            widen: loops::cast(real, wide(real)),
            cast: loops::cast(real, new),
            widen_cast: loops::cast(new, beside),
            halves: !real.is_float() && new.is_float(),
            signed,
            rule: Rule::of(real, new),
            complex: from.is_complex().then_some(to.is_complex()),
        }
    }

    /// Judges `len` elements that lie side by side.
    ///
    /// # Safety
    ///
    /// [reach] and [alive] for the elements, which are at most [`BLOCK`].
    pub(super) unsafe fn run(&self, at: *mut u8, len: usize, room: &mut Room) {
        // SAFETY: the caller's contract.
        unsafe { self.part(at, len, 0, room) };
        if let Some(stays) = self.complex {
            // SAFETY: the caller's contract: the imaginary part lies behind the real one.
            unsafe { self.part(at.wrapping_offset(self.size), len, 1, room) };
            if !stays {
                self.kernel::<Lost>(1, room);
            }
            self.kernel::<Join>(0, room);
        }
        room.found[0].marks.0[len..].fill(0);
        self.kernel::<Sum>(0, room);
    }

    /// Judges the real or the imaginary parts at `at` into `found[part]`.
    ///
    /// # Safety
    ///
    /// As [`Judge::run`].
    unsafe fn part(&self, at: *mut u8, len: usize, part: usize, room: &mut Room) {
        let Room { value, cast, whole, whole_cast, narrow, .. } = room;
        let value = value.0.as_mut_ptr().cast::<u8>();
        let cast = cast.0.as_mut_ptr().cast::<u8>();
        let whole = whole.0.as_mut_ptr().cast::<u8>();
        let (value, cast) = match self.rule {
            Rule::Inside { .. } => (whole, whole_cast.0.as_mut_ptr().cast::<u8>()),
            _ if self.halves => (whole, cast),
            _ => (value, cast),
        };
        let narrow = narrow.0.as_mut_ptr().cast::<u8>();
        // SAFETY: the caller's contract; a line has room for a block of any real dtype, and the
        // three are disjoint.
        unsafe {
            (self.widen)(len, &[value, at], &[8, self.step]);
            (self.cast)(len, &[narrow, at], &[self.new_size, self.step]);
            (self.widen_cast)(len, &[cast, narrow], &[8, self.new_size]);
        }
        match self.rule {
            Rule::Near { .. } => {
                if self.halves {
                    self.kernel::<Halve>(part, room);
                }
                self.kernel::<Near>(part, room);
            }
            Rule::Whole { .. } => self.kernel::<Whole>(part, room),
            Rule::Inside { .. } => self.kernel::<Inside>(part, room),
        }
    }

    fn kernel<K: Kernel<Task = Task>>(&self, part: usize, room: &mut Room) {
        let task = Task { room, part, signed: self.signed, rule: self.rule };
        // SAFETY: the kernels of this file touch nothing but the room, which is ours to write.
        unsafe { compile::<K>()(&task) };
    }
}

impl Rule {
    /// For real dtypes.
    fn of(from: DType, to: DType) -> Self {
        if to.is_float() {
            let (tiny, epsilon) = (exponents(to).0, 1 - precision(to));
            return Self::Near { tiny: f64::powi(2.0, tiny), epsilon: f64::powi(2.0, epsilon) };
        }
        let (low, high) = if to.is_integer() { integer_range(to) } else { (0, 1) };
        let [nan, above, below] = match to.kind() {
            Kind::Bool => [Fate::Truncated; 3],
            Kind::Unsigned => [Fate::Invalid, Fate::Overflowed, Fate::SignLost],
            _ => [Fate::Invalid, Fate::Overflowed, Fate::Overflowed],
        }
        .map(mark);
        if from.is_float() {
            // Powers of two or 0: exact.
            let (low, below_it) = (low as f64, (high + 1) as f64);
            return Self::Whole { low, below: below_it, marks: [nan, above, below] };
        }
        let (least, greatest) = if from.is_integer() { integer_range(from) } else { (0, 1) };
        let (low, high) = (low.max(least) as u64, high.min(greatest) as u64);
        Self::Inside { low, high, marks: [above, below] }
    }
}

/// The arguments of a kernel.
struct Task {
    room: *mut Room,
    part: usize,
    signed: bool,
    rule: Rule,
}

/// A kernel over a whole block; behind its elements lies what was there before.
macro_rules! kernels {
    ($($(#[$doc:meta])+ $name:ident, |$room:ident, $task:ident| $body:block)+) => {$(
        $(#[$doc])+
        struct $name;

        impl Kernel for $name {
            type Task = Task;

            #[inline(always)]
            unsafe fn run($task: &Task) {
                // SAFETY: `Judge::kernel` lends the room for this call.
                let $room = unsafe { &mut *$task.room };
                $body
            }
        }
    )+};
}

kernels! {
    /// An integer as the sum of two floats.
    Halve, |room, task| {
        for index in 0..BLOCK {
            let whole = room.whole.0[index];
            let upper = (whole >> 32) as u32;
            let upper = if task.signed { f64::from(upper as i32) } else { f64::from(upper) };
            room.value.0[index] = upper * HALF;
            room.rest.0[index] = f64::from(whole as u32);
        }
    }

    /// Judges by [`Rule::Near`].
    Near, |room, task| {
        let Rule::Near { tiny, epsilon } = task.rule else { return };
        let [rounded, underflowed, overflowed] =
            [Fate::Rounded, Fate::Underflowed, Fate::Overflowed].map(mark);
        let found = &mut room.found[task.part];
        for index in 0..BLOCK {
            let (upper, rest, cast) =
                (room.value.0[index], room.rest.0[index], room.cast.0[index]);
            let value = upper + rest;
            // The difference in the brackets is exact: of floats there is no rest, and of an
            // integer it is a multiple of a power of two not far below it.
            let error = ((upper - cast) + rest).abs();
            let exact = (error == 0.0) | (value.is_nan()) | ((value == cast) & (rest == 0.0));
            let magnitude = value.abs();
            let normal = if magnitude < tiny { tiny } else { magnitude };
            let normal = if normal > f64::MAX { f64::MAX } else { normal };
            // The power of two at or below it: its exponent bits alone.
            let power = f64::from_bits(normal.to_bits() & 0x7ff0_0000_0000_0000);
            let fate = if magnitude < tiny { underflowed } else { rounded };
            let fate = if cast.abs() == f64::INFINITY { overflowed } else { fate };
            found.marks.0[index] = if exact { 0 } else { fate };
            found.absolute.0[index] = error;
            found.relative.0[index] = magnitude;
            found.ulps.0[index] = power * epsilon;
        }
    }

    /// Judges by [`Rule::Whole`].
    Whole, |room, task| {
        let Rule::Whole { low, below, marks: [nan, over, under] } = task.rule else { return };
        let truncated = mark(Fate::Truncated);
        // What no integer dtype holds is above the range of each, whatever its sign.
        let huge = 1e38;
        let found = &mut room.found[task.part];
        for index in 0..BLOCK {
            let (value, cast) = (room.value.0[index], room.cast.0[index]);
            let whole = value.trunc();
            let fate = if whole == value { 0 } else { truncated };
            let fate = if whole >= below { over } else { fate };
            let fate = if whole < low { under } else { fate };
            let fate = if value.abs() >= huge { over } else { fate };
            found.marks.0[index] = if value.is_nan() { nan } else { fate };
            // Exact where both are whole: one of them is a small number or a power of two.
            found.absolute.0[index] = (value - cast).abs();
            found.relative.0[index] = value.abs();
            found.ulps.0[index] = 1.0;
        }
    }

    /// Judges by [`Rule::Inside`].
    Inside, |room, task| {
        if task.signed {
            inside::<true>(room, task);
        } else {
            inside::<false>(room, task);
        }
    }

    /// An imaginary part that goes: all of it is the error.
    Lost, |room, task| {
        let truncated = mark(Fate::Truncated);
        let found = &mut room.found[task.part];
        for index in 0..BLOCK {
            let value = room.value.0[index];
            let magnitude = value.abs();
            found.marks.0[index] = if value == 0.0 { 0 } else { truncated };
            found.absolute.0[index] = magnitude;
            found.relative.0[index] = magnitude;
            found.ulps.0[index] = magnitude;
        }
    }

    /// The part that fared worse speaks for the number; of two alike, the one that is further off.
    Join, |room, task| {
        let [found, other] = &mut room.found;
        debug_assert_eq!(task.part, 0);
        for index in 0..BLOCK {
            let (mark, other_mark) = (found.marks.0[index], other.marks.0[index]);
            let further = other.absolute.0[index] > found.absolute.0[index];
            let worse = (other_mark > mark) | ((other_mark == mark) & further);
            macro_rules! take {
                ($($line:ident)+) => {$(
                    let (here, there) = (found.$line.0[index], other.$line.0[index]);
                    found.$line.0[index] = if worse { there } else { here };
                )+};
            }
            take!(marks absolute relative ulps);
        }
    }

    /// The errors where there are any, the largest of them, and the sum of the marks.
    Sum, |room, task| {
        const LANES: usize = 8;
        let found = &mut room.found[task.part];
        let mut tally = [0; LANES];
        let (mut absolute, mut relative, mut ulps) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for start in (0..BLOCK).step_by(LANES) {
            for lane in 0..LANES {
                let index = start + lane;
                let (mark, error) = (found.marks.0[index], found.absolute.0[index]);
                tally[lane] += mark;
                // Where the result is no number, its distance is none.
                let counts = (mark != 0) & (error < f64::INFINITY);
                macro_rules! largest {
                    ($worst:ident, $line:ident, $error:expr) => {
                        let error = if counts { $error } else { 0.0 };
                        $worst[lane] = if error > $worst[lane] { error } else { $worst[lane] };
                        found.$line.0[index] = error;
                    };
                }
                largest!(absolute, absolute, error);
                largest!(relative, relative, error / found.relative.0[index]);
                largest!(ulps, ulps, error / found.ulps.0[index]);
            }
        }
        room.tally = 0;
        room.worst = [0.0; 3];
        for lane in 0..LANES {
            room.tally += tally[lane];
            room.worst[0] = room.worst[0].max(absolute[lane]);
            room.worst[1] = room.worst[1].max(relative[lane]);
            room.worst[2] = room.worst[2].max(ulps[lane]);
        }
    }
}

/// The kernel [`Inside`].
#[inline(always)]
fn inside<const SIGNED: bool>(room: &mut Room, task: &Task) {
    let Rule::Inside { low, high, marks: [over, under] } = task.rule else { return };
    let found = &mut room.found[task.part];
    for index in 0..BLOCK {
        let (value, cast) = (room.whole.0[index], room.whole_cast.0[index]);
        let (negative, lower, higher) = if SIGNED {
            let (value, low, high) = (value as i64, low as i64, high as i64);
            (value < 0, value < low, value > high)
        } else {
            (false, value < low, value > high)
        };
        let fate = if lower { under } else { 0 };
        found.marks.0[index] = if higher { over } else { fate };
        // A cast goes towards 0 or beyond it: by up to 2⁶⁴, which is 0 in 64 bits.
        let down = value.wrapping_sub(cast);
        let distance = if negative { down.wrapping_neg() } else { down };
        found.absolute.0[index] = if distance == 0 { WHOLE } else { float(distance) };
        found.relative.0[index] = float(if negative { value.wrapping_neg() } else { value });
        found.ulps.0[index] = 1.0;
    }
}

/// An integer as the nearest float: its halves are the last bits of floats of 2⁸⁴ and 2⁵², for
/// processors that have no instruction for vectors.
#[inline(always)]
fn float(value: u64) -> f64 {
    const UPPER: f64 = 19_342_813_113_834_066_795_298_816.0;
    const LOWER: f64 = 4_503_599_627_370_496.0;
    let upper = f64::from_bits((value >> 32) | UPPER.to_bits());
    let lower = f64::from_bits((value & 0xffff_ffff) | LOWER.to_bits());
    (upper - (UPPER + LOWER)) + lower
}

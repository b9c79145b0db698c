//! Where values would stand in a line that is in order, or whether they are there.
//!
//! Binary search without branches, of several values at once: while memory is waited for on
//! behalf of one, the others go on (P. Khuong and P. Morin, "Array layouts for comparison-based
//! searching", 2017).

use std::hint::select_unpredictable;
use std::marker::PhantomData;

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::Search;
use tensorbridge_core::{Bool, DType, Dims, Element, Operand, Result, with_dtype};

use crate::isa::{Body, pick};
use crate::loops::Loop;
use crate::loops::body::{at, load, store};
use crate::nest::{self, Cost, Strided};
use crate::sort::Prefix;
use crate::strided;

/// The values that are searched at once.
const LANES: usize = 16;

/// A line of elements in ascending order.
#[derive(Clone, Copy)]
struct Line {
    address: *mut u8,
    step: isize,
    len: usize,
}

/// An element that can be found among others.
trait Seek: Element {
    /// What elements are compared with.
    type Probe: Copy;

    /// Whether probes have an order with NaN in it.
    const TOTAL: bool;

    /// Whether it equals nothing; what does stands last.
    fn is_nan(self) -> bool;

    fn probe(self) -> Self::Probe;

    /// Whether it is less than what is sought; where the order is not total, that is not NaN.
    fn is_less(self, probe: Self::Probe) -> bool;

    /// Whether it is no greater.
    fn is_less_or_equal(self, probe: Self::Probe) -> bool;
}

macro_rules! seek {
    ($($type:ty: $probe:ty, $total:expr, $of:expr, $nan:expr;)+) => {$(
        impl Seek for $type {
            type Probe = $probe;
            const TOTAL: bool = $total;

            #[inline(always)]
            fn is_nan(self) -> bool {
                let nan: fn($type) -> bool = $nan;
                nan(self)
            }

            #[inline(always)]
            fn probe(self) -> $probe {
                let of: fn($type) -> $probe = $of;
                of(self)
            }

            #[inline(always)]
            fn is_less(self, probe: $probe) -> bool {
                self.probe() < probe
            }

            #[inline(always)]
            fn is_less_or_equal(self, probe: $probe) -> bool {
                self.probe() <= probe
            }
        }
    )+};
}

seek! {
    Bool: bool, true, Bool::get, |_| false;
    i8: i8, true, |value| value, |_| false;
    i16: i16, true, |value| value, |_| false;
    i32: i32, true, |value| value, |_| false;
    i64: i64, true, |value| value, |_| false;
    u8: u8, true, |value| value, |_| false;
    u16: u16, true, |value| value, |_| false;
    u32: u32, true, |value| value, |_| false;
    u64: u64, true, |value| value, |_| false;
    f16: i16, true, Prefix::rank, f16::is_nan;
    bf16: i16, true, Prefix::rank, bf16::is_nan;
    // Comparisons with NaN are false: it is not less than anything.
    f32: f32, false, |value| value, f32::is_nan;
    f64: f64, false, |value| value, f64::is_nan;
    // Those with a NaN are ordered, too: by where it is.
    Complex32: (u8, i32, i32), true, Prefix::rank, |value| value.re.is_nan() || value.im.is_nan();
    Complex64: (u8, i64, i64), true, Prefix::rank, |value| value.re.is_nan() || value.im.is_nan();
}

/// How many elements stand before the place of each probe: the lesser ones, or with `UP_TO` the
/// equal ones too.
#[inline(always)]
unsafe fn places<T: Seek, const N: usize, const UP_TO: bool>(
    line: &Line,
    probes: &[T::Probe; N],
) -> [usize; N] {
    let stands_before = |place: usize, probe: T::Probe| {
        // SAFETY: the caller's: an element of the line.
        let element: T = unsafe { load(at(line.address, line.step, place), 0) };
        if UP_TO { element.is_less_or_equal(probe) } else { element.is_less(probe) }
    };
    let mut starts = [0; N];
    let mut len = line.len;
    while len > 1 {
        let half = len / 2;
        for lane in 0..N {
            let start: usize = starts[lane];
            let before = stands_before(start + half - 1, probes[lane]);
            starts[lane] = select_unpredictable(before, start + half, start);
        }
        len -= half;
    }
    if len == 1 {
        for lane in 0..N {
            let start = starts[lane];
            let before = stands_before(start, probes[lane]);
            starts[lane] = select_unpredictable(before, start + 1, start);
        }
    }
    starts
}

/// The place of NaN.
#[cold]
unsafe fn place_of_nan<T: Seek>(line: &Line, up_to: bool) -> usize {
    let (mut start, mut end) = if up_to { (line.len, line.len) } else { (0, line.len) };
    while start < end {
        let middle = start + (end - start) / 2;
        // SAFETY: the caller's: an element of the line.
        let element: T = unsafe { load(at(line.address, line.step, middle), 0) };
        match element.is_nan() {
            true => end = middle,
            false => start = middle + 1,
        }
    }
    start
}

/// What a search answers about one value.
trait Question {
    type Answer: Element;
    const UP_TO: bool;

    /// The answer for a value that is no NaN, or `None`, in front of which stand so many elements.
    unsafe fn answer<T: Seek>(line: &Line, place: usize, probe: Option<T::Probe>) -> Self::Answer;
}

struct Place<const UP_TO: bool>;

impl<const UP_TO: bool> Question for Place<UP_TO> {
    type Answer = i64;
    const UP_TO: bool = UP_TO;

    #[inline(always)]
    unsafe fn answer<T: Seek>(_: &Line, place: usize, _: Option<T::Probe>) -> i64 {
        place as i64
    }
}

struct Member;

impl Question for Member {
    type Answer = Bool;
    const UP_TO: bool = false;

    #[inline(always)]
    unsafe fn answer<T: Seek>(line: &Line, place: usize, probe: Option<T::Probe>) -> Bool {
        Bool::from(probe.is_some_and(|probe| {
            place < line.len && {
                // SAFETY: the caller's: an element of the line.
                let element: T = unsafe { load(at(line.address, line.step, place), 0) };
                element.is_less_or_equal(probe)
            }
        }))
    }
}

/// The loop of a search; operands `[out, values, lines]`.
struct Find<T, Q>(PhantomData<(T, Q)>);

impl<T: Seek, Q: Question> Find<T, Q> {
    /// Answers for `N` values.
    #[inline(always)]
    unsafe fn each<const N: usize>(line: &Line, values: &[T; N]) -> [Q::Answer; N] {
        // SAFETY: the caller's: a line in reach.
        unsafe {
            let probes = values.map(Seek::probe);
            let mut found = match Q::UP_TO {
                true => places::<T, N, true>(line, &probes),
                false => places::<T, N, false>(line, &probes),
            };
            if !T::TOTAL && values.iter().any(|value| value.is_nan()) {
                for (place, _) in found.iter_mut().zip(values).filter(|(_, value)| value.is_nan()) {
                    *place = place_of_nan::<T>(line, Q::UP_TO);
                }
            }
            std::array::from_fn(|lane| {
                let probe = (!values[lane].is_nan()).then_some(probes[lane]);
                Q::answer::<T>(line, found[lane], probe)
            })
        }
    }
}

impl<T: Seek, Q: Question> Body<3> for Find<T, Q> {
    #[inline(always)]
    unsafe fn run(len: usize, &[out, values, lines]: &[*mut u8; 3], steps: &[isize; 3]) {
        // SAFETY: the contract of `Loop`: every index below `len` is in reach; so are the lines.
        unsafe {
            let mut first = 0;
            if steps[2] == 0 && steps[1] != 0 {
                let line: Line = load(lines, 0);
                while first + LANES <= len {
                    let of = |lane| load(at(values, steps[1], first + lane), 0);
                    let answers = Self::each::<LANES>(&line, &std::array::from_fn(of));
                    for (lane, &answer) in answers.iter().enumerate() {
                        store(at(out, steps[0], first + lane), 0, answer);
                    }
                    first += LANES;
                }
            }
            for index in first..len {
                let line: Line = load(at(lines, steps[2], index), 0);
                let value: T = load(at(values, steps[1], index), 0);
                let [answer] = Self::each(&line, &[value]);
                store(at(out, steps[0], index), 0, answer);
            }
        }
    }
}

fn find(search: Search, dtype: DType) -> Loop<3> {
    with_dtype!(dtype, T => match search {
        Search::Left => pick::<3, Find<T, Place<false>>>(),
        Search::Right => pick::<3, Find<T, Place<true>>>(),
        Search::Member => pick::<3, Find<T, Member>>(),
    })
}

/// `out` = where `values` would stand in the lines of `sorted` along its last axis, or whether
/// they are there. All lines serve all values where there is only one; else line `j…` serves the
/// values `[j…, k]`.
///
/// # Errors
///
/// `Interrupted`.
///
/// # Safety
///
/// [reach], [alive], [permit] and [alias]; both inputs have one dtype, `out` that of the answers.
pub(crate) unsafe fn search(
    search: Search,
    sorted: Operand<'_>,
    values: Operand<'_>,
    out: Operand<'_>,
) -> Result<()> {
    let (Some((&len, leading)), Some((&step, strides))) =
        (sorted.shape.split_last(), sorted.strides.split_last())
    else {
        unreachable!("a line has an axis")
    };
    let mut lines: Vec<Line> = vec![Line { address: sorted.address, step, len }];
    let mut to_lines: Dims<isize> = Dims::from_elem(0, out.shape.len());
    for (axis, (&length, &stride)) in leading.iter().zip(strides).enumerate().rev() {
        // Later axes vary faster, as in C order.
        to_lines[axis] = (lines.len() * size_of::<Line>()) as isize;
        let before = lines.len();
        for index in 1..length {
            lines.extend_from_within(..before);
            for line in &mut lines[index * before..] {
                line.address = at(line.address, stride, index);
            }
        }
    }
    let steps = 2 + usize::BITS - len.leading_zeros();
    let cost = Cost(values.dtype.itemsize() + out.dtype.itemsize() * steps as usize);
    let context = Strided { address: lines.as_mut_ptr().cast(), strides: &to_lines };
    let body = find(search, values.dtype);
    // SAFETY: the caller's contract; a line for every index of the leading axes.
    unsafe { nest::run(out.shape, [strided(&out), strided(&values), context], cost, body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dense<'a, T: Element>(
        values: &[T],
        shape: &'a [usize],
        strides: &'a [isize],
    ) -> Operand<'a> {
        Operand { address: values.as_ptr().cast_mut().cast(), shape, strides, dtype: T::DTYPE }
    }

    fn check<T: Seek>(line: &[T], values: &[T]) {
        let size = [size_of::<T>() as isize];
        let (shape, count) = ([line.len()], [values.len()]);
        for kind in [Search::Left, Search::Right, Search::Member] {
            let (mut places, mut members) =
                (vec![-1_i64; values.len()], vec![Bool(9); values.len()]);
            let out = match kind {
                Search::Member => Operand {
                    address: members.as_mut_ptr().cast(),
                    ..dense(&members, &count, &[1])
                },
                _ => {
                    Operand { address: places.as_mut_ptr().cast(), ..dense(&places, &count, &[8]) }
                }
            };
            // SAFETY: operands over slices of their size.
            unsafe {
                search(kind, dense(line, &shape, &size), dense(values, &count, &size), out)
                    .unwrap();
            }
            for (index, value) in values.iter().enumerate() {
                let less = |element: &&T| match (element.is_nan(), value.is_nan()) {
                    (false, false) => element.is_less(value.probe()),
                    _ if T::TOTAL => element.is_less(value.probe()),
                    (element, value) => value && !element,
                };
                let equal = |element: &&T| {
                    !less(element)
                        && (!T::TOTAL && element.is_nan() && value.is_nan()
                            || element.is_less_or_equal(value.probe()))
                };
                let before = line.iter().filter(less).count();
                let same = line.iter().filter(equal).count();
                match kind {
                    Search::Left => assert_eq!(places[index], before as i64),
                    Search::Right => assert_eq!(places[index], (before + same) as i64),
                    Search::Member => {
                        assert_eq!(members[index].0 == 1, same > 0 && !value.is_nan())
                    }
                }
            }
        }
    }

    #[test]
    fn places_and_members() {
        for len in [0, 1, 2, 3, 7, 8, 9, 100] {
            let line: Vec<i32> = (0..len).map(|place| place / 3 * 2).collect();
            let values: Vec<i32> = (-2..70).collect();
            check(&line, &values);
            let mut floats: Vec<f64> = line.iter().map(|&value| f64::from(value) - 1.0).collect();
            floats.extend([f64::INFINITY, f64::NAN, -f64::NAN]);
            let mut sought: Vec<f64> = values.iter().map(|&value| f64::from(value) / 2.0).collect();
            sought.extend([f64::NAN, -0.0, 0.0, f64::NEG_INFINITY]);
            check(&floats, &sought);
            check::<f16>(&[f16::NEG_ZERO, f16::ZERO, f16::NAN], &[f16::ZERO, f16::NAN, f16::ONE]);
        }
        let complex = |re, im| Complex64::new(re, im);
        let nan = f64::NAN;
        let line = [(0.0, 1.0), (1.0, -1.0), (1.0, 0.0), (1.0, nan), (2.0, nan), (nan, 0.0)];
        let line = line.map(|(re, im)| complex(re, im));
        // Those with a NaN have an order of their own.
        let sought = [(1.0, -0.5), (1.0, 0.0), (1.0, nan), (2.0, 0.0), (nan, -1.0), (nan, nan)];
        check(&line, &sought.map(|(re, im)| complex(re, im)));
    }

    #[test]
    fn lines_serve_the_values_beside_them() {
        let lines = [1_i16, 2, 3, 10, 20, 30, 5, 5, 5, 0, 0, 1];
        let values = [2_i16, 3, 25, 5, 5, 6, 0, 1];
        let mut out = [0_i64; 8];
        let operand = Operand {
            address: out.as_mut_ptr().cast(),
            shape: &[2, 2, 2],
            strides: &[32, 16, 8],
            dtype: DType::Int64,
        };
        // SAFETY: operands over arrays of their size.
        unsafe {
            search(
                Search::Left,
                dense(&lines, &[2, 2, 3], &[12, 6, 2]),
                dense(&values, &[2, 2, 2], &[8, 4, 2]),
                operand,
            )
            .unwrap();
        }
        assert_eq!(out, [1, 2, 2, 0, 0, 3, 0, 2]);
    }
}

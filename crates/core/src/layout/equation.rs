//! Sums of bounded multiples: whether `a₁x₁ + … + aₙxₙ` can lie in a range, with `0 ≤ xᵢ ≤ uᵢ`.
//!
//! Whether two strided layouts share a byte is this question, and it is hard in general: there may
//! be no better way than to try. What strides are in practice, multiples of one another, is decided
//! without a trial; the rest is searched depth first, and each unknown takes only values that
//! leave a rest which the others can reach, in size and modulo their greatest common divisor.

use smallvec::SmallVec;

use crate::{Result, interrupt};

/// A multiple: `coefficient · x` with `0 ≤ x ≤ bound`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) coefficient: u64,
    pub(super) bound: u64,
}

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A solution.
    One,
    /// That there is none.
    Nothing,
    /// That the work was more than allowed.
    Limit,
}

/// How many values of unknowns may still be tried.
#[derive(Debug)]
pub(super) struct Work(pub(super) u64);

/// Trials between two questions whether to go on.
const BLOCK: u64 = 1 << 16;

impl Work {
    /// Counts a trial; `None` when there are no more.
    fn spend(&mut self) -> Result<Option<()>> {
        let Some(left) = self.0.checked_sub(1) else { return Ok(None) };
        self.0 = left;
        if left % BLOCK == 0 {
            interrupt::check()?;
        }
        Ok(Some(()))
    }
}

type Terms = SmallVec<[Term; 8]>;

/// Whether a sum of the terms lies in `low..=high`.
///
/// # Errors
///
/// `Interrupted` where somebody said stop.
pub(super) fn reaches(
    terms: impl IntoIterator<Item = Term>,
    low: i128,
    high: i128,
    work: &mut Work,
) -> Result<Found> {
    let Ok(high) = u64::try_from(high) else {
        // A sum is never negative; one that needs more than 64 bits belongs to no real memory.
        return Ok(if high < 0 { Found::Nothing } else { Found::Limit });
    };
    // Every sum may lie anywhere in the range: a last term, of bytes.
    let slack = Term { coefficient: 1, bound: u64::try_from(low).map_or(high, |low| high - low) };
    let terms: Terms = terms.into_iter().chain([slack]).collect();
    let Some((terms, target)) = simplified(terms, high) else { return Ok(Found::Nothing) };
    if terms.is_empty() {
        return Ok(if target == 0 { Found::One } else { Found::Nothing });
    }
    Search::new(&terms).run(0, target, work)
}

/// An equation with the same answer and terms as few and small as they become; `None` where no
/// solution exists.
fn simplified(mut terms: Terms, mut target: u64) -> Option<(Terms, u64)> {
    let total: u128 = terms.iter().map(|t| u128::from(t.coefficient) * u128::from(t.bound)).sum();
    if u128::from(target) > total {
        return None;
    }
    // Counted down from the greatest sum, the same question; the smaller target leaves less to try.
    target = u64::try_from(total - u128::from(target)).map_or(target, |other| target.min(other));
    merge(&mut terms, target);
    // A slack that is no multiple of what all others are multiples of counts them in full.
    if terms.first().is_some_and(|term| term.coefficient == 1) && terms.len() > 1 {
        let slack = terms[0].bound;
        let divisor = terms[1..].iter().fold(0, |divisor, term| gcd(divisor, term.coefficient));
        let (least, most) = (target.saturating_sub(slack).div_ceil(divisor), target / divisor);
        if least > most {
            return None;
        }
        terms[0].bound = most - least;
        for term in &mut terms[1..] {
            term.coefficient /= divisor;
        }
        target = most;
        merge(&mut terms, target);
    } else {
        let divisor = terms.iter().fold(0, |divisor, term| gcd(divisor, term.coefficient));
        if divisor != 0 {
            if !target.is_multiple_of(divisor) {
                return None;
            }
            terms.iter_mut().for_each(|term| term.coefficient /= divisor);
            target /= divisor;
        }
    }
    Some((terms, target))
}

/// Sorts the terms by coefficient, cuts their bounds to what a sum of `target` leaves room for, and
/// joins those that together count without gaps: `c·x` and `k·c·y` do where `x` reaches `k - 1`.
fn merge(terms: &mut Terms, target: u64) {
    terms.sort_unstable_by_key(|term| term.coefficient);
    let mut kept = Terms::new();
    for &Term { coefficient, bound } in &*terms {
        let bound = match coefficient {
            0 => 0,
            coefficient => bound.min(target / coefficient),
        };
        if bound == 0 {
            continue;
        }
        let below = kept.iter_mut().find(|below| {
            coefficient.is_multiple_of(below.coefficient)
                && below.bound >= coefficient / below.coefficient - 1
        });
        match below {
            Some(below) => {
                // No more than `target` in all: both bounds were cut.
                let multiple = coefficient / below.coefficient;
                let most = target / below.coefficient;
                below.bound = multiple.saturating_mul(bound).saturating_add(below.bound).min(most);
            }
            None => kept.push(Term { coefficient, bound }),
        }
    }
    *terms = kept;
}

/// What the search knows of a term and those below it.
struct Level {
    coefficient: u64,
    bound: u64,
    /// Divisor of all sums of this term and those below.
    divisor: u64,
    /// The greatest sum of the terms below.
    below: u64,
    /// Every so many values of this unknown leave a multiple of what those below are multiples of.
    step: u64,
    /// The inverse of the coefficient modulo `step`, both divided by `divisor`.
    inverse: u64,
}

/// A depth-first search, the greatest coefficient first.
struct Search(SmallVec<[Level; 8]>);

impl Search {
    /// `terms` from the smallest coefficient on; none is 0.
    fn new(terms: &[Term]) -> Self {
        let (mut divisor, mut below) = (0, 0_u64);
        let mut levels: SmallVec<[Level; 8]> = terms
            .iter()
            .map(|&Term { coefficient, bound }| {
                let all = gcd(divisor, coefficient);
                let step = divisor / all;
                let inverse = inverse(coefficient / all, step);
                let level = Level { coefficient, bound, divisor: all, below, step, inverse };
                divisor = all;
                below = below.saturating_add(coefficient.saturating_mul(bound));
                level
            })
            .collect();
        levels.reverse();
        Self(levels)
    }

    /// Whether the terms from the one at `place` on make up `target`.
    fn run(&self, place: usize, target: u64, work: &mut Work) -> Result<Found> {
        let Level { coefficient, bound, divisor, below, step, inverse } = self.0[place];
        if work.spend()?.is_none() {
            return Ok(Found::Limit);
        }
        if !target.is_multiple_of(divisor) {
            return Ok(Found::Nothing);
        }
        if place + 1 == self.0.len() {
            return Ok(if target / coefficient <= bound { Found::One } else { Found::Nothing });
        }
        // What is left must be neither negative nor more than those below can be, and a multiple of
        // their divisor: every `step`-th value from the first that is.
        let high = bound.min(target / coefficient);
        let low = target.saturating_sub(below).div_ceil(coefficient);
        let skipped = match step {
            1 => 0,
            _ => (product(target / divisor % step, inverse, step) + step - low % step) % step,
        };
        let Some(mut value) = low.checked_add(skipped) else { return Ok(Found::Nothing) };
        while value <= high {
            // One term alone makes up every multiple of its coefficient that it reaches.
            if place + 2 == self.0.len() {
                return Ok(Found::One);
            }
            match self.run(place + 1, target - value * coefficient, work)? {
                Found::Nothing => value += step,
                found => return Ok(found),
            }
        }
        Ok(Found::Nothing)
    }
}

/// `a · b` modulo `modulus`.
fn product(a: u64, b: u64, modulus: u64) -> u64 {
    match a.checked_mul(b) {
        Some(product) => product % modulus,
        None => (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64,
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The inverse of `a` modulo `modulus`, to which it is coprime: by Euclid's extended algorithm.
/// 0 where the modulus is 0 or 1.
fn inverse(a: u64, modulus: u64) -> u64 {
    if modulus <= 1 {
        return 0;
    }
    let (mut rest, mut next) = (i128::from(modulus), i128::from(a % modulus));
    let (mut factor, mut next_factor) = (0_i128, 1_i128);
    while next != 0 {
        let quotient = rest / next;
        (rest, next) = (next, rest - quotient * next);
        (factor, next_factor) = (next_factor, factor - quotient * next_factor);
    }
    factor.rem_euclid(i128::from(modulus)) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn solve(terms: &[(u64, u64)], low: i128, high: i128, work: u64) -> Found {
        let terms = terms.iter().map(|&(coefficient, bound)| Term { coefficient, bound });
        reaches(terms, low, high, &mut Work(work)).unwrap()
    }

    #[test]
    fn multiples_of_one_another_need_no_search() {
        // As in memory without gaps, of any size.
        let dense: Vec<_> = (0..40).map(|axis| (1 << axis, 1)).collect();
        assert_eq!(solve(&dense, 1 << 39, 1 << 39, 1), Found::One);
        assert_eq!(solve(&[(8, 1 << 40), (1 << 43, 1 << 10)], 3, 4, 1), Found::Nothing);
        assert_eq!(solve(&[(6, 1 << 40), (10, 1 << 40)], 7, 7, 1), Found::Nothing);
        // Two terms that count as one, beside a third.
        assert_eq!(solve(&[(6, 3), (24, 3), (35, 9)], 66, 66, 1), Found::One);
    }

    #[test]
    fn work_is_bounded() {
        let hard = [(12_223, 1048), (12_224, 1048), (36_674, 1048), (61_119, 1048), (85_569, 1048)];
        assert_eq!(solve(&hard, 84_000_000, 84_000_000, 5), Found::Limit);
        assert_eq!(
            solve(&hard, i128::from(u64::MAX) + 1, i128::from(u64::MAX) + 1, 5),
            Found::Limit
        );
        assert_eq!(solve(&hard, -9, -1, 0), Found::Nothing);
        assert_eq!(solve(&[], -9, 1, 1), Found::One);
        assert_eq!(solve(&[], 1, 2, 1), Found::Nothing);
    }

    /// Every sum, in turn.
    fn brute_force(terms: &[(u64, u64)], low: i128, high: i128) -> Found {
        let mut sums = vec![0_i128];
        for &(coefficient, bound) in terms {
            sums = (0..=bound)
                .flat_map(|x| sums.iter().map(move |sum| sum + i128::from(coefficient * x)))
                .collect();
        }
        match sums.into_iter().any(|sum| low <= sum && sum <= high) {
            true => Found::One,
            false => Found::Nothing,
        }
    }

    proptest! {
        #[test]
        fn equals_brute_force(
            terms in prop::collection::vec((0_u64..30, 0_u64..6), 0..5),
            low in -20_i128..300,
            width in 0_i128..20,
        ) {
            let expected = brute_force(&terms, low, low + width);
            prop_assert_eq!(solve(&terms, low, low + width, u64::MAX), expected);
        }

        // Divisors that all but one share: what is searched deepest.
        #[test]
        fn equals_brute_force_where_divisors_are_shared(
            terms in prop::collection::vec(
                (prop::sample::select(vec![6_u64, 10, 15, 21, 30, 42, 70, 105, 165, 231]), 1_u64..7),
                3..6,
            ),
            target in 0_i128..2000,
        ) {
            prop_assert_eq!(
                solve(&terms, target, target, u64::MAX),
                brute_force(&terms, target, target)
            );
        }
    }
}

//! In which order many operands are contracted in pairs.
//!
//! Of few operands the cheapest of all orders, by dynamic programming over subsets (R. N. C.
//! Pfeifer, J. Haegeman and F. Verstraete, "Faster identification of optimal contraction sequences
//! for tensor networks", 2014); of more the greedy order of opt_einsum (D. G. A. Smith and J. Gray,
//! 2018): always the pair whose product is smallest, its factors taken off.

/// How an order is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// From left to right.
    Given,
    /// The cheapest where that is soon found, else greedily.
    Automatic,
    /// Always the pair whose product adds least.
    Greedy,
    /// The cheapest, of `MOST` operands at most.
    Cheapest,
    /// Operands at these places leave the list; their product goes to its end.
    Path(Vec<Vec<usize>>),
}

/// So many operands have their cheapest order found at once, and so many if it is asked for.
const FEW: usize = 8;
const MOST: usize = 12;

/// Operands as sets of numbered axes.
pub(super) struct Network<'a> {
    pub(super) inputs: &'a [u128],
    pub(super) output: u128,
    pub(super) lengths: &'a [usize],
}

impl Network<'_> {
    /// The elements of a tensor with these axes.
    pub(super) fn size(&self, axes: u128) -> f64 {
        let has = |axis: usize| axes >> axis & 1 == 1;
        let lengths = self.lengths.iter().enumerate().filter(|&(axis, _)| has(axis));
        lengths.map(|(_, &length)| length as f64).product()
    }

    /// The multiplications and additions of one contraction, as NumPy counts them.
    pub(super) fn cost(&self, axes: u128, kept: u128, operands: usize) -> f64 {
        let sums = usize::from(axes & !kept != 0);
        self.size(axes) * (operands.saturating_sub(1).max(1) + sums) as f64
    }

    /// The order as places in the list that shrinks.
    pub(super) fn path(&self, order: &Order) -> Vec<Vec<usize>> {
        let count = self.inputs.len();
        match order {
            Order::Path(path) => path.clone(),
            _ if count < 3 => vec![(0..count).collect()],
            // Products go to the end of the list.
            Order::Given => std::iter::once(vec![0, 1])
                .chain((1..count - 1).rev().map(|last| vec![0, last]))
                .collect(),
            Order::Greedy => self.in_list(&self.greedy()),
            Order::Automatic if count > FEW => self.in_list(&self.greedy()),
            Order::Cheapest if count > MOST => self.in_list(&self.greedy()),
            Order::Automatic | Order::Cheapest => self.in_list(&self.cheapest()),
        }
    }

    /// Pairs of numbers, of which each product gets the next, as places.
    fn in_list(&self, pairs: &[[usize; 2]]) -> Vec<Vec<usize>> {
        let mut list: Vec<usize> = (0..self.inputs.len()).collect();
        let mut path = Vec::new();
        for (product, pair) in (self.inputs.len()..).zip(pairs) {
            let mut places: Vec<usize> =
                (0..list.len()).filter(|&place| pair.contains(&list[place])).collect();
            places.sort_unstable();
            list.retain(|number| !pair.contains(number));
            list.push(product);
            path.push(places);
        }
        path
    }

    fn cheapest(&self) -> Vec<[usize; 2]> {
        let count = self.inputs.len();
        let everything = (1_usize << count) - 1;
        let axes_of = |set: usize| -> u128 {
            (0..count)
                .filter(|&place| set >> place & 1 == 1)
                .fold(0, |axes, place| axes | self.inputs[place])
        };
        let left: Vec<u128> = (0..=everything)
            .map(|set| axes_of(set) & (self.output | axes_of(everything & !set)))
            .collect();
        // Of each set the cost, and the part that is contracted first.
        let mut best = vec![(f64::INFINITY, 0_usize); everything + 1];
        for set in 1..=everything {
            if set.is_power_of_two() {
                best[set] = (0.0, 0);
                continue;
            }
            let lowest = set & set.wrapping_neg();
            let mut part = (set - 1) & set;
            while part > 0 {
                if part & lowest != 0 {
                    let other = set & !part;
                    let axes = left[part] | left[other];
                    let cost = best[part].0 + best[other].0 + self.cost(axes, left[set], 2);
                    if cost < best[set].0 || best[set].1 == 0 {
                        best[set] = (cost, part);
                    }
                }
                part = (part - 1) & set;
            }
        }
        let mut pairs = Vec::new();
        collect(everything, count, &best, &mut pairs);
        pairs
    }

    fn greedy(&self) -> Vec<[usize; 2]> {
        let mut list: Vec<(usize, u128)> = self.inputs.iter().copied().enumerate().collect();
        let mut pairs = Vec::new();
        let mut next = list.len();
        while list.len() > 1 {
            // Pairs without a common axis come last, the smallest first.
            let mut best: Option<((bool, f64, f64), usize, usize)> = None;
            for one in 0..list.len() {
                for other in one + 1..list.len() {
                    let (a, b) = (list[one].1, list[other].1);
                    let product = self.kept(&list, [one, other]);
                    let rank = match a & b {
                        0 => (true, self.size(a) * self.size(b), 0.0),
                        _ => (
                            false,
                            self.size(product) - self.size(a) - self.size(b),
                            self.size(a | b),
                        ),
                    };
                    let less = best.as_ref().is_none_or(|(least, ..)| rank < *least);
                    if less {
                        best = Some((rank, one, other));
                    }
                }
            }
            let Some((_, one, other)) = best else { break };
            let product = self.kept(&list, [one, other]);
            pairs.push([list[one].0, list[other].0]);
            list.remove(other);
            list.remove(one);
            list.push((next, product));
            next += 1;
        }
        pairs
    }

    /// The axes that remain of a pair's product.
    fn kept(&self, list: &[(usize, u128)], pair: [usize; 2]) -> u128 {
        let others = list.iter().enumerate().filter(|(place, _)| !pair.contains(place));
        let needed = others.fold(self.output, |axes, (_, (_, other))| axes | other);
        (list[pair[0]].1 | list[pair[1]].1) & needed
    }
}

/// The pairs that lead to `set`, in order, and the number of the product.
fn collect(set: usize, count: usize, best: &[(f64, usize)], pairs: &mut Vec<[usize; 2]>) -> usize {
    if set.is_power_of_two() {
        return set.trailing_zeros() as usize;
    }
    let part = best[set].1;
    let one = collect(part, count, best, pairs);
    let other = collect(set & !part, count, best, pairs);
    pairs.push([one, other]);
    count + pairs.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network<'a>(inputs: &'a [u128], lengths: &'a [usize], output: u128) -> Network<'a> {
        Network { inputs, output, lengths }
    }

    fn total(network: &Network<'_>, path: &[Vec<usize>]) -> f64 {
        let mut list = network.inputs.to_vec();
        let mut cost = 0.0;
        for places in path {
            let axes = places.iter().fold(0, |axes, &place| axes | list[place]);
            for &place in places.iter().rev() {
                list.remove(place);
            }
            let kept = axes & list.iter().fold(network.output, |axes, other| axes | other);
            cost += network.cost(axes, kept, places.len());
            list.push(kept);
        }
        assert_eq!(list, [network.output]);
        cost
    }

    #[test]
    fn a_chain_of_matrices() {
        // (a b) (b c) (c d): the short axis goes last.
        let lengths = [100, 2, 100, 2];
        let inputs = [0b0011, 0b0110, 0b1100];
        let chain = network(&inputs, &lengths, 0b1001);
        let path = chain.path(&Order::Automatic);
        assert_eq!(path, [vec![1, 2], vec![0, 1]]);
        for order in [Order::Given, Order::Greedy, Order::Cheapest] {
            assert!(total(&chain, &chain.path(&order)) >= total(&chain, &path), "{order:?}");
        }
    }

    #[test]
    fn every_order_contracts_everything() {
        for count in 1..15_usize {
            let inputs: Vec<u128> = (0..count).map(|place| 0b11 << place).collect();
            let lengths = vec![2; count + 1];
            let chain = network(&inputs, &lengths, 1 | 1 << count);
            for order in [Order::Given, Order::Greedy, Order::Cheapest, Order::Automatic] {
                total(&chain, &chain.path(&order));
            }
        }
        let apart = network(&[1, 2, 4], &[2, 3, 4], 7);
        total(&apart, &apart.path(&Order::Greedy));
    }
}

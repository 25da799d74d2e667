//! Sorted numbers in which places are found at once rather than by halves: by their upper bits.

/// Numbers in order, and the place of the first of each stretch of equal length.
#[derive(Debug, Default)]
pub struct Sorted {
    numbers: Vec<i32>,
    /// How many numbers lie before each stretch, and all of them.
    starts: Vec<u32>,
    /// Binary logarithm of a stretch.
    shift: u32,
}

impl Sorted {
    /// More stretches find no faster.
    const MOST: usize = 1 << 12;

    /// Of numbers in order.
    pub fn new(numbers: Vec<i32>) -> Self {
        debug_assert!(numbers.is_sorted());
        let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return Self::default() };
        let stretches = (4 * numbers.len()).next_power_of_two().min(Self::MOST);
        let width = last.abs_diff(*first);
        let shift = (u32::BITS - width.leading_zeros()).saturating_sub(stretches.ilog2());
        let mut starts = vec![0; (width >> shift) as usize + 2];
        for n in &numbers {
            starts[(n.abs_diff(*first) >> shift) as usize + 1] += 1;
        }
        for k in 1..starts.len() {
            starts[k] += starts[k - 1];
        }
        Self { numbers, starts, shift }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// How many are less than a number.
    #[inline]
    pub fn before(&self, number: i32) -> usize {
        let Some(first) = self.numbers.first().filter(|first| **first < number) else { return 0 };
        let Some(start) = self.starts.get((number.abs_diff(*first) >> self.shift) as usize) else {
            return self.numbers.len();
        };
        let start = *start as usize;
        start + self.numbers[start..].iter().take_while(|n| **n < number).count()
    }

    /// Whether any lies between two, both included.
    #[inline]
    pub fn any_within(&self, from: i32, to: i32) -> bool {
        self.numbers.get(self.before(from)).is_some_and(|n| *n <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_are_those_of_a_search(
            mut numbers in proptest::collection::vec(prop_oneof![-50i32..50, any::<i32>()], 0..60),
            asked in proptest::collection::vec((prop_oneof![-50i32..50, any::<i32>()], 0i32..20), 1..20),
        ) {
            numbers.sort_unstable();
            let sorted = Sorted::new(numbers.clone());
            for number in asked.iter().map(|a| a.0).chain(numbers.clone()) {
                prop_assert_eq!(sorted.before(number), numbers.partition_point(|n| *n < number));
            }
            for (from, wide) in asked {
                let to = from.saturating_add(wide);
                prop_assert_eq!(sorted.any_within(from, to), numbers.iter().any(|n| (from..=to).contains(n)));
            }
        }
    }
}

//! Classes that a column's numbers fall into.

use crate::map_description::BreakMethod;

/// Classes of numbers, from low to high.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberClasses {
    /// Whether zero is a class of its own, apart from those between the breaks.
    pub zero: bool,
    /// Breaks, ascending; there is one class more than breaks.
    pub breaks: Vec<f64>,
    /// Method that found the breaks; `None` for declared breaks.
    pub method: Option<BreakMethod>,
}

impl NumberClasses {
    /// Number of classes, zero aside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.breaks.len() + 1
    }

    /// Always false: there is one class at least.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// Position of a number's class; `None` for a zero that is a class of its own.
    #[must_use]
    pub fn class_of(&self, number: f64) -> Option<usize> {
        if self.zero && number == 0.0 {
            return None;
        }
        Some(self.breaks.partition_point(|at| *at <= number))
    }

    /// Frequency of each class, zero aside.
    #[must_use]
    pub fn frequencies(&self, numbers: &[f64]) -> Vec<u64> {
        let mut frequencies = vec![0; self.len()];
        for class in numbers.iter().filter_map(|number| self.class_of(*number)) {
            frequencies[class] += 1;
        }
        frequencies
    }

    /// Numbers of classes below and above a middle, and whether one class holds it.
    #[must_use]
    pub fn sides(&self, middle: f64) -> (usize, bool, usize) {
        let below = self.breaks.iter().filter(|at| **at <= middle).count();
        let above = self.breaks.iter().filter(|at| **at >= middle).count();
        if below + above > self.breaks.len() {
            // The middle is a break.
            return (below, false, above);
        }
        (below, true, above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn a_number_equal_to_a_break_belongs_above_it() {
        let classes = NumberClasses { zero: true, breaks: vec![2.0, 4.0], method: None };
        assert_eq!(
            [0.0, 1.0, 2.0, 3.9, 4.0].map(|number| classes.class_of(number)),
            [None, Some(0), Some(1), Some(1), Some(2)]
        );
        assert_eq!(classes.frequencies(&[0.0, 1.0, 2.0, 4.0, 5.0]), [1, 1, 2]);
    }

    #[rstest]
    #[case(&[-2.0, -1.0, 1.0, 2.0], (2, true, 2))]
    #[case(&[-1.0, 0.0, 1.0], (2, false, 2))]
    #[case(&[1.0, 2.0], (0, true, 2))]
    #[case(&[-1.0], (1, true, 0))]
    #[case(&[0.0], (1, false, 1))]
    fn sides_of_zero(#[case] breaks: &[f64], #[case] sides: (usize, bool, usize)) {
        let classes = NumberClasses { zero: false, breaks: breaks.to_vec(), method: None };
        assert_eq!(classes.sides(0.0), sides);
    }
}

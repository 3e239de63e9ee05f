//! Optimal k-means clustering in one dimension.

/// Most points that are clustered; more are thinned evenly, which moves breaks by
/// less than rounding does.
const MOST_POINTS: usize = 4_000;

/// First numbers of all clusters but the lowest.
///
/// The clusters have the smallest possible sum of squared distances from their means
/// (Wang and Song 2011). Numbers are ascending. Fewer clusters result where fewer numbers
/// differ.
#[must_use]
pub fn ckmeans(sorted: &[f64], classes: usize) -> Vec<f64> {
    let points = distinct(&thinned(sorted));
    let classes = classes.min(points.len());
    if classes < 2 {
        return Vec::new();
    }
    let sums = PrefixSums::new(&points);
    let count = points.len();
    let mut costs: Vec<f64> = (0..count).map(|last| sums.cost(0, last)).collect();
    let mut starts = vec![vec![0; count]];
    for cluster in 1..classes {
        let mut layer = Layer {
            sums: &sums,
            previous: &costs,
            costs: vec![0.0; count],
            starts: vec![0; count],
        };
        layer.fill(cluster, count - 1, cluster, count - 1);
        let Layer { costs: next, starts: first, .. } = layer;
        costs = next;
        starts.push(first);
    }
    let mut breaks = Vec::new();
    let mut last = count - 1;
    for cluster in (1..classes).rev() {
        let start = starts[cluster][last];
        breaks.push(points[start].0);
        last = start - 1;
    }
    breaks.reverse();
    breaks
}

fn thinned(sorted: &[f64]) -> Vec<f64> {
    if sorted.len() <= MOST_POINTS {
        return sorted.to_vec();
    }
    let place = |at: usize| sorted[at * (sorted.len() - 1) / (MOST_POINTS - 1)];
    (0..MOST_POINTS).map(place).collect()
}

/// Distinct numbers with their frequencies.
fn distinct(sorted: &[f64]) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for number in sorted {
        match points.last_mut() {
            Some(last) if last.0 == *number => last.1 += 1.0,
            _ => points.push((*number, 1.0)),
        }
    }
    points
}

/// Sums over the first points, relative to the middle one so that squares stay exact.
struct PrefixSums {
    weights: Vec<f64>,
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl PrefixSums {
    fn new(points: &[(f64, f64)]) -> Self {
        let origin = points[points.len() / 2].0;
        let mut prefix = Self { weights: vec![0.0], sums: vec![0.0], squares: vec![0.0] };
        let (mut weights, mut sums, mut squares) = (0.0, 0.0, 0.0);
        for (number, weight) in points {
            let number = number - origin;
            weights += weight;
            sums += number * weight;
            squares += number * number * weight;
            prefix.weights.push(weights);
            prefix.sums.push(sums);
            prefix.squares.push(squares);
        }
        prefix
    }

    /// Sum of squared distances of the points `first..=last` from their mean.
    fn cost(&self, first: usize, last: usize) -> f64 {
        let weight = self.weights[last + 1] - self.weights[first];
        let sum = self.sums[last + 1] - self.sums[first];
        let squares = self.squares[last + 1] - self.squares[first];
        (squares - sum * sum / weight).max(0.0)
    }
}

/// Least costs and first points of the last cluster, for one number of clusters.
struct Layer<'a> {
    sums: &'a PrefixSums,
    previous: &'a [f64],
    costs: Vec<f64>,
    starts: Vec<usize>,
}

impl Layer<'_> {
    /// Fills `from..=to`, whose last clusters begin in `least..=most`.
    ///
    /// The best beginning never moves down as the last point moves up, so that each half
    /// searches its part of the beginnings alone.
    fn fill(&mut self, from: usize, to: usize, least: usize, most: usize) {
        if from > to {
            return;
        }
        let last = usize::midpoint(from, to);
        let mut best = (f64::INFINITY, least);
        for start in least..=most.min(last) {
            let cost = self.previous[start - 1] + self.sums.cost(start, last);
            if cost < best.0 {
                best = (cost, start);
            }
        }
        (self.costs[last], self.starts[last]) = best;
        if last > from {
            self.fill(from, last - 1, least, best.1);
        }
        self.fill(last + 1, to, best.1, most);
    }
}

#[cfg(test)]
mod tests {
    use super::super::methods::tests::{SMALL, exponential};
    use super::*;

    /// Numbers above the upper bounds that mapclassify's `FisherJenks`, which is as optimal, gives.
    #[test]
    fn clusters_are_those_of_mapclassify() {
        let numbers = exponential();
        let above = |bound: f64| *numbers.iter().find(|number| **number > bound).unwrap();
        assert_eq!(ckmeans(&numbers, 3), [29.239, 78.699].map(above));
        assert_eq!(ckmeans(&numbers, 5), [14.368, 35.879, 75.393, 109.26].map(above));
        assert_eq!(ckmeans(&SMALL, 3), [50.0, 100.0]);
        assert_eq!(ckmeans(&SMALL, 5), [7.0, 20.0, 50.0, 100.0]);
    }

    #[test]
    fn no_division_of_few_numbers_costs_less() {
        let cost = |part: &[f64]| {
            let mean = part.iter().sum::<f64>() / part.len() as f64;
            part.iter().map(|number| (number - mean).powi(2)).sum::<f64>()
        };
        let total = |first: usize, second: usize| {
            cost(&SMALL[..first]) + cost(&SMALL[first..second]) + cost(&SMALL[second..])
        };
        let starts: Vec<_> = ckmeans(&SMALL, 3)
            .into_iter()
            .map(|number| SMALL.iter().position(|other| *other == number).unwrap())
            .collect();
        let best = (1..14)
            .flat_map(|first| (first + 1..15).map(move |second| (first, second)))
            .map(|(first, second)| total(first, second))
            .fold(f64::INFINITY, f64::min);
        assert!((total(starts[0], starts[1]) - best).abs() < 1e-9);
    }

    #[test]
    fn fewer_numbers_than_classes() {
        assert!(ckmeans(&[], 3).is_empty());
        assert!(ckmeans(&[4.0, 4.0], 3).is_empty());
        assert_eq!(ckmeans(&[4.0, 4.0, 6.0], 3), [6.0]);
    }

    #[test]
    fn a_hundred_thousand_numbers_are_thinned() {
        let numbers: Vec<f64> = (0..100_000).map(f64::from).collect();
        let breaks = ckmeans(&numbers, 4);
        for (found, expected) in breaks.iter().zip([25_000.0, 50_000.0, 75_000.0]) {
            assert!((found - expected).abs() < 100.0, "{breaks:?}");
        }
    }
}

//! Cuts or removes lines until their number is the register's.

use crate::geometry::plane::{self, PlanePoint, distance, lerp};
use crate::numbers::rounding::apportion;

/// Feature along a line that can be cut into pieces of the same kind.
pub(crate) trait LineFeature: Clone {
    /// Line of the feature.
    fn line(&self) -> &[PlanePoint];
    /// Copies the feature along another line.
    #[must_use]
    fn with_line(&self, line: Vec<PlanePoint>) -> Self;
}

/// Returns exactly `count` lines in the same order.
///
/// The longest are cut if there are fewer, the shortest left out if there are more.
#[must_use]
pub(crate) fn fit_to_count<T: LineFeature>(list: Vec<T>, count: usize) -> Vec<T> {
    let lengths: Vec<f64> = list.iter().map(|item| plane::length(item.line())).collect();
    if list.len() > count {
        let mut order: Vec<usize> = (0..list.len()).collect();
        order.sort_by(|a, b| lengths[*b].total_cmp(&lengths[*a]).then(a.cmp(b)));
        let mut kept = vec![false; list.len()];
        order.into_iter().take(count).for_each(|i| kept[i] = true);
        return list.into_iter().zip(kept).filter(|pair| pair.1).map(|pair| pair.0).collect();
    }
    let more = apportion((count - list.len()) as i64, &lengths);
    list.iter()
        .zip(more)
        .flat_map(|(item, more)| {
            let lines = divide_line(item.line(), more as usize + 1);
            lines.into_iter().map(|line| item.with_line(line))
        })
        .collect()
}

/// Divides a line into `count` pieces of equal length, which share their ends.
#[must_use]
pub(crate) fn divide_line(line: &[PlanePoint], count: usize) -> Vec<Vec<PlanePoint>> {
    if count < 2 {
        return vec![line.to_vec()];
    }
    let step = plane::length(line) / count as f64;
    let mut pieces = Vec::with_capacity(count);
    let mut current: Vec<PlanePoint> = line.first().copied().into_iter().collect();
    let mut left = step;
    for w in line.windows(2) {
        let (mut from, to) = (w[0], w[1]);
        let mut rest = distance(from, to);
        while rest > left && pieces.len() + 1 < count {
            from = lerp(from, to, left / rest);
            rest -= left;
            current.push(from);
            pieces.push(std::mem::replace(&mut current, vec![from]));
            left = step;
        }
        left -= rest;
        if current.last() != Some(&to) {
            current.push(to);
        }
    }
    pieces.push(current);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Line(Vec<PlanePoint>);

    impl LineFeature for Line {
        fn line(&self) -> &[PlanePoint] {
            &self.0
        }

        fn with_line(&self, line: Vec<PlanePoint>) -> Self {
            Self(line)
        }
    }

    #[test]
    fn there_are_as_many_as_asked_for() {
        let list: Vec<Line> =
            (1..=9).map(|k| Line(vec![[0.0, 0.0], [f64::from(k) * 10.0, 0.0]])).collect();
        for count in [4, 9, 25, 100] {
            let pieces = fit_to_count(list.clone(), count);
            assert_eq!(pieces.len(), count);
            let total: f64 = pieces.iter().map(|piece| plane::length(&piece.0)).sum();
            assert!(count < 9 || (total - 450.0).abs() < 1e-6, "{total}");
        }
    }
}

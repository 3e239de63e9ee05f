//! Rounding to decimals, and apportionment of totals to whole numbers.

/// Rounds `number` to `digits` decimals.
#[must_use]
pub(crate) fn rounded(number: f64, digits: u8) -> f64 {
    let scale = (0..digits).fold(1.0, |scale, _| scale * 10.0);
    (number * scale).round() / scale
}

/// Distributes `total` by weights as whole numbers that add up to it (largest remainders first).
#[must_use]
pub(crate) fn apportion(total: i64, weights: &[f64]) -> Vec<i64> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<f64> = weights.iter().map(|w| w / sum * total as f64).collect();
    let mut shares: Vec<i64> = exact.iter().map(|e| e.floor() as i64).collect();
    let left = total - shares.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let rest = |i: usize| exact[i] - exact[i].floor();
    order.sort_by(|a, b| rest(*b).total_cmp(&rest(*a)).then(a.cmp(b)));
    for i in order.into_iter().take(left.max(0) as usize) {
        shares[i] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        assert_eq!(apportion(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(apportion(7, &[0.0, 2.0, 5.0]), [0, 2, 5]);
        assert_eq!(apportion(5, &[0.0, 0.0]), [0, 0]);
    }
}

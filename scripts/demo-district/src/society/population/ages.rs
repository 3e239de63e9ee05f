//! Distributes the residents of a dong over cells and age groups, so that both the cells
//! and the ages add up.

/// Number of age groups: 0–5, 6–11, 12–14, 15–64, 65 and over.
pub(crate) const AGE_GROUPS: usize = 5;

/// Whole numbers by cell and group.
///
/// Each row sums to its `cells`, each column to its `groups` (both have the same sum).
///
/// `lean` is the frequency of a group in a cell relative to elsewhere.
#[must_use]
pub(super) fn distribute_by_age(
    cells: &[i64],
    groups: [i64; AGE_GROUPS],
    lean: &[[f64; AGE_GROUPS]],
) -> Vec<[i64; AGE_GROUPS]> {
    let total = cells.iter().sum::<i64>().max(1) as f64;
    let mut table: Vec<[f64; AGE_GROUPS]> = cells
        .iter()
        .zip(lean)
        .map(|(people, lean)| {
            std::array::from_fn(|g| *people as f64 * lean[g] * groups[g] as f64 / total)
        })
        .collect();
    for _ in 0..12 {
        for (row, people) in table.iter_mut().zip(cells) {
            scale_to_total(row, *people as f64);
        }
        for (g, wanted) in groups.iter().enumerate() {
            let sum: f64 = table.iter().map(|row| row[g]).sum();
            if sum > 0.0 {
                table.iter_mut().for_each(|row| row[g] *= *wanted as f64 / sum);
            }
        }
    }
    let mut carry = [0.0; AGE_GROUPS];
    let mut whole: Vec<[i64; AGE_GROUPS]> = Vec::with_capacity(cells.len());
    for (row, people) in table.iter_mut().zip(cells) {
        scale_to_total(row, *people as f64);
        let wish: [f64; AGE_GROUPS] = std::array::from_fn(|g| row[g] + carry[g]);
        let counts = round_to_total(&wish, *people);
        carry = std::array::from_fn(|g| wish[g] - counts[g] as f64);
        whole.push(counts);
    }
    settle_columns(&mut whole, groups);
    whole
}

fn scale_to_total(row: &mut [f64; AGE_GROUPS], wanted: f64) {
    let sum: f64 = row.iter().sum();
    let factor = if sum > 0.0 { wanted / sum } else { 0.0 };
    row.iter_mut().for_each(|value| *value *= factor);
}

/// Rounds to whole numbers that add up to `total`.
fn round_to_total(wish: &[f64; AGE_GROUPS], total: i64) -> [i64; AGE_GROUPS] {
    let mut counts: [i64; AGE_GROUPS] = std::array::from_fn(|g| wish[g].floor().max(0.0) as i64);
    loop {
        let missing = total - counts.iter().sum::<i64>();
        if missing == 0 {
            return counts;
        }
        let gap = |g: &usize| wish[*g] - counts[*g] as f64;
        if missing > 0 {
            let most = (0..AGE_GROUPS).max_by(|a, b| gap(a).total_cmp(&gap(b)));
            counts[most.unwrap_or(0)] += 1;
        } else {
            let some = (0..AGE_GROUPS).filter(|g| counts[*g] > 0);
            let least = some.min_by(|a, b| gap(a).total_cmp(&gap(b)));
            counts[least.unwrap_or(0)] -= 1;
        }
    }
}

/// Moves the last few people to neighbouring age groups until the columns fit.
fn settle_columns(whole: &mut [[i64; AGE_GROUPS]], groups: [i64; AGE_GROUPS]) {
    loop {
        let sums: [i64; AGE_GROUPS] =
            std::array::from_fn(|g| whole.iter().map(|row| row[g]).sum::<i64>());
        let few = (0..AGE_GROUPS).find(|g| sums[*g] < groups[*g]);
        let many = (0..AGE_GROUPS).find(|g| sums[*g] > groups[*g]);
        let (Some(few), Some(many)) = (few, many) else { return };
        let Some(row) = whole.iter_mut().max_by_key(|row| row[many]) else { return };
        if row[many] == 0 {
            return;
        }
        row[many] -= 1;
        row[few] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_add_up() {
        let cells = [0, 1, 7, 250, 42, 3];
        let groups = [13, 15, 9, 210, 56];
        let lean: Vec<[f64; AGE_GROUPS]> =
            (0..6).map(|i| [1.0, 1.2, 0.4 + f64::from(i), 1.0, 2.0 / f64::from(i + 1)]).collect();
        let table = distribute_by_age(&cells, groups, &lean);
        for (row, people) in table.iter().zip(cells) {
            assert_eq!(row.iter().sum::<i64>(), people);
            assert!(row.iter().all(|count| *count >= 0));
        }
        for (g, wanted) in groups.iter().enumerate() {
            assert_eq!(table.iter().map(|row| row[g]).sum::<i64>(), *wanted, "group {g}");
        }
    }
}

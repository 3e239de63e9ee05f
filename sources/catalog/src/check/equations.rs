//! Checks of statistics that are equations of one hidden column.
//!
//! A sum, a mean or a number of rows that a hidden column filters, measures or weights is
//! one linear equation in its values; the public columns of the features give the
//! coefficients. One equation in many unknowns discloses none of them; several may disclose
//! all.

use super::Checker;
use super::atoms::FilterAtoms;
use super::statistics::PublicStatistic;

impl Checker<'_> {
    /// Checks that at most one quantity is published for each hidden column of a dataset.
    pub(super) fn one_equation(&self, statistics: &[&PublicStatistic<'_>]) {
        let mut of_hidden: Vec<_> =
            statistics.iter().copied().filter(|statistic| !statistic.hidden.is_empty()).collect();
        of_hidden.sort_by_key(|statistic| statistic.number);
        for (number, later) in of_hidden.iter().enumerate() {
            let earlier = of_hidden[..number].iter().find_map(|earlier| {
                let shared = later.hidden.iter().find(|name| earlier.hidden.contains(name))?;
                let other = earlier.quantity != later.quantity && !are_apart(earlier, later);
                other.then_some((*earlier, *shared))
            });
            let Some((earlier, name)) = earlier else { continue };
            let problem = format!(
                "{name} of {} is hidden, and {} tells of it too: each is an equation of its values, \
                 and from several these follow",
                later.dataset.id, earlier.name
            );
            self.add(
                &later.at(),
                problem,
                "leave one of the two out, or make one of the layers staff",
            );
        }
    }
}

/// Whether no row is counted in both statistics.
fn are_apart(one: &PublicStatistic<'_>, other: &PublicStatistic<'_>) -> bool {
    FilterAtoms::new(&[one, other]).is_some_and(|atoms| atoms.are_disjoint(0, 1))
}

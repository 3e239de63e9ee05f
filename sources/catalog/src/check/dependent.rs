//! Checks of statistics of one dataset that disclose each other's suppressed numbers.
//!
//! All published statistics of a dataset form one system of linear equations. A suppressed
//! number can be recovered if published ones have it as their sum or difference. Secondary
//! suppression within a layer protects one statistic by itself, so no statistic of a guarded
//! dataset may depend on others:
//!
//! - all have one threshold, as the smaller one shows what the larger one hides;
//! - all are of the same times, as months are the difference of a year and other months;
//! - none has rows that are a sum or difference of those of others, as a part is the whole
//!   less the other part; of amounts none has some of another's rows;
//! - all are published by the same features, or by areas of the district's `stats_areas` and by
//!   others that lie in these, with whose sums cells are suppressed;
//! - no two are equations of one hidden column.

use std::collections::BTreeSet;

use super::Checker;
use super::atoms::FilterAtoms;
use super::statistics::{PublicStatistic, TimeSpan};

impl Checker<'_> {
    /// Checks the public statistics of each dataset.
    pub(super) fn dependent_statistics(&self) {
        let families = self.public_statistics();
        let mut dataset = "";
        for (id, _) in families.keys() {
            if *id != dataset {
                dataset = *id;
                let of_dataset = families.iter().filter(|((other, _), _)| other == id);
                let of_dataset: Vec<_> = of_dataset.flat_map(|(_, family)| family).collect();
                self.one_bound(&of_dataset);
                self.one_equation(&of_dataset);
            }
        }
        for family in families.values() {
            if family.iter().any(|statistic| statistic.guarded) {
                self.family(&family.iter().collect::<Vec<_>>());
            }
        }
    }

    /// Checks that all statistics of a dataset have one suppression threshold.
    fn one_bound(&self, statistics: &[&PublicStatistic<'_>]) {
        let guarded = || statistics.iter().filter(|statistic| statistic.guarded);
        let Some(strictest) = guarded().max_by_key(|statistic| statistic.bound) else { return };
        let Some(below) = strictest.bound else { return };
        let mut named = BTreeSet::new();
        for statistic in guarded() {
            let Some(bound) = statistic.bound.filter(|bound| *bound < below) else { continue };
            let at = statistic.set_at.at("suppression_threshold");
            if named.insert((at.file_name().to_owned(), statistic.layer().to_owned())) {
                let problem = format!(
                    "{} tells numbers of {} from {bound} on, and {} keeps back those below {below}",
                    statistic.name, statistic.dataset.id, strictest.name
                );
                let remedy = format!(
                    "write suppression_threshold = {below}, or for all layers in the dataset: privacy = \
                     [{{ rule = \"suppress\", threshold = {below} }}]"
                );
                self.add(&at, problem, remedy);
            }
        }
    }

    /// Checks the statistics of one quantity.
    fn family(&self, statistics: &[&PublicStatistic<'_>]) {
        let Some(atoms) = FilterAtoms::new(statistics) else {
            if let Some(last) = statistics.last() {
                let problem = format!(
                    "the published measures of {} have too many different conditions to compare",
                    last.dataset.id
                );
                self.add(&last.at(), problem, "publish fewer of them, or make the layer staff");
            }
            return;
        };
        // The later statistic of a pair has the fault; one fault each is enough.
        let alone: Vec<bool> = statistics.iter().map(|statistic| self.alone(statistic)).collect();
        let mut faulty = alone.clone();
        for later in 1..statistics.len() {
            faulty[later] |= !faulty[later]
                && (0..later).any(|earlier| {
                    let both =
                        statistics[earlier].guarded && statistics[later].guarded && !alone[earlier];
                    both && !atoms.are_disjoint(earlier, later)
                        && self.pair(
                            statistics[earlier],
                            statistics[later],
                            atoms.are_equal(earlier, later),
                        )
                });
        }
        self.dependent_rows(statistics, &faulty);
    }

    /// Adds a fault if two statistics with rows in common disclose each other; returns
    /// whether they do.
    fn pair(
        &self,
        one: &PublicStatistic<'_>,
        other: &PublicStatistic<'_>,
        same_rows: bool,
    ) -> bool {
        let id = &other.dataset.id;
        if one.time != other.time {
            let key = match other.time {
                TimeSpan::LastMonths(..) => other.measure_at.at("last_months"),
                _ => other.set_at.at("period"),
            };
            let problem = format!(
                "{} tells {id} by {}, and {} by {}: a number that one keeps back follows from \
                 the other",
                other.name,
                other.time.text(),
                one.name,
                one.time.text()
            );
            let remedy = "give both the same period, or make one of the layers staff";
            self.add(&key, problem, remedy);
            return true;
        }
        if !self.carried_together(one, other) {
            let problem = format!(
                "{id} is published by {} here and by {} in {}: areas that overlap disclose what \
                 is in one and not in the other",
                other.carrier.0, one.carrier.0, one.name
            );
            let remedy = format!(
                "write carrier = \"{}\" too, or make one of the layers staff",
                one.carrier.0
            );
            self.add(&other.over_at, problem, remedy);
            return true;
        }
        if self.other_ends(one, other) {
            return true;
        }
        if !same_rows && (one.amounts || other.amounts) {
            let problem = format!(
                "it has some of the rows of {}, and the difference tells the amounts of the others",
                one.name
            );
            let remedy = "tell of rows that exclude each other, or make one of the layers staff";
            self.add(&other.at(), problem, remedy);
            return true;
        }
        false
    }

    /// Adds a fault if a statistic discloses the intersection of two others: the sum of the
    /// two less the third.
    fn published_overlaps(&self, statistics: &[&PublicStatistic<'_>], atoms: &FilterAtoms) {
        let guarded = |at: usize| statistics[at].guarded;
        let found = (0..statistics.len()).find_map(|by| {
            let [a, b] = atoms.overlap_published_by(by)?;
            (guarded(by) || guarded(a) || guarded(b)).then_some([a, b, by])
        });
        let Some(mut three) = found else { return };
        three.sort_unstable();
        let [first, second, last] = three.map(|at| statistics[at]);
        let problem = format!(
            "from {}, {} and it follow rows that two of them have in common",
            first.name, second.name
        );
        let remedy =
            "leave one of these out, take rows that exclude each other, or make a layer staff";
        self.add(&last.at(), problem, remedy);
    }

    /// Adds a fault for each statistic whose rows are a sum or difference of those of others.
    fn dependent_rows(&self, statistics: &[&PublicStatistic<'_>], faulty: &[bool]) {
        let mut times: Vec<TimeSpan> = Vec::new();
        for time in statistics.iter().map(|statistic| statistic.time) {
            if !times.contains(&time) {
                times.push(time);
            }
        }
        for time in times {
            // The same rows in two layers are one statistic.
            let mut apart: Vec<&PublicStatistic<'_>> = Vec::new();
            for (statistic, _) in statistics.iter().zip(faulty).filter(|(_, faulty)| !**faulty) {
                let known = apart.iter().any(|known| known.filter == statistic.filter);
                if statistic.time == time && !known {
                    apart.push(statistic);
                }
            }
            let Some(atoms) = FilterAtoms::new(&apart) else { continue };
            let dependences = atoms.dependences();
            if dependences.iter().all(Vec::is_empty) {
                self.published_overlaps(&apart, &atoms);
            }
            for (statistic, of) in apart.iter().zip(dependences) {
                let of: Vec<_> = of.into_iter().map(|at| apart[at]).collect();
                let same = of.len() == 1;
                let guarded = statistic.guarded || of.iter().any(|other| other.guarded);
                if of.is_empty() || same || !guarded {
                    continue;
                }
                let names: Vec<_> = of.iter().map(|other| other.name.as_str()).collect();
                let problem = format!(
                    "it follows from {}, and discloses their suppressed values",
                    names.join(", ")
                );
                self.add(&statistic.at(), problem, "leave one of these out, or make a layer staff");
            }
        }
    }
}

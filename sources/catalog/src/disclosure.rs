//! Disclosure limits that a dataset's declaration implies.

use super::{Dataset, DatasetColumn, PrivacyRule, RowAggregation, RowFilter, Sensitivity};
use data_model::DatasetId;
use data_model::feature::GeometryKind;

impl Dataset {
    /// The dataset's own privacy rules and those inherited from its place.
    pub(crate) fn all_rules(&self) -> impl Iterator<Item = &PrivacyRule> {
        self.privacy.iter().chain(&self.place_rules)
    }

    /// Inherits the rules of the dataset whose features the values belong to.
    pub(super) fn inherit_rules(&mut self, place: &Self) {
        let binding = |rule: &&PrivacyRule| match rule {
            PrivacyRule::Hide { column, .. } | PrivacyRule::Band { column, .. } => {
                self.values_column(column).is_none()
            }
            PrivacyRule::Coarsen { .. } | PrivacyRule::AggregateOnly { .. } => true,
            PrivacyRule::Suppress { .. } | PrivacyRule::NoDownload | PrivacyRule::NotTileable => {
                false
            }
        };
        self.place_rules = place.privacy.iter().filter(binding).cloned().collect();
    }

    /// The smallest areas by which rows may be counted by a hidden column; `None` if none
    /// may.
    #[must_use]
    pub fn counted_by(&self, name: &str) -> Option<&DatasetId> {
        self.all_rules().find_map(|rule| match rule {
            PrivacyRule::Hide { column, smallest_areas } if column == name => {
                smallest_areas.as_ref()
            }
            _ => None,
        })
    }

    /// Side in metres of the squares to which public positions are coarsened; `None` if
    /// they are exact.
    #[must_use]
    pub fn coarsened(&self) -> Option<u32> {
        let sides = self.all_rules().filter_map(|rule| match rule {
            PrivacyRule::Coarsen { cell_size_m } => Some(*cell_size_m),
            _ => None,
        });
        sides.max()
    }

    /// Whether the rows are not public, or small counts of them are suppressed.
    #[must_use]
    pub fn is_guarded(&self) -> bool {
        self.sensitivity != Sensitivity::Public || self.suppress_below().is_some()
    }

    /// Whether a measure may disclose protected data.
    ///
    /// The rows are guarded, or a hidden column filters, measures or weights them.
    #[must_use]
    pub fn guards(&self, aggregate: &RowAggregation) -> bool {
        self.is_guarded() || self.hides_any(aggregate)
    }

    /// Whether a hidden column filters, measures or weights the rows of a measure.
    #[must_use]
    pub fn hides_any(&self, aggregate: &RowAggregation) -> bool {
        let RowAggregation { rows, weight, .. } = aggregate;
        let mut names = rows.column.iter().chain(weight).chain(rows.filter.keys());
        names.any(|name| self.hides(name))
    }

    /// The conditions of `filter` on columns that are not hidden, which anyone may check of
    /// each row.
    ///
    /// `None` if no condition is on a hidden column, or the rows are not public.
    #[must_use]
    pub fn known_conditions(&self, filter: &RowFilter) -> Option<RowFilter> {
        let mut known = filter.clone();
        known.retain(|name, _| !self.hides(name));
        let fewer = known.len() < filter.len();
        (fewer && self.sensitivity == Sensitivity::Public).then_some(known)
    }

    /// Whether a number in a row is an amount of one person, firm or thing.
    ///
    /// A row here is a feature, or a row of values of one feature (`of_values`). Values by
    /// area, and areas whose small numbers are suppressed, are statistics: their integers
    /// count things.
    #[must_use]
    pub fn holds_amounts(&self, of_values: bool) -> bool {
        match self.geometry {
            GeometryKind::Point | GeometryKind::Line => self.has_features(),
            _ => !of_values && self.has_features() && self.suppress_below().is_none(),
        }
    }
}

impl DatasetColumn {
    /// Whether the values are amounts of money rather than counts.
    #[must_use]
    pub fn is_money(&self) -> bool {
        const MONEY: [&str; 5] = ["KRW", "won", "원", "USD", "EUR"];
        let amount = self.unit.as_deref().and_then(|unit| {
            unit.split(['/', ' '])
                .find(|word| MONEY.iter().any(|money| word.eq_ignore_ascii_case(money)))
        });
        amount.is_some()
    }
}

impl PrivacyRule {
    /// Centre of the square of a grid that contains a position; both in degrees, the side
    /// in metres.
    #[must_use]
    pub fn coarsen([lon, lat]: [f64; 2], metres: u32) -> [f64; 2] {
        // Metres of a degree of latitude, near enough for the side of a square.
        const METRES_PER_DEGREE: f64 = 111_195.0;
        let height = f64::from(metres.max(1)) / METRES_PER_DEGREE;
        let lat = ((lat / height).floor() + 0.5) * height;
        // At the latitude of the row's middle: all squares of a row have one width.
        let width = height / lat.to_radians().cos().max(0.01);
        [((lon / width).floor() + 0.5) * width, lat]
    }
}

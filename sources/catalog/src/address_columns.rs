//! Columns of a dataset that form a postal address.

use serde::{Deserialize, Serialize};

/// Columns that form the addresses of a dataset's features: a road and a building's
/// numbers, or a lot of a legal dong, or both.
///
/// A role that is not declared is taken by the first column with one of the names under
/// which the Interior Ministry publishes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressColumns {
    /// The road's name, such as 뚝섬로54길.
    #[serde(default)]
    pub road: Option<String>,
    /// The building's main number.
    #[serde(default)]
    pub number: Option<String>,
    /// The building's sub number; 0 or nothing where it has none.
    #[serde(default)]
    pub sub_number: Option<String>,
    /// Whether the entrance is underground: `1`, `Y` or 지하; `2` or 공중 is overhead.
    #[serde(default)]
    pub underground: Option<String>,
    /// The lot's number, or the main number where `sub_lot` has the other.
    #[serde(default)]
    pub lot: Option<String>,
    /// The lot's sub number.
    #[serde(default)]
    pub sub_lot: Option<String>,
    /// Whether the lot is a mountain's: `1`, `2` of a parcel number, `Y` or 산.
    #[serde(default)]
    pub mountain: Option<String>,
    /// The name of the legal dong, eup, myeon or ri.
    #[serde(default)]
    pub dong: Option<String>,
    /// The name or code of the city, county or district.
    #[serde(default)]
    pub district: Option<String>,
    /// The name of the metropolitan city or province.
    #[serde(default)]
    pub province: Option<String>,
}

impl AddressColumns {
    /// Declared roles, each with its column.
    pub fn roles(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let columns = [
            ("road", &self.road),
            ("number", &self.number),
            ("sub_number", &self.sub_number),
            ("underground", &self.underground),
            ("lot", &self.lot),
            ("sub_lot", &self.sub_lot),
            ("mountain", &self.mountain),
            ("dong", &self.dong),
            ("district", &self.district),
            ("province", &self.province),
        ];
        columns.into_iter().filter_map(|(role, column)| Some((role, column.as_deref()?)))
    }

    /// Whether a column has a role.
    #[must_use]
    pub fn uses(&self, column: &str) -> bool {
        self.roles().any(|(_, used)| used == column)
    }

    /// The column of a role, to be filled.
    pub(super) fn role_mut(&mut self, role: &str) -> &mut Option<String> {
        match role {
            "road" => &mut self.road,
            "number" => &mut self.number,
            "sub_number" => &mut self.sub_number,
            "underground" => &mut self.underground,
            "lot" => &mut self.lot,
            "sub_lot" => &mut self.sub_lot,
            "mountain" => &mut self.mountain,
            "dong" => &mut self.dong,
            "district" => &mut self.district,
            _ => &mut self.province,
        }
    }
}

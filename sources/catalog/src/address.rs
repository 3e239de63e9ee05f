//! The columns of a dataset that form a postal address.

use serde::{Deserialize, Serialize};

use super::{Dataset, District};

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

/// Names of the Interior Ministry's road-name and lot addresses, by role.
const NAMES: [(&str, &[&str]); 10] = [
    ("road", &["rn", "rn_nm", "road_nm", "road_name", "rdnm", "도로명"]),
    ("number", &["main_no", "buld_mnnm", "bld_mnnm", "bldg_mnno", "건물본번"]),
    ("sub_number", &["sub_no", "buld_slno", "bld_slno", "bldg_slno", "건물부번"]),
    ("underground", &["buld_se_cd", "undgrnd_yn", "udrt_yn", "udgd_yn", "지하여부"]),
    ("lot", &["lnbr_mnnm", "jibun", "lotno_mno", "지번본번", "지번"]),
    ("sub_lot", &["lnbr_slno", "lotno_sno", "지번부번"]),
    ("mountain", &["mntn_yn", "san_yn", "산여부"]),
    ("dong", &["emd_kor_nm", "emd_nm", "bjd_nm", "법정동명", "법정읍면동명"]),
    ("district", &["sig_kor_nm", "sigungu_nm", "sgg_nm", "시군구명", "sig_cd"]),
    ("province", &["ctp_kor_nm", "ctprvn_nm", "sido_nm", "시도명"]),
];

impl AddressColumns {
    /// The address columns of `dataset`; `None` if they are incomplete.
    ///
    /// Undeclared roles are filled for the dataset that [`District::addresses`] names, for
    /// a dataset that declares any address column, and for one whose search columns all
    /// have a role's name.
    #[must_use]
    pub fn of(dataset: &Dataset, district: &District) -> Option<Self> {
        Self::among(dataset, district, |name| match dataset.columns.is_empty() {
            true => dataset.search.iter().any(|column| column == name),
            false => dataset.column(name).is_some(),
        })
    }

    /// Address columns of `dataset`, chosen among the columns for which `is_there` holds.
    #[must_use]
    pub fn among(
        dataset: &Dataset,
        district: &District,
        is_there: impl Fn(&str) -> bool,
    ) -> Option<Self> {
        let addresses = district.addresses.as_ref() == Some(&dataset.id);
        let by_role = !dataset.search.is_empty()
            && dataset.search.iter().all(|column| default_role(column).is_some());
        if !(addresses || dataset.address.is_some() || by_role) || !dataset.has_features() {
            return None;
        }
        let mut columns = dataset.address.clone().unwrap_or_default();
        for (role, names) in NAMES {
            let column = columns.role_mut(role);
            if column.is_none() {
                let found = names.iter().find(|name| is_there(name));
                *column = found.map(|name| (*name).to_owned());
            }
        }
        let complete = columns.road.is_some() && columns.number.is_some() || columns.lot.is_some();
        complete.then_some(columns)
    }

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

    fn role_mut(&mut self, role: &str) -> &mut Option<String> {
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

/// The role whose names include `column`.
fn default_role(column: &str) -> Option<&'static str> {
    NAMES.iter().find(|(_, names)| names.contains(&column)).map(|&(role, _)| role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DatasetColumn, LocalizedText};
    use data_model::feature::GeometryKind;

    fn dataset(search: &[&str], columns: &[&str]) -> Dataset {
        let (id, field) = ("addr".parse().unwrap(), "base".parse().unwrap());
        let mut dataset = Dataset::new(id, field, LocalizedText::same("주소"), GeometryKind::Point);
        let column = |name: &&str| DatasetColumn {
            name: (*name).to_owned(),
            kind: None,
            title: LocalizedText::same(name),
            unit: None,
            values: Vec::new(),
        };
        dataset.columns = columns.iter().map(column).collect();
        dataset.search = search.iter().map(|name| (*name).to_owned()).collect();
        dataset
    }

    fn roles(dataset: &Dataset, addresses: bool) -> Vec<(&'static str, String)> {
        let district =
            District { addresses: addresses.then(|| dataset.id.clone()), ..District::default() };
        let found = AddressColumns::of(dataset, &district);
        let found = found.iter().flat_map(AddressColumns::roles);
        found.map(|(role, column)| (role, column.to_owned())).collect()
    }

    #[test]
    fn the_ministrys_columns_form_addresses_without_being_declared() {
        let ministry = dataset(&["rn", "bld_nm"], &["rn", "bld_nm", "buld_mnnm", "buld_slno"]);
        let expected = [("road", "rn"), ("number", "buld_mnnm"), ("sub_number", "buld_slno")];
        let expected = expected.map(|(role, column)| (role, column.to_owned()));
        assert_eq!(roles(&ministry, true), expected);
        assert_eq!(roles(&ministry, false), [], "a place with a name of its own");
        let parcels = dataset(&["jibun"], &["pnu", "jibun"]);
        assert_eq!(roles(&parcels, false), [("lot", "jibun".to_owned())]);
    }

    #[test]
    fn a_road_without_numbers_forms_no_address() {
        assert_eq!(roles(&dataset(&["rn"], &["rn", "width"]), true), []);
    }

    #[test]
    fn declared_columns_come_before_those_of_the_ministrys_names() {
        let mut declared = dataset(&["street"], &["street", "rn", "main_no", "house"]);
        declared.address = Some(AddressColumns {
            road: Some("street".to_owned()),
            number: Some("house".to_owned()),
            ..AddressColumns::default()
        });
        let expected = [("road", "street".to_owned()), ("number", "house".to_owned())];
        assert_eq!(roles(&declared, false), expected);
    }
}

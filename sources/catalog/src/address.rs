//! Choice of the columns that form the addresses of a dataset.

use super::{AddressColumns, Dataset, District};

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

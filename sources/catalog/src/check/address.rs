//! Checks of address columns and of the areas that addresses are searched in.

use super::{Among, Checker, Found};
use crate::read::{DeclaredDataset, KeyLocation};
use crate::{AddressColumns, LogicalType};
use data_model::feature::GeometryKind;

impl<'c> Checker<'c> {
    /// Checks the columns that a dataset declares as those of its addresses.
    pub(super) fn address(&self, declared: &'c DeclaredDataset) {
        let Some(address) = &declared.dataset.address else { return };
        let place = declared.place.at("address");
        let before = self.faults.count();
        for (role, column) in address.roles() {
            let place = place.at(role);
            let Found::Column(column) = self.column(&place, declared, Among::Features, column)
            else {
                continue;
            };
            let (sound, remedy) = match role {
                "road" | "dong" | "district" | "province" => {
                    (is_text(column.kind), "name a column of texts")
                }
                "underground" | "mountain" => {
                    let flag = column.kind == Some(LogicalType::Bool);
                    let number = column.kind == Some(LogicalType::Int);
                    (flag || number || is_text(column.kind), "name a column of codes, int or bool")
                }
                _ => {
                    let number = column.kind == Some(LogicalType::Int);
                    (number || is_text(column.kind), "name a column of whole numbers or texts")
                }
            };
            if !sound {
                let problem = format!("{} can't be the {role} of an address", column.name);
                self.add(&place, problem, remedy);
            }
        }
        let whole = AddressColumns::of(&declared.dataset, &self.declared.district).is_some();
        if !whole && !declared.torn && self.faults.count() == before {
            let problem = format!("{} has no road with a number, and no lot", declared.dataset.id);
            let remedy = "write address = { road = \"…\", number = \"…\" } or { lot = \"…\" }";
            self.add(&place, problem, remedy);
        }
    }

    /// Whether a column is part of the dataset's addresses.
    pub(super) fn is_of_address(&self, declared: &DeclaredDataset, column: &str) -> bool {
        AddressColumns::of(&declared.dataset, &self.declared.district)
            .is_some_and(|address| address.uses(column))
    }

    /// Checks the areas that places are searched in.
    pub(super) fn search_areas(&self) {
        let place = KeyLocation::file("district.toml").at("search_areas");
        let areas = &self.declared.district.search_areas;
        self.no_repeats(&place, areas.iter().map(data_model::DatasetId::as_str));
        for (i, id) in areas.iter().enumerate() {
            let place = place.item(i);
            let Some(declared) = self.find(&place, id) else { continue };
            let dataset = &declared.dataset;
            let polygons = matches!(dataset.geometry, GeometryKind::Polygon | GeometryKind::Mixed);
            if !dataset.has_features() || !polygons || dataset.search.is_empty() {
                let problem = format!("{id} has no areas with names");
                self.add(&place, problem, "name polygons whose dataset declares search = [\"…\"]");
            }
        }
    }
}

fn is_text(kind: Option<LogicalType>) -> bool {
    matches!(kind, None | Some(LogicalType::Text | LogicalType::Code | LogicalType::Enum))
}

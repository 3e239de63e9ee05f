//! Plans for layers that combine several datasets.

use std::collections::BTreeMap;

use super::declared_columns::{declared_form, union_column};
use super::layer_plan::RequiredData;
use super::load_request::{LoadRequest, UnionColumn, UnionMember};
use super::planning_state::{PlanningState, measures_only};
use super::published_view::PublishedView;
use crate::inventory::no_data::NoData;
use catalog::UnionPart;
use data_model::feature::ColumnType;
use measures::ResultAudience;
use vector_tile::features::{ColumnForm, TableOptions};

impl PlanningState<'_> {
    /// Data of a layer that combines datasets.
    pub(crate) fn union(
        &self,
        parts: &[UnionPart],
        audience: ResultAudience,
    ) -> Result<RequiredData, NoData> {
        let members = parts.iter().map(|part| self.union_member(part, audience));
        // A union without one of its members would be silently incomplete.
        let members = all_or_fault(members)?;
        let options = TableOptions { declared: self.union_forms(parts), ..TableOptions::default() };
        Ok(RequiredData::Features(LoadRequest::union(members, options)))
    }

    fn union_member(
        &self,
        part: &UnionPart,
        audience: ResultAudience,
    ) -> Result<UnionMember, NoData> {
        let dataset = self.dataset(&part.dataset)?;
        if let Some(fault) = measures_only(dataset) {
            return Err(fault);
        }
        let is_public = audience == ResultAudience::Public;
        let mut view = PublishedView::filtered(&part.filter, &self.catalog.district.time_zone);
        let mut columns: Vec<_> = part.columns.iter().collect();
        if is_public {
            view = view.public(dataset);
            columns.retain(|(_, stored)| !dataset.hides(stored));
        }
        let column = |(name, stored): &(String, String)| {
            let mut published = union_column(dataset, name, stored);
            if is_public && dataset.bands(stored) {
                published.kind = ColumnType::Text;
            }
            UnionColumn { published, stored: stored.clone() }
        };
        let columns = columns.into_iter().map(column).collect();
        let request = self.request(dataset, TableOptions::default())?.with_view(view);
        Ok(UnionMember { dataset: dataset.id.clone(), request, columns })
    }

    /// Declared column forms of a union; text if any part declares the column as text.
    fn union_forms(&self, parts: &[UnionPart]) -> BTreeMap<String, ColumnForm> {
        let mut forms = BTreeMap::new();
        for part in parts {
            let dataset = self.catalog.dataset(part.dataset.as_str());
            for (name, stored) in &part.columns {
                let column = dataset.and_then(|dataset| dataset.column(stored));
                if let Some(form) = column.and_then(declared_form) {
                    let known = forms.entry(name.clone()).or_insert(form);
                    *known = form.max(*known);
                }
            }
        }
        forms
    }
}

/// Collects all parts, or returns the fault that decides for the whole.
fn all_or_fault<T>(parts: impl Iterator<Item = Result<T, NoData>>) -> Result<Vec<T>, NoData> {
    let (mut complete, mut faults) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Ok(part) => complete.push(part),
            Err(fault) => faults.push(fault),
        }
    }
    faults.into_iter().reduce(NoData::or_missing).map_or(Ok(complete), Err)
}

//! Memory budget of the database's tables.

use std::collections::{BTreeMap, BTreeSet};

use super::layer_plan::{LayerPlan, RequiredData};
use super::load_request::TableKey;
use crate::tables::table_states::TableStates;

/// Turns the layers whose tables don't fit into `limit` bytes, counted in ascending order of
/// size, into live tables.
///
/// The tables in memory get the remainder as room to grow. Files always stay in memory.
pub(crate) fn fit_into_memory(plans: &mut [LayerPlan], tables: &TableStates, limit: u64) {
    let requests = plans.iter().filter_map(LayerPlan::table_request);
    let requests = requests.filter(|request| request.can_be_live());
    let sizes = requests.map(|request| (tables.cost(request), request.key()));
    // By key as well: two layers may share a table.
    let ascending: BTreeSet<(u64, TableKey)> = sizes.collect();
    let mut used = 0u64;
    let mut costs = BTreeMap::new();
    for (cost, key) in ascending {
        if used.saturating_add(cost) > limit {
            break;
        }
        used += cost;
        costs.insert(key, cost);
    }
    for plan in plans {
        let RequiredData::Features(request) = &mut plan.data else { continue };
        if !request.can_be_live() {
            continue;
        }
        match costs.get(&request.key()) {
            Some(cost) => request.memory_limit = limit - used + cost,
            None => plan.data = RequiredData::Rows(request.clone()),
        }
    }
}

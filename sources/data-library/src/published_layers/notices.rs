//! Notices of a snapshot for operators.

use std::collections::{BTreeMap, BTreeSet};

use super::published_layer::{AreaMeasures, PublishedLayer};
use crate::load_plan::layer_plan::LayerPlan;
use crate::measure_results::measure_cache::MeasureResults;
use crate::snapshot::Snapshot;
use data_model::Audience;
use measures::{LeftOut, LeftOutReason};
use postgis_store::{DatabaseInventory, DatabaseState};
use resilience::LogOnce;

/// Most layers that a log line names.
const WARNED_LAYERS: usize = 8;

/// Warns of layers that have become public without a declaration.
///
/// The listener may be reachable for more people than its operator expects.
pub(crate) fn warn_of_undeclared(snapshot: &Snapshot, before: &Snapshot) {
    let undeclared = snapshot.layers(Audience::Public).filter(|layer| layer.theme.is_none());
    let new =
        undeclared.filter(|layer| before.layer(layer.id.as_str(), Audience::Public).is_none());
    // One line for a file, which may be an archive of a thousand layers.
    let mut datasets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for layer in new {
        datasets.entry(layer.dataset.as_str()).or_default().push(layer.id.as_str());
    }
    for (dataset, layers) in datasets {
        let named = &layers[..layers.len().min(WARNED_LAYERS)];
        tracing::warn!(
            layer = named.join(", "),
            more = layers.len() - named.len(),
            dataset,
            "data that no catalog mentions is public, with all its columns"
        );
    }
}

/// Warns of layers that are absent for missing data: one line for each reason, when it is
/// new.
pub(crate) fn warn_of_absent(snapshot: &Snapshot, log_once: &LogOnce) {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (layer, reason) in snapshot.absent() {
        by_reason.entry(reason).or_default().push(layer.as_str());
    }
    for (reason, layers) in by_reason {
        let named = layers[..layers.len().min(WARNED_LAYERS)].join(", ");
        if log_once.first_time(format!("{reason}: {named} absent")) {
            let more = layers.len().saturating_sub(WARNED_LAYERS);
            tracing::warn!(
                layer = named,
                more,
                reason,
                "declared data is not there: its layers are absent until it is"
            );
        }
    }
}

/// Notice of a lost database: loaded tables stay available, live ones do not.
pub(crate) fn database_fault(poll: &DatabaseInventory, plans: &[LayerPlan]) -> Option<String> {
    let DatabaseState::Lost { reason } = &poll.state else { return None };
    let live: Vec<String> = plans
        .iter()
        .filter(|plan| plan.live_request().is_some())
        .filter_map(LayerPlan::table)
        .map(|table| table.full_name())
        .collect();
    let missing = if live.is_empty() {
        String::new()
    } else {
        format!("; these tables are asked for each tile and not served: {}", live.join(", "))
    };
    Some(format!("the database can't be used: {reason}{missing}"))
}

/// Notices of rows that no measure counts, and of datasets that measures by area lack.
///
/// Each is logged once.
pub(crate) fn notes_of(
    measures: &MeasureResults,
    layers: &[PublishedLayer],
    log_once: &LogOnce,
) -> Vec<String> {
    let note = |left_out: &LeftOut| {
        let note = left_out.to_string();
        if log_once.first_time(note.clone()) {
            match left_out.reason {
                // Expected: rows outside all areas, such as rivers, and rows without a time.
                LeftOutReason::Outside(_) | LeftOutReason::NoTime => tracing::info!("{note}"),
                LeftOutReason::UnreadableTime | LeftOutReason::Key(_) => tracing::warn!("{note}"),
            }
        }
        note
    };
    let mut notes: Vec<String> = measures.left_out().into_iter().map(note).collect();
    let absent: BTreeSet<_> = layers
        .iter()
        .filter_map(|layer| match &layer.area_measures {
            AreaMeasures::Absent { dataset } => Some(dataset),
            _ => None,
        })
        .collect();
    notes.extend(absent.into_iter().map(|dataset| {
        format!(
            "/stats of layers that need dataset {dataset} is a 404, because {dataset} is absent; \
             put {dataset}.fgb into the data directory, or load its table"
        )
    }));
    notes
}

//! Notices of a snapshot for operators.

use std::collections::{BTreeMap, BTreeSet};

use super::derivations::Derivations;
use super::plan::Plan;
use super::said::Said;
use super::{PublishedLayer, Snapshot};
use data_model::Audience;
use measures::{LeftOut, LeftOutReason};
use postgis_store::{DatabaseLook, DatabaseState};

/// Most layers of one thing that a line of the log names.
const WARNED_LAYERS: usize = 8;

/// Says what has just become public without a declaration: the
/// listener may be reached by more people than its operator thinks.
pub(super) fn warn_of_undeclared(snapshot: &Snapshot, before: &Snapshot) {
    let undeclared = snapshot.layers(Audience::Public).filter(|layer| layer.theme.is_none());
    let new =
        undeclared.filter(|layer| before.layer(layer.id.as_str(), Audience::Public).is_none());
    // One line for a file, which may be an archive of a thousand layers.
    let mut datasets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for layer in new {
        datasets.entry(layer.dataset.as_str()).or_default().push(layer.id.as_str());
    }
    for (dataset, layers) in datasets {
        let shown = &layers[..layers.len().min(WARNED_LAYERS)];
        tracing::warn!(
            layer = shown.join(", "),
            more = layers.len() - shown.len(),
            dataset,
            "data that no catalog mentions is public, with all its columns"
        );
    }
}

/// Says which layers are left out for want of data: one line for each thing that is
/// missing, when it is first missed.
pub(super) fn warn_of_absent(snapshot: &Snapshot, said: &Said) {
    let mut missed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (layer, reason) in snapshot.absent() {
        missed.entry(reason).or_default().push(layer.as_str());
    }
    for (reason, layers) in missed {
        let shown = layers[..layers.len().min(WARNED_LAYERS)].join(", ");
        if said.is_news(format!("{reason}: {shown} absent")) {
            let more = layers.len().saturating_sub(WARNED_LAYERS);
            tracing::warn!(
                layer = shown,
                more,
                reason,
                "declared data is not there: its layers are absent until it is"
            );
        }
    }
}

/// The notice of a database that is away: loaded tables are
/// served on, and what is not.
pub(super) fn database_fault(look: &DatabaseLook, plans: &[Plan]) -> Option<String> {
    let DatabaseState::Lost { reason } = &look.state else { return None };
    let live: Vec<String> = plans
        .iter()
        .filter(|plan| plan.live().is_some())
        .filter_map(Plan::table)
        .map(|table| table.full_name())
        .collect();
    let missing = if live.is_empty() {
        String::new()
    } else {
        format!("; these tables are asked for each tile and not served: {}", live.join(", "))
    };
    Some(format!("the database can't be used: {reason}{missing}"))
}

/// Rows that no figure counts, and datasets that figures by area lack, for the operator.
/// The log has each once.
pub(super) fn notes_of(
    derivations: &Derivations,
    layers: &[PublishedLayer],
    said: &Said,
) -> Vec<String> {
    let told = |left_out: &LeftOut| {
        let note = left_out.to_string();
        if said.is_news(note.clone()) {
            match left_out.reason {
                // Rivers and neighbours lie in no area either, and not all is over.
                LeftOutReason::Outside(_) | LeftOutReason::NoTime => tracing::info!("{note}"),
                LeftOutReason::UnreadableTime | LeftOutReason::Key(_) => tracing::warn!("{note}"),
            }
        }
        note
    };
    let mut notes: Vec<String> = derivations.left_out().into_iter().map(told).collect();
    let absent: BTreeSet<_> =
        layers.iter().filter_map(|layer| layer.area_data_absent.as_ref()).collect();
    notes.extend(absent.into_iter().map(|dataset| {
        format!(
            "/stats of layers that need dataset {dataset} is a 404, because {dataset} is absent; \
             put {dataset}.fgb into the data directory, or load its table"
        )
    }));
    notes
}

//! `/healthz`, `/readyz`, `/metrics`: for the operator and the orchestrator.

use std::num::NonZeroUsize;

use data_library::Snapshot;
use data_model::{Audience, LayerId};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::audience::ListenerKind;
use crate::http::cors;
use crate::http::reply::HttpReply;
use crate::server_state::ServerState;

/// Keeps an operator's answer from pages of other origins, whoever opened them.
fn of_operator(mut reply: HttpReply) -> HttpReply {
    cors::keep_to_own_origin(&mut reply);
    reply
}

fn uncached(mut reply: HttpReply) -> HttpReply {
    reply.set(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}

/// Liveness: `200` while the process answers, whatever the state of the data.
#[must_use]
pub fn health() -> HttpReply {
    uncached(HttpReply::ok("application/json", &b"{\"status\":\"alive\"}"[..]))
}

#[derive(Serialize)]
struct Readiness<'a> {
    status: &'static str,
    layers: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    unavailable: Option<Vec<Missing<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<Vec<Missing<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    faults: Option<&'a [String]>,
    /// Number of tables and results of measures that are loaded and computed for the first
    /// time.
    #[serde(skip_serializing_if = "Option::is_none")]
    awaited: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a [String]>,
}

#[derive(Serialize)]
struct Counts {
    ready: usize,
    unavailable: usize,
    /// Number of absent layers; omitted for 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<NonZeroUsize>,
}

#[derive(Serialize)]
struct Missing<'a> {
    id: &'a str,
    reason: &'a str,
}

/// Readiness: `200` while requests can be answered; `503` while draining, while tables are
/// loaded and measures computed for the first time (`starting`), and where not one of the
/// declared layers can be served, or none is known because the database was never reached.
/// Some layers missing is `degraded` and `200`, from the start on: an orchestrator that took
/// the server away for one bad file would turn one missing map into none at all.
///
/// Absent layers are no fault of this run: they are left out, counted by themselves, and leave
/// the server `degraded`.
///
/// The status is `degraded` too while an older state of a file is served because the newer one
/// could not be read. The admin listener lists the missing layers with reasons, and these
/// faults; the others give counts of what their audience may see.
#[must_use]
pub fn ready(state: &ServerState, listener: ListenerKind) -> HttpReply {
    let (audience, operator) = (listener.audience(), listener == ListenerKind::Admin);
    let published = state.published();
    let snapshot = &published.snapshot;
    let states: Vec<(&LayerId, Option<&str>)> = if operator {
        snapshot.states().collect()
    } else {
        let layers = snapshot.layers(audience).filter(|layer| !layer.is_absent());
        layers.map(|layer| (&layer.id, layer.source().is_none().then_some(""))).collect()
    };
    let missing: Vec<_> = states
        .iter()
        .filter_map(|(id, reason)| Some(Missing { id: id.as_str(), reason: (*reason)? }))
        .collect();
    let absent: Vec<_> =
        snapshot.absent().map(|(id, reason)| Missing { id: id.as_str(), reason }).collect();
    let counts = Counts {
        ready: states.len() - missing.len(),
        unavailable: missing.len(),
        absent: NonZeroUsize::new(match operator {
            true => absent.len(),
            false => visibly_absent(snapshot, audience),
        }),
    };
    let all_answer = counts.unavailable == 0 && counts.absent.is_none();
    let undiscovered = snapshot.undiscovered();
    let faults = published.faults.as_slice();
    let is_starting = state.is_starting();
    let (status, word) = if state.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else if is_starting {
        (StatusCode::SERVICE_UNAVAILABLE, "starting")
    } else if undiscovered.is_some() && counts.ready == 0 {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    } else if all_answer && undiscovered.is_none() && faults.is_empty() {
        (StatusCode::OK, "ready")
    } else if counts.ready > 0 || all_answer {
        (StatusCode::OK, "degraded")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    };
    let (unavailable, faults) = (operator.then_some(missing), operator.then_some(faults));
    let absent = operator.then_some(absent).filter(|absent| !absent.is_empty());
    let awaited = is_starting.then(|| snapshot.awaited());
    let notes = Some(snapshot.notes()).filter(|notes| operator && !notes.is_empty());
    let body =
        Readiness { status: word, layers: counts, unavailable, absent, faults, awaited, notes };
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let mut reply = HttpReply::ok("application/json", body);
    reply.status = status;
    let reply = if operator { of_operator(reply) } else { reply };
    uncached(reply)
}

/// Number of absent layers that an audience may see.
fn visibly_absent(snapshot: &Snapshot, audience: Audience) -> usize {
    snapshot.layers(audience).filter(|layer| layer.is_absent()).count()
}

/// Counters and gauges in the OpenMetrics text format, which Prometheus reads.
#[must_use]
pub fn metrics(state: &ServerState) -> HttpReply {
    state.metrics.set_cached(&state.fragments, &state.composites);
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    uncached(of_operator(HttpReply::ok(media_type, state.metrics.text())))
}

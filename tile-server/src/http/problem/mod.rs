//! Failures, and the one table that turns each into an answer.

mod kind;

use http::HeaderValue;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, RETRY_AFTER};
use serde::Serialize;
use tile_source::SourceError;

pub use kind::{LogLevel, ProblemKind, ProblemRow};

use crate::audience::ListenerKind;
use crate::http::query::QueryError;
use crate::http::reply::HttpReply;
use crate::http::route::{MAX_NAMES, MAX_PATH_BYTES, RouteError};

/// One failure: its kind and a detail with advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Kind of the failure.
    pub kind: ProblemKind,
    /// Text for the caller: the failure and the remedy. Names no file, address or layer that
    /// the caller may not see.
    pub detail: String,
    /// Text for the log only.
    pub cause: Option<String>,
    /// Length in bytes of the file, for a range outside of it.
    pub complete_length: Option<u64>,
}

impl Problem {
    /// A failure whose detail may be shown to anyone.
    #[must_use]
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), cause: None, complete_length: None }
    }

    /// Adds a cause for the log only.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// A layer or theme that does not exist for the caller. Answers about hidden and unknown
    /// ones are identical to the byte.
    #[must_use]
    pub fn unknown_layer(name: &str) -> Self {
        Self::new(
            ProblemKind::UnknownLayer,
            format!("There is no layer or theme {name:?}; /catalog.json lists those that exist."),
        )
    }

    /// The base map of a catalog that declares none.
    #[must_use]
    pub fn no_base_map() -> Self {
        let detail = "This catalog declares no base map; draw the maps without it. Its operator can \
                      declare one in base.toml.";
        Self::new(ProblemKind::UnknownLayer, detail.to_owned())
    }

    /// A layer whose declared data was not found, or a theme of such layers.
    #[must_use]
    pub fn absent_layer(name: &str) -> Self {
        Self::new(
            ProblemKind::LayerAbsent,
            format!(
                "The data of {name} is not on this server yet, so it has no tiles; ask without it. \
                 /catalog.json says which layers are absent, and themes leave them out."
            ),
        )
    }

    /// The answer: `application/problem+json` (RFC 9457).
    #[must_use]
    pub fn reply(&self, request_id: &str, listener: ListenerKind) -> HttpReply {
        let row = self.kind.row();
        let body = Body {
            kind: format!("tag:tile-server,2026:problem/{}", row.slug),
            title: row.title,
            status: row.status.as_u16(),
            detail: &self.detail,
            request_id,
        };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut reply = HttpReply::new(row.status, body.into());
        reply.set(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        reply.set(CACHE_CONTROL, HeaderValue::from_static(row.caching.cache_control(listener)));
        if let Some(seconds) = row.retry_after {
            reply.set(RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        // RFC 9110, section 15.5.17.
        let range = self.complete_length.map(|length| format!("bytes */{length}"));
        if let Some(Ok(range)) = range.map(HeaderValue::try_from) {
            reply.set(CONTENT_RANGE, range);
        }
        if self.kind == ProblemKind::MethodNotAllowed {
            reply.set(ALLOW, HeaderValue::from_static(crate::http::cors::METHODS));
        }
        reply
    }
}

/// Members of RFC 9457, section 3.1, and the request's id in the log.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    request_id: &'a str,
}

impl From<RouteError> for Problem {
    fn from(error: RouteError) -> Self {
        let (kind, detail) = match error {
            RouteError::TooLong => (
                ProblemKind::PathTooLong,
                format!("The path is longer than {MAX_PATH_BYTES} bytes; name fewer layers, or their theme."),
            ),
            RouteError::Encoding => (
                ProblemKind::Malformed,
                "The path is not percent-encoded UTF-8; encode each byte as %XX.".to_owned(),
            ),
            RouteError::Name => (
                ProblemKind::Malformed,
                "A name in the layer list can't be an id: ids are 1 to 64 of a-z, 0-9, '_' and '-', \
                 separated by single commas."
                    .to_owned(),
            ),
            RouteError::TooManyNames => (
                ProblemKind::Malformed,
                format!("The layer list has more than {MAX_NAMES} names; name a theme instead."),
            ),
            RouteError::Number => (
                ProblemKind::Malformed,
                "Zoom, column and row are decimal numbers without sign or leading zeros: \
                 /tiles/{layers}/{z}/{x}/{y}."
                    .to_owned(),
            ),
            RouteError::OutsideGrid => (ProblemKind::NoSuchTile, format!("{}.", data_model::tile::OutsideGrid)),
            RouteError::Format => (
                ProblemKind::FormatNotOffered,
                "Tiles are Mapbox Vector Tiles: ask for .mvt, .pbf or no extension.".to_owned(),
            ),
            RouteError::GlyphRange => (
                ProblemKind::Malformed,
                "A glyph range is 256 code points: 0-255, 256-511 and so on to 65280-65535.".to_owned(),
            ),
            RouteError::Shape => (
                ProblemKind::NotFound,
                "Tiles are at /tiles/{layers}/{z}/{x}/{y}, their TileJSON at /tiles/{layers}.json, \
                 styles at /styles/{layers}.json, sprites at /sprites/{name}.json and .png, measures \
                 by area at /stats/{layer}, archives at /archives/{name}.pmtiles."
                    .to_owned(),
            ),
        };
        Self::new(kind, detail)
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        Self::new(
            ProblemKind::Malformed,
            format!("The query parameter {} {}.", error.name, error.problem),
        )
    }
}

impl From<SourceError> for Problem {
    fn from(error: SourceError) -> Self {
        let cause = error.to_string();
        let (kind, detail) = match error {
            SourceError::Unavailable { layer, .. } => {
                return Self::unavailable(layer.as_str(), &cause);
            }
            SourceError::Overloaded => (
                ProblemKind::Overloaded,
                "Too many tiles are being made at once; try again in a second.".to_owned(),
            ),
            SourceError::DeadlineExceeded { layer } => {
                return Self::deadline_exceeded(Some(layer.as_str()));
            }
            SourceError::UnsupportedSelection { layer, part } => (
                ProblemKind::UnsupportedSelection,
                format!("Layer {layer} can't be selected by {part}=; leave it out."),
            ),
            SourceError::NoSuchTime { layer, format, available, .. } => {
                return Self::no_such_time(layer.as_str(), &format, &available).with_cause(cause);
            }
            SourceError::TooLarge { layer, .. } => (
                ProblemKind::TileTooLarge,
                format!(
                    "Layer {layer} has more in this tile than one may hold; ask for a deeper zoom, \
                     or ask without it. Its operator can declare a min_zoom."
                ),
            ),
            SourceError::Internal { layer, .. } => (
                ProblemKind::Internal,
                format!("Layer {layer} could not be made into a tile; the log says why."),
            ),
        };
        Self::new(kind, detail).with_cause(cause)
    }
}

impl Problem {
    /// A visible layer whose data can't be read now.
    #[must_use]
    pub fn unavailable(layer: &str, cause: &str) -> Self {
        Self::new(
            ProblemKind::LayerUnavailable,
            format!(
                "The data of layer {layer} can't be read now; try again later, or ask without it."
            ),
        )
        .with_cause(cause)
    }

    /// A time without data in a layer. `format` describes the layer's time labels,
    /// `available` their range.
    #[must_use]
    pub fn no_such_time(layer: &str, format: &str, available: &str) -> Self {
        let detail = format!(
            "Layer {layer} has nothing of this time: ask for {format}. It has {available}; its TileJSON \
             lists them."
        );
        Self::new(ProblemKind::UnsupportedSelection, detail)
    }

    /// An unknown layer, while a store that may hold it was not yet reached.
    #[must_use]
    pub fn undiscovered_layer(name: &str, cause: &str) -> Self {
        Self::new(
            ProblemKind::LayerUnavailable,
            format!(
                "Not all layers are known yet, and {name} is not among those that are; try again \
                 later."
            ),
        )
        .with_cause(cause)
    }

    /// Work that took longer than allowed.
    #[must_use]
    pub fn deadline_exceeded(layer: Option<&str>) -> Self {
        let detail = match layer {
            Some(layer) => format!(
                "Layer {layer} took longer than allowed; try again, or ask for fewer layers."
            ),
            None => "The answer took longer than allowed; try again, or ask for fewer layers."
                .to_owned(),
        };
        Self::new(ProblemKind::DeadlineExceeded, detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_model::LayerId;
    use rstest::rstest;

    const MINUTE: [&str; 3] = ["public, max-age=60", "private, max-age=60", "no-store"];
    const NEVER: [&str; 3] = ["no-store"; 3];

    /// Kind, status, `Cache-Control` on the public, staff and admin listeners, `Retry-After`,
    /// and log level.
    type Expected = (ProblemKind, u16, [&'static str; 3], Option<&'static str>, LogLevel);

    const TABLE: [Expected; ProblemKind::ALL.len()] = [
        (ProblemKind::Malformed, 400, MINUTE, None, LogLevel::Info),
        (ProblemKind::BadHost, 400, NEVER, None, LogLevel::Info),
        (ProblemKind::Misdirected, 421, NEVER, None, LogLevel::Warn),
        (ProblemKind::UnsupportedSelection, 400, MINUTE, None, LogLevel::Info),
        (ProblemKind::PathTooLong, 414, MINUTE, None, LogLevel::Info),
        (ProblemKind::BodyRefused, 413, NEVER, None, LogLevel::Info),
        (ProblemKind::NotFound, 404, MINUTE, None, LogLevel::Info),
        (ProblemKind::UnknownLayer, 404, NEVER, None, LogLevel::Info),
        (ProblemKind::LayerAbsent, 404, NEVER, None, LogLevel::Info),
        (ProblemKind::NoSuchTile, 404, MINUTE, None, LogLevel::Info),
        (ProblemKind::FormatNotOffered, 404, MINUTE, None, LogLevel::Info),
        (ProblemKind::NameClash, 400, MINUTE, None, LogLevel::Info),
        (ProblemKind::RangeNotSatisfiable, 416, NEVER, None, LogLevel::Info),
        (ProblemKind::ArchiveUnavailable, 503, NEVER, Some("10"), LogLevel::Warn),
        (ProblemKind::MethodNotAllowed, 405, NEVER, None, LogLevel::Info),
        (ProblemKind::NotAcceptable, 406, NEVER, None, LogLevel::Info),
        (ProblemKind::LayerUnavailable, 503, NEVER, Some("2"), LogLevel::Warn),
        (ProblemKind::Overloaded, 503, NEVER, Some("1"), LogLevel::Warn),
        (ProblemKind::DeadlineExceeded, 504, NEVER, None, LogLevel::Warn),
        (ProblemKind::TileTooLarge, 500, NEVER, None, LogLevel::Warn),
        (ProblemKind::Internal, 500, NEVER, None, LogLevel::Error),
    ];

    #[test]
    fn rows() {
        assert_eq!(TABLE.map(|row| row.0), ProblemKind::ALL);
        for (kind, status, cache_control, retry_after, log) in TABLE {
            let row = kind.row();
            assert_eq!((row.status.as_u16(), row.log), (status, log), "{kind:?}");
            let problem = Problem::new(kind, "Do this.").with_cause("secret");
            let listeners = [ListenerKind::Public, ListenerKind::Staff, ListenerKind::Admin];
            for (listener, cache_control) in listeners.into_iter().zip(cache_control) {
                let reply = problem.reply("r1", listener);
                assert_eq!(reply.status.as_u16(), status);
                assert_eq!(reply.header("content-type"), Some("application/problem+json"));
                let found = reply.header("cache-control");
                assert_eq!(found, Some(cache_control), "{kind:?} {listener:?}");
                assert_eq!(reply.header("retry-after"), retry_after);
                assert_eq!(reply.header("allow").is_some(), status == 405);
                let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
                assert_eq!(body["status"], status);
                assert_eq!(body["detail"], "Do this.");
                assert_eq!(body["title"], row.title);
                assert!(body["type"].as_str().unwrap().ends_with(row.slug));
                assert!(!String::from_utf8_lossy(&reply.body).contains("secret"));
            }
        }
    }

    #[test]
    fn every_kind_has_a_type_of_its_own() {
        let slugs: std::collections::BTreeSet<_> =
            ProblemKind::ALL.iter().map(|kind| kind.row().slug).collect();
        assert_eq!(slugs.len(), ProblemKind::ALL.len());
    }

    #[rstest]
    #[case(RouteError::TooLong, 414)]
    #[case(RouteError::Encoding, 400)]
    #[case(RouteError::Name, 400)]
    #[case(RouteError::TooManyNames, 400)]
    #[case(RouteError::Number, 400)]
    #[case(RouteError::OutsideGrid, 404)]
    #[case(RouteError::Format, 404)]
    #[case(RouteError::GlyphRange, 400)]
    #[case(RouteError::Shape, 404)]
    fn route_errors(#[case] error: RouteError, #[case] status: u16) {
        assert_eq!(Problem::from(error).kind.row().status.as_u16(), status);
    }

    #[test]
    fn source_errors_keep_their_reason_from_the_caller() {
        let layer = || LayerId::new("roads").unwrap();
        let reason = || "roads.fgb: byte 17".to_owned();
        let cases = [
            (SourceError::Unavailable { layer: layer(), reason: reason() }, 503),
            (SourceError::Overloaded, 503),
            (SourceError::DeadlineExceeded { layer: layer() }, 504),
            (SourceError::UnsupportedSelection { layer: layer(), part: "time" }, 400),
            (
                SourceError::NoSuchTime {
                    layer: layer(),
                    requested: reason(),
                    format: "".into(),
                    available: "".into(),
                },
                400,
            ),
            (SourceError::TooLarge { layer: layer(), reason: reason() }, 500),
            (SourceError::Internal { layer: layer(), reason: reason() }, 500),
        ];
        for (error, status) in cases {
            let problem = Problem::from(error);
            assert_eq!(problem.kind.row().status.as_u16(), status);
            assert!(!problem.detail.contains("byte 17"), "{}", problem.detail);
        }
    }
}

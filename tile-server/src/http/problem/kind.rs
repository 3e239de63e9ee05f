//! Table of the kinds of failures.

use http::StatusCode;

use crate::audience::ListenerKind;

/// Kind of a failure, by what the caller does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// A path, number, name or header that can't be parsed.
    Malformed,
    /// No `Host`, or more than one.
    BadHost,
    /// A `Host` that this listener does not serve.
    Misdirected,
    /// A selection that a layer can't apply.
    UnsupportedSelection,
    /// A path over its limit.
    PathTooLong,
    /// A request with a body.
    BodyRefused,
    /// No such page, file or route.
    NotFound,
    /// A layer or theme that does not exist for this audience.
    UnknownLayer,
    /// A declared layer whose data is not on this server.
    LayerAbsent,
    /// No such tile, at any zoom or at the zooms of these layers.
    NoSuchTile,
    /// A tile format that is not offered.
    FormatNotOffered,
    /// Layers that can't be in one tile, because they hold layers of the same name.
    NameClash,
    /// A range of which nothing lies in the file.
    RangeNotSatisfiable,
    /// An archive that can't be read now.
    ArchiveUnavailable,
    /// A method other than GET, HEAD and OPTIONS.
    MethodNotAllowed,
    /// The client refuses every coding that can be sent.
    NotAcceptable,
    /// A layer's data can't be read now.
    LayerUnavailable,
    /// Too much work is queued.
    Overloaded,
    /// The work took longer than allowed.
    DeadlineExceeded,
    /// A layer has more in a tile than one may hold: the operator must publish it from a
    /// deeper zoom on. Trying again is of no use.
    TileTooLarge,
    /// A fault of the server.
    Internal,
}

/// Log level of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// A fault of the client: nobody needs to act.
    Info,
    /// The operator may have to act.
    Warn,
    /// A fault to report.
    Error,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemRow {
    /// The status code.
    pub status: StatusCode,
    /// The last part of the problem's type.
    pub slug: &'static str,
    /// The problem's title, the same for every occurrence.
    pub title: &'static str,
    /// Caching of the answer.
    pub caching: ProblemCaching,
    /// `Retry-After` in seconds.
    pub retry_after: Option<&'static str>,
    /// Log level.
    pub log: LogLevel,
}

/// Caching of an answer that is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemCaching {
    /// For a minute: the failure stays until someone changes something.
    Minute,
    /// Never: the failure may be over in a second.
    Never,
}

impl ProblemCaching {
    /// `Cache-Control` of the answer. An answer to staff, whose detail may be confidential, is
    /// never kept by a shared cache.
    #[must_use]
    pub const fn cache_control(self, listener: ListenerKind) -> &'static str {
        match (self, listener) {
            (Self::Minute, ListenerKind::Public) => "public, max-age=60",
            (Self::Minute, ListenerKind::Staff) => "private, max-age=60",
            (Self::Minute, ListenerKind::Admin) | (Self::Never, _) => "no-store",
        }
    }
}

impl ProblemKind {
    /// Every kind, for the tests of the table.
    pub const ALL: [Self; 21] = [
        Self::Malformed,
        Self::BadHost,
        Self::Misdirected,
        Self::UnsupportedSelection,
        Self::PathTooLong,
        Self::BodyRefused,
        Self::NotFound,
        Self::UnknownLayer,
        Self::LayerAbsent,
        Self::NoSuchTile,
        Self::FormatNotOffered,
        Self::NameClash,
        Self::RangeNotSatisfiable,
        Self::ArchiveUnavailable,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::LayerUnavailable,
        Self::Overloaded,
        Self::DeadlineExceeded,
        Self::TileTooLarge,
        Self::Internal,
    ];

    /// The table.
    #[must_use]
    #[rustfmt::skip]
    pub const fn row(self) -> ProblemRow {
        let (status, slug, title, caching, retry_after, log) = match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed", "Malformed request", ProblemCaching::Minute, None, LogLevel::Info),
            // Not kept: the next request for the same path may be sound.
            Self::BadHost => (StatusCode::BAD_REQUEST, "bad-host", "One Host is needed", ProblemCaching::Never, None, LogLevel::Info),
            // A warning: either a setting is missing or a foreign page tried to get in.
            Self::Misdirected => (StatusCode::MISDIRECTED_REQUEST, "misdirected", "Not answered under this host", ProblemCaching::Never, None, LogLevel::Warn),
            Self::UnsupportedSelection => (StatusCode::BAD_REQUEST, "unsupported-selection", "Selection not supported", ProblemCaching::Minute, None, LogLevel::Info),
            Self::PathTooLong => (StatusCode::URI_TOO_LONG, "path-too-long", "Path too long", ProblemCaching::Minute, None, LogLevel::Info),
            Self::BodyRefused => (StatusCode::PAYLOAD_TOO_LARGE, "body-refused", "Request bodies are refused", ProblemCaching::Never, None, LogLevel::Info),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "Nothing here", ProblemCaching::Minute, None, LogLevel::Info),
            // Not kept: a layer appears the moment its file does.
            Self::UnknownLayer => (StatusCode::NOT_FOUND, "unknown-layer", "No such layer", ProblemCaching::Never, None, LogLevel::Info),
            // Not kept either: it comes the moment its data does.
            Self::LayerAbsent => (StatusCode::NOT_FOUND, "layer-absent", "The layer's data is not here", ProblemCaching::Never, None, LogLevel::Info),
            Self::NoSuchTile => (StatusCode::NOT_FOUND, "no-such-tile", "No such tile", ProblemCaching::Minute, None, LogLevel::Info),
            Self::FormatNotOffered => (StatusCode::NOT_FOUND, "format-not-offered", "Tile format not offered", ProblemCaching::Minute, None, LogLevel::Info),
            Self::NameClash => (StatusCode::BAD_REQUEST, "name-clash", "Layers of the same name", ProblemCaching::Minute, None, LogLevel::Info),
            Self::RangeNotSatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, "range-not-satisfiable", "No such range", ProblemCaching::Never, None, LogLevel::Info),
            Self::ArchiveUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "archive-unavailable", "Archive unavailable", ProblemCaching::Never, Some("10"), LogLevel::Warn),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed", ProblemCaching::Never, None, LogLevel::Info),
            Self::NotAcceptable => (StatusCode::NOT_ACCEPTABLE, "not-acceptable", "No acceptable coding", ProblemCaching::Never, None, LogLevel::Info),
            Self::LayerUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "layer-unavailable", "Layer unavailable", ProblemCaching::Never, Some("2"), LogLevel::Warn),
            Self::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Too busy", ProblemCaching::Never, Some("1"), LogLevel::Warn),
            Self::DeadlineExceeded => (StatusCode::GATEWAY_TIMEOUT, "deadline-exceeded", "Took too long", ProblemCaching::Never, None, LogLevel::Warn),
            Self::TileTooLarge => (StatusCode::INTERNAL_SERVER_ERROR, "tile-too-large", "Tile too large", ProblemCaching::Never, None, LogLevel::Warn),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error", ProblemCaching::Never, None, LogLevel::Error),
        };
        ProblemRow { status, slug, title, caching, retry_after, log }
    }
}

//! `/archives/{name}.pmtiles`: an archive's file, whole or a range, for clients that find
//! tiles in it themselves.

use http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, ETAG, RANGE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::RequestContext;
use super::tile::document_cache_control;
use crate::http::etag::ETag;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::reply::HttpReply;

/// The media type of a PMTiles archive.
pub const MEDIA_TYPE: &str = "application/vnd.pmtiles";

/// Answers with an archive or a range of it, never with a content coding: offsets are those of
/// the file.
///
/// The body is mapped memory on its way to the socket, so nothing on that way may
/// look at it.
///
/// # Errors
/// A [`Problem`] for an archive that does not exist for the audience, that can't be
/// read now, and for a range of which nothing lies in the file.
pub fn archive(
    context: &RequestContext<'_>,
    name: &str,
    method: &Method,
) -> Result<HttpReply, Problem> {
    let published = context.published;
    let unavailable = |cause: String| {
        let detail = format!("The archive {name:?} can't be read now; try again later.");
        Problem::new(ProblemKind::ArchiveUnavailable, detail).with_cause(cause)
    };
    let Some(archive) = published.snapshot.archive(name, context.audience) else {
        let detail = format!("There is no archive {name:?}.");
        return Err(Problem::new(ProblemKind::NotFound, detail));
    };
    let archive = archive.map_err(|error| unavailable(error.to_string()))?;
    let etag = ETag::of_file(archive.digest());
    let length = archive.length();
    // RFC 9110, section 14.2: a range is of a GET's answer.
    let range = if *method == Method::GET && etag.fits_range(context.headers) {
        Range::of(context.headers, length)
    } else {
        Range::Whole
    };
    let mut reply = if etag.matches(context.headers) {
        HttpReply::empty(StatusCode::NOT_MODIFIED)
    } else {
        let (status, start, end) = match range {
            Range::Whole => (StatusCode::OK, 0, length),
            Range::Part { start, end } => (StatusCode::PARTIAL_CONTENT, start, end),
            Range::Outside => {
                let detail = format!("The archive has {length} bytes; ask for some of them.");
                let mut problem = Problem::new(ProblemKind::RangeNotSatisfiable, detail);
                problem.complete_length = Some(length);
                return Err(problem);
            }
        };
        let body = archive.bytes(start..end).map_err(|error| unavailable(error.to_string()))?;
        let mut reply = HttpReply::new(status, body);
        reply.set(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if status == StatusCode::PARTIAL_CONTENT {
            // Only digits: always a valid value.
            let value = HeaderValue::try_from(format!("bytes {start}-{}/{length}", end - 1));
            reply.set(CONTENT_RANGE, value.unwrap_or(HeaderValue::from_static("bytes */*")));
        }
        reply
    };
    reply.set(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    reply.set(ETAG, etag.header());
    reply.set(CACHE_CONTROL, document_cache_control(context.audience));
    Ok(reply)
}

/// Requested range of an archive (RFC 9110, section 14.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    /// The whole file: no `Range`, several, a unit other than bytes, or a malformed one. A
    /// server may ignore any of these.
    Whole,
    /// Bytes from `start` up to, not with, `end`; at least one.
    Part { start: u64, end: u64 },
    /// A range of which nothing lies in the file.
    Outside,
}

impl Range {
    fn of(headers: &HeaderMap, length: u64) -> Self {
        let mut values = headers.get_all(RANGE).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value
                .to_str()
                .ok()
                .and_then(|text| Self::parse(text, length))
                .unwrap_or(Self::Whole),
            _ => Self::Whole,
        }
    }

    fn parse(text: &str, length: u64) -> Option<Self> {
        let (unit, range) = text.split_once('=')?;
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return None;
        }
        let (first, last) = range.trim().split_once('-')?;
        let (start, end) = match (first, last) {
            ("", suffix) => (length.saturating_sub(number(suffix)?), length),
            (first, "") => (number(first)?, length),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                if last < first {
                    return None;
                }
                (first, last.saturating_add(1).min(length))
            }
        };
        Some(if start < end { Self::Part { start, end } } else { Self::Outside })
    }
}

/// A decimal number of any length; saturates.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const fn part(start: u64, end: u64) -> Range {
        Range::Part { start, end }
    }

    #[rstest]
    #[case(&["bytes=0-0"], part(0, 1))]
    #[case(&["bytes=0-499"], part(0, 500))]
    #[case(&["bytes=500-"], part(500, 1000))]
    #[case(&["bytes=-1"], part(999, 1000))]
    #[case(&["bytes=-5000"], part(0, 1000))]
    #[case(&["bytes=990-5000"], part(990, 1000))]
    #[case(&["bytes=0-99999999999999999999999"], part(0, 1000))]
    #[case(&["BYTES = 5-6 "], part(5, 7))]
    #[case(&["bytes=1000-"], Range::Outside)]
    #[case(&["bytes=1000-2000"], Range::Outside)]
    #[case(&["bytes=99999999999999999999999-"], Range::Outside)]
    #[case(&["bytes=-0"], Range::Outside)]
    #[case(&[], Range::Whole)]
    #[case(&["bytes=0-1,5-6"], Range::Whole)]
    #[case(&["bytes=0-1", "bytes=5-6"], Range::Whole)]
    #[case(&["bytes=6-5"], Range::Whole)]
    #[case(&["bytes=-"], Range::Whole)]
    #[case(&["bytes="], Range::Whole)]
    #[case(&["bytes"], Range::Whole)]
    #[case(&["bytes=a-b"], Range::Whole)]
    #[case(&["bytes=+1-2"], Range::Whole)]
    #[case(&["bytes=0x1-2"], Range::Whole)]
    #[case(&["bytes=1-2-3"], Range::Whole)]
    #[case(&["tiles=0-1"], Range::Whole)]
    fn ranges(#[case] values: &[&str], #[case] expected: Range) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(RANGE, HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(Range::of(&headers, 1000), expected);
    }
}

//! Id of one request, in its answer and in the log.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};

/// Header that carries the id, in requests and answers.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken over, in bytes: a UUID has 36 bytes, a trace of W3C 55.
const MAX_BYTES: usize = 128;

/// Id of one request: the id that came with it, or 16 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestId {
    /// Made here: unique in the log of this run and unlikely to be met in another's.
    Made(u64),
    /// Came with the request, from a client or a proxy.
    Given(HeaderValue),
}

impl RequestId {
    /// The id in a request's head: one `X-Request-Id` of 1 to 128 letters, digits and
    /// `-_.:+/=@`, which can be part of every log unescaped; `None` for any other.
    #[must_use]
    pub fn of_request(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(&REQUEST_ID).iter();
        let (value, None) = (values.next()?, values.next()) else { return None };
        let allowed = |b: &u8| b.is_ascii_alphanumeric() || b"-_.:+/=@".contains(b);
        let bytes = value.as_bytes();
        let sound = (1..=MAX_BYTES).contains(&bytes.len()) && bytes.iter().all(allowed);
        sound.then(|| Self::Given(value.clone()))
    }

    /// The id as a header's value.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        match self {
            Self::Given(value) => value.clone(),
            // Hexadecimal digits are always a value.
            Self::Made(_) => HeaderValue::try_from(self.to_string())
                .unwrap_or(HeaderValue::from_static("unnamed")),
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made(number) => write!(f, "{number:016x}"),
            Self::Given(value) => f.write_str(value.to_str().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::uuid(&["2f1c8f6e-6a39-4c57-9c0e-7a1f0a2b3c4d"], true)]
    #[case::nginx(&["89e798b8b4f0e6ac7aa6ca85ee6c5bbc"], true)]
    #[case::trace(&["Root=1-67891233-abcdef012345678912345678"], true)]
    #[case::none(&[], false)]
    #[case::empty(&[""], false)]
    #[case::two(&["a", "b"], false)]
    #[case::space(&["a b"], false)]
    #[case::quote(&["a\"b"], false)]
    #[case::markup(&["<script>"], false)]
    #[case::tab(&["a\tb"], false)]
    fn a_request_id_that_could_spoil_a_log_is_replaced(#[case] sent: &[&str], #[case] kept: bool) {
        let mut headers = HeaderMap::new();
        for value in sent {
            headers.append(REQUEST_ID, HeaderValue::from_str(value).unwrap());
        }
        let id = RequestId::of_request(&headers);
        assert_eq!(id.map(|id| id.to_string()), kept.then(|| sent[0].to_owned()));
    }

    #[test]
    fn a_name_is_bounded() {
        let of = |length: usize| {
            let value = HeaderValue::try_from("a".repeat(length)).unwrap();
            RequestId::of_request(&HeaderMap::from_iter([(REQUEST_ID, value)]))
        };
        assert!(of(MAX_BYTES).is_some());
        assert_eq!(of(MAX_BYTES + 1), None);
    }

    #[test]
    fn a_made_name_is_sixteen_digits() {
        let id = RequestId::Made(0xab);
        assert_eq!(
            (id.to_string().as_str(), id.header()),
            ("00000000000000ab", "00000000000000ab".parse().unwrap())
        );
    }
}

//! The part of a layer that a request selects.

use data_model::time_label::RequestedTime;

/// Part of a layer that a request selects: `time=`, `filter=` and `bbox=`.
///
/// Parsed once, where a request comes in. A source that can't apply a part returns
/// [`SourceError::UnsupportedSelection`](crate::SourceError::UnsupportedSelection), never a tile
/// that ignores it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Selection {
    /// Time of the requested slice; `None` for the newest.
    pub time: Option<RequestedTime>,
    /// Filter of features; `None` for all.
    pub filter: Option<UnappliedText>,
    /// Box that features lie in; `None` for all.
    pub bbox: Option<UnappliedText>,
}

/// Text of a part that no source applies yet: never empty, otherwise as sent.
///
/// TileJSON repeats it in the addresses of its tiles, so that they are refused and not
/// unfiltered. A part that a source applies gets a parsed type of its own, as `time` has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UnappliedText(Box<str>);

impl UnappliedText {
    /// Wraps a part's text; `None` for empty text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.into()))
    }

    /// The text, never empty.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Selection {
    /// Whether the whole layer is selected.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.first_part().is_none()
    }

    /// Query parameter of the first part that is set.
    #[must_use]
    pub fn first_part(&self) -> Option<&'static str> {
        self.parts().into_iter().find_map(|(name, text)| text.map(|_| name))
    }

    /// Query parameter of the first part that is set, except `time`.
    #[must_use]
    pub fn first_part_but_time(&self) -> Option<&'static str> {
        self.parts().into_iter().skip(1).find_map(|(name, text)| text.map(|_| name))
    }

    /// Query parameter and canonical text of each part, for cache keys, tags and addresses: equal
    /// texts select the same, and no text is empty.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("time", self.time.as_ref().map(RequestedTime::as_str)),
            ("filter", self.filter.as_ref().map(UnappliedText::as_str)),
            ("bbox", self.bbox.as_ref().map(UnappliedText::as_str)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_named_in_the_order_of_their_parameters() {
        let filter = UnappliedText::parse("a = 1");
        let timed = Selection { time: RequestedTime::parse("2026"), ..Selection::default() };
        let both = Selection { filter: filter.clone(), ..timed.clone() };
        let filtered = Selection { filter, ..Selection::default() };
        for (selection, first, but_time) in [
            (Selection::default(), None, None),
            (timed, Some("time"), None),
            (both, Some("time"), Some("filter")),
            (filtered, Some("filter"), Some("filter")),
        ] {
            assert_eq!(selection.first_part(), first, "{selection:?}");
            assert_eq!(selection.first_part_but_time(), but_time, "{selection:?}");
            assert_eq!(selection.is_everything(), first.is_none(), "{selection:?}");
        }
    }

    #[test]
    fn an_empty_part_selects_everything() {
        let bbox = UnappliedText::parse("");
        assert!(Selection { bbox, ..Selection::default() }.is_everything());
    }
}

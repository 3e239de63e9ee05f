//! Paths of glyph ranges.

use std::borrow::Cow;

use crate::http::percent::percent_decode;
use crate::http::route_error::RouteError;

/// Parsed `{stack}/{start}-{end}.pbf`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlyphRequest<'p> {
    /// Names of typefaces, separated by commas, which may not exist.
    pub stack: Cow<'p, str>,
    /// Number of the range: its first code point divided by 256.
    pub range: u8,
}

impl<'p> GlyphRequest<'p> {
    /// Parses what follows `/fonts/`; `None` for another file of that folder.
    ///
    /// # Errors
    /// [`RouteError::GlyphRange`] for a range that does not exist, [`RouteError::Encoding`] for a
    /// stack that is not percent-encoded UTF-8.
    pub fn parse(path: &'p str) -> Option<Result<Self, RouteError>> {
        let (stack, file) = path.split_once('/')?;
        let range = file.strip_suffix(".pbf")?;
        let stack = percent_decode(stack).ok_or(RouteError::Encoding);
        Some(stack.and_then(|stack| Ok(Self { stack, range: number(range)? })))
    }
}

fn number(range: &str) -> Result<u8, RouteError> {
    let parsed = range.split_once('-').and_then(|(start, _)| start.parse::<u16>().ok());
    let number = parsed.map(|start| (start >> 8) as u8).ok_or(RouteError::GlyphRange)?;
    let start = u32::from(number) << 8;
    if range == format!("{start}-{}", start + 255) {
        Ok(number)
    } else {
        Err(RouteError::GlyphRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("A%20B/0-255.pbf", "A B", 0)]
    #[case("A,B/44032-44287.pbf", "A,B", 172)]
    #[case("%EA%B0%80/65280-65535.pbf", "가", 255)]
    fn parts(#[case] path: &str, #[case] stack: &str, #[case] range: u8) {
        let expected = GlyphRequest { stack: stack.into(), range };
        assert_eq!(GlyphRequest::parse(path), Some(Ok(expected)));
    }

    #[rstest]
    fn refused(
        #[values(
            "a/0-256.pbf",
            "a/1-256.pbf",
            "a/256-255.pbf",
            "a/65536-65791.pbf",
            "a/00-255.pbf",
            "a/+0-255.pbf",
            "a/0.pbf",
            "a/.pbf",
            "a/b/0-255.pbf",
            "a/-.pbf"
        )]
        path: &str,
    ) {
        assert_eq!(GlyphRequest::parse(path), Some(Err(RouteError::GlyphRange)));
    }

    #[rstest]
    fn other_files(#[values("a.css", "a/0-255", "0-255.pbf", "")] path: &str) {
        assert_eq!(GlyphRequest::parse(path), None);
    }

    #[test]
    fn a_stack_must_be_encoded() {
        assert_eq!(GlyphRequest::parse("%ff/0-255.pbf"), Some(Err(RouteError::Encoding)));
    }
}

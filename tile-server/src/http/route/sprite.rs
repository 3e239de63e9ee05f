//! Paths of sprite sheets.

use std::borrow::Cow;

use crate::http::route_error::RouteError;

/// Part of a sprite sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpriteFormat {
    /// Index of the symbols.
    Json,
    /// Picture that holds them.
    Png,
}

/// Parsed `{name}[@2x].{json,png}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpriteRequest<'p> {
    /// Name of the sheet, which may not exist.
    pub name: Cow<'p, str>,
    /// Whether two pixels for a CSS pixel are requested.
    pub double: bool,
    /// Requested part.
    pub format: SpriteFormat,
}

impl<'p> SpriteRequest<'p> {
    /// Parses what follows `/sprites/`.
    ///
    /// # Errors
    /// [`RouteError::Shape`] for another ending, an empty name or a name with a slash.
    pub fn parse(file: Cow<'p, str>) -> Result<Self, RouteError> {
        let (stem, format) = file
            .rsplit_once('.')
            .and_then(|(stem, ending)| match ending {
                "json" => Some((stem, SpriteFormat::Json)),
                "png" => Some((stem, SpriteFormat::Png)),
                _ => None,
            })
            .ok_or(RouteError::Shape)?;
        let (name, double) = match stem.strip_suffix("@2x") {
            Some(name) => (name, true),
            None => (stem, false),
        };
        if name.is_empty() || name.contains('/') {
            return Err(RouteError::Shape);
        }
        let length = name.len();
        let name = match file {
            Cow::Borrowed(file) => Cow::Borrowed(&file[..length]),
            Cow::Owned(file) => Cow::Owned(file[..length].to_owned()),
        };
        Ok(Self { name, double, format })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a.json", "a", false, SpriteFormat::Json)]
    #[case("a@2x.png", "a", true, SpriteFormat::Png)]
    #[case("a.b@2x.json", "a.b", true, SpriteFormat::Json)]
    fn parts(
        #[case] path: &'static str,
        #[case] name: &'static str,
        #[case] double: bool,
        #[case] format: SpriteFormat,
    ) {
        let expected = SpriteRequest { name: name.into(), double, format };
        assert_eq!(SpriteRequest::parse(Cow::Borrowed(path)), Ok(expected.clone()));
        assert_eq!(SpriteRequest::parse(Cow::Owned(path.to_owned())), Ok(expected));
    }

    #[rstest]
    fn refused(
        #[values("", "a", "a.webp", ".json", "@2x.png", "a/b.json", "a@2xjson", "a.json/")]
        path: &'static str,
    ) {
        assert_eq!(SpriteRequest::parse(path.into()), Err(RouteError::Shape));
    }
}

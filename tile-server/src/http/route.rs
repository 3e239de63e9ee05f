//! Paths, parsed once into a [`Route`], in constant memory.
//!
//! A path longer than [`MAX_PATH_BYTES`] is refused unread, and every part of a route borrows
//! from the path. The layer or file of a route may still not exist: this module is independent
//! of the catalog.

mod glyphs;
mod map_picture;
mod name;
mod sprite;

use std::borrow::Cow;

use data_model::TileCoord;
use data_model::tile::MAX_ZOOM;

pub use self::glyphs::GlyphRequest;
pub use self::map_picture::{LegendFormat, LegendRequest, PreviewFormat, PreviewRequest};
pub use self::name::RouteName;
pub use self::sprite::{SpriteFormat, SpriteRequest};
pub use crate::http::name_list::{MAX_NAMES, NameList};
use crate::http::percent::percent_decode;
pub use crate::http::route_error::{MAX_PATH_BYTES, RouteError};

/// Parsed target of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route<'p> {
    /// `/tiles/{layers}/{z}/{x}/{y}`
    Tile(NameList<'p>, TileCoord),
    /// `/tiles/{layers}.json`
    TileJson(NameList<'p>),
    /// `/styles/{layers}.json`
    Style(NameList<'p>),
    /// `/legends/{layer}.{json,svg}`
    Legend(LegendRequest<'p>),
    /// `/previews/{layer}.{svg,png}`
    Preview(PreviewRequest<'p>),
    /// `/sprites/{name}[@2x].{json,png}`
    Sprite(SpriteRequest<'p>),
    /// `/fonts/{stack}/{range}.pbf`
    Glyphs(GlyphRequest<'p>),
    /// `/archives/{name}.pmtiles`, by its name without the ending.
    Archive(Cow<'p, str>),
    /// `/stats/{layer}`
    Stats(Cow<'p, str>),
    /// `/search`
    Search,
    /// `/catalog.json`
    Catalog,
    /// `/healthz`
    Health,
    /// `/readyz`
    Ready,
    /// `/metrics`
    Metrics,
    /// `/`
    Page,
    /// Anything else: a file of the embedded page, by its path without the
    /// leading slash.
    File(Cow<'p, str>),
}

impl<'p> Route<'p> {
    /// Parses the path of a request target (no query).
    ///
    /// Allocates only where the path is percent-encoded, and then no more than
    /// [`MAX_PATH_BYTES`].
    ///
    /// # Errors
    /// [`RouteError`], for the first fault from the left.
    pub fn parse(path: &'p str) -> Result<Self, RouteError> {
        if path.len() > MAX_PATH_BYTES {
            return Err(RouteError::TooLong);
        }
        match path {
            "/" | "" => return Ok(Self::Page),
            "/catalog.json" => return Ok(Self::Catalog),
            "/search" => return Ok(Self::Search),
            "/healthz" => return Ok(Self::Health),
            "/readyz" => return Ok(Self::Ready),
            "/metrics" => return Ok(Self::Metrics),
            _ => {}
        }
        if let Some(rest) = path.strip_prefix("/tiles/") {
            return Self::parse_tiles(rest);
        }
        if let Some(rest) = path.strip_prefix("/styles/") {
            return match decode(rest)? {
                name if name.contains('/') => Err(RouteError::Shape),
                name => {
                    NameList::parse(strip(name, ".json").ok_or(RouteError::Shape)?).map(Self::Style)
                }
            };
        }
        if let Some(rest) = path.strip_prefix("/stats/") {
            return match decode(rest)? {
                name if name.is_empty() || name.contains('/') => Err(RouteError::Shape),
                name => Ok(Self::Stats(name)),
            };
        }
        if let Some(rest) = path.strip_prefix("/legends/") {
            return LegendRequest::parse(decode(rest)?).map(Self::Legend);
        }
        if let Some(rest) = path.strip_prefix("/previews/") {
            return PreviewRequest::parse(decode(rest)?).map(Self::Preview);
        }
        if let Some(rest) = path.strip_prefix("/sprites/") {
            return SpriteRequest::parse(decode(rest)?).map(Self::Sprite);
        }
        if let Some(request) = path.strip_prefix("/fonts/").and_then(GlyphRequest::parse) {
            return request.map(Self::Glyphs);
        }
        if let Some(rest) = path.strip_prefix("/archives/") {
            return match strip(decode(rest)?, ".pmtiles") {
                Some(name) if !name.is_empty() && !name.contains('/') => Ok(Self::Archive(name)),
                _ => Err(RouteError::Shape),
            };
        }
        Ok(Self::File(decode(path.strip_prefix('/').unwrap_or(path))?))
    }

    fn parse_tiles(rest: &'p str) -> Result<Self, RouteError> {
        let mut parts = rest.split('/');
        let (first, z, x, y) = (parts.next(), parts.next(), parts.next(), parts.next());
        match (first, z, x, y, parts.next()) {
            (Some(name), None, ..) => {
                let name = strip(decode(name)?, ".json").ok_or(RouteError::Shape)?;
                NameList::parse(name).map(Self::TileJson)
            }
            (Some(names), Some(z), Some(x), Some(y), None) => {
                let names = NameList::parse(decode(names)?)?;
                let (y, format) = match y.split_once('.') {
                    Some((y, format)) => (y, Some(format)),
                    None => (y, None),
                };
                let numbers = (number(z)?, number(x)?, number(y)?);
                match format {
                    None | Some("mvt" | "pbf") => {}
                    Some(other) if other.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                        return Err(RouteError::Format);
                    }
                    Some(_) => return Err(RouteError::Number),
                }
                Ok(Self::Tile(names, coord(numbers)?))
            }
            _ => Err(RouteError::Shape),
        }
    }

    /// The name of the route in logs and metrics.
    #[must_use]
    pub const fn name(&self) -> RouteName {
        match self {
            Self::Tile(..) => RouteName::Tile,
            Self::TileJson(_) => RouteName::TileJson,
            Self::Style(_) => RouteName::Style,
            Self::Legend(_) => RouteName::Legend,
            Self::Preview(_) => RouteName::Preview,
            Self::Sprite(_) => RouteName::Sprite,
            Self::Glyphs(_) => RouteName::Glyphs,
            Self::Archive(_) => RouteName::Archive,
            Self::Stats(_) => RouteName::Stats,
            Self::Search => RouteName::Search,
            Self::Catalog => RouteName::Catalog,
            Self::Health => RouteName::Health,
            Self::Ready => RouteName::Ready,
            Self::Metrics => RouteName::Metrics,
            Self::Page => RouteName::Page,
            Self::File(_) => RouteName::File,
        }
    }
}

/// A decimal number of any length, in canonical form; saturates at `u32::MAX`.
fn number(text: &str) -> Result<u32, RouteError> {
    let canonical = text == "0" || !text.starts_with('0');
    if text.is_empty() || !canonical || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(RouteError::Number);
    }
    // All digits, so the only way to fail is a number past u32: outside any grid.
    Ok(text.parse().unwrap_or(u32::MAX))
}

fn coord((z, x, y): (u32, u32, u32)) -> Result<TileCoord, RouteError> {
    let zoom = u8::try_from(z).ok().filter(|&zoom| zoom <= MAX_ZOOM);
    zoom.and_then(|zoom| TileCoord::new(zoom, x, y).ok()).ok_or(RouteError::OutsideGrid)
}

fn strip<'p>(name: Cow<'p, str>, ending: &str) -> Option<Cow<'p, str>> {
    match name {
        Cow::Borrowed(name) => name.strip_suffix(ending).map(Cow::Borrowed),
        Cow::Owned(name) => name.strip_suffix(ending).map(|name| Cow::Owned(name.to_owned())),
    }
}

/// Decodes percent-encoding. Clients differ on whether a comma is encoded.
fn decode(text: &str) -> Result<Cow<'_, str>, RouteError> {
    percent_decode(text).ok_or(RouteError::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_model::LayerId;
    use data_model::id::MAX_ID_LENGTH;
    use proptest::prelude::*;
    use rstest::rstest;

    fn tile(names: &str, z: u8, x: u32, y: u32) -> Route<'_> {
        let names = NameList::parse(Cow::Borrowed(names)).unwrap();
        Route::Tile(names, TileCoord::new(z, x, y).unwrap())
    }

    #[test]
    fn every_route_name_is_where_its_number_says() {
        for (position, name) in RouteName::ALL.into_iter().enumerate() {
            assert_eq!(name as usize, position);
        }
        assert_eq!(RouteName::ALL.last(), Some(&RouteName::None));
    }

    #[rstest]
    #[case("/tiles/roads/14/13973/6344", "roads")]
    #[case("/tiles/roads/14/13973/6344.mvt", "roads")]
    #[case("/tiles/roads/14/13973/6344.pbf", "roads")]
    #[case("/tiles/roads,dongs/14/13973/6344", "roads,dongs")]
    #[case("/tiles/roads%2Cdongs/14/13973/6344", "roads,dongs")]
    #[case("/tiles/roads%2cdongs,roads/14/13973/6344", "roads,dongs,roads")]
    fn tiles(#[case] path: &str, #[case] names: &str) {
        assert_eq!(Route::parse(path), Ok(tile(names, 14, 13973, 6344)));
    }

    #[rstest]
    #[case("/", RouteName::Page)]
    #[case("/catalog.json", RouteName::Catalog)]
    #[case("/healthz", RouteName::Health)]
    #[case("/readyz", RouteName::Ready)]
    #[case("/metrics", RouteName::Metrics)]
    #[case("/tiles/a,b.json", RouteName::TileJson)]
    #[case("/tiles/a%2Cb.json", RouteName::TileJson)]
    #[case("/styles/common.json", RouteName::Style)]
    #[case("/legends/a.json", RouteName::Legend)]
    #[case("/legends/a.svg", RouteName::Legend)]
    #[case("/previews/a.svg", RouteName::Preview)]
    #[case("/previews/a%2D1.png", RouteName::Preview)]
    #[case("/archives/base.pmtiles", RouteName::Archive)]
    #[case("/archives/%EA%B1%B4%EB%AC%BC.pmtiles", RouteName::Archive)]
    #[case("/sprites/policy-map@2x.png", RouteName::Sprite)]
    #[case("/fonts/Pretendard%20GOV%20Bold/0-255.pbf", RouteName::Glyphs)]
    #[case("/fonts/pretendard-gov.css", RouteName::File)]
    #[case("/assets/index-1f.js", RouteName::File)]
    #[case("/favicon.ico", RouteName::File)]
    #[case("/tiles", RouteName::File)]
    #[case("/../etc/passwd", RouteName::File)]
    fn others(#[case] path: &str, #[case] name: RouteName) {
        assert_eq!(Route::parse(path).map(|route| route.name()), Ok(name));
    }

    #[rstest]
    #[case::negative("/tiles/a/-1/0/0", RouteError::Number)]
    #[case::plus("/tiles/a/+1/0/0", RouteError::Number)]
    #[case::not_a_number("/tiles/a/NaN/0/0", RouteError::Number)]
    #[case::letters("/tiles/a/1/x/0", RouteError::Number)]
    #[case::empty_number("/tiles/a/1//0", RouteError::Number)]
    #[case::fraction("/tiles/a/1/0/0.5", RouteError::Number)]
    #[case::exponent("/tiles/a/1/1e0/0", RouteError::Number)]
    #[case::hexadecimal("/tiles/a/1/0x1/0", RouteError::Number)]
    #[case::leading_zero("/tiles/a/01/0/0", RouteError::Number)]
    #[case::full_width_digit("/tiles/a/１/0/0", RouteError::Number)]
    #[case::encoded_digit("/tiles/a/%31/0/0", RouteError::Number)]
    #[case::trailing_dot("/tiles/a/1/0/0.", RouteError::Number)]
    #[case::column("/tiles/a/1/2/0", RouteError::OutsideGrid)]
    #[case::row("/tiles/a/1/0/2", RouteError::OutsideGrid)]
    #[case::zoom("/tiles/a/25/0/0", RouteError::OutsideGrid)]
    #[case::zoom_256("/tiles/a/256/0/0", RouteError::OutsideGrid)]
    #[case::overlong("/tiles/a/1/99999999999999999999999999/0", RouteError::OutsideGrid)]
    #[case::mlt("/tiles/a/1/0/0.mlt", RouteError::Format)]
    #[case::png("/tiles/a/1/0/0.png", RouteError::Format)]
    #[case::double_extension("/tiles/a/1/0/0.mvt.gz", RouteError::Format)]
    #[case::no_name("/tiles//1/0/0", RouteError::Name)]
    #[case::empty_name("/tiles/a,,b/1/0/0", RouteError::Name)]
    #[case::trailing_comma("/tiles/a,/1/0/0", RouteError::Name)]
    #[case::capital("/tiles/A/1/0/0", RouteError::Name)]
    #[case::korean("/tiles/행정동/1/0/0", RouteError::Name)]
    #[case::dots("/tiles/../1/0/0", RouteError::Name)]
    #[case::encoded_dots("/tiles/%2e%2e/1/0/0", RouteError::Name)]
    #[case::encoded_slash("/tiles/a%2Fb/1/0/0", RouteError::Name)]
    #[case::encoded_nul("/tiles/a%00/1/0/0", RouteError::Name)]
    #[case::cut_escape("/tiles/a%2/1/0/0", RouteError::Encoding)]
    #[case::lone_percent("/tiles/%/1/0/0", RouteError::Encoding)]
    #[case::not_hexadecimal("/tiles/%zz/1/0/0", RouteError::Encoding)]
    #[case::signed_escape("/tiles/%+1/1/0/0", RouteError::Encoding)]
    #[case::not_utf8("/tiles/%ff%fe/1/0/0", RouteError::Encoding)]
    #[case::file_not_utf8("/assets/%ff", RouteError::Encoding)]
    #[case::only_a_name("/tiles/a", RouteError::Shape)]
    #[case::two_parts("/tiles/a/1", RouteError::Shape)]
    #[case::three_parts("/tiles/a/1/0", RouteError::Shape)]
    #[case::five_parts("/tiles/a/1/0/0/0", RouteError::Shape)]
    #[case::nothing("/tiles/", RouteError::Shape)]
    #[case::only_extension("/tiles/.json", RouteError::Name)]
    #[case::style_without_extension("/styles/common", RouteError::Shape)]
    #[case::style_with_slash("/styles/a%2Fb.json", RouteError::Shape)]
    #[case::sprite_without_ending("/sprites/policy-map", RouteError::Shape)]
    #[case::glyphs_of_no_range("/fonts/a/0-127.pbf", RouteError::GlyphRange)]
    #[case::legend_as_picture("/legends/a.png", RouteError::Shape)]
    #[case::legend_without_name("/legends/.json", RouteError::Shape)]
    #[case::preview_as_document("/previews/a.json", RouteError::Shape)]
    #[case::preview_in_a_folder("/previews/a/b.png", RouteError::Shape)]
    #[case::archive_without_ending("/archives/base", RouteError::Shape)]
    #[case::archive_without_name("/archives/.pmtiles", RouteError::Shape)]
    #[case::archive_with_slash("/archives/..%2Fsecret.pmtiles", RouteError::Shape)]
    #[case::archive_in_a_folder("/archives/a/b.pmtiles", RouteError::Shape)]
    fn refused(#[case] path: &str, #[case] error: RouteError) {
        assert_eq!(Route::parse(path), Err(error));
    }

    #[test]
    fn lists_and_paths_are_bounded() {
        let list = |n: usize| vec!["a"; n].join(",");
        assert!(Route::parse(&format!("/tiles/{}/0/0/0", list(MAX_NAMES))).is_ok());
        assert_eq!(
            Route::parse(&format!("/tiles/{}/0/0/0", list(MAX_NAMES + 1))),
            Err(RouteError::TooManyNames)
        );
        assert_eq!(
            Route::parse(&format!("/tiles/{}/0/0/0", list(10_000))),
            Err(RouteError::TooLong)
        );
        let long = "x".repeat(MAX_ID_LENGTH + 1);
        assert_eq!(Route::parse(&format!("/tiles/{long}/0/0/0")), Err(RouteError::Name));
        assert_eq!(Route::parse(&"/".repeat(1 << 20)), Err(RouteError::TooLong));
    }

    proptest! {
        #[test]
        fn any_text_is_a_route_or_an_error(path in "/?(tiles|styles|assets)?/?\\PC{0,200}") {
            if let Ok(Route::Tile(names, tile)) = Route::parse(&path) {
                prop_assert!(tile.x() < 1 << tile.zoom().get());
                prop_assert!(names.iter().all(|name| LayerId::new(name).is_ok()));
                prop_assert!((1..=MAX_NAMES).contains(&names.count()));
            }
        }

        #[test]
        fn any_tile_under_any_names_is_found(
            names in prop::collection::vec("[a-z0-9_-]{1,64}", 1..20),
            zoom in 0u8..=MAX_ZOOM, x: u32, y: u32,
            extension in prop::sample::select(vec!["", ".mvt", ".pbf"]),
        ) {
            let mask = (1u32 << zoom) - 1;
            let (x, y) = (x & mask, y & mask);
            let list = names.join(",");
            let path = format!("/tiles/{list}/{zoom}/{x}/{y}{extension}");
            prop_assert_eq!(Route::parse(&path), Ok(tile(&list, zoom, x, y)));
        }

        #[test]
        fn a_number_past_the_grid_is_outside_and_never_wraps(zoom in 0u8..=MAX_ZOOM, past: u64) {
            let x = (1u64 << zoom).saturating_add(past);
            let path = format!("/tiles/a/{zoom}/{x}/0");
            prop_assert_eq!(Route::parse(&path), Err(RouteError::OutsideGrid));
        }
    }
}

use rstest::rstest;
use serde_json::{Value, json};

mod uses;

use super::*;
use crate::map_description::MapForm;
use crate::{
    BaseTiles, ClientProfile, Language, LayerGeometry, LayerStyleInput, LocalizedTitle,
    MapStyleInput, MapTiles, StyleDocument, ThemeStyles,
};

/// A style layer `<map>.<part>` of a document.
fn part(id: &str, kind: &str, form: Option<&str>) -> Value {
    let map = id.split('.').next().unwrap();
    let mut part = json!({
        "id": id, "type": kind, "source": map, "source-layer": map,
        "metadata": {"title": {"ko": "가", "en": "A"}},
    });
    if let Some(form) = form {
        part["metadata"]["policy-map:form"] = form.into();
    }
    part
}

fn document(layers: &[Value]) -> Value {
    json!({"version": 8, "sources": {}, "layers": layers})
}

/// A base of four style layers.
fn base() -> Value {
    let layer = |name: &str, kind: &str, drawn: &str, slot: &str| {
        json!({
            "id": format!("base.{name}"), "type": kind, "source": "base", "source-layer": drawn,
            "metadata": {"policy-map:slot": slot},
        })
    };
    let background = json!({
        "id": "base.background", "type": "background", "metadata": {"policy-map:slot": "ground"},
    });
    document(&[
        background,
        layer("land", "fill", "base-land", "ground"),
        layer("water", "fill", "base-water", "above-fills"),
        layer("district-border", "line", "base-land", "above-fills"),
    ])
}

/// The styles of a folder with these documents, over [`base`].
fn styles(documents: &[(&str, &Value)]) -> ThemeStyles {
    let folder = tempfile::tempdir().unwrap();
    for (theme, document) in documents.iter().chain(&[("base", &base())]) {
        let path = folder.path().join(format!("{theme}.json"));
        std::fs::write(path, document.to_string()).unwrap();
    }
    ThemeStyles::load(folder.path()).unwrap()
}

fn map(id: &'static str, form: MapForm) -> MapStyleInput<'static> {
    let title = LocalizedTitle { ko: "이름", en: "Name" };
    let layer = LayerStyleInput { id, title, shape: LayerGeometry::Polygon, shading: None };
    MapStyleInput {
        id,
        theme: Some("city"),
        form,
        layers: vec![layer],
        label_points: false,
        tiles: MapTiles {
            zooms: (9, 16),
            bounds: Some([127.0, 37.5, 127.1, 37.6]),
            attribution: None,
        },
        times: vec!["2026-09", "2026-10"],
        opening_time: None,
    }
}

fn request<'a>(
    styles: &'a ThemeStyles,
    maps: &'a [MapStyleInput<'a>],
    arrangement: MapArrangement<'a>,
) -> RenderRequest<'a> {
    RenderRequest {
        base_url: "https://map.example/gis",
        title: LocalizedTitle { ko: "도시", en: "City" },
        maps,
        unavailable: &[],
        arrangement,
        styles,
        base_tiles: None,
        ground: None,
        language: Language::Korean,
        variant: ColourSchemeVariant::Light,
        profile: ClientProfile::Web,
        center: None,
        zoom: None,
    }
}

const ONE: MapArrangement<'static> = MapArrangement::OneVisible { opening: None };

fn ids(style: &Value) -> Vec<&str> {
    let layers = style["layers"].as_array().unwrap().iter();
    layers.map(|layer| layer["id"].as_str().unwrap()).collect()
}

/// Ids of visible style layers of maps.
fn visible(style: &Value) -> Vec<&str> {
    let layers = style["layers"].as_array().unwrap().iter();
    let shown = layers.filter(|layer| layer["layout"]["visibility"] != "none");
    let ids = shown.map(|layer| layer["id"].as_str().unwrap());
    ids.filter(|id| !id.starts_with("base.")).collect()
}

#[test]
fn a_theme_opens_on_one_map_and_each_map_has_a_source_of_its_own() {
    let mut city = document(&[part("roads.line", "line", None), part("dongs.fill", "fill", None)]);
    city["metadata"] = json!({"policy-map:opening-map": "dongs"});
    city["sources"] = json!({"dongs": {"type": "vector", "url": "/tiles/dongs.json?time=2026-09"}});
    let styles = styles(&[("city", &city)]);
    let maps = [map("roads", MapForm::Only), map("dongs", MapForm::Only)];
    let style = render(&request(&styles, &maps, ONE));
    assert_eq!(visible(&style), ["dongs.fill"]);
    assert_eq!(ids(&style), ["base.background", "dongs.fill", "roads.line"]);
    assert_eq!(style["metadata"]["policy-map:opening-map"], "dongs");
    assert_eq!(
        style["sources"],
        json!({
            "roads": {
                "type": "vector",
                "tiles": ["https://map.example/gis/tiles/roads/{z}/{x}/{y}"],
                "minzoom": 9, "maxzoom": 16, "bounds": [127.0, 37.5, 127.1, 37.6],
            },
            "dongs": {"type": "vector", "url": "https://map.example/gis/tiles/dongs.json?time=2026-09"},
        })
    );
    let opening = MapArrangement::OneVisible { opening: Some("roads") };
    assert_eq!(visible(&render(&request(&styles, &maps, opening))), ["roads.line"]);
    let opening = MapArrangement::OneVisible { opening: Some("hidden") };
    assert_eq!(visible(&render(&request(&styles, &maps, opening))), ["dongs.fill"]);
}

#[test]
fn an_opening_map_that_is_missing_gives_way_to_the_first() {
    let mut city = document(&[part("dongs.fill", "fill", None), part("roads.line", "line", None)]);
    city["metadata"] = json!({"policy-map:opening-map": "dongs"});
    let styles = styles(&[("city", &city)]);
    let maps = [map("roads", MapForm::Only)];
    let style = render(&request(&styles, &maps, ONE));
    assert_eq!(visible(&style), ["roads.line"]);
    assert!(!style.to_string().contains("dongs"), "{style}");
}

#[rstest]
#[case::authored(Some("2026-09"), Some("2026-10"), "?time=2026-09")]
#[case::declared(None, Some("2026-10"), "?time=2026-10")]
#[case::gone(Some("2020-01"), None, "")]
#[case::newest(None, None, "")]
fn a_map_opens_with_its_opening_time(
    #[case] authored: Option<&str>,
    #[case] declared: Option<&'static str>,
    #[case] query: &str,
) {
    let mut city = document(&[part("dongs.fill", "fill", None)]);
    if let Some(time) = authored {
        let url = format!("/tiles/dongs.json?time={time}");
        city["sources"] = json!({"dongs": {"type": "vector", "url": url}});
    }
    let styles = styles(&[("city", &city)]);
    let maps = [MapStyleInput { opening_time: declared, ..map("dongs", MapForm::Only) }];
    let style = render(&request(&styles, &maps, ONE));
    let expected = format!("https://map.example/gis/tiles/dongs.json{query}");
    assert_eq!(style["sources"]["dongs"]["url"], expected);
    let all = MapArrangement::AllVisible { tiles: "dongs" };
    let composite = render(&request(&styles, &maps, all));
    assert_eq!(composite["sources"]["policy-map"]["url"], expected);
}

#[test]
fn a_composite_has_one_source_and_shows_all() {
    let mut hidden = part("roads.line", "line", None);
    hidden["layout"] = json!({"visibility": "none"});
    let styles = styles(&[("city", &document(&[hidden]))]);
    let maps = [map("roads", MapForm::Only), map("dongs", MapForm::Only)];
    let base_tiles = BaseTiles { tiles: "base", layers: ["base-water", "base-land"].into() };
    let all = MapArrangement::AllVisible { tiles: "roads,dongs" };
    let style = render(&RenderRequest {
        base_tiles: Some(&base_tiles),
        language: Language::English,
        ..request(&styles, &maps, all)
    });
    let url = |tiles| format!("https://map.example/gis/tiles/{tiles}.json?lang=en");
    assert_eq!(
        style["sources"],
        json!({
            "base": {"type": "vector", "url": url("base")},
            "policy-map": {"type": "vector", "url": url("roads,dongs")},
        })
    );
    assert_eq!(visible(&style), ["dongs.fill", "dongs.outline", "roads.line"]);
    // Water lies above areas; what the tiles of the base lack is left out.
    assert_eq!(
        ids(&style),
        [
            "base.background",
            "base.land",
            "dongs.fill",
            "dongs.outline",
            "base.water",
            "base.district-border",
            "roads.line",
        ]
    );
}

#[test]
fn areas_lie_below_lines_below_points_below_symbols_of_every_map() {
    let city = document(&[
        part("dongs.fill", "fill", None),
        part("dongs.name", "symbol", None),
        part("cctv.circle", "circle", None),
        part("cctv.icon", "symbol", None),
        part("heat.heat", "heatmap", None),
        // Within a map the author's order stands.
        part("roads.line", "line", None),
        part("roads.area", "fill", None),
    ]);
    let styles = styles(&[("city", &city)]);
    let maps = ["dongs", "cctv", "heat", "roads"].map(|id| map(id, MapForm::Only));
    let all = MapArrangement::AllVisible { tiles: "city" };
    let style = render(&request(&styles, &maps, all));
    assert_eq!(
        ids(&style)[1..],
        [
            "dongs.fill",
            "heat.heat",
            "roads.line",
            "roads.area",
            "cctv.circle",
            "dongs.name",
            "cctv.icon"
        ]
    );
}

#[test]
fn label_points_are_drawn_where_the_tiles_hold_them() {
    let mut names = part("dongs.name", "symbol", None);
    names["source-layer"] = "dongs.label".into();
    let styles = styles(&[("city", &document(&[part("dongs.fill", "fill", None), names]))]);
    for (label_points, expected) in
        [(true, &["dongs.fill", "dongs.name"][..]), (false, &["dongs.fill"])]
    {
        let maps = [MapStyleInput { label_points, ..map("dongs", MapForm::Only) }];
        assert_eq!(ids(&render(&request(&styles, &maps, ONE)))[1..], *expected);
    }
}

#[test]
fn names_follow_the_language_and_titles_keep_both() {
    let mut names = part("dongs.name", "symbol", None);
    names["metadata"] = json!({
        "title": {"ko": "동", "en": "Dongs"},
        "policy-map:text-field": {"ko": ["get", "nm"], "en": ["get", "nm_eng"]},
    });
    names["layout"] = json!({"text-field": ["get", "nm"]});
    let styles = styles(&[("city", &document(&[names]))]);
    let maps = [map("dongs", MapForm::Only)];
    for (language, name, label, column) in
        [(Language::Korean, "도시", "동", "nm"), (Language::English, "City", "Dongs", "nm_eng")]
    {
        let style = render(&RenderRequest { language, ..request(&styles, &maps, ONE) });
        let names = style["layers"].as_array().unwrap().last().unwrap();
        assert_eq!(style["name"], name);
        assert_eq!(names["metadata"]["label"], label);
        assert_eq!(names["metadata"]["title"], json!({"ko": "동", "en": "Dongs"}));
        assert_eq!(names["layout"]["text-field"], json!(["get", column]));
    }
}

#[rstest]
#[case(ColourSchemeVariant::Light, "#eeeeee", Value::Null)]
#[case(ColourSchemeVariant::Dark, "#111111", "dark".into())]
#[case(ColourSchemeVariant::Contrast, "#f2f2f2", "contrast".into())]
fn a_document_names_colours_by_variant(
    #[case] variant: ColourSchemeVariant,
    #[case] colour: &str,
    #[case] mark: Value,
) {
    let mut fill = part("dongs.fill", "fill", None);
    fill["paint"] = json!({"fill-color": "#eeeeee", "fill-opacity": 0.5});
    fill["metadata"]["policy-map:scheme-paint"] = json!({"dark": {"fill-color": "#111111"}});
    let styles = styles(&[("city", &document(&[fill]))]);
    let maps = [map("dongs", MapForm::Only)];
    let style = render(&RenderRequest { variant, ..request(&styles, &maps, ONE) });
    let fill = style["layers"].as_array().unwrap().last().unwrap();
    assert_eq!(fill["paint"], json!({"fill-color": colour, "fill-opacity": 0.5}));
    assert_eq!(style["metadata"]["policy-map:scheme"], mark);
}

#[test]
fn urls_are_absolute() {
    let mut city = document(&[part("dongs.fill", "fill", None)]);
    city["sprite"] = "/sprites/policy-map".into();
    city["glyphs"] = "/fonts/{fontstack}/{range}.pbf".into();
    let styles = styles(&[("city", &city)]);
    let maps = [map("dongs", MapForm::Only)];
    let style = render(&request(&styles, &maps, ONE));
    let base = "https://map.example/gis";
    assert_eq!(style["metadata"]["ol:webfonts"], format!("{base}/fonts/{{font-family}}.css"));
    assert_eq!(style["sprite"], format!("{base}/sprites/policy-map"));
    assert_eq!(style["glyphs"], format!("{base}/fonts/{{fontstack}}/{{range}}.pbf"));
}

#[test]
fn a_legend_explains_what_is_drawn() {
    let mut city = document(&[part("dongs.fill", "fill", None), part("mute.fill", "fill", None)]);
    let entry = json!([{"color": "#111111", "shape": "fill", "label": {"ko": "가", "en": "A"}}]);
    city["metadata"] = json!({"policy-map:legend": {"dongs": entry}});
    let styles = styles(&[("city", &city)]);
    let maps = ["dongs", "mute", "parks"].map(|id| map(id, MapForm::Only));
    let style = render(&request(&styles, &maps, ONE));
    let legend = style["metadata"]["policy-map:legend"].as_object().unwrap();
    assert_eq!(legend.keys().collect::<Vec<_>>(), ["dongs", "parks"]);
    assert_eq!(legend["dongs"], entry);
    let fill = style["layers"].as_array().unwrap().iter().find(|l| l["id"] == "parks.fill");
    assert_eq!(legend["parks"][0]["color"], fill.unwrap()["paint"]["fill-color"]);
    assert_eq!(legend["parks"][0]["opacity"], fill.unwrap()["paint"]["fill-opacity"]);
}

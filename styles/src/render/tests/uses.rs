//! Styles for each audience, editor and client.

use super::*;

#[test]
fn each_audience_gets_the_parts_of_its_form() {
    let city = document(&[
        part("pupils.outline", "line", None),
        part("pupils.fill", "fill", Some("public")),
        part("pupils.staff.cells", "fill", Some("staff")),
        part("reports.circle", "circle", Some("staff")),
    ]);
    let styles = styles(&[("city", &city)]);
    let of = |form| {
        let maps = [map("pupils", form)];
        let style = render(&request(&styles, &maps, ONE));
        ids(&style).into_iter().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of(MapForm::Public), ["pupils.outline", "pupils.fill"]);
    assert_eq!(of(MapForm::Only), ["pupils.outline", "pupils.fill"]);
    assert_eq!(of(MapForm::Staff), ["pupils.outline", "pupils.staff.cells"]);
}

#[test]
fn a_document_that_the_public_got_replaces_its_own_parts_only() {
    let whole = document(&[
        part("pupils.outline", "line", None),
        part("pupils.fill", "fill", Some("public")),
        part("pupils.staff.cells", "fill", Some("staff")),
        part("reports.circle", "circle", Some("staff")),
    ]);
    let whole = StyleDocument::parse(&whole.to_string()).unwrap();
    let public = document(&[
        part("pupils.outline", "line", None),
        part("pupils.new-fill", "fill", Some("public")),
    ]);
    let public = StyleDocument::parse(&public.to_string()).unwrap();
    let styles = ThemeStyles::of_documents([("city", vec![public, whole])]);
    let of = |id, form| {
        let maps = [map(id, form)];
        ids(&render(&request(&styles, &maps, ONE))).join(" ")
    };
    assert_eq!(of("pupils", MapForm::Public), "pupils.outline pupils.new-fill");
    assert_eq!(of("pupils", MapForm::Staff), "pupils.outline pupils.staff.cells");
    assert_eq!(of("reports", MapForm::Staff), "reports.circle");
}

#[test]
fn nothing_of_a_document_but_its_maps_is_told() {
    let mut city = document(&[part("dongs.fill", "fill", None), part("secret.fill", "fill", None)]);
    city["name"] = "with secret".into();
    city["metadata"] = json!({
        "note": "secret", "policy-map:opening-map": "secret",
        "policy-map:legend": {"secret": [{"color": "#111111", "shape": "fill", "label": {"ko": "가", "en": "A"}}]},
    });
    city["sources"] = json!({"secret": {"type": "vector", "url": "/tiles/secret.json"}});
    let styles = styles(&[("city", &city)]);
    let maps = [map("dongs", MapForm::Only)];
    for arrangement in [ONE, MapArrangement::AllVisible { tiles: "dongs" }] {
        let style = render(&request(&styles, &maps, arrangement)).to_string();
        assert!(!style.contains("secret"), "{style}");
    }
}

/// A served document is edited, saved and served again: nothing is lost or doubled.
#[test]
fn a_served_document_is_accepted_as_a_document() {
    let mut city = document(&[
        part("pupils.outline", "line", None),
        part("pupils.fill", "fill", Some("public")),
        part("dongs.fill", "fill", None),
    ]);
    city["sprite"] = "/sprites/policy-map".into();
    city["glyphs"] = "/fonts/{fontstack}/{range}.pbf".into();
    city["sources"] = json!({"dongs": {"type": "vector", "url": "/tiles/dongs.json?time=2026-09"}});
    let styles = styles(&[("city", &city)]);
    let maps = [map("pupils", MapForm::Public), map("dongs", MapForm::Only)];
    let base_tiles = BaseTiles { tiles: "base", layers: ["base-water", "base-land"].into() };
    for arrangement in [ONE, MapArrangement::AllVisible { tiles: "pupils,dongs" }] {
        let served = RenderRequest {
            base_tiles: Some(&base_tiles),
            language: Language::English,
            ..request(&styles, &maps, arrangement)
        };
        let once = render(&served);
        let saved = StyleDocument::parse(&once.to_string()).unwrap();
        assert_eq!(saved.findings(), []);
        let text =
            Value::from(saved.root().clone()).to_string() + &json!(saved.layers()).to_string();
        assert!(!text.contains("https://") && !text.contains("base"), "{text}");
        let again = self::styles(&[("city", &once)]);
        let twice = RenderRequest { base_url: "http://127.0.0.1:3000", styles: &again, ..served };
        let text = render(&twice).to_string();
        let text = text.replace("http://127.0.0.1:3000", "https://map.example/gis");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), once);
    }
}

#[test]
fn qgis_gets_one_map_in_one_source_and_no_invisible_layer() {
    let fill = |id: &str| {
        let mut fill = part(id, "fill", None);
        fill["paint"] = json!({"fill-color": ["step", ["get", "rate"], "#111111", 5, "#222222"]});
        fill
    };
    let mut city = document(&[fill("dongs.fill"), fill("roads.fill")]);
    city["metadata"] = json!({"policy-map:opening-map": "roads"});
    let styles = styles(&[("city", &city)]);
    let maps = [map("dongs", MapForm::Only), map("roads", MapForm::Only)];
    let base_tiles = BaseTiles { tiles: "base", layers: ["base-land"].into() };
    let style = render(&RenderRequest {
        base_tiles: Some(&base_tiles),
        profile: ClientProfile::Qgis,
        ..request(&styles, &maps, ONE)
    });
    let url = "https://map.example/gis/tiles/base,roads.json";
    assert_eq!(style["sources"], json!({"policy-map": {"type": "vector", "url": url}}));
    assert_eq!(
        ids(&style),
        [
            "base.background",
            "base.land",
            "roads.fill.class-0",
            "roads.fill.class-1",
            "roads.fill.class-2",
            "base.district-border"
        ]
    );
    let layers = style["layers"].as_array().unwrap();
    assert!(layers.iter().skip(1).all(|layer| layer["source"] == "policy-map"));
    assert!(!style.to_string().contains("dongs") && !style.to_string().contains("\"none\""));
    assert_eq!(style["metadata"]["policy-map:profile"], "qgis");
    assert!(StyleDocument::parse(&style.to_string()).is_err());
}

#[test]
fn raster_tiles_take_the_place_of_the_ground_alone() {
    let styles = styles(&[("city", &document(&[part("dongs.fill", "fill", None)]))]);
    let maps = [map("dongs", MapForm::Only)];
    let base_tiles = BaseTiles { tiles: "base", layers: ["base-land", "base-water"].into() };
    let ground = GroundRaster {
        tiles: "https://raster.example/{z}/{y}/{x}.png".to_owned(),
        attribution: "Raster".to_owned(),
        max_zoom: 19,
    };
    let web = RenderRequest {
        base_tiles: Some(&base_tiles),
        ground: Some(&ground),
        ..request(&styles, &maps, ONE)
    };
    let style = render(&web);
    let above = ["dongs.fill", "base.water", "base.district-border"];
    assert_eq!(ids(&style)[..2], ["base.background", "base.raster"]);
    assert_eq!(ids(&style)[2..], above);
    assert_eq!(style["sources"]["base-ground"]["tiles"], json!([ground.tiles]));
    let saved = StyleDocument::parse(&style.to_string()).unwrap();
    assert!(!json!(saved.root()).to_string().contains("raster.example"));
    let qgis = render(&RenderRequest { profile: ClientProfile::Qgis, ..web });
    assert!(!qgis.to_string().contains("raster"), "{qgis}");
}

#[test]
fn qgis_gets_the_base_alone_too() {
    let styles = styles(&[]);
    let base_tiles = BaseTiles { tiles: "base", layers: ["base-land"].into() };
    let style = render(&RenderRequest {
        base_tiles: Some(&base_tiles),
        profile: ClientProfile::Qgis,
        ..request(&styles, &[], ONE)
    });
    let url = "https://map.example/gis/tiles/base.json";
    assert_eq!(style["sources"], json!({"policy-map": {"type": "vector", "url": url}}));
    assert_eq!(style["layers"][1]["source"], "policy-map");
}

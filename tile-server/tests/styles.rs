//! Styles over the real binary: documents of a folder, the base, and what each audience gets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod fake;
    mod http;
    mod points;
    mod process;
    pub(crate) use fake::*;
    pub(crate) use http::*;
    pub(crate) use points::*;
    pub(crate) use process::*;
}

use std::path::Path;

use catalog::{Catalog, Visibility};
use rstest::rstest;
use serde_json::{Value as Json, json};
use styles::map_description::MapForm;
use styles::{
    ClientProfile, ColourSchemeVariant, Language, LayerGeometry, LayerStyleInput, LocalizedTitle,
    MapArrangement, MapStyleInput, MapTiles, RenderRequest, ThemeStyles, render,
};
use support::{Client, Fake, Options, Running, poll, write_points};

/// A data directory with a theme of two public maps and one for staff, and a base of stations.
fn write_data(data: &Path) {
    let dataset = |id: &str, sensitivity: &str| {
        format!(
            "[[dataset]]\nid = '{id}'\ntitle = {{ ko = '{id} 자료', en = '{id} data' }}\n\
             geometry = 'point'\nsensitivity = '{sensitivity}'\n\
             column = [{{ name = 'name_ko', type = 'text', title = {{ ko = '이름', en = 'Name' }} }}]\n"
        )
    };
    let layer = |id: &str, visibility: &str| {
        format!(
            "[[layer]]\nid = '{id}-map'\ntitle = {{ ko = '{id} 지도', en = '{id} map' }}\n\
             visibility = '{visibility}'\ndataset = '{id}'\n"
        )
    };
    let head = |title: &str| format!("title = {{ ko = '{title}', en = '{title}' }}\n");
    let datasets = ["lamp", "cctv"].map(|id| dataset(id, "public")).concat();
    let maps = ["lamp", "cctv"].map(|id| layer(id, "public")).concat();
    let station = "[[layer]]\nid = 'base-station'\ntitle = { ko = '역', en = 'Stations' }\n\
                   dataset = 'base_station'\n";
    for (file, text) in [
        ("district.toml", head("District")),
        ("datasets/field.toml", head("Field") + &datasets + &dataset("guard", "internal")),
        ("layers/watch.toml", head("Watch") + "order = 1\n" + &maps + &layer("guard", "staff")),
        ("base.toml", head("Ground") + &dataset("base_station", "public") + station),
    ] {
        let path = data.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    for name in ["lamp", "cctv", "guard", "base_station"] {
        write_points(&data.join(format!("{name}.fgb")), 3);
    }
    std::fs::create_dir(data.join("styles")).unwrap();
}

fn circle(map: &str, form: Option<&str>, colour: &str) -> Json {
    let mut circle = json!({
        "id": format!("{map}.{}circle", form.map_or(String::new(), |form| format!("{form}."))),
        "type": "circle", "source": map, "source-layer": map,
        "metadata": {"title": {"ko": "점", "en": "Points"}},
        "paint": {"circle-color": colour},
    });
    if let Some(form) = form {
        circle["metadata"]["policy-map:form"] = form.into();
    }
    circle
}

fn write_style(data: &Path, style: &Json) {
    std::fs::write(data.join("styles/watch.json"), style.to_string()).unwrap();
}

/// A running server over [`write_data`] whose layers are ready.
fn start(data: &Path) -> (Running, Client, Client, Client) {
    let server = Running::start(data, &["--listen-staff", "127.0.0.1:0"]);
    let client = Client::local(server.public);
    let staff = Client::local(server.staff.unwrap());
    let mut admin = Client::local(server.admin);
    poll("readiness", || (admin.get("/readyz").json()["status"] == "ready").then_some(()));
    (server, client, staff, admin)
}

fn drawn<'s>(style: &'s Json, id: &str) -> Option<&'s Json> {
    style["layers"].as_array().unwrap().iter().find(|layer| layer["id"] == id)
}

#[test]
fn a_theme_opens_on_one_map_over_the_base() {
    let data = tempfile::tempdir().unwrap();
    write_data(data.path());
    write_style(
        data.path(),
        &json!({
            "version": 8, "metadata": {"policy-map:opening-map": "cctv-map"},
            "layers": [circle("lamp-map", None, "#111111"), circle("cctv-map", None, "#222222")],
        }),
    );
    let (_server, mut client, mut staff, _) = start(data.path());
    let style = client.get("/styles/watch.json").json();
    let visibility =
        |style: &Json, id: &str| drawn(style, id).unwrap()["layout"]["visibility"].clone();
    assert_eq!(visibility(&style, "lamp-map.circle"), "none");
    assert_eq!(visibility(&style, "cctv-map.circle"), Json::Null);
    let sources = style["sources"].as_object().unwrap();
    assert_eq!(sources.keys().collect::<Vec<_>>(), ["base", "lamp-map", "cctv-map"]);
    // The source of a hidden map has no TileJSON, which a client would fetch.
    assert!(sources["cctv-map"]["url"].as_str().unwrap().ends_with("/tiles/cctv-map.json"));
    let hidden = &sources["lamp-map"];
    assert!(hidden["tiles"][0].as_str().unwrap().ends_with("/tiles/lamp-map/{z}/{x}/{y}"));
    assert!(hidden["url"].is_null() && hidden["maxzoom"] == 16, "{hidden}");
    // Every source has the vector-tile layers that are drawn from it.
    for layer in style["layers"].as_array().unwrap().iter().filter(|l| l["source"].is_string()) {
        let tilejson =
            client.get(&format!("/tiles/{}.json", layer["source"].as_str().unwrap())).json();
        let held = tilejson["vector_layers"].as_array().unwrap();
        assert!(held.iter().any(|held| held["id"] == layer["source-layer"]), "{layer}");
    }
    assert!(drawn(&style, "base.station").is_some() && drawn(&style, "base.water").is_none());

    assert_eq!(client.get("/catalog.json").json()["district"]["base_map"], true);

    // Staff see one more; a single map is alone over the same base.
    let sources = staff.get("/styles/watch.json").json()["sources"].clone();
    assert!(sources["guard-map"].is_object(), "{sources}");
    let alone = client.get("/styles/lamp-map.json").json();
    assert_eq!(
        alone["sources"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["base", "lamp-map"]
    );
    assert_eq!(visibility(&alone, "lamp-map.circle"), Json::Null);
    let some = client.get("/styles/watch.json?maps=cctv-map,lamp-map").json();
    assert_eq!(
        some["sources"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["base", "policy-map"]
    );
    assert!(
        some["sources"]["policy-map"]["url"]
            .as_str()
            .unwrap()
            .ends_with("/tiles/cctv-map,lamp-map.json")
    );
    let base = client.get("/styles/base.json").json();
    assert_eq!(base["sources"].as_object().unwrap().keys().collect::<Vec<_>>(), ["base"]);
    assert_eq!(base["name"], "Ground");
    // The base is no map, even where a list names its layers.
    let list = client.get("/styles/base,lamp-map.json").json();
    assert!(
        list["sources"]["policy-map"]["url"].as_str().unwrap().ends_with("/tiles/lamp-map.json")
    );
}

#[test]
fn an_edited_document_is_served_and_a_faulty_one_changes_nothing() {
    let data = tempfile::tempdir().unwrap();
    write_data(data.path());
    let style = |colour: &str| json!({"version": 8, "layers": [circle("lamp-map", None, colour)]});
    write_style(data.path(), &style("#111111"));
    let (mut server, mut client, _, mut admin) = start(data.path());
    let mut colour = || {
        let style = client.get("/styles/lamp-map.json").json();
        drawn(&style, "lamp-map.circle").map(|layer| layer["paint"]["circle-color"].clone())
    };
    assert_eq!(colour(), Some(json!("#111111")));
    write_style(data.path(), &style("#22aa22"));
    poll("the edited colour", || (colour() == Some(json!("#22aa22"))).then_some(()));

    let mut faulty = style("#333333");
    faulty["layers"][0]["source"] = "elsewhere".into();
    write_style(data.path(), &faulty);
    let faults = poll("a fault", || {
        let ready = admin.get("/readyz").json();
        ready["faults"].as_array().filter(|faults| !faults.is_empty()).cloned()
    });
    let text = faults[0].as_str().unwrap();
    assert!(text.contains("watch.json: layers[0].source: is not \"lamp-map\""), "{text}");
    assert_eq!(admin.get("/readyz").json()["status"], "degraded");
    assert_eq!(colour(), Some(json!("#22aa22")));
    server.process.line_with("layers[0].source");

    write_style(data.path(), &style("#444444"));
    poll("the mended colour", || (colour() == Some(json!("#444444"))).then_some(()));
    assert_eq!(admin.get("/readyz").json()["faults"], json!([]));
}

/// A style editor loads the public style, changes a colour and saves the whole.
#[test]
fn a_saved_style_is_accepted_and_costs_staff_nothing() {
    let data = tempfile::tempdir().unwrap();
    write_data(data.path());
    let whole = [
        circle("lamp-map", None, "#111111"),
        circle("guard-map", None, "#222222"),
        circle("cctv-map", Some("public"), "#333333"),
        circle("cctv-map", Some("staff"), "#444444"),
    ];
    write_style(data.path(), &json!({"version": 8, "layers": whole}));
    let (_server, mut client, mut staff, mut admin) = start(data.path());
    let served = client.get("/styles/watch.json");
    for secret in ["guard", "staff", "#444444"] {
        assert!(!served.text().contains(secret), "{secret} in {}", served.text());
    }
    let mut saved = served.json();
    let layers = saved["layers"].as_array_mut().unwrap();
    let lamp = layers.iter_mut().find(|layer| layer["id"] == "lamp-map.circle").unwrap();
    lamp["paint"]["circle-color"] = "#abcdef".into();
    saved["metadata"]["maputnik:renderer"] = "mlgljs".into();
    write_style(data.path(), &saved);
    let again = poll("the saved colour", || {
        let style = client.get("/styles/watch.json");
        style.text().contains("#abcdef").then_some(style.json())
    });
    assert_eq!(again["sources"], served.json()["sources"]);
    assert_eq!(
        again["layers"].as_array().unwrap().len(),
        served.json()["layers"].as_array().unwrap().len()
    );
    assert_eq!(admin.get("/readyz").json()["faults"], json!([]));
    // What no document draws any more is generated.
    let staff = staff.get("/styles/watch.json").json();
    let generated = staff["layers"].as_array().unwrap().iter();
    assert!(generated.filter(|layer| layer["source"] == "guard-map").count() > 0, "{staff}");
}

/// The shipped documents, drawn for the public in every way, name no map and no part of staff.
#[test]
fn no_public_style_tells_of_what_only_staff_see() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sources/catalog");
    let catalog = Catalog::load(&folder).unwrap();
    let styles = ThemeStyles::embedded().unwrap();
    let secrets: Vec<String> = catalog
        .layers
        .iter()
        .filter(|layer| layer.visibility == Visibility::Staff)
        .map(|layer| format!("\"{}", layer.id.as_str()))
        .chain([".staff.".to_owned(), "\"staff\"".to_owned()])
        .collect();
    assert!(secrets.len() > 10, "{secrets:?}");
    let mut drawn = 0;
    for theme in &catalog.themes {
        let maps: Vec<_> = catalog.layers.iter().filter(|l| l.theme == theme.id).collect();
        let maps: Vec<_> =
            maps.into_iter().filter(|l| l.visibility == Visibility::Public).collect();
        let inputs: Vec<MapStyleInput<'_>> = maps.iter().map(|layer| public_map(layer)).collect();
        let tiles: Vec<&str> = maps.iter().map(|layer| layer.id.as_str()).collect();
        let tiles = tiles.join(",");
        for arrangement in [
            MapArrangement::OneVisible { opening: None },
            MapArrangement::AllVisible { tiles: &tiles },
        ] {
            for variant in ColourSchemeVariant::ALL {
                for profile in [ClientProfile::Web, ClientProfile::Qgis] {
                    let style = render(&RenderRequest {
                        base_url: "https://map.example",
                        title: LocalizedTitle { ko: &theme.title.ko, en: &theme.title.en },
                        maps: &inputs,
                        unavailable: &[],
                        arrangement,
                        styles: &styles,
                        base_tiles: None,
                        ground: None,
                        language: Language::Korean,
                        variant,
                        profile,
                        center: None,
                        zoom: None,
                    });
                    let text = style.to_string();
                    for secret in &secrets {
                        assert!(!text.contains(secret), "{secret} in the style of {:?}", theme.id);
                    }
                    drawn += usize::from(text.len() > 1000);
                }
            }
        }
    }
    assert_eq!(drawn, catalog.themes.len() * 12);
}

/// A map of the public, whose tiles hold all that a document may draw.
fn public_map(layer: &catalog::Layer) -> MapStyleInput<'_> {
    let id = layer.id.as_str();
    let title = LocalizedTitle { ko: &layer.title.ko, en: &layer.title.en };
    let form = if layer.public_form.is_some() { MapForm::Public } else { MapForm::Only };
    MapStyleInput {
        id,
        theme: Some(layer.theme.as_str()),
        form,
        layers: vec![LayerStyleInput { id, title, shape: LayerGeometry::Polygon }],
        description: None,
        label_points: true,
        tiles: MapTiles::default(),
        times: Vec::new(),
        opening_time: None,
    }
}

#[rstest]
#[case("scheme=sepia", "light, dark or contrast")]
#[case("profile=arcgis", "web or qgis")]
#[case("lang=fr", "ko or en")]
fn an_unknown_option_is_answered_with_the_possible_ones(
    #[case] query: &str,
    #[case] possible: &str,
) {
    let fake = Fake::start(Options::default());
    let answer = Client::connect(fake.public).get(&format!("/styles/city.json?{query}"));
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains(possible), "{}", answer.text());
}

#[test]
fn each_variant_of_a_style_has_its_own_tag() {
    let data = tempfile::tempdir().unwrap();
    write_data(data.path());
    let (_server, mut client, ..) = start(data.path());
    let mut tags = Vec::new();
    for query in ["", "?scheme=dark", "?scheme=contrast", "?lang=en", "?profile=qgis"] {
        let path = format!("/styles/watch.json{query}");
        let answer = client.get(&path);
        assert_eq!(answer.status, 200, "{path}");
        let tag = answer.header("etag").unwrap().to_owned();
        assert_eq!(client.request("GET", &path, &[("If-None-Match", &tag)]).status, 304);
        assert!(!tags.contains(&tag), "{path}");
        tags.push(tag);
    }
    let light = client.get("/styles/base.json?scheme=light");
    assert_eq!(light.header("etag"), client.get("/styles/base.json").header("etag"));
}

#[test]
fn vworld_lies_beneath_where_a_key_is_configured_and_nowhere_else() {
    let style = |fake: &Fake, query: &str| {
        Client::connect(fake.public).get(&format!("/styles/roads.json{query}")).json()
    };
    let policy = |fake: &Fake| {
        let page = Client::connect(fake.public).get("/");
        page.header("content-security-policy").unwrap().to_owned()
    };
    let without = Fake::start(Options::default());
    assert!(!style(&without, "").to_string().contains("vworld"));
    assert!(!policy(&without).contains("vworld"));

    let key = Some("0A1B-2C3D".parse().unwrap());
    let with = Fake::start(Options { vworld_key: key, ..Options::default() });
    for (query, layer) in
        [("", "white"), ("?scheme=dark", "midnight"), ("?scheme=contrast", "Base")]
    {
        let source = style(&with, query)["sources"]["base-ground"].clone();
        let url =
            format!("https://api.vworld.kr/req/wmts/1.0.0/0A1B-2C3D/{layer}/{{z}}/{{y}}/{{x}}.png");
        assert_eq!(source["tiles"], json!([url]));
        assert!(source["attribution"].as_str().unwrap().contains("VWorld"));
    }
    let policy = policy(&with);
    for part in [
        "img-src 'self' data: blob: https://api.vworld.kr;",
        "connect-src 'self' https://api.vworld.kr;",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!style(&with, "?profile=qgis").to_string().contains("vworld"));
}

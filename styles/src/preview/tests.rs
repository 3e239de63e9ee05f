//! Tests of previews: colours and shapes in the pictures.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use serde_json::{Value, json};

use super::*;
use crate::ParsedLayer;
use crate::expression::{ExpressionValue, GeometryType};

fn layer(json: &Value) -> ParsedLayer {
    ParsedLayer::parse(json.as_object().unwrap(), "layers[0]").unwrap()
}

fn square(x: f32, y: f32, side: f32) -> Vec<Vec<[f32; 2]>> {
    vec![vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side]]]
}

/// Colour of a pixel in the rendered drawing.
fn pixel(drawing: &PreviewDrawing, x: u32, y: u32) -> [u8; 3] {
    let tree = Tree::from_str(&drawing.to_svg(), &Options::default()).unwrap();
    let mut pixels = Pixmap::new(240, 160).unwrap();
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    let pixel = pixels.pixel(x, y).unwrap().demultiply();
    [pixel.red(), pixel.green(), pixel.blue()]
}

/// The number and the rings of a feature.
type ValuedRings = (Option<f64>, Vec<Vec<[f32; 2]>>);

fn drawn(style: &Value, geometry: GeometryType, features: &[ValuedRings]) -> PreviewDrawing {
    let mut drawing = PreviewDrawing::new(PreviewSize::Small, 11.0, "#ffffff");
    let properties: Vec<Vec<(&str, ExpressionValue<'_>)>> = features
        .iter()
        .map(|(value, _)| value.iter().map(|value| ("v", (*value).into())).collect())
        .collect();
    let properties: Vec<_> = properties.iter().map(|list| Listed(list)).collect();
    let features = features
        .iter()
        .zip(&properties)
        .map(|((_, parts), properties)| PreviewFeature { geometry, id: None, properties, parts });
    drawing.draw(&layer(style), 11.0, features);
    drawing
}

struct Listed<'a>(&'a [(&'static str, ExpressionValue<'a>)]);

impl crate::expression::FeatureProperties for Listed<'_> {
    fn property(&self, name: &str) -> Option<ExpressionValue<'_>> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.borrowed())
    }
}

#[test]
fn areas_have_the_colours_of_their_classes_and_one_path_each() {
    let style = json!({"id": "m", "type": "fill", "filter": ["has", "v"], "paint": {
        "fill-color": ["step", ["get", "v"], "#112233", 5, "#445566"]}});
    let features = [
        (Some(1.0), square(10.0, 10.0, 40.0)),
        (Some(9.0), square(60.0, 10.0, 40.0)),
        (Some(7.0), square(110.0, 10.0, 40.0)),
        (None, square(10.0, 100.0, 40.0)),
    ];
    let drawing = drawn(&style, GeometryType::Polygon, &features);
    assert_eq!(pixel(&drawing, 30, 30), [0x11, 0x22, 0x33]);
    assert_eq!(pixel(&drawing, 80, 30), [0x44, 0x55, 0x66]);
    assert_eq!(pixel(&drawing, 130, 30), [0x44, 0x55, 0x66]);
    assert_eq!(pixel(&drawing, 30, 120), [255, 255, 255]);
    assert_eq!(drawing.features(), 3);
    // The ground, and one path for each class.
    assert_eq!(drawing.to_svg().matches("<path").count(), 3);
}

#[test]
fn a_hole_shows_the_ground() {
    let mut ring = square(10.0, 10.0, 100.0);
    // Wound the other way, as in tiles.
    ring.push(vec![[40.0, 40.0], [40.0, 80.0], [80.0, 80.0], [80.0, 40.0]]);
    let style = json!({"id": "m", "type": "fill", "paint": {"fill-color": "#112233"}});
    let drawing = drawn(&style, GeometryType::Polygon, &[(None, ring)]);
    assert_eq!(pixel(&drawing, 60, 60), [255, 255, 255]);
    assert_eq!(pixel(&drawing, 20, 60), [0x11, 0x22, 0x33]);
}

#[test]
fn features_without_data_are_hatched() {
    let style = json!({"id": "m", "type": "fill", "paint": {"fill-pattern": "hatch-missing"}});
    let drawing = drawn(&style, GeometryType::Polygon, &[(None, square(10.0, 10.0, 100.0))]);
    let colours: std::collections::BTreeSet<_> = (30..60).map(|x| pixel(&drawing, x, 50)).collect();
    assert!(colours.len() > 1, "{colours:?}");
}

#[test]
fn points_are_dots_with_edges_and_share_a_place_once() {
    let style = json!({"id": "m", "type": "circle", "paint": {
        "circle-color": "#aa0000", "circle-radius": 6,
        "circle-stroke-color": "#0000aa", "circle-stroke-width": 3}});
    let dot = || (None, vec![vec![[50.0, 50.0]]]);
    let drawing = drawn(&style, GeometryType::Point, &[dot(), dot()]);
    assert_eq!(pixel(&drawing, 50, 50), [0xaa, 0, 0]);
    assert_eq!(pixel(&drawing, 57, 50), [0, 0, 0xaa]);
    assert_eq!(pixel(&drawing, 70, 50), [255, 255, 255]);
    assert_eq!(drawing.to_svg().matches("h0").count(), 2);
}

#[test]
fn lines_have_width_and_colour() {
    let style =
        json!({"id": "m", "type": "line", "paint": {"line-color": "#00aa00", "line-width": 4}});
    let line = vec![vec![[10.0, 80.0], [200.0, 80.0]]];
    let drawing = drawn(&style, GeometryType::LineString, &[(None, line)]);
    assert_eq!(pixel(&drawing, 100, 80), [0, 0xaa, 0]);
    assert_eq!(pixel(&drawing, 100, 90), [255, 255, 255]);
}

#[test]
fn heat_is_strongest_where_points_are_dense() {
    let style = json!({"id": "m", "type": "heatmap", "paint": {
        "heatmap-radius": 20,
        "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"],
            0, "rgba(255,0,0,0)", 0.2, "#ffcc00", 1, "#cc0000"]}});
    let mut features: Vec<_> = (0..20).map(|_| (None, vec![vec![[60.0, 60.0]]])).collect();
    features.push((None, vec![vec![[180.0, 100.0]]]));
    let drawing = drawn(&style, GeometryType::Point, &features);
    let dense = pixel(&drawing, 60, 60);
    assert!(dense[0] > 180 && dense[1] < 60, "{dense:?}");
    assert_eq!(pixel(&drawing, 230, 10), [255, 255, 255]);
}

#[test]
fn a_picture_has_the_size_and_a_small_palette() {
    let style = json!({"id": "m", "type": "fill", "paint": {
        "fill-color": ["step", ["get", "v"], "#112233", 5, "#445566"]}});
    let features = [(Some(1.0), square(10.0, 10.0, 90.0)), (Some(9.0), square(120.0, 10.0, 90.0))];
    let bytes = drawn(&style, GeometryType::Polygon, &features).to_png().unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
    assert_eq!((reader.info().width, reader.info().height), (240, 160));
    let palette = reader.info().palette.clone().unwrap();
    assert!(palette.chunks(3).any(|colour| colour == [0x11, 0x22, 0x33]));
    assert!(palette.len() <= 3 * 64 && bytes.len() < 2_000, "{}", bytes.len());
    let mut indices = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut indices).unwrap();
    assert!(indices.iter().all(|&index| usize::from(index) < palette.len() / 3));
}

#[test]
fn no_data_is_a_sign_without_words() {
    let mut drawing = PreviewDrawing::new(PreviewSize::Small, 11.0, "#ffffff");
    drawing.draw_no_data();
    assert_eq!(pixel(&drawing, 120, 80), [0x8a, 0x8f, 0x96]);
    assert!(!drawing.to_svg().contains("<text"));
}

#[test]
fn layers_of_nearer_zooms_are_drawn_where_no_other_is() {
    let drawing = PreviewDrawing::new(PreviewSize::Small, 11.0, "#ffffff");
    let far = layer(&json!({"id": "a", "type": "circle", "minzoom": 13}));
    let near = layer(&json!({"id": "b", "type": "circle", "minzoom": 15}));
    assert_eq!(drawing.zoom_of(&[near.clone(), far]), 13.0);
    assert_eq!(drawing.zoom_of(&[]), 11.0);
}

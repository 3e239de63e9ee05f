//! Features of tiles in pixels of a picture.

use data_model::TileCoord;
use data_model::feature::ShapeKind;
use styles::expression::{ExpressionValue, FeatureProperties, GeometryType};
use styles::preview::PreviewFeature;
use vector_tile::Fragment;
use vector_tile::mvt::read::{ReadError, TagValue, TileLayer, TilePath, layers};

use super::frame::PictureFrame;
use crate::http::gzip;

/// Message of a tile that can't be decoded.
const LEFT_OUT: &str = "a preview lacks a tile";

/// Features of one vector-tile layer.
#[derive(Default)]
pub(super) struct TileFeatures {
    features: Vec<Feature>,
}

struct Feature {
    geometry: GeometryType,
    id: Option<f64>,
    properties: Properties,
    parts: Vec<Vec<[f32; 2]>>,
}

struct Properties(Vec<(String, ExpressionValue<'static>)>);

impl FeatureProperties for Properties {
    fn property(&self, name: &str) -> Option<ExpressionValue<'_>> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.borrowed())
    }
}

impl TileFeatures {
    /// Decodes a layer of tiles; what can't be decoded is left out and logged.
    pub(super) fn decode(
        frame: &PictureFrame,
        tiles: &[(TileCoord, Fragment)],
        name: &str,
    ) -> Self {
        let mut decoded = Self::default();
        for (tile, fragment) in tiles {
            let length = fragment.inflated_length() as usize;
            let added = gzip::inflate(fragment.gzip(), length)
                .map(|bytes| decoded.add(frame, *tile, &bytes, name));
            match added {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(layer = name, %tile, %error, "{LEFT_OUT}"),
                Err(error) => tracing::warn!(layer = name, %tile, %error, "{LEFT_OUT}"),
            }
        }
        decoded
    }

    fn add(
        &mut self,
        frame: &PictureFrame,
        tile: TileCoord,
        bytes: &[u8],
        name: &str,
    ) -> Result<(), ReadError> {
        let mut path = TilePath::default();
        for layer in layers(bytes)?.into_iter().filter(|layer| layer.name == name) {
            let layer = layer.decode()?;
            for feature in layer.features() {
                let feature = feature?;
                let Some(geometry) = feature.kind.map(geometry_type) else { continue };
                feature.geometry(&mut path)?;
                let pixels = |point: &[i64; 2]| frame.pixels(tile, layer.extent, *point);
                // A point in the buffer belongs to the neighbouring tile.
                let inside = |point: &&[i64; 2]| {
                    let within = 0..i64::from(layer.extent);
                    geometry != GeometryType::Point
                        || (within.contains(&point[0]) && within.contains(&point[1]))
                };
                let parts =
                    path.parts().map(|part| part.iter().filter(inside).map(pixels).collect());
                let parts: Vec<Vec<[f32; 2]>> = parts.collect();
                if parts.iter().all(Vec::is_empty) {
                    continue;
                }
                self.features.push(Feature {
                    geometry,
                    id: feature.id.map(|id| id as f64),
                    properties: properties(&layer, feature.tags())?,
                    parts,
                });
            }
        }
        Ok(())
    }

    /// Features for a drawing.
    pub(super) fn iter(&self) -> impl Iterator<Item = PreviewFeature<'_>> {
        self.features.iter().map(|feature| PreviewFeature {
            geometry: feature.geometry,
            id: feature.id,
            properties: &feature.properties,
            parts: &feature.parts,
        })
    }

    /// Geometry of all features.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Vec<[f32; 2]>> {
        self.features.iter().flat_map(|feature| &feature.parts)
    }
}

const fn geometry_type(kind: ShapeKind) -> GeometryType {
    match kind {
        ShapeKind::Point => GeometryType::Point,
        ShapeKind::Line => GeometryType::LineString,
        ShapeKind::Polygon => GeometryType::Polygon,
    }
}

fn properties(
    layer: &TileLayer<'_>,
    tags: impl Iterator<Item = Result<(u64, u64), ReadError>>,
) -> Result<Properties, ReadError> {
    let mut properties = Vec::new();
    for tag in tags {
        let (key, value) = tag?;
        let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let (Some(key), Some(Some(value))) =
            (layer.keys.get(place(key)), layer.values.get(place(value)))
        else {
            continue;
        };
        properties.push(((*key).to_owned(), expression_value(value)));
    }
    Ok(Properties(properties))
}

fn expression_value(value: &TagValue<'_>) -> ExpressionValue<'static> {
    match *value {
        TagValue::Text(text) => ExpressionValue::Text(text.to_owned().into()),
        TagValue::Float(number) => f64::from(number).into(),
        TagValue::Double(number) => number.into(),
        TagValue::Int(number) | TagValue::SInt(number) => (number as f64).into(),
        TagValue::UInt(number) => (number as f64).into(),
        TagValue::Bool(flag) => flag.into(),
    }
}

//! Foreign tiles, encoded by the `mvt` crate.

use mvt::{GeomEncoder, GeomType, Tile};

use super::decode::DecodedValue;

/// A feature in tile units.
#[derive(Debug, Clone)]
pub struct ForeignShape {
    pub id: Option<u64>,
    pub kind: GeomType,
    /// Rings without their closing vertex; exterior ones with a positive area.
    pub parts: Vec<Vec<[i32; 2]>>,
    pub tags: Vec<(&'static str, ForeignTag)>,
}

/// A value of each type of the specification.
#[derive(Debug, Clone)]
pub enum ForeignTag {
    Text(&'static str),
    Float(f32),
    Double(f64),
    Int(i64),
    UInt(u64),
    SInt(i64),
    Bool(bool),
}

impl ForeignTag {
    /// The value in a decoder that does not distinguish integer types.
    pub fn decoded(&self) -> DecodedValue {
        match *self {
            Self::Text(v) => DecodedValue::Text(v.to_owned()),
            Self::Float(v) => DecodedValue::Number(v.into()),
            Self::Double(v) => DecodedValue::Number(v),
            Self::Int(v) | Self::SInt(v) => DecodedValue::Int(v.into()),
            Self::UInt(v) => DecodedValue::Int(v.into()),
            Self::Bool(v) => DecodedValue::Bool(v),
        }
    }
}

/// A tile of layers, each a name and features.
pub fn tile(extent: u32, layers: &[(&str, &[ForeignShape])]) -> Vec<u8> {
    let mut tile = Tile::new(extent);
    for (name, shapes) in layers {
        let mut layer = tile.create_layer(name);
        for shape in *shapes {
            let mut encoder = GeomEncoder::<f64>::new(shape.kind);
            for part in &shape.parts {
                for &[x, y] in part {
                    encoder.add_point(x.into(), y.into()).unwrap();
                }
                if !matches!(shape.kind, GeomType::Point) {
                    encoder.complete_geom().unwrap();
                }
            }
            let mut feature = layer.into_feature(encoder.encode().unwrap());
            if let Some(id) = shape.id {
                feature.set_id(id);
            }
            for (key, tag) in &shape.tags {
                match *tag {
                    ForeignTag::Text(v) => feature.add_tag_string(key, v),
                    ForeignTag::Float(v) => feature.add_tag_float(key, v),
                    ForeignTag::Double(v) => feature.add_tag_double(key, v),
                    ForeignTag::Int(v) => feature.add_tag_int(key, v),
                    ForeignTag::UInt(v) => feature.add_tag_uint(key, v),
                    ForeignTag::SInt(v) => feature.add_tag_sint(key, v),
                    ForeignTag::Bool(v) => feature.add_tag_bool(key, v),
                }
            }
            layer = feature.into_layer();
        }
        tile.add_layer(layer).unwrap();
    }
    tile.to_bytes().unwrap()
}

pub fn point(id: Option<u64>, at: [i32; 2], tags: Vec<(&'static str, ForeignTag)>) -> ForeignShape {
    ForeignShape { id, kind: GeomType::Point, parts: vec![vec![at]], tags }
}

pub fn line(
    id: Option<u64>,
    points: &[[i32; 2]],
    tags: Vec<(&'static str, ForeignTag)>,
) -> ForeignShape {
    ForeignShape { id, kind: GeomType::Linestring, parts: vec![points.to_vec()], tags }
}

pub fn polygon(
    id: Option<u64>,
    rings: &[&[[i32; 2]]],
    tags: Vec<(&'static str, ForeignTag)>,
) -> ForeignShape {
    let parts = rings.iter().map(|ring| ring.to_vec()).collect();
    ForeignShape { id, kind: GeomType::Polygon, parts, tags }
}

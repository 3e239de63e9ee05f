//! FlatGeobuf files: the embedded store.
//!
//! The reader frames, bounds and counts everything itself and uses the
//! `flatgeobuf` crate for the verified FlatBuffers accessors alone: a file cut
//! short, with flipped bits or hostile lengths is a [`StoreError`] that names
//! the place, never fewer features.
//!
//! ```
//! use data_model::feature::{
//!     AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry, GeometryKind,
//!     ShapeKind,
//! };
//! use data_model::{FeatureStore as _, VisitError};
//! use flatgeobuf_store::{FlatGeobuf, FlatGeobufWriter};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("lamps.fgb");
//! let name = Column {
//!     name: "name".to_owned(),
//!     kind: ColumnType::Text,
//!     title: None,
//!     description: None,
//! };
//! let schema = FeatureSchema { columns: vec![name], ..FeatureSchema::default() };
//! let mut writer = FlatGeobufWriter::create(&path, &schema, GeometryKind::Point)?;
//! let point = Geometry {
//!     kind: Some(ShapeKind::Point),
//!     coordinates: vec![[127.04, 37.55]],
//!     ..Geometry::default()
//! };
//! writer.feature(&point, &[AttributeValue::Text("Lamp 1")])?;
//! assert_eq!(writer.finish()?, 1);
//!
//! /// Collects the positions of all features.
//! #[derive(Default)]
//! struct Positions(Vec<[f64; 2]>);
//!
//! impl FeatureVisitor for Positions {
//!     fn begin(&mut self, _: &FeatureSchema) {}
//!
//!     fn feature(
//!         &mut self,
//!         _: u64,
//!         geometry: &Geometry,
//!         _: &[AttributeValue<'_>],
//!     ) -> Result<(), VisitError> {
//!         self.0.extend(&geometry.coordinates);
//!         Ok(())
//!     }
//! }
//!
//! let mut positions = Positions::default();
//! FlatGeobuf::new(&path).scan(&mut positions)?;
//! assert_eq!(positions.0, [[127.04, 37.55]]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`StoreError`]: data_model::StoreError

#![forbid(unsafe_code)]

mod encode;
mod frame;
mod geometry;
mod header;
mod properties;
mod reader;
mod writer;

pub use encode::FeatureMismatch;
pub use reader::{FlatGeobuf, ScanSummary, scan};
pub use writer::{FlatGeobufWriter, LEFTOVER_PREFIX, WriteError};

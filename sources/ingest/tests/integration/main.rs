//! Integration tests of the import of foreign files.

mod import_kostat;
mod ingest;
mod ingest_geojson;
mod ingest_hostile;
mod ingest_replace;
mod ingest_shapefile;
mod ingest_text;

//! Flags for data and database of commands that read them as `serve` would.

use std::path::PathBuf;

use clap::Args;

/// Data directory and database, with the meaning that they have for `serve`.
#[derive(Debug, Clone, Args, Default)]
pub struct DataArgs {
    /// Read settings from this TOML file, as serve does [env: TILE_SERVER_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data directory: *.fgb, *.pmtiles, catalog/ and styles/ [default: data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<String>,
    /// A PostgreSQL database with PostGIS; better given by TILE_SERVER_DATABASE_URL
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// Look for the catalog's datasets in these schemas, separated by commas
    #[arg(long, value_name = "SCHEMAS")]
    pub dataset_schema: Option<String>,
}

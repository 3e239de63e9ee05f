//! The command line.

use clap::{Parser, Subcommand};

/// Vector tiles of a district's policy map, on demand.
#[derive(Debug, Parser)]
#[command(name = "tile-server", version, about, max_term_width = 100)]
pub struct CommandLine {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve tiles, styles and the map page.
    Serve(Box<crate::commands::serve_args::ServeArgs>),
    /// Bring Shapefile (.shp, .zip) and GeoJSON files into the data directory, or into PostGIS.
    Import(Box<crate::commands::import::ImportArgs>),
    /// Bring the FlatGeobuf files of a data directory into PostGIS tables.
    Load(Box<crate::commands::load::LoadArgs>),
    /// Check a catalog and styles as serve would, and list every fault.
    Check(Box<crate::commands::check::CheckArgs>),
    /// Propose styles from declaration and data.
    Style(Box<crate::commands::style::StyleArgs>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys::KEYS;
    use clap::CommandFactory;

    #[test]
    fn every_setting_has_its_flag_and_every_flag_its_setting() {
        CommandLine::command().debug_assert();
        let mut line = vec!["tile-server", "serve"];
        for key in KEYS {
            line.push(key.flag);
            if key.flag != "--publish-uncatalogued" {
                line.push("1");
            }
        }
        let names: Vec<_> = match CommandLine::try_parse_from(line).unwrap().command {
            Command::Serve(args) => args.given().into_keys().collect(),
            _ => Vec::new(),
        };
        let mut expected: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        expected.sort_unstable();
        assert_eq!(names, expected);
    }
}

//! Data, catalog and styles of a data directory and a database, as `serve` would publish them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog::Catalog;
use data_library::{DatabaseTables, LibraryOptions, Snapshot};
use postgis_store::PostgisDatabase;
use styles::ThemeStyles;
use tile_source::workers::TileWorkers;
use tokio::runtime::Runtime;

use crate::commands::data_args::DataArgs;
use crate::commands::serve::{configure, environment};
use crate::commands::serve_args::ServeArgs;
use crate::config::{DatabaseConfig, ServeConfig};
use crate::layer_library::{LayerLibrary, LibraryDirectory};

/// Time for loading tables and computing measures.
const LOADING_TIME: Duration = Duration::from_secs(1800);
/// Time between two looks at the library.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);

/// Published layers and styles, with everything loaded and computed.
pub struct DataInForce {
    /// Layers and catalog.
    pub snapshot: Arc<Snapshot>,
    /// Style documents.
    pub themes: Arc<ThemeStyles>,
    /// Runs the database's connections.
    _runtime: Runtime,
}

impl DataInForce {
    /// Loads data, catalog and styles, and waits until nothing is missing any more. Blocks.
    ///
    /// # Errors
    /// Every fault of settings, catalog and styles, or that the data can't be loaded in time.
    pub fn load(args: &DataArgs) -> Result<Self, Vec<String>> {
        let config = configure(&ServeArgs::for_data(args), &environment())?;
        let one = |fault: String| vec![fault];
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| one(format!("threads can't be started: {error}")))?;
        let database = config.database.clone().map(|database| open_database(database, &runtime));
        let library = open_library(&config, database.transpose()?)?;
        let start = Instant::now();
        loop {
            library.refresh();
            let snapshot = library.snapshot();
            let is_discovered = snapshot.undiscovered().is_none();
            if is_discovered && snapshot.awaited() == 0 {
                return Ok(Self { snapshot, themes: library.themes(), _runtime: runtime });
            }
            if start.elapsed() > LOADING_TIME {
                let awaited = snapshot.awaited();
                return Err(one(format!(
                    "{awaited} tables and results are still being loaded after {} minutes; \
                     try again, or give the data to a running server first",
                    LOADING_TIME.as_secs() / 60
                )));
            }
            std::thread::sleep(LOOK_INTERVAL);
        }
    }

    /// The catalog.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        self.snapshot.catalog()
    }
}

fn open_database(config: DatabaseConfig, runtime: &Runtime) -> Result<DatabaseTables, Vec<String>> {
    let DatabaseConfig { options, schemas, table_memory } = config;
    let database = PostgisDatabase::start(options, runtime.handle().clone())
        .map_err(|error| vec![format!("--database-url: {error}")])?;
    Ok(DatabaseTables { database, schemas, memory: table_memory })
}

fn open_library(
    config: &ServeConfig,
    database: Option<DatabaseTables>,
) -> Result<LibraryDirectory, Vec<String>> {
    let options = LibraryOptions {
        publish_uncatalogued: config.publish_uncatalogued,
        folder_is_optional: config.data_is_default && database.is_some(),
        workers: Arc::new(TileWorkers::new(config.workers)),
        database,
    };
    LibraryDirectory::open(&config.data, options)
}

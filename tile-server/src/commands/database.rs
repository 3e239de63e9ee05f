//! The database that `import` and `load` write to, by flags and environment.

use clap::Args;
use postgis_store::{writer, writer::PostgisError};

/// Database and schema to write to.
#[derive(Debug, Args)]
pub struct DatabaseArgs {
    /// The PostGIS database, as postgresql://user:password@host:5432/database. Others on this
    /// machine can see flags, but not the environment
    #[arg(
        long,
        value_name = "URL",
        env = "TILE_SERVER_DATABASE_URL",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub database_url: Option<String>,
    /// The schema of the tables; it is made where it is missing
    #[arg(long, value_name = "NAME", default_value = "public")]
    pub schema: String,
}

/// A connection that is opened again after it was lost.
#[derive(Debug)]
pub struct LoadConnection<'a> {
    url: &'a str,
    open: Option<writer::BlockingSession>,
}

impl<'a> LoadConnection<'a> {
    /// Connects.
    ///
    /// # Errors
    /// [`PostgisError`], which never contains the password.
    pub fn to(url: &'a str) -> Result<Self, PostgisError> {
        Ok(Self { url, open: Some(writer::BlockingSession::connect(url)?) })
    }

    /// The open connection, or a new one.
    ///
    /// # Errors
    /// [`PostgisError`].
    pub fn get(&mut self) -> Result<&mut writer::BlockingSession, PostgisError> {
        let database = match self.open.take() {
            Some(database) if !database.is_closed() => database,
            _ => writer::BlockingSession::connect(self.url)?,
        };
        Ok(self.open.insert(database))
    }
}

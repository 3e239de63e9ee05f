//! Checks raw values into a [`ServeConfig`], listing every fault at once.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use data_library::DataLibrary;
use data_library::DatabaseSchemas;
use http::HeaderValue;
use postgis_store::DatabaseOptions;
use tile_source::workers::WorkerOptions;
use tracing_subscriber::EnvFilter;
use vector_tile::fragment::DeflateLevel;

use super::merge::RawValues;
use super::{DatabaseConfig, ServeConfig, SettingFault, SettingOrigin};
use crate::http::base_url::{BaseUrl, BaseUrls};
use crate::logging::LogFormat;
use crate::net::connection_limits::ConnectionLimits;
use crate::net::network::TrustedNetwork;

/// Checks every value and their combination. Looks whether the data directory exists, and
/// opens nothing.
///
/// # Errors
/// Every fault, in the order of the settings.
pub fn check(values: &RawValues) -> Result<ServeConfig, Vec<SettingFault>> {
    let mut checker = Checker { values, faults: Vec::new() };
    let listen = checker.address("listen");
    let listen_staff = checker.address("listen_staff");
    let listen_admin = checker.address("listen_admin");
    checker.distinct(&[
        ("listen", listen),
        ("listen_staff", listen_staff),
        ("listen_admin", listen_admin),
    ]);
    let database = checker.database();
    let data = checker.data(database.is_some());
    let data_is_default =
        values.get("data").is_some_and(|raw| matches!(raw.origin, SettingOrigin::Default(_)));
    let configured =
        checker.parsed::<BaseUrl>("public_url", "write it like https://map.example/prefix");
    let trusted = checker.list::<TrustedNetwork>("trust_proxy", "write 10.0.0.1 or 10.0.0.0/8");
    let staff = checker.parsed::<BaseUrl>("staff_url", "write it like https://staff.example");
    let base_urls = BaseUrls { configured, staff, trusted };
    let uncatalogued = checker.publish_uncatalogued(&data);
    let frame_ancestors = checker.frame_ancestors("frame_ancestors");
    let staff_frame_ancestors = checker.frame_ancestors("staff_frame_ancestors");
    let vworld_key = checker.parsed("basemap.vworld_key", "write the key as VWorld gave it");
    let log_format = checker.log_format();
    let log_filter = checker.log_filter();
    let workers = checker.workers();
    let cache_megabytes = checker.number("tiles.cache_megabytes", 0, 1 << 20);
    let connections = checker.connection_limits();
    let request_timeout = checker.seconds("limits.request_seconds", 3600);
    let (Some(listen), Some(workers), true) = (listen, workers, checker.faults.is_empty()) else {
        return Err(checker.faults);
    };
    // A loopback listener is private unless a setting implies a proxy that passes public
    // requests on to it.
    let proxied = !base_urls.trusted.is_empty()
        || base_urls.configured.as_ref().is_some_and(|url| !url.is_loopback());
    Ok(ServeConfig {
        listen,
        listen_staff,
        listen_admin,
        database,
        data_is_default,
        data,
        publish_uncatalogued: uncatalogued,
        local_files: listen.ip().is_loopback() && !proxied,
        base_urls,
        frame_ancestors,
        staff_frame_ancestors,
        vworld_key,
        log_format,
        log_filter,
        workers,
        cache_bytes: cache_megabytes << 20,
        request_timeout,
        connections,
    })
}

struct Checker<'v> {
    values: &'v RawValues,
    faults: Vec<SettingFault>,
}

impl Checker<'_> {
    fn workers(&mut self) -> Option<WorkerOptions> {
        let level = self.number("tiles.deflate_level", 1, 9);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let concurrent = match self.values.get("tiles.workers") {
            Some(_) => self.number("tiles.workers", 1, 1024) as usize,
            None => cores,
        };
        let queued = self.number("tiles.queue", 0, 1 << 20) as usize;
        let deflate_level = DeflateLevel::new(level as u8)?;
        Some(WorkerOptions { concurrent, queued, deflate_level })
    }

    fn connection_limits(&mut self) -> ConnectionLimits {
        ConnectionLimits {
            // hyper takes no smaller buffer than 8 KiB; a path alone may be that long.
            header_bytes: self.number("limits.header_bytes", 16 << 10, 1 << 20) as usize,
            header: self.seconds("limits.header_seconds", 600),
            idle: self.seconds("limits.idle_seconds", 86_400),
            write: self.seconds("limits.write_seconds", 3600),
            connections: self.number("limits.connections", 1, 1 << 20) as usize,
            per_peer: self.number("limits.connections_per_peer", 1, 1 << 20) as usize,
            drain: self.seconds("limits.drain_seconds", 3600),
        }
    }

    fn seconds(&mut self, name: &'static str, most: u64) -> Duration {
        Duration::from_secs(self.number(name, 1, most))
    }

    fn parsed<T: FromStr>(&mut self, name: &str, remedy: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        let raw = self.values.get(name)?;
        match raw.text().parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.faults.push(raw.fault(format!("{:?}: {error}", raw.text()), remedy));
                None
            }
        }
    }

    fn list<T: FromStr>(&mut self, name: &str, remedy: &str) -> Vec<T>
    where
        T::Err: std::fmt::Display,
    {
        let Some(raw) = self.values.get(name) else { return Vec::new() };
        let mut values = Vec::with_capacity(raw.texts.len());
        for text in &raw.texts {
            match text.parse() {
                Ok(value) => values.push(value),
                Err(error) => self.faults.push(raw.fault(format!("{text:?}: {error}"), remedy)),
            }
        }
        values
    }

    /// A whole number in a range; the start of the range for a faulty value.
    fn number(&mut self, name: &str, least: u64, most: u64) -> u64 {
        let Some(raw) = self.values.get(name) else { return least };
        match raw.text().trim().parse::<u64>() {
            Ok(number) if (least..=most).contains(&number) => number,
            _ => {
                let problem = format!("{:?} is no whole number in range", raw.text());
                self.faults.push(raw.fault(problem, format!("use {least} to {most}")));
                least
            }
        }
    }

    fn address(&mut self, name: &str) -> Option<SocketAddr> {
        self.parsed(name, "write an IP address and a port, such as 127.0.0.1:3000 or [::]:3000")
    }

    fn distinct(&mut self, addresses: &[(&str, Option<SocketAddr>)]) {
        for (i, (name, address)) in addresses.iter().enumerate() {
            let Some(address) = address.filter(|address| address.port() != 0) else { continue };
            let clash = addresses[..i].iter().find(|(_, other)| *other == Some(address));
            if let (Some((other, _)), Some(raw)) = (clash, self.values.get(name)) {
                let problem = format!("{address} is taken by {other}");
                self.faults.push(raw.fault(problem, "give each listener an address of its own"));
            }
        }
    }

    fn switch(&mut self, name: &str) -> bool {
        let Some(raw) = self.values.get(name) else { return false };
        match raw.text() {
            "true" | "1" | "yes" => true,
            "false" | "0" | "no" => false,
            other => {
                self.faults
                    .push(raw.fault(format!("{other:?} is no answer"), "write true or false"));
                false
            }
        }
    }

    /// Whether files without a catalog are public. Setting it beside a catalog is a fault: the
    /// catalog declares what is public.
    fn publish_uncatalogued(&mut self, data: &Path) -> bool {
        let asked = self.switch("publish_uncatalogued");
        if let Some(raw) = self.values.get("publish_uncatalogued")
            && asked
            && DataLibrary::has_catalog(data)
        {
            let problem = format!(
                "{} declares what is public, and files that it does not declare (copies and fresh \
                 imports too) are for staff only",
                data.join("catalog").display()
            );
            let remedy = "remove the setting, and declare there what is to be public";
            self.faults.push(raw.fault(problem, remedy));
        }
        asked
    }

    /// The data directory. Beside a database the default folder may be missing.
    fn data(&mut self, beside_database: bool) -> PathBuf {
        let Some(raw) = self.values.get("data") else { return PathBuf::new() };
        let path = PathBuf::from(raw.text());
        let optional = beside_database && matches!(raw.origin, SettingOrigin::Default(_));
        match std::fs::metadata(&path) {
            Ok(meta) if meta.is_dir() => {}
            Err(error) if optional && error.kind() == std::io::ErrorKind::NotFound => {}
            Ok(_) => self.faults.push(
                raw.fault(format!("{} is a file", path.display()), "name the folder that holds it"),
            ),
            Err(error) => self.faults.push(raw.fault(
                format!("{}: {error}", path.display()),
                "create the folder or name another with --data",
            )),
        }
        path
    }

    fn database(&mut self) -> Option<DatabaseConfig> {
        let texts = |name: &str| self.values.get(name).map(|raw| raw.texts.clone());
        let publish = texts("database.publish_schema").unwrap_or_default();
        let datasets = texts("database.dataset_schema");
        let datasets = datasets.unwrap_or_else(|| match &publish[..] {
            [] => vec!["public".to_owned()],
            publish => publish.to_vec(),
        });
        let memory = self.number("database.table_memory", 0, 1 << 20);
        let connections = self.number("database.connections", 1, 256);
        let seconds = self.number("database.query_seconds", 1, 3600);
        let mut limit = |name: &str, most| Duration::from_secs(self.number(name, 1, most));
        let poll_timeout = limit("database.poll_seconds", 3600);
        let scan_timeout = limit("database.scan_seconds", 86_400);
        let lock_timeout = limit("database.lock_seconds", 3600);
        let login_timeout = limit("database.login_seconds", 600);
        for name in ["database.publish_schema", "database.dataset_schema"] {
            let Some(raw) = self.values.get(name) else { continue };
            if self.values.get("database.url").is_none() {
                let remedy = "name the database with --database-url";
                self.faults.push(raw.fault("there is no database to look at", remedy));
            }
            if raw.texts.iter().any(String::is_empty) {
                self.faults.push(raw.fault("a schema without a name", "remove the comma"));
            }
        }
        let most = self.number("limits.request_seconds", 1, 3600);
        if let Some(raw) = self.values.get("database.query_seconds")
            && seconds > most
            && !matches!(raw.origin, SettingOrigin::Default(_))
        {
            let problem = format!("{seconds} is longer than a request may take");
            let remedy = format!("use {most} at most, or raise --limit-request-seconds");
            self.faults.push(raw.fault(problem, remedy));
        }
        let seconds = seconds.min(most);
        let raw = self.values.get("database.url")?;
        let schemas = DatabaseSchemas { publish, datasets };
        let options = DatabaseOptions {
            schemas: schemas.all(),
            pool_size: connections as usize,
            statement_timeout: Duration::from_secs(seconds),
            poll_timeout,
            scan_timeout,
            lock_timeout,
            login_timeout,
            ..DatabaseOptions::new(raw.text())
        };
        if let Err(error) = options.check() {
            // The error says what to do.
            self.faults.push(raw.fault(error, ""));
        }
        Some(DatabaseConfig { options, schemas, table_memory: memory << 20 })
    }

    fn frame_ancestors(&mut self, name: &str) -> Vec<String> {
        let Some(raw) = self.values.get(name) else { return Vec::new() };
        for text in &raw.texts {
            let keyword = matches!(text.as_str(), "'self'" | "'none'" | "*");
            let host = text.trim_start_matches("https://").trim_start_matches("http://");
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:*".contains(&b);
            let origin = !host.is_empty() && host.bytes().all(plain);
            if !(keyword || origin) || HeaderValue::from_str(text).is_err() {
                self.faults.push(raw.fault(
                    format!("{text:?} is no origin"),
                    "write https://www.example.kr, 'self', 'none' or *",
                ));
            }
        }
        raw.texts.clone()
    }

    fn log_format(&mut self) -> LogFormat {
        let Some(raw) = self.values.get("log.format") else { return LogFormat::Text };
        match raw.text() {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            other => {
                self.faults.push(raw.fault(format!("{other:?} is no format"), "use text or json"));
                LogFormat::Text
            }
        }
    }

    fn log_filter(&mut self) -> String {
        let Some(raw) = self.values.get("log.filter") else { return "info".to_owned() };
        if let Err(error) = EnvFilter::try_new(raw.text()) {
            let problem = format!("{:?}: {error}", raw.text());
            self.faults.push(raw.fault(problem, "write it like info or info,access=warn"));
        }
        raw.text().to_owned()
    }
}

#[cfg(test)]
mod tests;

//! Raw values to a [`Config`], listing every fault at once.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use http::HeaderValue;
use sources::DataDirectory;
use sources::fragment::DeflateLevel;
use sources::library::Schemas;
use sources::postgis::DatabaseOptions;
use sources::workers::WorkerOptions;
use tracing_subscriber::EnvFilter;

use super::merge::RawValues;
use super::{Config, DatabaseConfig, Fault, Origin};
use crate::base_url::{BaseUrl, BaseUrls};
use crate::logging::LogFormat;
use crate::network::Network;
use crate::server::ConnectionLimits;

/// Checks every value and how they go together. Looks whether the data
/// directory exists, and opens nothing.
///
/// # Errors
/// Every fault, in the order of the settings.
pub fn check(values: &RawValues) -> Result<Config, Vec<Fault>> {
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
        values.get("data").is_some_and(|raw| matches!(raw.origin, Origin::Default(_)));
    let configured =
        checker.parsed::<BaseUrl>("public_url", "write it like https://map.example/prefix");
    let trusted = checker.list::<Network>("trust_proxy", "write 10.0.0.1 or 10.0.0.0/8");
    let staff = checker.parsed::<BaseUrl>("staff_url", "write it like https://staff.example");
    let base_urls = BaseUrls { configured, staff, trusted };
    let uncatalogued = checker.publish_uncatalogued(&data);
    let frame_ancestors = checker.frame_ancestors("frame_ancestors");
    let staff_frame_ancestors = checker.frame_ancestors("staff_frame_ancestors");
    let log_format = checker.log_format();
    let log_filter = checker.log_filter();
    let level = checker.number("tiles.deflate_level", 1, 9);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = match values.get("tiles.workers") {
        Some(_) => checker.number("tiles.workers", 1, 1024),
        None => cores as u64,
    };
    let queue = checker.number("tiles.queue", 0, 1 << 20);
    let cache_megabytes = checker.number("tiles.cache_megabytes", 0, 1 << 20);
    let seconds =
        |checker: &mut Checker<'_>, name, most| Duration::from_secs(checker.number(name, 1, most));
    let connections = ConnectionLimits {
        // hyper takes no smaller buffer than 8 KiB; a path alone may be that long.
        header_bytes: checker.number("limits.header_bytes", 16 << 10, 1 << 20) as usize,
        header: seconds(&mut checker, "limits.header_seconds", 600),
        idle: seconds(&mut checker, "limits.idle_seconds", 86_400),
        write: seconds(&mut checker, "limits.write_seconds", 3600),
        connections: checker.number("limits.connections", 1, 1 << 20) as usize,
        per_peer: checker.number("limits.connections_per_peer", 1, 1 << 20) as usize,
        drain: seconds(&mut checker, "limits.drain_seconds", 3600),
    };
    let request_timeout = seconds(&mut checker, "limits.request_seconds", 3600);
    let (Some(listen), Some(deflate_level), true) =
        (listen, DeflateLevel::new(level as u8), checker.faults.is_empty())
    else {
        return Err(checker.faults);
    };
    // What listens on loopback is private unless something says that a proxy
    // passes the public on to it.
    let proxied = !base_urls.trusted.is_empty()
        || base_urls.configured.as_ref().is_some_and(|url| !url.is_loopback());
    Ok(Config {
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
        log_format,
        log_filter,
        workers: WorkerOptions {
            concurrent: workers as usize,
            queued: queue as usize,
            deflate_level,
        },
        cache_bytes: cache_megabytes << 20,
        request_timeout,
        connections,
    })
}

struct Checker<'v> {
    values: &'v RawValues,
    faults: Vec<Fault>,
}

impl Checker<'_> {
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

    /// A whole number in a range; the range's start where it is at fault.
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

    /// Where a catalog declares what is public, a flag can't publish the rest too.
    fn publish_uncatalogued(&mut self, data: &Path) -> bool {
        let asked = self.switch("publish_uncatalogued");
        if let Some(raw) = self.values.get("publish_uncatalogued")
            && asked
            && DataDirectory::has_catalog(data)
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

    /// Where a database is named, the folder that nobody named may be missing.
    fn data(&mut self, beside_database: bool) -> PathBuf {
        let Some(raw) = self.values.get("data") else { return PathBuf::new() };
        let path = PathBuf::from(raw.text());
        let optional = beside_database && matches!(raw.origin, Origin::Default(_));
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
        let look_timeout = limit("database.look_seconds", 3600);
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
            && !matches!(raw.origin, Origin::Default(_))
        {
            let problem = format!("{seconds} is longer than a request may take");
            let remedy = format!("use {most} at most, or raise --limit-request-seconds");
            self.faults.push(raw.fault(problem, remedy));
        }
        let seconds = seconds.min(most);
        let raw = self.values.get("database.url")?;
        let schemas = Schemas { publish, datasets };
        let options = DatabaseOptions {
            schemas: schemas.all(),
            pool_size: connections as usize,
            statement_timeout: Duration::from_secs(seconds),
            look_timeout,
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
mod tests {
    use super::*;
    use rstest::rstest;
    use std::collections::BTreeMap;

    fn config(pairs: &[(&'static str, &str)]) -> Result<Config, Vec<String>> {
        let mut flags: BTreeMap<_, _> =
            pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        flags.entry("data").or_insert_with(|| ".".to_owned());
        let values = RawValues::merge(&flags, |_| None, BTreeMap::new());
        check(&values).map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_defaults_are_sound() {
        let config = config(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!((config.listen_staff, config.listen_admin), (None, None));
        assert_eq!(config.workers.deflate_level, DeflateLevel::DEFAULT);
        assert!(config.workers.concurrent >= 1);
    }

    #[rstest]
    #[case::loopback(&[], (false, true))]
    #[case::loopback6(&[("listen", "[::1]:3000")], (false, true))]
    #[case::open(&[("listen", "0.0.0.0:3000")], (false, false))]
    #[case::open_and_asked(&[("listen", "0.0.0.0:3000"), ("publish_uncatalogued", "true")], (true, false))]
    #[case::behind_proxy(&[("trust_proxy", "127.0.0.1")], (false, false))]
    #[case::public_url(&[("public_url", "https://map.example")], (false, false))]
    #[case::local_url(&[("public_url", "http://localhost:3000")], (false, true))]
    fn private_files_stay_private_beyond_loopback(
        #[case] pairs: &[(&'static str, &str)],
        #[case] expected: (bool, bool),
    ) {
        let config = config(pairs).unwrap();
        assert_eq!((config.publish_uncatalogued, config.local_files), expected);
    }

    #[rstest]
    #[case::parameter("postgresql://u@h/d?connection_limit=5", "remove it")]
    #[case::value("postgresql://u@h/d?sslmode=sometimes", "require, verify-ca or verify-full")]
    #[case::no_url("mysql://u@h/d", "%23 for #")]
    fn a_fault_of_the_database_url_had_two_remedies(#[case] url: &str, #[case] end: &str) {
        let pairs = [("database.url", url), ("database.publish_schema", "public")];
        let faults = config(&pairs).unwrap_err();
        assert!(faults.len() == 1 && faults[0].ends_with(end), "{faults:?}");
    }

    #[test]
    fn publishing_every_file_is_refused_beside_a_catalog() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().to_str().unwrap();
        let pairs = [("data", folder), ("publish_uncatalogued", "yes")];
        assert!(config(&pairs).unwrap().publish_uncatalogued);
        // One with faults too: it may be mended while the server runs.
        std::fs::create_dir(data.path().join("catalog")).unwrap();
        std::fs::write(data.path().join("catalog/district.toml"), "title = 1").unwrap();
        let faults = config(&pairs).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with("--publish-uncatalogued: "), "{faults:?}");
        assert!(config(&[("data", folder), ("publish_uncatalogued", "no")]).is_ok());
    }

    #[test]
    fn every_fault_is_listed_with_its_origin() {
        let faults = config(&[
            ("listen", "localhost"),
            ("listen_staff", "127.0.0.1:4000"),
            ("listen_admin", "127.0.0.1:4000"),
            ("data", "/nowhere/at/all"),
            ("public_url", "map.example"),
            ("trust_proxy", "10.0.0.0/8, proxy, 1.2.3.4/40"),
            ("publish_uncatalogued", "maybe"),
            ("frame_ancestors", "https://a.example,b c"),
            ("staff_frame_ancestors", "https://a.example/path;x"),
            ("log.format", "xml"),
            ("log.filter", "a=b=c"),
            ("tiles.deflate_level", "0"),
            ("tiles.workers", "-1"),
            ("database.look_seconds", "0"),
            ("database.login_seconds", "soon"),
            ("limits.header_seconds", "0"),
            ("limits.connections", "lots"),
        ])
        .unwrap_err();
        let expected = [
            "--listen: ",
            "--listen-admin: 127.0.0.1:4000 is taken by listen_staff; ",
            "--data: /nowhere/at/all: ",
            "--public-url: ",
            "--trust-proxy: \"proxy\": ",
            "--trust-proxy: \"1.2.3.4/40\": ",
            "--publish-uncatalogued: ",
            "--frame-ancestors: \"b c\" ",
            "--staff-frame-ancestors: \"https://a.example/path;x\" ",
            "--log-format: ",
            "--log-filter: ",
            "--deflate-level: ",
            "--workers: ",
            "--database-look-seconds: ",
            "--database-login-seconds: ",
            "--limit-connections: ",
            "--limit-header-seconds: ",
        ];
        for start in expected {
            assert!(faults.iter().any(|fault| fault.starts_with(start)), "{start} in {faults:#?}");
        }
        assert_eq!(faults.len(), expected.len(), "{faults:#?}");
    }
}

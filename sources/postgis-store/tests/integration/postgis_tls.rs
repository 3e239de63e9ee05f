//! TLS with a database of its own, whose certificate an authority made here has signed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use postgis_store::writer;
use postgis_store::{DatabaseOptions, DatabaseState, PostgisDatabase};
use testing::FeatureCollector;
use testing::database::{PATIENCE, table, wait_for};
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

/// A PostgreSQL that is removed at the end.
struct TlsServer {
    script: PathBuf,
    folder: tempfile::TempDir,
    runtime: Runtime,
    /// A session of its superuser, begun before anything was forbidden.
    client: Client,
    /// The URL, on 127.0.0.1.
    url: String,
}

impl TlsServer {
    /// Starts a server without TLS; `None`, and a line on stderr, if its programs are not
    /// installed.
    fn start(test: &str) -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgis");
        let works = |mut command: Command| command.output().is_ok_and(|out| out.status.success());
        let mut installed = Command::new(&script);
        installed.arg("installed");
        let mut openssl = Command::new("openssl");
        openssl.arg("version");
        for (works, program) in [(works(installed), "PostGIS"), (works(openssl), "openssl")] {
            if !works {
                eprintln!("skipped: {test}: {program} is not installed");
                return None;
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let mut start = Command::new(&script);
        start.arg("start").arg(folder.path().join("pg")).args(["--fast", "--quick"]);
        let out = start.output().unwrap();
        let stderr = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{stderr}");
        let url = String::from_utf8(out.stdout).unwrap().trim().to_owned();
        let runtime = Runtime::new().unwrap();
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
            tokio::spawn(connection);
            client
        });
        Some(Self { script, folder, runtime, client, url })
    }

    fn sql(&self, statements: &str) {
        self.runtime.block_on(self.client.batch_execute(statements)).unwrap();
    }

    /// Writes a file into the folder of the server, as its user, for that user alone.
    fn write(&self, name: &str, text: &str) {
        let text = text.trim_end();
        self.sql(&format!(
            "COPY (SELECT unnest(string_to_array($t${text}$t$, E'\\n'))) \
             TO PROGRAM 'umask 077; cat > {name}'"
        ));
    }

    /// Sets the clients of this machine that are admitted, by lines of `pg_hba.conf`.
    fn admit(&self, kind: &str) {
        self.write("pg_hba.conf", &format!("{kind} all all 127.0.0.1/32 scram-sha-256"));
        self.sql("SELECT pg_reload_conf()");
    }

    /// The URL with other parameters, and perhaps another host.
    fn url(&self, host: &str, parameters: &str) -> String {
        format!("{}?{parameters}", self.url.replace("127.0.0.1", host))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, arguments: &str) {
        let mut command = Command::new("openssl");
        command.current_dir(self.folder.path()).args(arguments.split(' '));
        let out = command.output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }

    /// Makes two authorities, and a certificate of the first for `localhost`.
    fn make_certificates(&self) {
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        for name in ["ca", "other"] {
            let files = format!("-keyout {name}.key -out {name}.crt");
            self.openssl(&format!("req -x509 {key} {files} -days 2 -subj /CN={name}"));
        }
        std::fs::write(self.path("ext"), "subjectAltName = DNS:localhost\n").unwrap();
        self.openssl(&format!("req -new {key} -keyout s.key -out s.csr -subj /CN=localhost"));
        self.openssl(
            "x509 -req -in s.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile ext \
             -out s.crt",
        );
        for (file, name) in [("s.key", "server.key"), ("s.crt", "server.crt")] {
            self.write(name, &std::fs::read_to_string(self.path(file)).unwrap());
        }
        self.sql("ALTER SYSTEM SET ssl = on");
        self.sql("SELECT pg_reload_conf()");
    }

    /// A watched database after its first inventory.
    fn connect(&self, url: &str) -> Result<std::sync::Arc<PostgisDatabase>, String> {
        let options = DatabaseOptions {
            poll_interval: Duration::from_millis(50),
            ..DatabaseOptions::new(url)
        };
        let database = PostgisDatabase::start(options, self.runtime.handle().clone());
        let database = database.map_err(|error| error.to_string())?;
        match &database.wait_for_first_poll(PATIENCE).state {
            DatabaseState::Lost { reason } => Err(reason.clone()),
            _ => Ok(database),
        }
    }

    /// Waits until the settings are in force for new sessions.
    fn settle(&self, url: &str, works: bool) {
        let until = std::time::Instant::now() + PATIENCE;
        while self.connect(url).is_ok() != works {
            assert!(std::time::Instant::now() < until, "the settings are not in force");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether each session of the program is one with TLS.
    fn sessions_with_tls(&self) -> Vec<bool> {
        let sql = "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                   WHERE application_name = 'tile-server'";
        let rows = self.runtime.block_on(self.client.query(sql, &[])).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        let _ = Command::new(&self.script).arg("remove").arg(self.path("pg")).output();
    }
}

#[test]
#[ignore = "needs PostGIS installed: see CONTRIBUTING"]
fn a_server_is_checked_as_far_as_the_url_asks() {
    let Some(server) = TlsServer::start("a_server_is_checked_as_far_as_the_url_asks") else {
        return;
    };
    let password = server.url.split([':', '@']).nth(2).unwrap().to_owned();
    let fails = |host: &str, parameters: &str, words: &str| {
        let url = server.url(host, parameters);
        let watched = server.connect(&url).map(|_| ()).unwrap_err();
        let written = writer::BlockingSession::connect(&url).unwrap_err().to_string();
        for message in [&watched, &written] {
            assert!(!message.contains(&password), "{parameters}: {message}");
        }
        assert!(watched.contains(words), "{parameters}: {watched}");
        written
    };
    fails("127.0.0.1", "sslmode=require", "does not speak TLS");

    server.make_certificates();
    server.settle(&server.url("127.0.0.1", "sslmode=require"), true);
    server.admit("hostssl");
    server.settle(&server.url("127.0.0.1", "sslmode=disable"), false);
    fails("127.0.0.1", "sslmode=disable", "no such connection without TLS");
    let root = |name: &str| format!("sslrootcert={}", server.path(name).display());
    let (ca, other, own) = (root("ca.crt"), root("other.crt"), root("s.crt"));
    for (host, parameters) in [
        ("127.0.0.1", "connect_timeout=3"),
        ("127.0.0.1", "sslmode=prefer"),
        ("127.0.0.1", "sslmode=require"),
        ("127.0.0.1", &format!("sslmode=require&{ca}")),
        ("127.0.0.1", &format!("sslmode=verify-ca&{ca}")),
        ("localhost", &format!("sslmode=verify-full&{ca}")),
        ("localhost", &format!("{own}&sslmode=verify-full")),
    ] {
        let url = server.url(host, parameters);
        let database = server.connect(&url).unwrap_or_else(|error| panic!("{parameters}: {error}"));
        assert_eq!(server.sessions_with_tls(), [true], "{parameters}");
        drop(database);
        drop(writer::BlockingSession::connect(&url).unwrap());
        let until = std::time::Instant::now() + PATIENCE;
        while !server.sessions_with_tls().is_empty() && std::time::Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    for (host, parameters, words) in [
        ("localhost", format!("sslmode=verify-full&{other}"), "by sslrootcert=PATH"),
        ("127.0.0.1", format!("sslmode=verify-ca&{other}"), "not trusted"),
        ("127.0.0.1", format!("sslmode=require&{other}"), "not trusted"),
        ("127.0.0.1", format!("sslmode=verify-full&{ca}"), "another host name"),
        ("127.0.0.1", format!("sslmode=verify-full&{own}"), "another host name"),
    ] {
        let written = fails(host, &parameters, words);
        assert!(written.contains(words), "{parameters}: {written}");
    }
    the_rows_come_by_tls(&server, &server.url("localhost", &format!("sslmode=verify-full&{ca}")));

    server.admit("hostnossl");
    server.settle(&server.url("127.0.0.1", "sslmode=disable"), true);
    let database = server.connect(&server.url("127.0.0.1", "sslmode=prefer")).unwrap();
    assert_eq!(server.sessions_with_tls(), [false]);
    drop(database);
    fails("127.0.0.1", "sslmode=require", "refuses the login");
}

fn the_rows_come_by_tls(server: &TlsServer, url: &str) {
    server.sql(
        "CREATE TABLE many AS SELECT i AS id, repeat('x', 100) AS text,
            ST_SetSRID(ST_MakePoint(127, 37), 4326)::geometry(Point, 4326) AS geom
         FROM generate_series(1, 20000) i",
    );
    let database = server.connect(url).unwrap();
    wait_for(&database, "the table", |inventory| inventory.tables.len() == 1);
    let mut found = FeatureCollector::default();
    let summary = database.scan(&table(&database, "many"), &mut found).unwrap();
    assert_eq!((summary.rows, found.features.len()), (20_000, 20_000));
}

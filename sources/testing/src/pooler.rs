//! A PgBouncer for each test, in front of the database of a URL.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Instant;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::database::{PATIENCE, ScratchSchema};

/// A port that no other test of this process has, below the system's ephemeral ports.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let number = std::process::id() as u16 % 500 * 20 + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 20_000 + number % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A running PgBouncer, killed when dropped.
pub struct Pooler {
    child: Child,
    port: u16,
    database: String,
    _folder: tempfile::TempDir,
}

/// Starts a pooler for the test of this name; `None` if PgBouncer is not installed, with
/// a message that the test is skipped.
pub fn pooler(test: &str, scratch: &ScratchSchema, mode: &str, pool_size: usize) -> Option<Pooler> {
    let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"];
    let Some(program) = program.into_iter().find(|path| Path::new(path).exists()) else {
        eprintln!("skipped: {test}: pgbouncer is not installed");
        return None;
    };
    let target: Config = scratch.url("").parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Another user than root may have to read it.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let port = free_port();
    let database = target.get_dbname().unwrap().to_owned();
    let mut server = match &target.get_hosts()[0] {
        Host::Tcp(host) => format!("host={host}"),
        Host::Unix(path) => format!("host={}", path.display()),
    };
    write!(server, " port={}", target.get_ports().first().unwrap_or(&5432)).unwrap();
    write!(server, " user={}", target.get_user().unwrap()).unwrap();
    if let Some(password) = target.get_password() {
        write!(server, " password={}", String::from_utf8_lossy(password)).unwrap();
    }
    let settings = folder.path().join("pgbouncer.ini");
    let text = format!(
        "[databases]\n{database} = {server} dbname={database}\n[pgbouncer]\n\
         listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\nunix_socket_dir =\n\
         pool_mode = {mode}\ndefault_pool_size = {pool_size}\nmax_client_conn = 100\n"
    );
    std::fs::write(&settings, text).unwrap();
    let mut command = Command::new(program);
    // It refuses to run as root.
    if std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
    {
        command.args(["-u", "nobody"]);
    }
    let child = command.arg("-q").arg(&settings).stdout(Stdio::null()).stderr(Stdio::null());
    let mut pooler = Pooler { child: child.spawn().unwrap(), port, database, _folder: folder };
    let until = Instant::now() + PATIENCE;
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert_eq!(pooler.child.try_wait().unwrap(), None, "pgbouncer has ended");
        assert!(Instant::now() < until, "pgbouncer does not listen");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Some(pooler)
}

impl Pooler {
    /// The URL of the database through the pooler.
    pub fn url(&self) -> String {
        format!("postgresql://anyone@127.0.0.1:{}/{}?sslmode=disable", self.port, self.database)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

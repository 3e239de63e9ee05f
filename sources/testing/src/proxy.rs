//! A TCP proxy between a client and a database that can be cut.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// Forwards a local port to the database of a URL.
pub struct DatabaseProxy {
    runtime: Handle,
    target: Config,
    port: u16,
    listening: Option<JoinHandle<()>>,
    streams: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl DatabaseProxy {
    pub fn start(url: &str, runtime: Handle) -> Self {
        let target = url.parse().unwrap();
        let mut proxy = Self { runtime, target, port: 0, listening: None, streams: Arc::default() };
        proxy.open();
        proxy
    }

    /// The URL of the same database through the proxy.
    pub fn url(&self) -> String {
        let password = self.target.get_password().map(|bytes| String::from_utf8_lossy(bytes));
        format!(
            "host=127.0.0.1 port={} user={} dbname={} password='{}'",
            self.port,
            self.target.get_user().unwrap(),
            self.target.get_dbname().unwrap(),
            password.unwrap_or_default(),
        )
    }

    /// Aborts every connection and accepts no more.
    pub fn cut(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.abort();
            let _ = self.runtime.block_on(listening);
        }
        for stream in self.streams.lock().drain(..) {
            stream.abort();
        }
    }

    /// Accepts connections, on the same port as before.
    pub fn open(&mut self) {
        let listener = self.runtime.block_on(async {
            let address = ("127.0.0.1", self.port);
            TcpListener::bind(address).await.unwrap()
        });
        self.port = listener.local_addr().unwrap().port();
        let (target, streams) = (self.target.clone(), Arc::clone(&self.streams));
        self.listening = Some(self.runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                streams.lock().push(tokio::spawn(forward(client, target.clone())));
            }
        }));
    }
}

async fn forward(mut client: TcpStream, target: Config) {
    let port = target.get_ports().first().copied().unwrap_or(5432);
    match &target.get_hosts()[0] {
        Host::Tcp(host) => {
            let mut server = TcpStream::connect((host.as_str(), port)).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        }
        Host::Unix(folder) => {
            let path = folder.join(format!(".s.PGSQL.{port}"));
            let mut server = UnixStream::connect(path).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        }
    }
}

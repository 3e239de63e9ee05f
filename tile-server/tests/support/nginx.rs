//! A real nginx in front of a server.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::print_stderr,
    reason = "each test binary uses a part; a skipped test tells so"
)]

use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::poll;

pub struct Nginx {
    pub address: SocketAddr,
    child: Child,
    _port: UdpSocket,
    _folder: TempDir,
}

impl Nginx {
    /// Starts nginx with `proxy_pass` to `upstream` and nothing but these settings; `None`,
    /// after printing so, where nginx is not installed.
    pub fn start(test: &str, upstream: SocketAddr, settings: &str) -> Option<Self> {
        let program = ["nginx", "/usr/sbin/nginx"].into_iter().find(|program| {
            let version = Command::new(program).arg("-v").stderr(Stdio::null()).status();
            version.is_ok_and(|status| status.success())
        });
        let Some(program) = program else {
            eprintln!("skipped: {test}: nginx is not installed");
            return None;
        };
        // A port may be taken in the moment before nginx listens on it.
        for _ in 0..8 {
            if let Some(nginx) = Self::try_start(program, upstream, settings) {
                return Some(nginx);
            }
        }
        panic!("nginx ended again and again instead of listening");
    }

    fn try_start(program: &str, upstream: SocketAddr, settings: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        // Reserved without listening: a program that listens would count as a proxy.
        let port = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = port.local_addr().unwrap();
        // As the same user as the server: the hardest to tell from its operator.
        let user = if rustix::process::geteuid().is_root() { "user root;" } else { "" };
        let config = format!(
            "{user} pid {path}/nginx.pid; error_log {path}/error.log; daemon off; \
             events {{}} http {{ access_log off; client_body_temp_path {path}/body; \
             proxy_temp_path {path}/proxy; fastcgi_temp_path {path}/fastcgi; \
             uwsgi_temp_path {path}/uwsgi; scgi_temp_path {path}/scgi; \
             server {{ listen {address}; location / {{ {settings} \
             proxy_pass http://{upstream}; }} }} }}"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, config).unwrap();
        let mut command = Command::new(program);
        command.arg("-p").arg(folder.path()).arg("-c").arg(&file);
        let child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut nginx = Self { address, child, _port: port, _folder: folder };
        let listens = poll("nginx", || match nginx.child.try_wait().unwrap() {
            Some(_) => Some(false),
            None => TcpStream::connect(address).is_ok().then_some(true),
        });
        listens.then_some(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The number of one that has ended may be another process's by now.
        if let Ok(None) = self.child.try_wait() {
            // SIGTERM, so that its workers end too.
            let pid = rustix::process::Pid::from_child(&self.child);
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

//! The real binary as a child process. Every wait is bounded: a hung server is a failed test
//! that shows its log.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses a part")]

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

const PATIENCE: Duration = Duration::from_secs(60);

pub struct Process {
    child: Child,
    lines: Option<Receiver<String>>,
    log: Vec<String>,
}

impl Process {
    /// Starts `tile-server serve` without settings from the environment.
    pub fn spawn<A: AsRef<OsStr>>(arguments: &[A], variables: &[(&str, &str)]) -> Self {
        let (mut process, stderr) = Self::spawn_unread(arguments, variables);
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // Nobody listens once the test is over.
                let _ = sender.send(line);
            }
        });
        process.lines = Some(lines);
        process
    }

    /// Starts `tile-server serve` likewise, with standard error left to the caller.
    pub fn spawn_unread<A: AsRef<OsStr>>(
        arguments: &[A],
        variables: &[(&str, &str)],
    ) -> (Self, ChildStderr) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tile-server"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TILE_SERVER_")) {
            command.env_remove(name);
        }
        command.arg("serve").args(arguments).envs(variables.iter().copied());
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        (Self { child, lines: None, log: Vec::new() }, stderr)
    }

    /// The next line of the log; `None` once the log is closed.
    pub fn line(&mut self) -> Option<String> {
        match self.lines.as_ref()?.recv_timeout(PATIENCE) {
            Ok(line) => {
                self.log.push(line.clone());
                Some(line)
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => self.give_up("no line came"),
        }
    }

    /// The first line that holds `text`.
    pub fn line_with(&mut self, text: &str) -> String {
        loop {
            match self.line() {
                Some(line) if line.contains(text) => return line,
                Some(_) => {}
                None => self.give_up(&format!("it ended without {text:?}")),
            }
        }
    }

    /// The address of a listener, from its line of a JSON log; waits for the line.
    pub fn address(&mut self, listener: &str) -> SocketAddr {
        let known = self.log.iter().find_map(|line| listener_address(line, listener));
        known.unwrap_or_else(|| {
            loop {
                let line = self.line_with("listening");
                if let Some(address) = listener_address(&line, listener) {
                    return address;
                }
            }
        })
    }

    pub fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(id, signal).unwrap();
    }

    /// Waits for the process to end.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.give_up("it did not end")
    }

    /// Waits for the process to end; returns its whole log as well.
    pub fn output(&mut self) -> (ExitStatus, String) {
        let status = self.wait();
        while self.line().is_some() {}
        (status, self.log.join("\n"))
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    fn give_up(&mut self, problem: &str) -> ! {
        let _ = self.child.kill();
        self.log.extend(self.lines.iter().flat_map(Receiver::try_iter));
        panic!("{problem}; its log:\n{}", self.log.join("\n"));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Fails where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The public address in a "listening" line of a JSON log.
pub fn public_address(line: &str) -> Option<SocketAddr> {
    listener_address(line, "public")
}

/// The address of a listener in a "listening" line of a JSON log.
pub fn listener_address(line: &str, listener: &str) -> Option<SocketAddr> {
    let entry: serde_json::Value = serde_json::from_str(line).ok()?;
    if entry["message"] != "listening" || entry["listener"] != listener {
        return None;
    }
    entry["url"].as_str()?.trim_start_matches("http://").trim_end_matches('/').parse().ok()
}

/// The arguments of a server on ports of the system's choice, with a JSON log.
pub fn arguments<'a>(data: &'a Path, more: &[&'a str]) -> Vec<&'a OsStr> {
    let any = "127.0.0.1:0";
    let listen = ["--listen", any, "--listen-admin", any, "--log-format", "json", "--data"];
    let more = more.iter().map(|text| OsStr::new(*text));
    listen.map(OsStr::new).into_iter().chain([data.as_os_str()]).chain(more).collect()
}

/// Repeats an attempt until it returns a value.
pub fn poll<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(value) = attempt() {
            return value;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{what} did not come about")
}

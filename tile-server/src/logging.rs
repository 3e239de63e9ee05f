//! Logs to standard error, as text or JSON, without ever making a request wait.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::thread::JoinHandle;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Lines that may wait to be written.
const QUEUE: usize = 4096;

/// Starts logging. Lines are written by a thread of their own: a full pipe stops
/// that thread, not the server; lines past the queue are dropped and counted.
///
/// The guard writes what is left when it is dropped.
pub fn start(format: LogFormat, filter: EnvFilter) -> LogGuard {
    let (sender, lines) = mpsc::sync_channel::<Option<Vec<u8>>>(QUEUE);
    let dropped = Arc::new(AtomicU64::new(0));
    let lost = Arc::clone(&dropped);
    let thread = std::thread::Builder::new().name("log".to_owned()).spawn(move || {
        // Locked for each line, not for good: a last message of the command
        // itself goes the same way while this thread waits.
        let mut out = io::stderr();
        // `None` is the end: senders live on in the subscriber, so that the
        // channel never closes by itself.
        while let Ok(Some(line)) = lines.recv() {
            // There is nowhere left to report a standard error that is closed.
            let _ = out.write_all(&line);
            let lost = lost.swap(0, Ordering::Relaxed);
            if lost > 0 {
                let _ = writeln!(out, "{lost} log lines were dropped: the log can't keep up");
            }
        }
    });
    let lines = Lines { sender: sender.clone(), dropped };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines);
    // Fails only where logging was started already, as in tests.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    LogGuard { sender, thread: thread.ok() }
}

type Sender = SyncSender<Option<Vec<u8>>>;

/// Writes the remaining lines when dropped.
#[must_use]
#[derive(Debug)]
pub struct LogGuard {
    sender: Sender,
    thread: Option<JoinHandle<()>>,
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // Both fail only where the thread is gone already.
            let _ = self.sender.send(None);
            let _ = thread.join();
        }
    }
}

#[derive(Debug)]
struct Lines {
    sender: Sender,
    dropped: Arc<AtomicU64>,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;
    fn make_writer(&'a self) -> Line<'a> {
        Line { lines: self, bytes: Vec::with_capacity(256) }
    }
}

/// One line being put together; sent whole when dropped.
struct Line<'a> {
    lines: &'a Lines,
    bytes: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let line = std::mem::take(&mut self.bytes);
        if let Err(TrySendError::Full(_)) = self.lines.sender.try_send(Some(line)) {
            self.lines.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

//! Logs to standard error, as text or JSON, without ever making a request wait.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::time::{Duration, Instant};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Format of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Number of lines that may wait to be written.
const QUEUE: usize = 4096;

/// Time for writing the last lines. Nobody may be reading them.
const FAREWELL: Duration = Duration::from_secs(2);

/// Starts logging. Lines are written by a thread of their own: a full pipe stops
/// that thread, not the server; lines past the queue are dropped and counted.
///
/// The guard writes the remaining lines when it is dropped. Panics are logged the same way:
/// the default hook writes to standard error itself, and where nobody reads that it would stop
/// the thread that panicked for good.
pub fn start(format: LogFormat, filter: EnvFilter) -> LogGuard {
    let (sender, lines) = mpsc::sync_channel::<Option<Vec<u8>>>(QUEUE);
    let dropped = Arc::new(AtomicU64::new(0));
    let lost = Arc::clone(&dropped);
    let (ended, end) = mpsc::channel();
    // Detached: it may never come back from a write. Without it lines are
    // dropped, which is all that can be done.
    let _ = std::thread::Builder::new().name("log".to_owned()).spawn(move || {
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
        // Nobody waits where the guard has given up.
        let _ = ended.send(());
    });
    let lines = Lines { sender: sender.clone(), dropped };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines);
    // Fails only where logging was started already, as in tests.
    let started = match format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    if started.is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
    LogGuard { sender, end }
}

fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let message = panic.payload_as_str().unwrap_or("panic without a message");
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    // Captured only where RUST_BACKTRACE asks for it.
    let backtrace = Backtrace::capture();
    let backtrace =
        (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    tracing::error!(place, thread, backtrace, "panic: {message}");
}

/// Writes a last message of the command itself: logging may not have started. Returns after a
/// while even if nobody reads it.
pub fn report(text: &str) {
    let line = format!("{text}\n");
    let (ended, end) = mpsc::channel();
    std::thread::spawn(move || {
        let _ = io::stderr().write_all(line.as_bytes());
        let _ = ended.send(());
    });
    // Either way there is nothing left to do.
    let _ = end.recv_timeout(FAREWELL);
}

type Sender = SyncSender<Option<Vec<u8>>>;

/// Writes the remaining lines when dropped, as far as somebody reads them.
#[must_use]
#[derive(Debug)]
pub struct LogGuard {
    sender: Sender,
    end: Receiver<()>,
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        let deadline = Instant::now() + FAREWELL;
        // A full queue has no room for the end either, until a line is read.
        while let Err(TrySendError::Full(_)) = self.sender.try_send(None) {
            if deadline <= Instant::now() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        // Too late, or the thread is gone already: nothing left to wait for.
        let _ = self.end.recv_timeout(left);
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_a_line_of_the_log() {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(log_panic));
            let index = std::hint::black_box(3);
            let panic = std::panic::catch_unwind(|| [1, 2, 3][index]);
            std::panic::set_hook(before);
            assert!(panic.is_err());
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("out of bounds") && text.contains("logging.rs:"), "{text}");
    }
}

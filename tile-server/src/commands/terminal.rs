//! What commands other than `serve` say: results to stdout, all else to stderr.
//!
//! Nothing that is said ends a command: whoever reads its output through a pipe may have
//! read enough (`tile-server check | head -1`), and its exit code tells of its own work.

use std::io::{self, Write};

/// To the person at the terminal.
pub(crate) fn report(text: &str) {
    // Nobody is left to be told that standard error is closed.
    let _ = line(io::stderr(), text);
}

/// The command's result.
pub(crate) fn print(text: &str) {
    match line(io::stdout(), text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            report(&format!("tile-server: standard output can't be written: {error}"));
        }
        _ => {}
    }
}

fn line(mut out: impl Write, text: &str) -> io::Result<()> {
    // In one piece, so that lines of several threads do not mix.
    out.write_all(format!("{text}\n").as_bytes())?;
    out.flush()
}

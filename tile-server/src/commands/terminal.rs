//! Output of commands other than `serve`: results to stdout, all else to stderr.
//!
//! Failing output ends no command: the reader of a pipe may have read enough
//! (`tile-server check | head -1`), and the exit code is about the command's own work.

use std::io::{self, Write};

/// Prints a message to the person at the terminal, on stderr.
pub(crate) fn report(text: &str) {
    // Nobody is left to be told that standard error is closed.
    let _ = line(io::stderr(), text);
}

/// Prints a result of the command, on stdout.
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

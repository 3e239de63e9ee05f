//! Output of commands other than `serve`: results to stdout, all else to stderr.
//!
//! Failing output ends no command: the reader of a pipe may have read enough
//! (`tile-server check | head -1`), and the exit code is about the command's own work.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Progress of writing a file.
pub(crate) const WRITING: &str =
    "{prefix} 쓰는 중 · writing {wide_bar} {human_pos}/{human_len} {eta}";

/// Progress of loading a table.
pub(crate) const LOADING: &str =
    "{prefix} 적재 중 · loading {wide_bar} {human_pos}/{human_len} {eta}";

/// Progress bar on stderr; hidden if that is no terminal, or with `quiet`.
pub(crate) fn progress_bar(quiet: bool, prefix: String) -> ProgressBar {
    let bar = ProgressBar::hidden();
    if !quiet && io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::stderr());
    }
    bar.set_prefix(prefix);
    bar
}

/// Style of a progress bar by its template.
pub(crate) fn bar_style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Prints a message to the person at the terminal, on stderr.
pub(crate) fn report(text: &str) {
    // A closed standard error leaves nowhere to report.
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

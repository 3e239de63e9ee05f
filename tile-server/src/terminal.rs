//! What commands other than `serve` say: results to stdout, all else to stderr.

/// To the person at the terminal.
#[allow(clippy::print_stderr, reason = "the command's own messages")]
pub(crate) fn report(text: &str) {
    eprintln!("{text}");
}

#[allow(clippy::print_stdout, reason = "the command's own output")]
pub(crate) fn print(text: &str) {
    println!("{text}");
}

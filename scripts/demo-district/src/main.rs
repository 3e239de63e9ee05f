//! `demo-district`: writes a synthetic Seongdong-gu into a data directory.

#![forbid(unsafe_code)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use demo_district::output::{OutputError, WriteOptions, WriteOutcome, write_district};
use indicatif::{ProgressBar, ProgressStyle};

/// Writes a synthetic Seongdong-gu for trying the tile server: datasets as FlatGeobuf
/// files, and a catalog that publishes them. The same seed always gives the same bytes.
/// An existing demo is left as it is.
///
/// Exit status: 0 done or already there, 1 an error, 3 an earlier demo is there and was
/// changed by hand, so it was not written over.
#[derive(Parser)]
#[command(name = "demo-district", version)]
struct Arguments {
    /// Data directory to write into; created if missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Seed of the random numbers; another seed gives another district.
    #[arg(long, default_value_t = 11_200)]
    seed: u64,
    /// Multiplies the usual number of point features and events; areas stay as they are.
    #[arg(long, default_value_t = 1.0, value_parser = parse_scale)]
    scale: f64,
    /// Writes even if the directory holds other or changed files.
    #[arg(long)]
    force: bool,
}

/// Exit status for a demo that was changed by hand.
const CHANGED: u8 = 3;

/// Scale that is not accepted on the command line.
#[derive(Debug, thiserror::Error)]
enum ScaleError {
    /// The text is not a number.
    #[error("a number from 0.01 to 100")]
    NotANumber(#[source] std::num::ParseFloatError),
    /// The number is out of range.
    #[error("a number from 0.01 to 100")]
    OutOfRange,
}

/// Parses the scale, which is bounded so that the result fits on a disk.
fn parse_scale(text: &str) -> Result<f64, ScaleError> {
    let scale = text.parse().map_err(ScaleError::NotANumber)?;
    if (0.01..=100.0).contains(&scale) { Ok(scale) } else { Err(ScaleError::OutOfRange) }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Drawn on a terminal only, so logs stay free of it.
    let bar = ProgressBar::new(1);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let plan =
        WriteOptions { seed: arguments.seed, scale: arguments.scale, force: arguments.force };
    let outcome = write_district(&arguments.data, plan, |done, all, next| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        bar.set_message(next.to_owned());
    });
    bar.finish_and_clear();
    let directory = arguments.data.display();
    match outcome {
        Ok(WriteOutcome::Written { features, values }) => {
            let mut out = std::io::stdout();
            // A closed pipe is no reason to fail: the files are written.
            let _ = writeln!(
                out,
                "{directory}: a synthetic Seongdong-gu of {features} features \
                 and {values} rows of values (not real data)"
            );
            ExitCode::SUCCESS
        }
        Ok(WriteOutcome::Present) => {
            let _ = writeln!(std::io::stdout(), "{directory}: the demo is already there");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "demo-district: {error}");
            match error {
                OutputError::Changed { .. } => ExitCode::from(CHANGED),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

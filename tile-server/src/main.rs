//! `tile-server`: see [`tile_server`].

use std::process::ExitCode;

use clap::Parser;
use tile_server::cli::{Cli, Command};

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(args) => tile_server::serve::run(&args),
        Command::Import(args) => tile_server::import::run(&args),
        Command::Load(args) => tile_server::load::run(&args),
        Command::Check(args) => tile_server::check::run(&args),
    }
}

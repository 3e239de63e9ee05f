//! `tile-server`: see [`tile_server`].

#![forbid(unsafe_code)]

use std::process::ExitCode;

use tile_server::cli::Command;

fn main() -> ExitCode {
    let cli = match tile_server::usage::read() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match cli.command {
        Command::Serve(args) => tile_server::serve::run(&args),
        Command::Import(args) => tile_server::import::run(&args),
        Command::Load(args) => tile_server::load::run(&args),
        Command::Check(args) => tile_server::check::run(&args),
    }
}

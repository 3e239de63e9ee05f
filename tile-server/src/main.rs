//! `tile-server`: see [`tile_server`].

#![forbid(unsafe_code)]

use std::process::ExitCode;

use tile_server::commands::cli::Command;

fn main() -> ExitCode {
    let cli = match tile_server::commands::usage::read() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match cli.command {
        Command::Serve(args) => tile_server::commands::serve::run(&args),
        Command::Import(args) => tile_server::commands::import::run(&args),
        Command::Load(args) => tile_server::commands::load::run(&args),
        Command::Check(args) => tile_server::commands::check::run(&args),
        Command::Style(args) => tile_server::commands::style::run(&args),
    }
}

//! The `bindery` command: the command line in, one of `commands` run, exit code out. It is a library for its program and for the
//! fuzz targets of what it reads, and for nothing else.

mod at_once;
mod catalogue;
mod commands;
mod comparison;
mod configuration;
mod confirm;
mod data;
mod database;
#[doc(hidden)]
pub mod dumps;
mod engines;
mod failure;
mod health;
mod interrupted;
mod links;
mod migrations;
mod options;
mod output;
mod program;
mod progress;
mod project;
mod report;
mod tables;
mod task_tables;
mod text;

use std::process::ExitCode;

use crate::commands::Arguments;
use crate::output::Output;

/// Runs the command that this process was started with.
pub fn run() -> ExitCode {
    let arguments = Arguments::read();
    let output = Output::new(arguments.color);
    match arguments.run(&output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ExitCode::from(failure.exit_code()),
    }
}

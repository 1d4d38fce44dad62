//! The `bindery` command: options in, one of `commands/` run, exit code out.

mod arguments;
mod at_once;
mod catalogue;
mod commands;
mod comparison;
mod configuration;
mod confirm;
mod data;
mod database;
mod engines;
mod failure;
mod level;
mod links;
mod output;
mod progress;
mod project;
mod report;
mod tables;
mod text;

use std::process::ExitCode;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::output::Output;

fn main() -> ExitCode {
    let arguments = Arguments::read();
    let output = Output::new(arguments.color);
    match run(&arguments.command, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(command: &Command, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Check(arguments) => commands::check::run(arguments, output),
        Command::Generate(arguments) => commands::generate::run(arguments, output),
        Command::Create(arguments) => commands::create::run(arguments, output),
        Command::Docs(arguments) => commands::docs::run(arguments, output),
        Command::Doctor(arguments) => commands::doctor::run(arguments, output),
        Command::Drop(arguments) => commands::drop::run(arguments, output),
        Command::Dump(arguments) => commands::dump::run(arguments, output),
        Command::Init(arguments) => commands::init::run(arguments, output),
        Command::Load(arguments) => commands::load::run(arguments, output),
        Command::Messages(arguments) => commands::messages::run(arguments, output),
        Command::Migrate(arguments) => commands::migrate::run(arguments, output),
        Command::Mirror(arguments) => commands::mirror::run(arguments, output),
        Command::Pull(arguments) => commands::pull::run(arguments, output),
        Command::Recover(arguments) => commands::recover::run(arguments, output),
        Command::Reset(arguments) => commands::reset::run(arguments, output),
        Command::Shell(arguments) => commands::shell::run(arguments, output),
        Command::Status(arguments) => commands::status::run(arguments, output),
        Command::Sync(arguments) => commands::sync::run(arguments, output),
        Command::Tasks(arguments) => commands::tasks::run(arguments, output),
        Command::Truncate(arguments) => commands::truncate::run(arguments, output),
        Command::Validate(arguments) => commands::validate::run(arguments, output),
        Command::Verify(arguments) => commands::verify::run(arguments, output),
        Command::Explain(arguments) => commands::explain::run(arguments, output),
        Command::Completions(arguments) => commands::completions::run(arguments, output),
    }
}

//! Development commands of bindery: `cargo xtask help` lists them.
//!
//! One file for each command; `step.rs` runs what they call, `interrupt.rs` ends it when the developer does.

mod arguments;
mod bench;
mod beside;
mod book;
mod catalogue;
mod citus;
mod corpus;
mod databases;
mod failures;
mod features;
mod fuzz;
mod growth;
mod histories;
mod install;
mod interrupt;
mod lint;
mod migrations;
mod newest;
mod output;
mod pairings;
mod programs;
mod public;
mod record;
mod second_try;
mod servers;
mod simulate;
mod soak;
mod split;
mod statements;
mod step;
mod test;
mod workspace;

use std::process::ExitCode;

use arguments::{Command, Line};
use interrupt::Interrupt;
use output::{complain, print};

/// The reason why a command ends before its work is done, in words for the developer.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match Line::parse(std::env::args().skip(1)) {
        Ok(line) => choose(line).unwrap_or_else(|failure| {
            complain(&format!("error: {failure}"));
            ExitCode::FAILURE
        }),
        Err(mistake) => {
            complain(&format!("error: {mistake}\n\n{}", arguments::HELP));
            ExitCode::from(2)
        }
    }
}

fn choose(line: Line) -> Result<ExitCode, Failure> {
    match line.on_newest {
        Some(arguments) => match newest::run_again(&arguments, &Interrupt::install()?)? {},
        None => run(line.command),
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Help => {
            print(arguments::HELP);
            Ok(ExitCode::SUCCESS)
        }
        Command::Test(selection) => test::run(&selection, &Interrupt::install()?),
        Command::Corpus(only) => corpus::run(only.as_deref(), &Interrupt::install()?),
        Command::Fuzz(fuzzing) => fuzz::run(&fuzzing, &Interrupt::install()?),
        Command::Soak(soaking) => soak::run(&soaking, &Interrupt::install()?),
        Command::Split(splitting) => split::GROUPS.run(&splitting, &Interrupt::install()?),
        Command::Bank(splitting) => split::BANK.run(&splitting, &Interrupt::install()?),
        Command::Saga(splitting) => split::SAGAS.run(&splitting, &Interrupt::install()?),
        Command::Migrations(migrating) => migrations::run(&migrating, &Interrupt::install()?),
        Command::Histories(replaying) => histories::run(&replaying, &Interrupt::install()?),
        Command::Statements(measuring) => statements::run(&measuring, &Interrupt::install()?),
        Command::Simulate(simulating) => simulate::run(&simulating, &Interrupt::install()?),
        Command::Bench(benching) => bench::run(&benching, &Interrupt::install()?),
        Command::Growth(growing) => growth::run(growing),
        Command::Features(part) => features::run(part, &Interrupt::install()?),
        Command::Book => book::run(&Interrupt::install()?),
        Command::Catalogue { is_check } => catalogue::run(is_check, &Interrupt::install()?),
        Command::Lint => lint::run(&Interrupt::install()?),
        Command::Record(recording) => record::run(recording, &Interrupt::install()?),
        Command::Public { is_update } => public::run(is_update, &Interrupt::install()?),
        Command::ServersUp => servers::up(&Interrupt::install()?),
        Command::ServersDown => servers::down(),
        Command::ServersEnv => servers::env(),
    }
}

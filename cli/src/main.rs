//! The program `bindery`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bindery_cli::run()
}

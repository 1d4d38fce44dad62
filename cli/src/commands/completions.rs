//! `bindery completions`: a script that teaches a shell the options of `bindery`.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::failure::Failure;
use crate::output::Output;

/// Print a script that completes the options of `bindery` in a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    bindery completions bash > ~/.local/share/bash-completion/completions/bindery\n  \
    bindery completions fish > ~/.config/fish/completions/bindery.fish")]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script for the whole command line.
pub(crate) fn run(
    arguments: &CompletionsArguments,
    mut whole: Command,
    output: &Output,
) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut whole, "bindery", &mut script);
    output.result(&String::from_utf8_lossy(&script))
}

//! The question before data is lost.

use std::io::{self, BufRead, IsTerminal};

use crate::failure::Failure;
use crate::output::Output;

/// A question, and the help where no user can answer.
pub(crate) struct Confirmation<'a> {
    pub(crate) question: &'a str,
    pub(crate) help: &'a str,
}

/// Fails unless the user confirms.
pub(crate) fn ask(confirmation: &Confirmation<'_>, output: &Output) -> Result<(), Failure> {
    require_terminal(confirmation)?;
    output.message(&format!("{} Type `yes`: ", confirmation.question));
    let mut answer = String::new();
    // An answer that cannot be read is none.
    let _ = io::stdin().lock().read_line(&mut answer);
    if answer.trim() == "yes" {
        Ok(())
    } else {
        Err(Failure::new("not confirmed; nothing was changed"))
    }
}

/// Fails where there is no terminal to ask on.
pub(crate) fn require_terminal(confirmation: &Confirmation<'_>) -> Result<(), Failure> {
    if io::stdin().is_terminal() {
        return Ok(());
    }
    let failure = Failure::new("there is no terminal to confirm on; nothing was changed");
    Err(failure.help(confirmation.help))
}

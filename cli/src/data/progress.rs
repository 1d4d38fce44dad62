//! Shows the progress of a dump or a load: a bar on a terminal, a line now and then elsewhere, nothing where that is wanted.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::output::Output;

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// Between two pictures of the bar.
const BAR_EVERY: Duration = Duration::from_millis(100);
const BAR: usize = 24;

/// The progress of one command.
pub(crate) struct Progress<'o> {
    output: &'o Output,
    is_quiet: bool,
    last: Cell<Instant>,
}

impl<'o> Progress<'o> {
    pub(crate) fn new(output: &'o Output, is_quiet: bool) -> Self {
        Self {
            output,
            is_quiet,
            last: Cell::new(Instant::now()),
        }
    }

    /// This number of a table's rows is done, of all of them where that is known.
    pub(crate) fn tell(
        &self,
        (word, table, engine): (&str, &str, &str),
        rows: u64,
        of: Option<u64>,
    ) {
        let is_terminal = self.output.has_terminal();
        let pause = if is_terminal { BAR_EVERY } else { LINE_EVERY };
        if self.is_quiet || self.last.get().elapsed() < pause {
            return;
        }
        self.last.set(Instant::now());
        let place = format!("{word} {table} on {engine}");
        match of.filter(|of| *of > 0) {
            Some(of) if is_terminal => {
                let done = usize::try_from(rows * BAR as u64 / of)
                    .unwrap_or(BAR)
                    .min(BAR);
                let bar = format!("{}{}", "#".repeat(done), "-".repeat(BAR - done));
                self.output
                    .progress(&format!("{place} [{bar}] {rows} of {of} rows"));
            }
            Some(of) => self
                .output
                .message(&format!("{place}: {rows} of {of} rows\n")),
            None if is_terminal => self.output.progress(&format!("{place}: {rows} rows")),
            None => self.output.message(&format!("{place}: {rows} rows\n")),
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if !self.is_quiet {
            self.output.progress("");
        }
    }
}

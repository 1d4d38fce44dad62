//! Shows the progress of long work: a bar on a terminal, a line now and then elsewhere, nothing where that is wanted.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::output::Output;

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// Between two pictures of the bar.
const BAR_EVERY: Duration = Duration::from_millis(100);
const BAR: usize = 24;

/// How many steps of a work have begun.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steps {
    pub(crate) begun: usize,
    pub(crate) of: usize,
    /// Their name, for more than one.
    pub(crate) unit: &'static str,
}

/// The progress of one command, whose engines may be at work at the same time.
pub(crate) struct Progress<'o> {
    output: &'o Output,
    is_quiet: bool,
    last: Mutex<Instant>,
}

impl<'o> Progress<'o> {
    pub(crate) fn new(output: &'o Output, is_quiet: bool) -> Self {
        Self {
            output,
            is_quiet,
            last: Mutex::new(Instant::now()),
        }
    }

    /// Whether nothing of it is shown.
    pub(crate) fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// This number of a table's rows is done, of all of them where that is known.
    pub(crate) fn tell(&self, place: (&str, &str, &str), rows: u64, of: Option<u64>) {
        self.amount(place, (rows, of), "rows");
    }

    /// So much of a thing is done, of all of it where that is known.
    pub(crate) fn amount(
        &self,
        (word, thing, engine): (&str, &str, &str),
        amount: (u64, Option<u64>),
        unit: &str,
    ) {
        let pause = if self.output.has_terminal() {
            BAR_EVERY
        } else {
            LINE_EVERY
        };
        if self.is_due(pause) {
            self.show(&format!("{word} {thing} on {engine}"), amount, unit);
        }
    }

    /// The last of these steps begins: a table, a statement. None is left out on a terminal, as it may take long.
    pub(crate) fn step(&self, (word, thing, engine): (&str, &str, &str), steps: Steps) {
        let pause = if self.output.has_terminal() {
            Duration::ZERO
        } else {
            LINE_EVERY
        };
        if self.is_due(pause) {
            let place = format!("{word} {thing} on {engine}");
            let numbers = (steps.begun as u64, Some(steps.of as u64));
            self.show(&place, numbers, steps.unit);
        }
    }

    /// The same for calls that report their steps alone.
    pub(crate) fn steps<'p>(
        &'p self,
        (word, thing, engine): (&'p str, &'p str, &'p str),
    ) -> impl Fn(Steps) + 'p {
        move |steps| self.step((word, thing, engine), steps)
    }

    /// Of work on the tables of an engine, whose calls report each of them: its name, its number from 1, and how many there are.
    pub(crate) fn tables<'p>(
        &'p self,
        word: &'p str,
        engine: &'p str,
    ) -> impl FnMut(&str, usize, usize) + 'p {
        move |table, begun, of| {
            let unit = "tables";
            self.step((word, table, engine), Steps { begun, of, unit });
        }
    }

    /// Something besides, on a line of its own.
    pub(crate) fn note(&self, text: &str) {
        if !self.is_quiet {
            self.output.progress("");
            self.output.message(text);
        }
    }

    fn is_due(&self, pause: Duration) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_quiet || last.elapsed() < pause {
            return false;
        }
        *last = Instant::now();
        true
    }

    fn show(&self, place: &str, (done, of): (u64, Option<u64>), unit: &str) {
        let is_terminal = self.output.has_terminal();
        match of.filter(|of| *of > 0) {
            Some(of) if is_terminal => {
                let full = usize::try_from(done * BAR as u64 / of)
                    .unwrap_or(BAR)
                    .min(BAR);
                let bar = format!("{}{}", "#".repeat(full), "-".repeat(BAR - full));
                self.output
                    .progress(&format!("{place} [{bar}] {done} of {of} {unit}"));
            }
            Some(of) => self
                .output
                .message(&format!("{place}: {done} of {of} {unit}\n")),
            None if is_terminal => self.output.progress(&format!("{place}: {done} {unit}")),
            None => self.output.message(&format!("{place}: {done} {unit}\n")),
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if !self.is_quiet {
            self.output.progress("");
        }
    }
}

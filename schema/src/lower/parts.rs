//! Constraints, indexes and defaults that one partition of PostgreSQL alone has: bindery neither makes nor compares them, and says so.

use crate::ast::{Ast, Name};
use crate::diagnostic::Diagnostic;

use super::Fold;

impl Fold<'_> {
    /// One finding for all of them. Dumps write for each partition again what it has of its table.
    pub(super) fn report_parts(&mut self, ast: &Ast) {
        let is_dumped = |name: &&Name| {
            let mut files = ast.files.iter();
            files.any(|file| file.is_dump && file.own == name.span.file)
        };
        let mut parts = self.of_parts.iter().filter(|name| !is_dumped(name));
        let Some(first) = parts.next() else {
            return;
        };
        let part = &first.text;
        let others = match parts.count() {
            0 => String::new(),
            1 => ", and one more such statement".to_owned(),
            more => format!(", and {more} more such statements"),
        };
        let message =
            format!("bindery neither makes nor compares what partition `{part}` alone has{others}");
        let help = format!(
            "write it for the table in place of `{part}`, so that each partition has it; or make it by hand: `bindery migrate add NAME --empty`"
        );
        let finding = Diagnostic::warning("B0439", message).help(help);
        self.diagnostics.push(finding.at(first.span, ""));
    }
}

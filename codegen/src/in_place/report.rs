//! Findings on the text of a macro: in the words of all findings, with the line of the source underlined.

use std::ops::Range;

use bindery_schema::diagnostic::{Diagnostic, Diagnostics, Severity};
use bindery_schema::render::{Style, render_one};
use bindery_schema::source::{FileId, SourceFile, Sources};

use super::QueryCall;
use super::values::ValueText;
use crate::sql_places::PlaceFault;

/// An error or a warning about the text of a macro.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFinding {
    /// The bytes of the literal that it is about, its quotes counted; or the value that is given after the text.
    pub at: TextPlace,
    /// A sentence, the line with its place, a help.
    pub message: String,
}

/// The place of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPlace {
    /// These bytes of the literal.
    Literal(Range<usize>),
    /// The value of this name after the text.
    Given(String),
}

/// Words findings on one text.
pub(super) struct Reporter<'c> {
    literal: &'c str,
    /// The literal where it stands in its file; what is before it is blank.
    page: SourceFile,
    /// Bytes of the page before the literal.
    before: usize,
}

impl<'c> Reporter<'c> {
    pub(super) fn new(call: &QueryCall<'c>) -> Self {
        let (path, line, column) = call.place.clone().unwrap_or(("the text".to_owned(), 1, 0));
        let before = "\n".repeat(line.saturating_sub(1)) + &" ".repeat(column);
        Self {
            literal: call.literal,
            before: before.len(),
            page: SourceFile::new(path, before + call.literal),
        }
    }

    pub(super) fn not_text(&self) -> TextFinding {
        TextFinding {
            at: TextPlace::Literal(0..self.literal.len()),
            message: "the query is one literal of text\nhelp: write it there: `query!(\"SELECT … WHERE id = {id}\")`"
                .to_owned(),
        }
    }

    pub(super) fn fault(&self, at: usize, fault: &PlaceFault) -> TextFinding {
        let finding = Diagnostic::error("B0608", fault.to_string()).help(fault.help());
        self.shown(finding, vec![(at..at + 1, String::new())])
    }

    pub(super) fn unused(&self, name: &str) -> TextFinding {
        TextFinding {
            at: TextPlace::Given(name.to_owned()),
            message: format!(
                "the value `{name}` is not in the text\nhelp: write `{{{name}}}` where it belongs, or remove it"
            ),
        }
    }

    /// All errors, or all warnings, each on its place in the literal.
    pub(super) fn findings(
        &self,
        findings: &Diagnostics,
        severity: Severity,
        text: &ValueText,
        (sources, file): (&Sources, FileId),
    ) -> Vec<TextFinding> {
        let found = findings.iter().filter(|one| one.severity == severity);
        found
            .map(|one| self.finding(one, text, sources, file))
            .collect()
    }

    fn finding(
        &self,
        finding: &Diagnostic,
        text: &ValueText,
        sources: &Sources,
        file: FileId,
    ) -> TextFinding {
        let mut labels = Vec::new();
        let mut elsewhere = String::new();
        for label in &finding.labels {
            if label.span.file == file {
                let range = text.origin(label.span.start as usize..label.span.end as usize);
                labels.push((range, self.in_braces(&label.text, text)));
            } else {
                let place = sources.file(label.span.file).place(label.span.start);
                elsewhere.push_str(&format!("\n  = note: {place}: {}", label.text));
            }
        }
        let mut own = Diagnostic::error(finding.code, self.in_braces(&finding.message, text));
        let help = finding.help.iter().filter(|help| !help.is_empty());
        own.help = help.map(|help| self.in_braces(help, text)).next();
        let mut found = self.shown(own, labels);
        found.message.push_str(&elsewhere);
        found
    }

    /// A finding with its places in the literal.
    fn shown(&self, finding: Diagnostic, labels: Vec<(Range<usize>, String)>) -> TextFinding {
        let mut sources = Sources::default();
        let file = sources.add(self.page.clone());
        let whole = 0..self.literal.len();
        let main = labels.first().map_or(whole, |(range, _)| range.clone());
        let finding = labels.into_iter().fold(finding, |finding, (range, label)| {
            let offset = |at: usize| (self.before + at) as u32;
            let span = bindery_schema::source::Span {
                file,
                start: offset(range.start),
                end: offset(range.end),
            };
            finding.at(span, label)
        });
        let page = render_one(&finding, &sources, Style::Plain);
        let message = page.strip_prefix("error").unwrap_or(&page);
        // As in all errors of the macros, the sentence follows the code.
        TextFinding {
            at: TextPlace::Literal(main),
            message: message.replacen("]: ", "] ", 1),
        }
    }

    /// A sentence that shows parameters as the program writes them.
    fn in_braces(&self, sentence: &str, text: &ValueText) -> String {
        let sentence = sentence
            .split(", or below the query's name")
            .next()
            .unwrap_or(sentence);
        let values = text.values.iter();
        values.fold(sentence.to_owned(), |sentence, value| {
            let braces = format!("{{{}}}", value.written);
            let parameter = format!(":{}", value.name);
            let ends = [" ", "`", ")", ","];
            ends.iter().fold(sentence, |sentence, end| {
                sentence.replace(&format!("{parameter}{end}"), &format!("{braces}{end}"))
            })
        })
    }
}

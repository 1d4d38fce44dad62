//! The compiler's findings about its input: code, sentence, places, help. Rendering lives in `render`.

use crate::sorting::sort_by;
use crate::source::{Sources, Span};

/// How bad it is. Errors stop before any output is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Generated all the same, unless `--deny-warnings` says otherwise.
    Warning,
}

/// One place and what is to be said there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place that is marked.
    pub span: Span,
    /// A few words; may be empty for the main place.
    pub text: String,
}

/// An error or a warning: a code, a sentence, places and a help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// `B0103`; each code has a page, see `bindery explain`.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// The main place first; none where the finding has no place in a file.
    pub labels: Vec<Label>,
    /// A text that can be typed in to fix it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: Vec::new(),
            help: None,
        }
    }

    /// A warning with a code and a sentence; places and a help are added.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, message)
        }
    }

    /// Adds a place; the first one added is the main one.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds the help.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The finding in plain text, for errors of rustc: `[B0301] sentence`, its places by file, line and column, its help.
    pub fn described(&self, sources: &Sources) -> String {
        let mut text = format!("[{}] {}", self.code, self.message);
        for label in &self.labels {
            let place = sources.file(label.span.file).place(label.span.start);
            text.push_str(&format!("\nnote: {place}"));
            if !label.text.is_empty() {
                text.push_str(&format!(": {}", label.text));
            }
        }
        if let Some(help) = &self.help {
            text.push_str(&format!("\nhelp: {help}"));
        }
        text
    }
}

/// Collects findings; all rules run before anything stops.
///
/// The number of findings of each severity that are kept: a file that is something else than a schema may have a
/// finding at every word. People are shown far fewer, see `render`.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
}

/// So many findings of a severity are kept.
const KEPT: usize = 50_000;

impl Diagnostics {
    /// Adds a finding; after the last one kept, a finding reports that there are more.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let severity = diagnostic.severity;
        let count = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count <= KEPT {
            self.items.push(diagnostic);
        } else if *count == KEPT + 1 {
            let message = format!("only the first {KEPT} findings of this kind are listed");
            let help = "mend these first; is the file a schema, and in the dialect it is read in?";
            let more = Diagnostic::error("B0012", message).help(help);
            self.items.push(Diagnostic { severity, ..more });
        }
    }

    /// Returns whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Judges every warning once more: it keeps its severity, gets another, or (`None`) goes.
    pub fn judge_warnings(&mut self, judge: impl Fn(&Diagnostic) -> Option<Severity>) {
        for item in std::mem::take(self).items {
            let severity = match item.severity {
                Severity::Error => Some(Severity::Error),
                Severity::Warning => judge(&item),
            };
            if let Some(severity) = severity {
                self.push(Diagnostic { severity, ..item });
            }
        }
    }

    /// All findings in the order they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.items.iter()
    }

    /// Adds all findings of another collection after its own.
    pub fn extend(&mut self, other: Self) {
        other.items.into_iter().for_each(|item| self.push(item));
    }

    /// Sorts by place, so that the order of the rules does not show.
    pub fn sort(&mut self) {
        let place = |item: &Diagnostic| item.labels.first().map(|label| label.span);
        sort_by(&mut self.items, |one, other| place(one).cmp(&place(other)));
    }
}

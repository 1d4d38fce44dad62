//! Findings for other programs: data to be serialized (the `diagnostics` of `bindery check --format json`), and the
//! annotations of GitHub's build log. Both forms are stable.

use super::clean;
use crate::diagnostic::{Diagnostic, Diagnostics, Label, Severity};
use crate::lists::IntoVec as _;
use crate::source::Sources;

/// A finding as JSON has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Finding {
    /// The code: `B0103`.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// One sentence without a full stop.
    pub message: String,
    /// A text that can be typed in to fix it.
    pub help: Option<String>,
    /// The main place first.
    pub spans: Vec<FindingSpan>,
}

/// One place; lines and columns count from 1, columns in characters, the end is after the last character.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FindingSpan {
    /// Path as it was given.
    pub file: String,
    /// The first line, from 1.
    pub line: u32,
    /// The first column, from 1, in characters.
    pub column: u32,
    /// The last line, from 1.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
    /// The message for this place; may be empty.
    pub label: String,
}

/// All findings as data, in their order.
pub fn findings(diagnostics: &Diagnostics, sources: &Sources) -> Vec<Finding> {
    diagnostics
        .iter()
        .map(|diagnostic| finding(diagnostic, sources))
        .into_vec()
}

/// All findings as workflow commands of GitHub Actions, one line each
/// (GitHub documentation, "Workflow commands", setting an error message).
pub fn github(diagnostics: &Diagnostics, sources: &Sources) -> String {
    findings(diagnostics, sources)
        .iter()
        .map(github_line)
        .collect()
}

fn finding(diagnostic: &Diagnostic, sources: &Sources) -> Finding {
    Finding {
        code: diagnostic.code,
        severity: severity(diagnostic.severity),
        message: diagnostic.message.clone(),
        help: diagnostic.help.clone(),
        spans: diagnostic
            .labels
            .iter()
            .map(|label| span(label, sources))
            .into_vec(),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn span(label: &Label, sources: &Sources) -> FindingSpan {
    let file = sources.file(label.span.file);
    let (start, end) = (
        file.line_column(label.span.start),
        file.line_column(label.span.end),
    );
    FindingSpan {
        file: file.path().to_owned(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        label: label.text.clone(),
    }
}

fn github_line(finding: &Finding) -> String {
    let place = finding.spans.first().map(github_place).unwrap_or_default();
    let help = finding
        .help
        .as_ref()
        .map(|help| format!("\nhelp: {}", clean::sentence(help)))
        .unwrap_or_default();
    let message = clean::sentence(&finding.message);
    let text = escape(&format!("{message}{help}"));
    format!(
        "::{} {place}title={}::{text}\n",
        finding.severity, finding.code
    )
}

fn github_place(span: &FindingSpan) -> String {
    let file = escape(&span.file).replace(':', "%3A").replace(',', "%2C");
    format!(
        "file={file},line={},col={},endLine={},endColumn={},",
        span.line, span.column, span.end_line, span.end_column
    )
}

fn escape(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

//! Findings as text for people and for machines. What a finding says is fixed before it comes here.
//!
//! Source text and names are not trusted: nothing of them reaches a terminal that could steer it, and a line of
//! any length gives a few lines of output.

mod canvas;
mod clean;
mod excerpt;
mod machine;
mod page;
mod width;

use self::excerpt::Excerpt;
pub use self::machine::{Finding, FindingSpan, findings, github};
use self::page::Page;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::lists::IntoVec as _;
use crate::source::Sources;

/// How the text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Characters only, without colours.
    Plain,
    /// With terminal colours.
    Coloured,
}

/// The number of findings of each severity that are shown to a person; the rest are counted. Machines get all of them.
const SHOWN: usize = 100;

/// All findings in their order, each followed by an empty line; the empty text where there is none.
///
/// ```
/// use bindery_schema::diagnostic::{Diagnostic, Diagnostics};
/// use bindery_schema::render::{render, Style};
/// use bindery_schema::source::{FileId, SourceFile, Sources, Span};
///
/// let mut sources = Sources::default();
/// let file = sources.add(SourceFile::new("schema.sql", "CREATE TABLE a (b nope);\n"));
/// let mut found = Diagnostics::default();
/// found.push(Diagnostic::error("B0200", "unknown type `nope`").at(Span { file, start: 18, end: 22 }, "not a type of sqlite"));
/// let text = render(&found, &sources, Style::Plain);
/// assert!(text.starts_with("error[B0200]: unknown type `nope`\n --> schema.sql:1:19\n"), "{text}");
/// ```
pub fn render(diagnostics: &Diagnostics, sources: &Sources, style: Style) -> String {
    render_all(diagnostics, sources, style, None)
}

/// As [`render`], in lines of at most `columns` columns where that can be: sentences are broken between words, source
/// lines are cut around their place, and a label that does not fit beside its place stands below.
pub fn render_within(
    diagnostics: &Diagnostics,
    sources: &Sources,
    style: Style,
    columns: usize,
) -> String {
    render_all(diagnostics, sources, style, Some(columns.max(NARROWEST)))
}

/// Narrower terminals are not written for.
const NARROWEST: usize = 40;

fn render_all(
    diagnostics: &Diagnostics,
    sources: &Sources,
    style: Style,
    columns: Option<usize>,
) -> String {
    let (mut errors, mut warnings) = (0, 0);
    let mut text = String::new();
    for diagnostic in diagnostics.iter() {
        let count = match diagnostic.severity {
            Severity::Error => &mut errors,
            Severity::Warning => &mut warnings,
        };
        *count += 1;
        if *count <= SHOWN {
            text += &(one(diagnostic, sources, style, columns) + "\n\n");
        }
    }
    text + &not_shown(errors, warnings)
}

/// Returns how many findings were left out.
fn not_shown(errors: usize, warnings: usize) -> String {
    let of = |number: usize, singular: &str| match number.saturating_sub(SHOWN) {
        0 => None,
        1 => Some(format!("1 more {singular}")),
        more => Some(format!("{more} more {singular}s")),
    };
    let parts: Vec<String> = [of(errors, "error"), of(warnings, "warning")]
        .into_iter()
        .flatten()
        .into_vec();
    if parts.is_empty() {
        return String::new();
    }
    format!(
        "… and {}; `bindery check --format json` lists them all\n\n",
        parts.join(" and ")
    )
}

/// One finding, without a line end.
pub fn render_one(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    one(diagnostic, sources, style, None)
}

fn one(diagnostic: &Diagnostic, sources: &Sources, style: Style, columns: Option<usize>) -> String {
    let (excerpts, notes) = excerpt::cut(&diagnostic.labels, sources, columns);
    let gutter = excerpts.iter().map(Excerpt::gutter).max().unwrap_or(0);
    let broken = |text: &str, before: usize| match columns {
        Some(columns) => width::wrap(text, columns, before),
        None => text.to_owned(),
    };
    let message = clean::sentence(&diagnostic.message);
    let before = severity_name(diagnostic.severity).len() + diagnostic.code.len() + 4;
    let message = broken(&message, before);
    let mut page = Page::new(diagnostic.severity, diagnostic.code, &message, gutter);
    for (at, excerpt) in excerpts.iter().enumerate() {
        page.excerpt(excerpt, at == 0);
    }
    page.bar();
    // The columns before the text of a note or help: ` = help: `.
    let before = gutter + 9;
    for note in notes {
        page.sentence("note", &broken(&note, before));
    }
    if let Some(help) = &diagnostic.help {
        page.sentence("help", &broken(&clean::sentence(help), before));
    }
    page.sentence("more", &format!("bindery explain {}", diagnostic.code));
    page.text(style == Style::Coloured)
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

#[cfg(test)]
mod second_opinion;
#[cfg(test)]
mod tests;

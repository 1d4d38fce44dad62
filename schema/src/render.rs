//! Findings as text for people and for machines. What a finding says is fixed before it comes here.
//!
//! Source text and names are not trusted: nothing of them reaches a terminal that could steer it, and a line of
//! any length gives a few lines of output.

mod clean;
mod excerpt;
mod machine;
mod width;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use self::excerpt::Excerpt;
pub use self::machine::{Finding, FindingSpan, findings, github};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::source::Sources;

/// How the text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Letters only.
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
        .collect();
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
    // The columns before a note's text: the line numbers, ` = help: `.
    let gutter = excerpts.iter().map(Excerpt::gutter).max().unwrap_or(1);
    let broken = |text: String, before: usize| match columns {
        Some(columns) => width::wrap(&text, columns, before),
        None => text,
    };
    let title_start = severity_name(diagnostic.severity).len() + diagnostic.code.len() + 4;
    let title = level(diagnostic.severity)
        .primary_title(broken(clean::sentence(&diagnostic.message), title_start))
        .id(diagnostic.code);
    let mut group = Group::with_title(title);
    let moved: Vec<(String, String)> = excerpts.iter().filter_map(Excerpt::moved_place).collect();
    for excerpt in excerpts {
        group = group.element(snippet(excerpt));
    }
    for note in notes {
        group = group.element(Level::NOTE.message(broken(note, gutter + 9)));
    }
    if let Some(help) = &diagnostic.help {
        let help = broken(clean::sentence(help), gutter + 9);
        group = group.element(Level::HELP.message(help));
    }
    let more = Level::NOTE
        .with_name("more")
        .message(format!("bindery explain {}", diagnostic.code));
    let text = renderer(style).render(&[group.element(more)]);
    moved
        .into_iter()
        .fold(text, |text, (shown, real)| text.replacen(&shown, &real, 1))
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    }
}

/// Excerpts are cut to size before, so that the renderer's own idea of a terminal's width must not cut them again.
fn renderer(style: Style) -> Renderer {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    renderer.term_width(10_000)
}

fn snippet(excerpt: Excerpt) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let marks = excerpt.marks.into_iter().map(|mark| {
        let kind = if mark.main {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let label = if mark.text.is_empty() {
            None
        } else {
            Some(mark.text)
        };
        kind.span(mark.range).label(label)
    });
    Snippet::source(excerpt.text)
        .path(excerpt.path)
        .line_start(excerpt.first_line as usize)
        .annotations(marks)
}

#[cfg(test)]
mod tests;

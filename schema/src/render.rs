//! Findings as text for people and for machines. What a finding says is fixed before it comes here.
//!
//! Source text and names are somebody else's: nothing of them reaches a terminal that could steer it, and a line of
//! any length gives a few lines of output.

mod clean;
mod excerpt;
mod machine;

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
    diagnostics
        .iter()
        .map(|diagnostic| render_one(diagnostic, sources, style) + "\n\n")
        .collect()
}

/// One finding, without a line end behind it.
pub fn render_one(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let title = level(diagnostic.severity)
        .primary_title(clean::sentence(&diagnostic.message))
        .id(diagnostic.code);
    let (excerpts, notes) = excerpt::cut(&diagnostic.labels, sources);
    let mut group = Group::with_title(title);
    let moved: Vec<(String, String)> = excerpts.iter().filter_map(Excerpt::moved_place).collect();
    for excerpt in excerpts {
        group = group.element(snippet(excerpt));
    }
    for note in notes {
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(clean::sentence(help)));
    }
    let more = Level::NOTE
        .with_name("more")
        .message(format!("bindery explain {}", diagnostic.code));
    let text = renderer(style).render(&[group.element(more)]);
    moved
        .into_iter()
        .fold(text, |text, (shown, real)| text.replacen(&shown, &real, 1))
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

//! The crate `annotate-snippets` draws the same findings as we do. It is not in builds of users: it takes longer to compile
//! than all that is here.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::excerpt::{self, Excerpt, Line, Mark};
use super::{Style, one};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{SourceFile, Sources, Span};

/// Draws a finding by that crate.
fn drawn(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let (excerpts, notes) = excerpt::cut(&diagnostic.labels, sources, None);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&diagnostic.message);
    let mut group = Group::with_title(title.id(diagnostic.code));
    for excerpt in &excerpts {
        group = group.element(snippet(excerpt));
    }
    for note in notes {
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    let more = format!("bindery explain {}", diagnostic.code);
    let more = Level::NOTE.with_name("more").message(more);
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    renderer.term_width(10_000).render(&[group.element(more)])
}

/// The same excerpt; its text is ASCII, so that columns are bytes.
fn snippet(excerpt: &Excerpt) -> Snippet<'static, Annotation<'static>> {
    let first = excerpt.lines[0].number;
    let mut text = String::new();
    let mut marks = Vec::new();
    for line in &excerpt.lines {
        let before = (line.number - first) as usize - text.matches('\n').count();
        text.push_str(&"\n".repeat(before));
        marks.extend(
            line.marks
                .iter()
                .map(|mark| annotation(mark, text.len(), line)),
        );
        text.push_str(&line.text);
        text.push('\n');
    }
    marks.sort_by_key(|(is_main, _)| !is_main);
    let path = excerpt.origin();
    let path = path.split(':').next().unwrap_or_default().to_owned();
    Snippet::source(text)
        .path(path)
        .line_start(first as usize)
        .annotations(marks.into_iter().map(|(_, mark)| mark))
}

fn annotation(mark: &Mark, start: usize, line: &Line) -> (bool, Annotation<'static>) {
    let kind = if mark.main {
        AnnotationKind::Primary
    } else {
        AnnotationKind::Context
    };
    let end = mark.columns.end.min(line.text.len());
    let range = start + mark.columns.start..start + end.max(mark.columns.start);
    let label = (!mark.label.is_empty()).then(|| mark.label.clone());
    (mark.main, kind.span(range).label(label))
}

/// A generator of numbers (Knuth's multiplier), the same ones in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % limit
    }

    /// A finding with up to four places in a text of up to nine lines: that crate takes one digit too few
    /// for the number of an empty last line.
    fn finding(&mut self, sources: &mut Sources) -> Diagnostic {
        let lines = (0..1 + self.below(9)).map(|_| "ab cd efgh ij"[..self.below(14)].to_owned());
        let text = lines.collect::<Vec<String>>().join("\n");
        let length = text.len();
        let file = sources.add(SourceFile::new("schema.sql", text));
        let mut finding = if self.below(2) == 0 {
            Diagnostic::error("B0001", "one, two")
        } else {
            Diagnostic::warning("B0002", "three")
        };
        for _ in 0..self.below(5) {
            let start = self.below(length + 1);
            let end = (start + self.below(9)).min(length);
            let span = Span {
                file,
                start: start as u32,
                end: end as u32,
            };
            finding = finding.at(span, ["", "here", "in this place"][self.below(3)]);
        }
        finding.help("write `two`")
    }
}

#[test]
fn findings_are_drawn_as_another_crate_draws_them() {
    let mut numbers = Numbers(7);
    for _ in 0..2_000 {
        let mut sources = Sources::default();
        let finding = numbers.finding(&mut sources);
        for style in [Style::Plain, Style::Coloured] {
            let text = one(&finding, &sources, style, None);
            assert_eq!(
                text,
                drawn(&finding, &sources, style),
                "{}",
                sources.iter().next().map_or("", |(_, file)| file.text())
            );
        }
    }
}

//! One finding drawn as rustc draws its own: the message, excerpts with marks and labels below their lines, sentences.

use crate::lists::IntoVec as _;
use std::cmp::Reverse;

use super::canvas::{Canvas, TextRole};
use super::excerpt::{Excerpt, Line, Mark};
use super::width::text_width;
use crate::diagnostic::Severity;
use crate::sorting::sort_by;

/// A finding while it is drawn.
pub(super) struct Page {
    canvas: Canvas,
    severity: Severity,
    /// Columns of the largest line number.
    gutter: usize,
}

impl Page {
    /// Begins with the message; its further lines stand below its first.
    pub(super) fn new(severity: Severity, code: &str, message: &str, gutter: usize) -> Self {
        let mut page = Self {
            canvas: Canvas::default(),
            severity,
            gutter,
        };
        let name = format!("{}[{code}]", super::severity_name(severity));
        let indent = name.len() + 2;
        page.canvas.begin_line();
        page.canvas.append(&name, TextRole::Main(severity));
        page.canvas.append(": ", TextRole::Strong);
        page.paragraph(message, indent, TextRole::Strong);
        page
    }

    /// Draws an excerpt; the first one is that of the main place.
    pub(super) fn excerpt(&mut self, excerpt: &Excerpt, is_first: bool) {
        if !is_first {
            self.bar();
        }
        self.canvas.begin_line();
        self.canvas.append(&" ".repeat(self.gutter), TextRole::Text);
        let arrow = if is_first { "--> " } else { "::: " };
        self.canvas.append(arrow, TextRole::Frame);
        self.canvas.append(&excerpt.origin(), TextRole::Text);
        self.bar();
        let mut next = None;
        for line in &excerpt.lines {
            if next.is_some_and(|next| next != line.number) {
                self.canvas.begin_line();
                self.canvas.append("...", TextRole::Frame);
            }
            next = Some(line.number + 1);
            self.source_line(line);
            self.marks(&line.marks);
        }
    }

    /// Draws a sentence under the excerpts: `= help: …`.
    pub(super) fn sentence(&mut self, name: &str, text: &str) {
        self.canvas.begin_line();
        self.canvas
            .append(&" ".repeat(self.gutter + 1), TextRole::Text);
        self.canvas.append("= ", TextRole::Frame);
        self.canvas.append(name, TextRole::Strong);
        self.canvas.append(": ", TextRole::Text);
        self.paragraph(text, self.gutter + name.len() + 5, TextRole::Text);
    }

    /// Draws a line with nothing but the bar.
    pub(super) fn bar(&mut self) {
        let line = self.canvas.begin_line();
        self.canvas.put(line, self.gutter + 1, "|", TextRole::Frame);
    }

    /// The finding as text.
    pub(super) fn text(&self, coloured: bool) -> String {
        self.canvas.text(coloured)
    }

    /// Writes at the end of a line, and further lines with an indent.
    fn paragraph(&mut self, text: &str, indent: usize, part: TextRole) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.canvas.begin_line();
                self.canvas.append(&" ".repeat(indent), TextRole::Text);
            }
            self.canvas.append(&without_tabs(line), part);
        }
    }

    fn source_line(&mut self, line: &Line) {
        let row = self.canvas.begin_line();
        let number = format!("{:>width$}", line.number, width = self.gutter);
        self.canvas.append(&number, TextRole::Frame);
        self.canvas.put(row, self.gutter + 1, "|", TextRole::Frame);
        self.put_source(row, 0, &line.text, TextRole::Text);
    }

    /// Draws the marks of a line and their labels: beside the mark where nothing is in the way, else below, connected with it.
    fn marks(&mut self, marks: &[Mark]) {
        let mut marks: Vec<&Mark> = marks.iter().into_vec();
        sort_by(&mut marks, |one, other| {
            other.columns.start.cmp(&one.columns.start)
        });
        let depths = depths(&marks);
        let Some(&deepest) = depths.last() else {
            return;
        };
        let rows = if deepest == 0 { 1 } else { deepest + 2 };
        let first = self.canvas.next_line();
        (0..rows).for_each(|_| self.bar());
        for (&depth, mark) in depths.iter().zip(&marks) {
            self.connection(first, depth, mark);
        }
        for (&depth, mark) in depths.iter().zip(&marks) {
            self.label(first, depth, mark);
        }
        // The smaller one of two marks is seen.
        let size = |mark: &Mark| (Reverse(mark.columns.len()), mark.main);
        sort_by(&mut marks, |one, other| size(one).cmp(&size(other)));
        for mark in marks {
            self.underline(first, mark);
        }
    }

    /// Draws the line from a mark down to its label.
    fn connection(&mut self, first: usize, depth: usize, mark: &Mark) {
        if depth > 0 && !mark.label.is_empty() {
            for row in first..=first + depth {
                self.put_source(row, mark.columns.start, "|", self.part(mark));
            }
        }
    }

    fn label(&mut self, first: usize, depth: usize, mark: &Mark) {
        let (row, column) = if depth == 0 {
            (first, mark.columns.end + 1)
        } else {
            (first + depth + 1, mark.columns.start)
        };
        self.put_source(row, column, &mark.label, self.part(mark));
    }

    fn underline(&mut self, row: usize, mark: &Mark) {
        let underline = if mark.main { "^" } else { "-" };
        let underline = underline.repeat(mark.columns.len());
        self.put_source(row, mark.columns.start, &underline, self.part(mark));
    }

    fn part(&self, mark: &Mark) -> TextRole {
        if mark.main {
            TextRole::Main(self.severity)
        } else {
            TextRole::Frame
        }
    }

    /// Writes at a column of the source.
    fn put_source(&mut self, row: usize, column: usize, text: &str, part: TextRole) {
        let column = self.gutter + 3 + column;
        self.canvas.put(row, column, &without_tabs(text), part);
    }
}

/// Returns how far below its mark each label stands. Marks come from right to left, so that a label further to the left
/// stands as low as the last one or lower, and no connection goes through a label.
fn depths(marks: &[&Mark]) -> Vec<usize> {
    let mut depth = 0;
    let mut depths = Vec::new();
    for (at, mark) in marks.iter().enumerate() {
        let others = &marks[at + 1..];
        if depth == 0 && others.iter().any(|other| is_crossed(mark, other)) {
            depth = 1;
        }
        depths.push(depth);
        if others.iter().any(|other| takes_room(mark, other, depth)) {
            depth += 1;
        }
    }
    depths
}

/// Whether a label beside its mark would leave in doubt whose it is.
fn is_crossed(mark: &Mark, other: &Mark) -> bool {
    let is_shared = mark.columns == other.columns && other.label.is_empty();
    !mark.label.is_empty() && overlap(mark, other, 0) && !is_shared
}

/// Whether the label of `other` would run into the mark or its label in the same row.
fn takes_room(mark: &Mark, other: &Mark, depth: usize) -> bool {
    let is_within = depth == 0 && other.columns.end <= mark.columns.end;
    !other.label.is_empty()
        && overlap(mark, other, text_width(&other.label) + 2)
        && (!mark.label.is_empty() || is_within)
}

/// Whether two marks share a column, the other one with some more columns.
fn overlap(mark: &Mark, other: &Mark, more: usize) -> bool {
    mark.columns.start < other.columns.end + more && other.columns.start < mark.columns.end
}

/// As many blanks as a terminal is taken to show for a tab.
fn without_tabs(text: &str) -> String {
    text.replace('\t', "    ")
}

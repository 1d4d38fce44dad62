//! Lines of characters, each with the part it plays, which is its colour on a terminal.

use crate::diagnostic::Severity;

/// The part that a character plays in a finding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TextRole {
    /// Source text, paths and sentences.
    Text,
    /// The severity and the code; the marks and the label of the main place.
    Main(Severity),
    /// The message, and the words before sentences.
    Strong,
    /// Line numbers and what frames the source; marks and labels of other places.
    Frame,
}

impl TextRole {
    /// Select Graphic Rendition (ECMA-48, 8.3.117), in the colours of rustc.
    fn colour(self) -> &'static str {
        match self {
            Self::Text => "",
            Self::Main(Severity::Error) => "\u{1b}[1m\u{1b}[91m",
            Self::Main(Severity::Warning) => "\u{1b}[1m\u{1b}[33m",
            Self::Strong => "\u{1b}[1m",
            Self::Frame => "\u{1b}[1m\u{1b}[94m",
        }
    }
}

/// Ends a colour.
const RESET: &str = "\u{1b}[0m";

/// The lines that are drawn so far.
#[derive(Default)]
pub(super) struct Canvas {
    lines: Vec<Vec<(char, TextRole)>>,
}

impl Canvas {
    /// Begins a line and returns its number.
    pub(super) fn begin_line(&mut self) -> usize {
        self.lines.push(Vec::new());
        self.lines.len() - 1
    }

    /// The number of the line that is begun next.
    pub(super) fn next_line(&self) -> usize {
        self.lines.len()
    }

    /// Writes at the end of the last line.
    pub(super) fn append(&mut self, text: &str, part: TextRole) {
        if let Some(line) = self.lines.last_mut() {
            line.extend(text.chars().map(|letter| (letter, part)));
        }
    }

    /// Writes over what a line has from a column on; blanks go before it where the line is shorter.
    pub(super) fn put(&mut self, line: usize, column: usize, text: &str, part: TextRole) {
        let line = &mut self.lines[line];
        for (at, letter) in (column..).zip(text.chars()) {
            if line.len() <= at {
                line.resize(at + 1, (' ', TextRole::Text));
            }
            line[at] = (letter, part);
        }
    }

    /// Returns the lines, the last one without a line end.
    pub(super) fn text(&self, coloured: bool) -> String {
        let lines = self.lines.iter().map(|line| {
            if coloured {
                with_colours(line)
            } else {
                line.iter().map(|(letter, _)| letter).collect()
            }
        });
        lines.collect::<Vec<String>>().join("\n")
    }
}

fn with_colours(line: &[(char, TextRole)]) -> String {
    let mut text = String::new();
    for piece in line.chunk_by(|(_, one), (_, other)| one.colour() == other.colour()) {
        let colour = piece[0].1.colour();
        text.push_str(colour);
        text.extend(piece.iter().map(|(letter, _)| letter));
        text.push_str(if colour.is_empty() { "" } else { RESET });
    }
    text
}

//! Parts of a statement that are left out where their argument is not given: what stands between `-- @if title` and `-- @end`.
//!
//! Each combination of parts is a form of the statement, a number with a bit for each argument whose parts are left out. All forms are
//! checked, and each is a text of its own in the program.

use crate::lists::IntoVec as _;
use std::ops::Range;

use crate::ast::Name;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::quoted_list;
use crate::parse::comment_lines;
use crate::parse::lex::Comment;
use crate::source::{FileId, Span};

/// Arguments that parts are left out by, of one statement: each doubles its texts.
const MOST: usize = 6;
const HELP: &str = "write `-- @if title` before the part and `-- @end` behind it";

/// The parts of a statement.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// The arguments, each once.
    pub(super) names: Vec<Name>,
    parts: Vec<QueryPart>,
}

#[derive(Debug)]
struct QueryPart {
    /// Which of the names.
    of: usize,
    /// The comments around it, with the blanks before them on their lines.
    open: Range<u32>,
    close: Range<u32>,
}

/// Reads the parts of a statement from the comments in it.
pub(super) fn read(
    text: &str,
    file: FileId,
    comments: &[Comment],
    diagnostics: &mut Diagnostics,
) -> Parts {
    let mut reader = Reader {
        text,
        file,
        found: Parts::default(),
        open: None,
        diagnostics,
    };
    for comment in comments {
        for (start, line) in comment_lines(text, comment) {
            reader.line(comment, start, line);
        }
    }
    if let Some((of, _)) = reader.open {
        let name = reader.found.names[of].clone();
        let message = format!("the part of `{}` has no end", name.text);
        reader.refuse(message, name.span, "write `-- @end` behind it");
    }
    reader.found
}

struct Reader<'a> {
    text: &'a str,
    file: FileId,
    found: Parts,
    /// The name of the part that has begun, and the comment it began with.
    open: Option<(usize, Range<u32>)>,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn line(&mut self, comment: &Comment, start: usize, line: &str) {
        let Some(body) = line.strip_prefix('@') else {
            return;
        };
        let (word, rest) = body.split_once(char::is_whitespace).unwrap_or((body, ""));
        let span = self.span(start, line);
        match word {
            "if" => self.begin(comment, span, rest.trim()),
            "end" if rest.trim().is_empty() => self.end(comment, span),
            _ => {
                let message = format!("`@{word}` stands within a statement");
                let help = "write annotations above the statement; if it is prose, let the line begin with another word";
                self.refuse(message, span, help);
            }
        }
    }

    fn begin(&mut self, comment: &Comment, span: Span, name: &str) {
        let is_name = name.starts_with(|sign: char| sign.is_alphabetic() || sign == '_')
            && name
                .chars()
                .all(|sign| sign.is_alphanumeric() || sign == '_');
        if !is_name {
            return self.refuse(
                "`@if` takes the name of one argument".to_owned(),
                span,
                HELP,
            );
        }
        if self.open.is_some() {
            let message = format!("the part of `{name}` stands within another");
            return self.refuse(message, span, "end the other before it: `-- @end`");
        }
        let names = &mut self.found.names;
        let known = names.iter().position(|known| known.text == name);
        if known.is_none() && names.len() == MOST {
            let message = format!("parts are left out by more than {MOST} arguments");
            let help = "each doubles the texts of the query: write two queries, or a condition of the query builder";
            return self.refuse(message, span, help);
        }
        let of = known.unwrap_or_else(|| {
            names.push(Name {
                text: name.to_owned(),
                span,
            });
            names.len() - 1
        });
        self.open = Some((of, self.line_of(comment)));
    }

    fn end(&mut self, comment: &Comment, span: Span) {
        let Some((of, open)) = self.open.take() else {
            return self.refuse("there is no part that ends here".to_owned(), span, HELP);
        };
        let close = self.line_of(comment);
        self.found.parts.push(QueryPart { of, open, close });
    }

    /// The comment with the blanks before it, and the end of the line before where it begins one.
    fn line_of(&self, comment: &Comment) -> Range<u32> {
        let before = &self.text[..comment.start as usize];
        let line = before.trim_end_matches([' ', '\t']);
        let start = line.strip_suffix('\n').unwrap_or(line).len();
        start as u32..comment.end
    }

    fn span(&self, start: usize, text: &str) -> Span {
        Span {
            file: self.file,
            start: start as u32,
            end: (start + text.len()) as u32,
        }
    }

    fn refuse(&mut self, message: String, span: Span, help: &str) {
        let finding = Diagnostic::error("B0611", message).at(span, "");
        self.diagnostics.push(finding.help(help));
    }
}

impl Parts {
    /// All forms: first the one that leaves nothing out.
    pub(super) fn forms(&self) -> Range<u32> {
        0..1 << self.names.len()
    }

    /// Whether a form has what stands at this place.
    pub(super) fn has(&self, form: u32, at: u32) -> bool {
        let of = self.part_at(at);
        of.is_none_or(|of| form & (1 << of) == 0)
    }

    /// Which argument leaves out what stands at this place.
    pub(super) fn part_at(&self, at: u32) -> Option<usize> {
        let mut parts = self.parts.iter();
        let part = parts.find(|part| (part.open.end..part.close.start).contains(&at))?;
        Some(part.of)
    }

    /// The places of the text that a form leaves out.
    pub(super) fn left_out(&self, form: u32) -> Vec<Range<u32>> {
        let mut ranges = Vec::new();
        for part in &self.parts {
            if form & (1 << part.of) == 0 {
                ranges.extend([part.open.clone(), part.close.clone()]);
            } else {
                ranges.push(part.open.start..part.close.end);
            }
        }
        ranges
    }

    /// Where the last of them ends, with its comment.
    pub(super) fn end(&self) -> Option<u32> {
        self.parts.last().map(|part| part.close.end)
    }

    /// The form in words, behind a sentence; nothing for the first.
    pub(super) fn in_words(&self, form: u32) -> String {
        let names = self.names.iter().enumerate();
        let out = names.filter(|(at, _)| form & (1 << at) != 0);
        let out: Vec<&str> = out.map(|(_, name)| name.text.as_str()).into_vec();
        match out.as_slice() {
            [] => String::new(),
            [one] => format!(" where the part of `{one}` is left out"),
            several => format!(" where the parts of {} are left out", quoted_list(several)),
        }
    }
}

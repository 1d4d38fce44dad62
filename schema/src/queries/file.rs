//! Cuts a file into queries: comments, a statement, and so on. The lexer knows comments from texts that look like them.

use bindery_core::statements::load;

use super::annotation::{self, Above, Head};
use super::part::{self, Parts};
use super::written::{Door, WrittenQuery};
use crate::ast::Name;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::findings::unreadable;
use crate::input::Input;
use crate::model::Engine;
use crate::parse::lex::{Comment, Lexer};
use crate::source::{FileId, Span};

/// Reads the queries of a file.
pub(super) fn read(
    input: &Input,
    file: FileId,
    module: &str,
    diagnostics: &mut Diagnostics,
    found: &mut Vec<WrittenQuery>,
) {
    let source = input.sources.file(file);
    if let Some(refused) = load::refuse(file, source) {
        return diagnostics.push(refused);
    }
    let mut reader = FileReader {
        input,
        text: source.text(),
        file,
        module,
        head: Head::default(),
        at: 0,
        last: None,
        diagnostics,
        found,
    };
    reader.head();
    while reader.query() {}
}

struct FileReader<'a> {
    input: &'a Input,
    text: &'a str,
    file: FileId,
    module: &'a str,
    /// The annotations at the top of the file, which are for all of its queries.
    head: Head,
    at: usize,
    /// The name of the query before.
    last: Option<String>,
    diagnostics: &'a mut Diagnostics,
    found: &'a mut Vec<WrittenQuery>,
}

impl FileReader<'_> {
    /// Reads the comments at the top that a blank line ends, unless a query begins with them.
    fn head(&mut self) {
        let (comments, _) = self.comments();
        let first = annotation::blocks(self.text, &comments).next();
        let Some(first) = first.filter(|first| !annotation::has_name(self.text, first)) else {
            return self.at = 0;
        };
        let end = first.last().map_or(0, |comment| comment.end as usize);
        self.at = 0;
        if annotation::is_blank_line(&self.text[end..], true) {
            self.head = annotation::head(self.text, self.file, first, self.diagnostics);
            self.at = end;
        }
    }

    /// Moves to the next token; returns the comments before it, and whether there is one.
    fn comments(&mut self) -> (Vec<Comment>, bool) {
        let dialect = self.dialect(self.head.dialect, &self.head.engines);
        let mut lexer = Lexer::new(self.text, dialect);
        lexer.at = self.at;
        let is_token = lexer.skip_blanks();
        self.at = lexer.at;
        for unclosed in &lexer.unclosed {
            self.diagnostics
                .push(unreadable::unclosed(self.file, unclosed));
        }
        (lexer.comments, is_token)
    }

    /// Reads the next query; returns `false` at the end of the text.
    fn query(&mut self) -> bool {
        let start = self.at;
        let (mut comments, is_token) = self.comments();
        // One that stands behind a statement on its line is of that.
        let is_below = |at: u32| start == 0 || self.text[start..at as usize].contains('\n');
        comments.retain(|comment| is_below(comment.start));
        let above = annotation::read(
            self.text,
            self.file,
            &comments,
            &self.head,
            self.diagnostics,
        );
        let begin = self.at;
        let dialect = match &above {
            Above::Query(notes) => self.dialect(notes.dialect, &notes.engines),
            Above::Nothing | Above::Refused => self.dialect(self.head.dialect, &self.head.engines),
        };
        let (end, parts) = if is_token {
            self.statement(dialect)
        } else {
            (begin, Parts::default())
        };
        let statement = self.span(begin, end);
        match above {
            Above::Query(notes) if begin == end => {
                self.diagnostics.push(no_statement(&notes.name));
            }
            Above::Query(notes) => {
                self.last = Some(notes.name.text.clone());
                self.found.push(WrittenQuery {
                    module: self.module.to_owned(),
                    notes: *notes,
                    statement,
                    parts,
                    cut_as: dialect,
                    door: Door::File,
                });
            }
            Above::Nothing if begin < end => self.nameless(statement),
            Above::Nothing | Above::Refused => {}
        }
        is_token
    }

    /// Moves behind the statement that begins here; returns its end and its parts. A forgotten semicolon is no reason to take the next query
    /// for a part of it.
    fn statement(&mut self, dialect: Dialect) -> (usize, Parts) {
        let flavour = self
            .engine(&self.head.engines)
            .and_then(|engine| engine.flavour);
        let mut lexer = Lexer::new(self.text, dialect).with_flavour(flavour);
        lexer.at = self.at;
        let mut end = self.at;
        let mut within = 0;
        loop {
            let before = lexer.comments.len();
            let is_token = lexer.skip_blanks();
            if annotation::has_name(self.text, &lexer.comments[before..]) {
                self.at = end;
                break;
            }
            if !is_token || lexer.at_delimiter() {
                self.at = (lexer.at + 1).min(self.text.len());
                within = lexer.comments.len();
                break;
            }
            end = lexer.token().end as usize;
            within = lexer.comments.len();
        }
        for unclosed in &lexer.unclosed {
            self.diagnostics
                .push(unreadable::unclosed(self.file, unclosed));
        }
        let comments = &lexer.comments[..within];
        let parts = part::read(self.text, self.file, comments, self.diagnostics);
        let end = parts.end().map_or(end, |last| end.max(last as usize));
        (end, parts)
    }

    /// The dialect that is named, else that of the first engine that is, else the default engine's.
    fn dialect(&self, named: Option<Dialect>, engines: &[Name]) -> Dialect {
        let of_engine = || self.engine(engines).map(|engine| engine.dialect);
        named.or_else(of_engine).unwrap_or(Dialect::Sqlite)
    }

    fn engine(&self, names: &[Name]) -> Option<&Engine> {
        let named = names
            .first()
            .and_then(|name| self.input.engine_named(&name.text));
        let id = named.or(self.input.default_engine);
        let engines = &self.input.engines;
        id.map(|id| &engines[id.0 as usize]).or(engines.first())
    }

    fn nameless(&mut self, statement: Span) {
        let message = match &self.last {
            Some(last) => format!("a second statement after the query `{last}` has no name"),
            None => "a statement in a file of queries has no name".to_owned(),
        };
        let help = "write above it what it is called and gives: `-- name: posts_of_author :many`";
        self.diagnostics.push(
            Diagnostic::error("B0601", message)
                .at(statement, "")
                .help(help),
        );
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            file: self.file,
            start: start as u32,
            end: end as u32,
        }
    }
}

fn no_statement(name: &Name) -> Diagnostic {
    let message = format!("the query `{}` has no statement", name.text);
    Diagnostic::error("B0601", message)
        .at(name.span, "")
        .help("write its statement below it, or remove the line of its name")
}

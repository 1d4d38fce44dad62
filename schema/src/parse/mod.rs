//! Stage `parse`: SQL text in, our own syntax tree out.
//!
//! `bindery_core::statements` makes tokens and statements, `ddl` reads those that matter, `comments` and `annotation` give each table and
//! column what is written beside it. Nothing is resolved here; a problem in one statement never hides the next.

mod ahead;
mod annotation;
mod block;
mod comments;
mod current_schema;
mod ddl;
mod dump;
mod head_tag;
mod interface;
mod link;
mod nested;
mod prose;
mod publish;
mod routine;
#[cfg(feature = "diff")]
mod single;
mod spoken;
mod sync;

pub use crate::syntax::Names;
pub(crate) use bindery_core::statements::lex;
pub use bindery_core::statements::load::{SIZE_LIMIT, load};
pub(crate) use ddl::exclusion_parts;
pub(crate) use ddl::table::COLUMN_LIMIT;
pub(crate) use ddl::type_of;
pub(crate) use ddl::words_of;
pub(crate) use prose::{comment_lines, comment_text};
#[cfg(feature = "diff")]
pub use single::statement_names;
#[cfg(feature = "diff")]
pub(crate) use single::{SingleStatement, parse_single};

use bindery_core::statements::{kind, load, reverted, split};
use std::collections::HashMap;

use crate::ast::{
    AllowTag, AlterAction, Ast, CreateTable, CreateView, FileAst, Keeper, Notes, Statement,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::findings::{too_many, unreadable};
use crate::input::{Input, InputFile};
use crate::name;
use crate::read_as::ReadAs;
use crate::source::{FileId, Span};
use bindery_core::dialect::Dialect;

use crate::syntax::{Problem, shortened};
use ahead::Reading;
use annotation::{AnnotationTarget, Head, Reader};
use comments::Comments;
use current_schema::CurrentSchema;
use ddl::table::TablePlaces;
pub(crate) use lex::TokenKind;
use lex::{Comment, Lexer};
use split::RawStatement;

/// The number of problems of one statement that are reported; more would bury them.
const PROBLEM_LIMIT: usize = 25;

/// So many tables of one file are read: beyond is a mistake, and would be minutes of compiling.
const TABLE_LIMIT: usize = 10_000;

/// Reads all files of the input.
pub fn parse(input: &Input, diagnostics: &mut Diagnostics) -> Ast {
    let files = input
        .files
        .iter()
        .filter_map(|file| parse_file(input, file, diagnostics));
    let files = files.map(|ast| FileAst {
        file: input.follows.get(&ast.own).copied().unwrap_or(ast.own),
        ..ast
    });
    Ast {
        files: files.collect(),
    }
}

/// Returns the dialect that a file is read in, and why; `None` for one that cannot be read.
pub fn read_as(input: &Input, file: &InputFile) -> Option<ReadAs> {
    let ast = parse_file(input, file, &mut Diagnostics::default());
    ast.map(|ast| ast.read_as)
}

/// A file whose tables all live on engines of another dialect than it was tried in is read once more.
fn parse_file(input: &Input, file: &InputFile, diagnostics: &mut Diagnostics) -> Option<FileAst> {
    let source = input.sources.file(file.id);
    if let Some(refused) = load::refuse(file.id, source) {
        diagnostics.push(refused);
        return None;
    }
    let head = read_head(source.text(), file.id, input.dialect_of(file), diagnostics);
    let first = spoken::at_first(input, file, &head);
    let mut found = Diagnostics::default();
    let mut ast = parse_as(input, file, &head, first, &mut found);
    if let Some(read_as) = spoken::by_tables(input, file, &head, &ast) {
        if read_as.dialect == ast.dialect {
            ast.read_as = read_as;
        } else {
            found = Diagnostics::default();
            ast = parse_as(input, file, &head, read_as, &mut found);
        }
    }
    diagnostics.extend(found);
    if input.engines.len() > 1 {
        head_tag::check(&head, &ast, diagnostics);
    }
    Some(ast)
}

fn parse_as(
    input: &Input,
    file: &InputFile,
    head: &Head,
    read_as: ReadAs,
    diagnostics: &mut Diagnostics,
) -> FileAst {
    let source = input.sources.file(file.id);
    let (text, dialect) = (source.text(), read_as.dialect);
    let split = split::split(text, dialect, input.flavour_of(file));
    let all_comments = split.comments;
    let mut comments = Comments::new(text, &all_comments);
    comments.take_head();
    let configured_engines = file.engines.clone();
    let skipped = std::collections::BTreeMap::new();
    let ast = FileAst {
        file: file.id,
        own: file.id,
        dialect,
        read_as,
        engines: head.engines.clone(),
        allow: head.allow.clone().map(|allow| AllowTag {
            area: Span {
                file: file.id,
                start: 0,
                end: u32::MAX,
            },
            ..allow
        }),
        is_dump: dump::is_dump(text),
        length: head.length,
        configured_engines,
        statements: Vec::new(),
        skipped,
        stood_in: std::collections::BTreeSet::new(),
        text_searches: std::collections::BTreeSet::new(),
    };
    let mut schema_in_force = CurrentSchema::start(text, dialect, &split.statements);
    let mut reader = FileReader {
        text,
        file: file.id,
        dialect,
        comments,
        diagnostics,
        ast,
        own_database: schema_in_force.own_database.clone(),
        unclosed_from: split.unclosed.iter().map(|found| found.start).min(),
        tables: 0,
        routines: HashMap::new(),
    };
    let reverted = reverted::ranges(text, &all_comments);
    for &(start, end) in &reverted {
        reader.comments.drop_inside(start, end);
    }
    let mut placed = Vec::with_capacity(split.statements.len());
    for statement in &split.statements {
        let at = statement.start();
        if reverted.iter().any(|&(start, end)| start <= at && at < end) {
            reader.skip("statements that revert a migration");
            continue;
        }
        placed.push((statement, schema_in_force.path().cloned()));
        schema_in_force.pass(statement);
    }
    for batch in placed.chunks(ahead::BATCH) {
        reader.batch(batch, &all_comments);
    }
    for unclosed in &split.unclosed {
        reader.unclosed(unclosed);
    }
    reader.finish()
}

/// The head stands before the first token, so any dialect's lexer finds it.
fn read_head(text: &str, file: FileId, dialect: Dialect, diagnostics: &mut Diagnostics) -> Head {
    let mut lexer = Lexer::new(text, dialect);
    lexer.skip_blanks();
    let head = Comments::new(text, &lexer.comments).take_head();
    Reader {
        text,
        file,
        diagnostics,
    }
    .head(&head)
}

struct FileReader<'a> {
    text: &'a str,
    file: FileId,
    dialect: Dialect,
    comments: Comments<'a>,
    diagnostics: &'a mut Diagnostics,
    ast: FileAst,
    /// MySQL: the one database of the file, if it names one.
    own_database: Option<String>,
    /// The start of a piece that is never closed: it swallows the rest of its statement.
    unclosed_from: Option<u32>,
    /// How many there were.
    tables: usize,
    /// Functions and procedures of the file that would change the schema, and by which statement first.
    routines: HashMap<String, block::Passed>,
}

impl FileReader<'_> {
    fn drop_comments(&mut self, statement: &RawStatement) {
        self.comments.drop_inside(statement.start(), statement.end);
    }

    fn skip(&mut self, kind: &str) {
        *self.ast.skipped.entry(kind.to_owned()).or_default() += 1;
    }

    /// A schema's name as PostgreSQL has it.
    fn schema_name(&self, token: lex::Token) -> String {
        let written = &self.text[token.start as usize..token.end as usize];
        match token.kind {
            TokenKind::Word => written.to_lowercase(),
            _ => written.trim_matches('"').replace("\"\"", "\""),
        }
    }

    fn statement(&mut self, statement: &RawStatement, reading: Option<Reading>) {
        if self.tables > TABLE_LIMIT || self.doubts_first_word(statement) {
            return self.drop_comments(statement);
        }
        let Some(reading) = reading else {
            self.too_deep(statement);
            return self.drop_comments(statement);
        };
        let Reading {
            kind,
            outcome,
            mut problems,
        } = reading;
        if !matches!(outcome, ddl::Outcome::Skipped(_)) {
            self.refuse_unreadable(&statement.tokens);
        }
        if problems.is_empty() && !kind::has_body(&kind) {
            problems.extend(self.swallowed_table(statement, &kind));
        }
        if self
            .unclosed_from
            .is_none_or(|start| statement.end <= start)
        {
            self.report(problems, &kind);
        }
        self.outcome(outcome, statement, &kind);
    }

    /// The words at the beginning of a statement that is passed over, names without their quotes.
    fn first_words(&self, statement: &RawStatement) -> Vec<String> {
        let words = statement.tokens.iter().take(40).map(|token| {
            let written = &self.text[token.start as usize..token.end as usize];
            written.trim_matches(['"', '`', '[', ']']).to_lowercase()
        });
        words.collect()
    }

    /// The configuration that `CREATE TEXT SEARCH CONFIGURATION` makes, or that `ALTER …` names anew, without its schema.
    fn text_search(&self, statement: &RawStatement) -> Option<String> {
        let words = self.first_words(statement);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [
                "create",
                "text",
                "search",
                "configuration",
                _,
                ".",
                name,
                ..,
            ]
            | ["create", "text", "search", "configuration", name, ..]
            | [
                "alter",
                "text",
                "search",
                "configuration",
                ..,
                "rename",
                "to",
                name,
            ] => Some((*name).to_owned()),
            _ => None,
        }
    }

    /// The view and the events of `CREATE TRIGGER a INSTEAD OF INSERT ON v`, `CREATE RULE a AS ON INSERT TO v DO INSTEAD …`.
    fn stood_in(&self, statement: &RawStatement) -> Vec<(String, String)> {
        let words = self.first_words(statement);
        let has = |word: &str| words.iter().any(|one| one == word);
        let before = match (has("trigger"), has("rule")) {
            (true, _) => "on",
            (false, true) => "to",
            (false, false) => return Vec::new(),
        };
        let Some(at) = words
            .iter()
            .position(|word| word == before)
            .filter(|_| has("instead"))
        else {
            return Vec::new();
        };
        let is_qualified = words.get(at + 2).is_some_and(|word| word == ".");
        let Some(view) = words.get(if is_qualified { at + 3 } else { at + 1 }) else {
            return Vec::new();
        };
        let events = words[..at].iter();
        let events = events.filter(|word| ["insert", "update", "delete"].contains(&word.as_str()));
        events.map(|event| (view.clone(), event.clone())).collect()
    }

    fn too_deep(&mut self, statement: &RawStatement) {
        let Some(token) = statement.too_deep else {
            return;
        };
        let (limit, kind) = (
            split::DEPTH_LIMIT,
            kind::kind_of(self.text, &statement.tokens),
        );
        let span = self.span(token.start, token.end);
        let (message, help) = if &self.text[token.start as usize..token.end as usize] == "(" {
            let message = format!("parentheses nest deeper than {limit} levels in this `{kind}`");
            (message, "write it with fewer parentheses")
        } else {
            let message =
                format!("more than {limit} operators stand before one value in this `{kind}`");
            (
                message,
                "write it with one operator or none: two of them undo each other",
            )
        };
        let finding = Diagnostic::error("B0005", message).at(span, "one too deep");
        self.diagnostics.push(finding.help(help));
    }

    /// Reports a table within a piece that is passed over, which would be lost in silence.
    fn swallowed_table(&self, statement: &RawStatement, kind: &str) -> Option<Problem> {
        let token = statement.swallowed_table?;
        let between = &self.text[statement.start() as usize..token.start as usize];
        let batches = between
            .lines()
            .any(|line| line.trim().eq_ignore_ascii_case("go"));
        let span = self.span(token.start, token.end);
        Some(Box::new(unreadable::swallowed_table(kind, span, batches)))
    }

    fn count_table(&mut self, name: Span) {
        self.tables += 1;
        if self.tables > TABLE_LIMIT {
            self.diagnostics.push(too_many::tables(TABLE_LIMIT, name));
        }
    }

    fn outcome(&mut self, outcome: ddl::Outcome, statement: &RawStatement, kind: &str) {
        match outcome {
            ddl::Outcome::Table(table, places) => {
                self.count_table(table.name.name.span);
                return self.table(*table, &places, statement);
            }
            ddl::Outcome::View(view, places) => return self.view(*view, &places, statement),
            ddl::Outcome::Alter(mut alter, places) => {
                self.added_columns(&mut alter.actions, &places, statement);
                self.ast.statements.push(Statement::AlterTable(alter));
            }
            ddl::Outcome::Statements(mut found) => {
                for statement_found in &mut found {
                    if let Statement::CreateEnum(created) = statement_found {
                        let above = self.comments.take_above(statement.start());
                        created.docs = self.notes(&above, AnnotationTarget::Elsewhere).docs;
                    }
                }
                self.ast.statements.extend(found);
            }
            ddl::Outcome::Skipped(Some("")) => {}
            ddl::Outcome::Skipped(own) => {
                self.ast.stood_in.extend(self.stood_in(statement));
                self.ast.text_searches.extend(self.text_search(statement));
                self.skip(own.unwrap_or(kind));
            }
        }
        self.drop_comments(statement);
    }

    fn table(&mut self, mut table: CreateTable, places: &TablePlaces, statement: &RawStatement) {
        let mut own = self.comments.take_above(statement.start());
        own.extend(
            self.comments
                .take_inside(statement.start(), places.open_end),
        );
        own.extend(self.comments.take_behind(places.open_end, b""));
        // Most tables have no comment within, and build scripts are not optimised.
        if self.comments.are_inside(statement.start(), statement.end) {
            self.notes_of_elements(&mut table, places);
        }
        let end = places.cut_at.unwrap_or(statement.end);
        if places.close_start > 0 {
            own.extend(self.comments.take_inside(places.close_start, end));
        }
        own.extend(self.comments.take_behind(end, b";"));
        if places.cut_at.is_some() {
            // Of the statement that follows, which nothing is read of.
            self.comments.take_inside(end, statement.end);
            self.comments.take_behind(statement.end, b";");
        }
        table.notes = self.notes(&own, AnnotationTarget::Table);
        self.allow_in(&mut table.notes, statement.start(), statement.end);
        if table.keeper != Keeper::Database {
            table.notes.unmanaged.get_or_insert(table.name.name.span);
        }
        self.ast
            .statements
            .push(Statement::CreateTable(Box::new(table)));
    }

    fn notes_of_elements(&mut self, table: &mut CreateTable, places: &TablePlaces) {
        for &(start, end, column) in &places.elements {
            let found = column.map(|_| self.around(start, end));
            if let (Some(index), Some(found)) = (column, found) {
                let mut notes = self.notes(&found, AnnotationTarget::Column);
                self.allow_in(&mut notes, start, end);
                table.columns[index].notes = notes;
            }
        }
    }

    /// Tags inside its query that stand beside no column are stray.
    fn view(&mut self, mut view: CreateView, places: &[(usize, Span)], statement: &RawStatement) {
        let mut own = self.comments.take_above(statement.start());
        let head = places
            .first()
            .map_or(statement.start(), |(_, place)| place.start);
        for &(index, place) in places {
            let found = self.around(place.start, place.end);
            let notes = self.notes(&found, AnnotationTarget::ViewColumn);
            view.column_notes.push((index, notes));
        }
        own.extend(self.comments.take_inside(statement.start(), head));
        own.extend(self.comments.take_behind(statement.end, b";"));
        view.notes = self.notes(&own, AnnotationTarget::View);
        self.allow_in(&mut view.notes, statement.start(), statement.end);
        self.ast
            .statements
            .push(Statement::CreateView(Box::new(view)));
    }

    fn added_columns(
        &mut self,
        actions: &mut [AlterAction],
        places: &[(u32, u32)],
        statement: &RawStatement,
    ) {
        let single = actions.len() == 1;
        let added = actions.iter_mut().filter_map(AlterAction::added_column);
        for (column, &(start, end)) in added.zip(places) {
            let mut found = if single {
                self.comments.take_above(statement.start())
            } else {
                Vec::new()
            };
            found.extend(self.around(start, end));
            if single {
                found.extend(self.comments.take_behind(end, b";"));
            }
            let mut reader = Reader {
                text: self.text,
                file: self.file,
                diagnostics: &mut *self.diagnostics,
            };
            column.notes = reader.notes(&found, AnnotationTarget::Column);
            self.allow_in(&mut column.notes, start, end);
        }
    }

    /// The comments of an element: above, inside, after it on its line.
    fn around(&mut self, start: u32, end: u32) -> Vec<Comment> {
        let mut found = self.comments.take_above(start);
        found.extend(self.comments.take_inside(start, end));
        found.extend(self.comments.take_behind(end, b","));
        found
    }

    fn notes(&mut self, comments: &[Comment], place: AnnotationTarget) -> Notes {
        if comments.is_empty() {
            return Notes::default();
        }
        Reader {
            text: self.text,
            file: self.file,
            diagnostics: self.diagnostics,
        }
        .notes(comments, place)
    }

    /// `@allow` is for what it stands at.
    fn allow_in(&self, notes: &mut Notes, start: u32, end: u32) {
        if let Some(allow) = &mut notes.allow {
            allow.area = self.span(start, end);
        }
    }

    /// A statement that begins with no known word: perhaps a slip, which would lose a table in silence.
    fn doubts_first_word(&mut self, statement: &RawStatement) -> bool {
        let token = statement.tokens[0];
        let word = &self.text[token.start as usize..token.end as usize];
        let opens = matches!(word, "(" | "{");
        if opens
            || (token.kind == TokenKind::Word
                && kind::STATEMENTS
                    .iter()
                    .any(|known| name::same_word(known, word)))
        {
            return self.doubts_object(statement);
        }
        let span = self.span(token.start, token.end);
        let upper = word.to_uppercase();
        let near = name::suggest(&upper, ["CREATE", "ALTER", "COMMENT", "DROP"]);
        let message = format!("no SQL statement begins with `{}`", shortened(word));
        let help = near.map_or_else(
            || "remove it, or end the statement before it with `;`".to_owned(),
            |near| format!("write `{near}`"),
        );
        self.diagnostics
            .push(Diagnostic::error("B0009", message).at(span, "").help(help));
        true
    }

    /// Reports a word after the verb that may not stand there, as in `CREATE TABEL`. Returns whether there was one.
    fn doubts_object(&mut self, statement: &RawStatement) -> bool {
        let [first, second, ..] = statement.tokens[..] else {
            return false;
        };
        let text =
            |token: lex::Token| self.text[token.start as usize..token.end as usize].to_uppercase();
        let verb = text(first);
        let word = text(second);
        if !matches!(verb.as_str(), "CREATE" | "ALTER")
            || second.kind != TokenKind::Word
            || kind::follows_verb(&word)
        {
            return false;
        }
        let objects = ["TABLE", "INDEX", "UNIQUE", "VIEW", "TYPE", "DOMAIN"];
        let Some(near) = name::suggest(&word, objects) else {
            return false;
        };
        let span = self.span(second.start, second.end);
        let message = format!("there is no `{verb} {}`", shortened(&word));
        let help = format!("write `{verb} {near}`");
        self.diagnostics
            .push(Diagnostic::error("B0009", message).at(span, "").help(help));
        true
    }

    fn report(&mut self, problems: Vec<Problem>, kind: &str) {
        let more = problems.len().saturating_sub(PROBLEM_LIMIT);
        let last = problems
            .get(PROBLEM_LIMIT)
            .and_then(|problem| problem.labels.first().map(|label| label.span));
        for problem in problems.into_iter().take(PROBLEM_LIMIT) {
            self.diagnostics.push(*problem);
        }
        if let Some(span) = last {
            self.diagnostics
                .push(unreadable::more_places(more, kind, span));
        }
    }

    /// Names and values of a model must be known for certain. What is passed over may be of any encoding.
    fn refuse_unreadable(&mut self, tokens: &[lex::Token]) {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            return;
        };
        let (file, text) = (self.file, self.text);
        if load::not_utf8(file, text, first.start, last.end).is_some() {
            let of_token = |token: &lex::Token| load::not_utf8(file, text, token.start, token.end);
            let finding = tokens.iter().find_map(of_token);
            finding
                .into_iter()
                .for_each(|finding| self.diagnostics.push(finding));
        }
    }

    /// A foreign encoding is often the cause.
    fn unclosed(&mut self, unclosed: &lex::Unclosed) {
        let lost = load::not_utf8(self.file, self.text, 0, unclosed.end);
        lost.into_iter()
            .for_each(|finding| self.diagnostics.push(finding));
        self.diagnostics
            .push(unreadable::unclosed(self.file, unclosed));
    }

    /// Tags that nothing took up are errors.
    fn finish(mut self) -> FileAst {
        let rest = self.comments.rest();
        Reader {
            text: self.text,
            file: self.file,
            diagnostics: self.diagnostics,
        }
        .stray(&rest);
        self.ast
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span {
            file: self.file,
            start,
            end,
        }
    }
}

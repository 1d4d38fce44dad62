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
mod passed_over;
mod prose;
mod publish;
mod routine;
mod shard;
#[cfg(feature = "diff")]
mod single;
mod spoken;
mod sync;

pub use crate::syntax::Names;
pub(crate) use bindery_core::statements::lex;
pub use bindery_core::statements::load::{SIZE_LIMIT, load};
pub(crate) use ddl::equal_in_exclusion;
pub(crate) use ddl::exclusion_parts;
pub(crate) use ddl::input_types;
pub(crate) use ddl::table::COLUMN_LIMIT;
pub(crate) use ddl::type_of;
pub(crate) use prose::{comment_lines, comment_text};
#[cfg(feature = "diff")]
pub use single::statement_names;
#[cfg(feature = "diff")]
pub(crate) use single::{SingleStatement, parse_single};

use crate::lists::IntoVec as _;
use bindery_core::statements::{kind, load, reverted, split};
use std::collections::HashMap;

use crate::ast::{
    AllowTag, AlterAction, Ast, CreateTable, CreateView, FileAst, Keeper, Notes, Statement,
};
use crate::diagnostic::Diagnostics;
use crate::findings::{too_many, unreadable};
use crate::input::{Input, InputFile};
use crate::read_as::ReadAs;
use crate::source::{FileId, Span};
use bindery_core::dialect::Dialect;

use crate::syntax::{Cursor, Problem, Text};
use ahead::Reading;
use annotation::{AnnotationTarget, Head, Reader};
use comments::Comments;
use current_schema::CurrentSchema;
use ddl::table::TablePlaces;
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
        files: files.into_vec(),
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
    let flavour = input.flavour_of(file);
    let split = split::split(text, dialect, flavour);
    let all_comments = split.comments;
    let mut comments = Comments::new(text, &all_comments);
    comments.take_head();
    let configured_engines = file.engines.clone();
    let skipped = std::collections::BTreeMap::new();
    let ast = FileAst {
        file: file.id,
        own: file.id,
        dialect,
        flavour,
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

impl<'a> FileReader<'a> {
    fn drop_comments(&mut self, statement: &RawStatement) {
        self.comments.drop_inside(statement.start(), statement.end);
    }

    fn skip(&mut self, kind: &str) {
        *self.ast.skipped.entry(kind.to_owned()).or_default() += 1;
    }

    /// At the beginning of a statement, of which nothing else is known.
    fn cursor<'s>(&self, statement: &'s RawStatement) -> Cursor<'s>
    where
        'a: 's,
    {
        let text = Text::of(self.text, &statement.tokens, self.dialect);
        let file = self.file;
        Text { file, ..text }.cursor()
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
            self.refuse_unreadable(statement);
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
                        created.docs = self.notes(&above, AnnotationTarget::Elsewhere).docs.clone();
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
            let unmanaged = &mut table.notes.change().unmanaged;
            unmanaged.get_or_insert(table.name.name.span);
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
        if notes.allow.is_some()
            && let Some(allow) = &mut notes.change().allow
        {
            allow.area = self.span(start, end);
        }
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
    fn refuse_unreadable(&mut self, statement: &RawStatement) {
        let statement = self.cursor(statement);
        let (file, text) = (self.file, self.text);
        let lost = |place: Span| load::not_utf8(file, text, place.start, place.end);
        let finding = lost(statement.span()).and_then(|_| statement.places().find_map(lost));
        let findings = finding.into_iter();
        findings.for_each(|finding| self.diagnostics.push(finding));
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

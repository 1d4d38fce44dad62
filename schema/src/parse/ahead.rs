//! Reads the statements of a text, each by itself, so that several threads can; what stands around them is put together
//! after them in their order, by the [`FileReader`].

use super::ddl::cursor::{Cursor, Problem};
use super::lex::Comment;
use super::nested::{Nested, nested};
use super::routine::{Routine, routine};
use super::split::RawStatement;
use super::{FileReader, TABLE_LIMIT, ddl, kind};
use crate::ast::{SearchPath, Statement};
use crate::parts::in_parts;

/// So many statements are read before what they say is put together: beyond the limit of tables none is.
pub(super) const BATCH: usize = 4096;
/// The number of threads.
const STATEMENTS: usize = 32;

/// A statement, and where names without a schema are looked for there.
pub(super) type Placed<'a> = (&'a RawStatement, Option<SearchPath>);

/// The content of a statement, whatever is around it.
pub(super) struct Reading {
    pub(super) kind: String,
    pub(super) outcome: ddl::Outcome,
    pub(super) problems: Vec<Problem>,
}

/// A statement, or those that it holds.
enum Part {
    Plain(Option<Reading>, Option<Box<Routine>>),
    Nested(Nested),
}

impl FileReader<'_> {
    /// Statements are read by several threads; comments and findings then come in the order of the text.
    pub(super) fn batch(&mut self, batch: &[Placed<'_>], comments: &[Comment]) {
        if self.tables > TABLE_LIMIT {
            let placed = batch.iter();
            return placed.for_each(|(statement, _)| self.drop_comments(statement));
        }
        let reader: &Self = self;
        let parts = in_parts(batch, STATEMENTS, |placed| {
            let parts = placed.iter();
            let parts = parts.map(|placed| reader.part(placed, comments));
            parts.collect::<Vec<_>>()
        });
        for ((statement, path), part) in batch.iter().zip(parts.into_iter().flatten()) {
            let first = self.ast.statements.len();
            match part {
                Part::Nested(inner) => self.nested(statement, &inner, path.as_ref(), comments),
                Part::Plain(reading, routine) => {
                    self.statement(statement, reading);
                    self.routine(statement, routine.map(|routine| *routine), path.as_ref());
                }
            }
            self.put_into_schema(first, path.as_ref());
        }
    }

    fn part(&self, (statement, path): &Placed<'_>, comments: &[Comment]) -> Part {
        match nested(self.text, self.dialect, statement) {
            Some(inner) => Part::Nested(inner),
            None => Part::Plain(
                self.read(statement, path.as_ref(), comments),
                routine(self.text, self.dialect, statement).map(Box::new),
            ),
        }
    }

    /// A routine is applied where it is first called; later calls would find done what it does.
    fn routine(
        &mut self,
        statement: &RawStatement,
        routine: Option<Routine>,
        path: Option<&SearchPath>,
    ) {
        match routine {
            Some(Routine::Made(name, body)) => {
                self.routines.insert(name, body);
            }
            Some(Routine::Called(name)) => {
                if let Some((mut statements, comments)) = self.routines.remove(&name) {
                    // Findings about a routine's own variables are not about the schema.
                    statements.retain(|inner| {
                        let reading = self.read(inner, path, &comments);
                        reading.is_some_and(|reading| reading.problems.is_empty())
                    });
                    self.nested(statement, &Nested::Block(statements, comments), path, &[]);
                }
            }
            None => {}
        }
    }

    /// Reads the statements within a statement as if they stood alone; a block's statements count only as far as they
    /// fit.
    fn nested(
        &mut self,
        statement: &RawStatement,
        inner: &Nested,
        path: Option<&SearchPath>,
        comments: &[Comment],
    ) {
        let first = self.ast.statements.len();
        let (statements, comments) = match inner {
            Nested::Schema(_, statements) => (statements, comments),
            Nested::Block(statements, own) => (statements, own.as_slice()),
            Nested::VirtualTable(made) => {
                return self.statement(made, self.read(made, path, comments));
            }
        };
        for statement in statements {
            self.statement(statement, self.read(statement, path, comments));
        }
        let added = self.ast.statements.drain(first..).collect::<Vec<_>>();
        let added = added.into_iter().map(|mut added| match inner {
            Nested::Schema(name, _) => {
                added.put_into_schema(&self.schema_name(*name));
                added
            }
            Nested::Block(..) | Nested::VirtualTable(_) => Statement::IfFits(Box::new(added)),
        });
        let added: Vec<_> = added.collect();
        self.ast.statements.extend(added);
        self.drop_comments(statement);
    }

    /// Puts the statements read since then into the schema in force here, unless they name one.
    fn put_into_schema(&mut self, first: usize, path: Option<&SearchPath>) {
        if let Some(schema) = path.and_then(|path| path.first()) {
            for made in &mut self.ast.statements[first..] {
                made.put_into_schema(schema);
            }
        }
    }

    /// `None` where parentheses nest too deep.
    fn read(
        &self,
        statement: &RawStatement,
        path: Option<&SearchPath>,
        comments: &[Comment],
    ) -> Option<Reading> {
        if statement.too_deep.is_some() {
            return None;
        }
        let kind = kind::kind_of(self.text, &statement.tokens);
        let mut cursor = Cursor {
            text: self.text,
            tokens: &statement.tokens,
            at: 0,
            file: self.file,
            dialect: self.dialect,
            read_as: Some(&self.ast.read_as),
            comments,
            own_database: self.own_database.as_deref(),
            path,
            kind: &kind,
        };
        let mut problems = Vec::new();
        let outcome = ddl::read(&mut cursor, &mut problems);
        Some(Reading {
            kind,
            outcome,
            problems,
        })
    }
}

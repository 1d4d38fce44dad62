//! Reads the statements of a text, each by itself, so that several threads can; what stands around them is put together
//! after them in their order, by the [`FileReader`].

use super::block::{Block, Passed};
use super::lex::Comment;
use super::nested::{Nested, nested};
use super::routine::{Routine, routine};
use super::split::RawStatement;
use super::{FileReader, TABLE_LIMIT, ddl};
use crate::ast::{SearchPath, Statement};
use crate::diagnostic::Diagnostic;
use crate::lists::IntoVec as _;
use crate::parts::in_parts;
use crate::source::Span;
use crate::syntax::{Cursor, Problem};

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
            parts.into_vec()
        });
        for ((statement, path), part) in batch.iter().zip(parts.into_iter().flatten()) {
            let first = self.ast.statements.len();
            match part {
                Part::Nested(inner) => self.nested(statement, &inner, path.as_ref(), comments),
                Part::Plain(reading, routine) => {
                    self.statement(statement, reading);
                    self.routine(routine.map(|routine| *routine));
                }
            }
            self.put_into_schema(first, path.as_ref());
        }
    }

    fn part(&self, (statement, path): &Placed<'_>, comments: &[Comment]) -> Part {
        let cursor = self.cursor(statement);
        match nested(&cursor, statement.end) {
            Some(inner) => Part::Nested(inner),
            None => Part::Plain(
                self.read(statement, path.as_ref(), comments),
                routine(&cursor).map(Box::new),
            ),
        }
    }

    /// A call of a routine that would change the schema is reported; its body is not applied.
    fn routine(&mut self, routine: Option<Routine>) {
        match routine {
            Some(Routine::Created(name, changed)) => {
                self.routines.insert(name, changed);
            }
            Some(Routine::Called(name, at)) => {
                if let Some(changed) = self.routines.get(&name).cloned() {
                    let message = format!(
                        "`{name}` is called here, and the `{}` in it is not applied: bodies of functions and procedures are \
                         not followed",
                        changed.kind
                    );
                    self.not_applied(message, &changed, Some(at));
                }
            }
            None => {}
        }
    }

    fn not_applied(&mut self, message: String, changed: &Passed, call: Option<Span>) {
        let (place, finding) = (changed.place, Diagnostic::warning("B0430", message));
        let finding = match call {
            Some(call) => finding.at(call, "called here").at(place, "not applied"),
            None => finding.at(place, ""),
        };
        let help = format!(
            "write the `{}` as a statement of its own, outside of the body",
            changed.kind
        );
        self.diagnostics.push(finding.help(help));
    }

    /// Statements that stand in another are read as if they stood alone.
    fn nested(
        &mut self,
        statement: &RawStatement,
        inner: &Nested,
        path: Option<&SearchPath>,
        comments: &[Comment],
    ) {
        match inner {
            Nested::Schema(name, statements) => {
                for statement in statements {
                    for mut added in self.read_apart(statement, path, comments) {
                        added.put_into_schema(name);
                        self.ast.statements.push(added);
                    }
                }
            }
            Nested::Block(block) => self.block(block, path),
            Nested::VirtualTable(made) => {
                return self.statement(made, self.read(made, path, comments));
            }
        }
        self.drop_comments(statement);
    }

    fn block(&mut self, block: &Block, path: Option<&SearchPath>) {
        for inner in &block.statements {
            for added in self.read_apart(&inner.statement, path, &block.comments) {
                self.ast.statements.push(if inner.guarded {
                    Statement::IfFits(Box::new(added))
                } else {
                    added
                });
            }
        }
        for passed in &block.passed {
            let message = format!(
                "this `{}` is not applied: whether it runs is decided when the block runs",
                passed.kind
            );
            self.not_applied(message, passed, None);
        }
    }

    /// Reads a statement inside another.
    fn read_apart(
        &mut self,
        statement: &RawStatement,
        path: Option<&SearchPath>,
        comments: &[Comment],
    ) -> Vec<Statement> {
        let first = self.ast.statements.len();
        self.statement(statement, self.read(statement, path, comments));
        self.ast.statements.split_off(first)
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
        let cursor = self.cursor(statement);
        let kind = cursor.statement_kind();
        let mut cursor = Cursor {
            read_as: Some(&self.ast.read_as),
            comments,
            own_database: self.own_database.as_deref(),
            path,
            kind: &kind,
            ..cursor
        };
        let mut problems = Vec::new();
        let outcome = ddl::parse_statement(&mut cursor, &mut problems);
        Some(Reading {
            kind,
            outcome,
            problems,
        })
    }
}

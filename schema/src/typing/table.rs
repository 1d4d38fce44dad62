//! Expressions of tables: what their database refuses when the table is made. What is not known is left to the database, as a
//! schema may be older than what is known here, or newer.

mod postgres;

use super::checker::{Checker, Clause};
use super::facts::Facts;
use super::findings;
use super::names::{NameKind, Named, Names, UnknownName};
use super::scope::{Common, Scope};
use crate::ast::{Name, ObjectName};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::lists::IntoVec as _;
use crate::model::{ColumnId, Model, TableId};
use crate::source::{FileId, Span};
use crate::syntax::{self, Expr};

pub(crate) use postgres::{DomainPart, mistakes_of_domain};

/// The part of a table that an expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TablePart {
    Default(ColumnId),
    Computed(ColumnId),
    Check,
    IndexKey,
    IndexCondition,
}

impl TablePart {
    /// The part in a sentence.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Default(_) => "this DEFAULT",
            Self::Computed(_) => "this computed column",
            Self::Check => "this CHECK",
            Self::IndexKey | Self::IndexCondition => "this index",
        }
    }

    /// Whether it may name columns.
    pub(crate) fn sees_columns(self, dialect: Dialect) -> bool {
        !matches!(self, Self::Default(_)) || Facts::of(dialect).tables.defaults_see_columns
    }
}

/// The table that an expression belongs to.
pub(crate) struct OwnTable {
    pub(crate) id: TableId,
    pub(crate) file: FileId,
    /// Names of columns that it may have though the model does not have them; `None`: any.
    pub(crate) others: Option<Vec<String>>,
    /// The schema may add operators and functions to those of the database.
    pub(crate) is_extended: bool,
}

impl Names for OwnTable {
    fn table(&self, _: &ObjectName) -> Named {
        Named::Open
    }

    fn sees(&self, _: TableId, _: usize) -> bool {
        true
    }

    fn may_have(&self, _: TableId, column: &str) -> bool {
        let is_it = |other: &String| other.eq_ignore_ascii_case(column);
        let others = self.others.as_ref();
        others.is_none_or(|others| others.iter().any(is_it))
    }

    fn prefers(&self, file: FileId) -> bool {
        file == self.file
    }
}

/// The mistakes of an expression, whose places are those in its text.
#[derive(Debug, Default)]
pub(crate) struct Mistakes {
    /// Columns that the table does not have.
    pub(crate) unknown: Vec<Name>,
    pub(crate) findings: Vec<Diagnostic>,
}

/// Finds the mistakes of an expression of a table. One that is not read has none.
pub(crate) fn mistakes_of_expression(
    model: &Model,
    own: &OwnTable,
    dialect: Dialect,
    (part, sql): (TablePart, &str),
) -> Mistakes {
    let found = syntax::look_at_expression(sql, dialect, |text, expr| {
        let mut checker = Checker::new(model, own, dialect, text.text);
        checker.clause = Clause::Table(part);
        checker.table_part(own, part, expr);
        let unknown = checker.unknown.into_iter();
        let unknown = unknown.filter(|one| matches!(one.kind, NameKind::Column(_)));
        Mistakes {
            unknown: unknown.map(|UnknownName { name, .. }| name).into_vec(),
            findings: checker.findings,
        }
    });
    found.unwrap_or_default()
}

impl Checker<'_> {
    fn table_part(&mut self, own: &OwnTable, part: TablePart, expr: &Expr) {
        let mut scope = Scope::of(&Common::default(), None);
        if part.sees_columns(self.dialect) {
            let table = &self.model.table(own.id).name;
            let name = ObjectName {
                schema: table.schema.clone(),
                name: Name {
                    text: table.name.clone(),
                    span: expr.span,
                },
                in_public: false,
                path: None,
            };
            let relation = self.relation_of(own.id, &name);
            scope.relations.push(relation);
        }
        let value = self.expr(expr, &scope);
        match part {
            TablePart::Default(column) | TablePart::Computed(column) => {
                self.check_written(&value, own.id, column.0 as usize);
            }
            TablePart::Check | TablePart::IndexCondition => self.is_condition(&value),
            TablePart::IndexKey => {}
        }
        // Without a catalogue values of any types are compared and stored.
        let of_types = self.facts.have_catalogue() && !own.is_extended;
        self.findings.retain(|one| match one.code {
            "B0623" | "B0624" => of_types,
            code => code == "B0631",
        });
        if let TablePart::Default(column) = part
            && self.facts.tables.checks_constant_defaults
        {
            self.check_constant_default(&value, own.id, column);
        }
    }

    /// Reports what is computed of more than one row, where the expression of a table stands.
    pub(super) fn check_one_row(&mut self, what: &str, span: Span) {
        if let Clause::Table(part) = self.clause {
            self.report(findings::of_several_rows(part.words(), what, span));
        }
    }
}

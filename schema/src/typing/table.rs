//! Expressions of tables: what their database refuses when the table is made. What is not known is left to the database, as a
//! schema may be older than what is known here, or newer.

use super::checker::{Checker, Clause};
use super::findings;
use super::grammar::rank;
use super::literal::is_moment;
use super::names::{NameKind, Named, Names, UnknownName};
use super::postgres::{Context, PgType, can_cast};
use super::scope::{Common, Field, Scope};
use super::value::{Constant, Ty, Value};
use crate::ast::{Name, ObjectName};
use crate::column_type::{ColumnType, TypeClass};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::model::{ColumnId, Domain, Model, TableId};
use crate::source::{FileId, Span};
use crate::syntax::{self, Expr};

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
        !matches!(self, Self::Default(_)) || dialect == Dialect::Mysql
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
            unknown: unknown.map(|UnknownName { name, .. }| name).collect(),
            findings: checker.findings,
        }
    });
    found.unwrap_or_default()
}

fn is_moment_type(of: &ColumnType) -> bool {
    matches!(
        of.class(),
        TypeClass::Date | TypeClass::Time | TypeClass::DateTime | TypeClass::Timestamp
    )
}

/// Whether MySQL takes a constant for a date or a time, as far as its digits show that.
fn is_default_moment(text: &str, of: &ColumnType) -> bool {
    match of.class() {
        _ if text == "0" => true,
        TypeClass::Time => text.bytes().any(|byte| byte.is_ascii_digit()),
        _ => is_moment(text),
    }
}

/// Finds the mistakes of a domain's condition, or of its default.
pub(crate) fn mistakes_of_domain(
    model: &Model,
    own: &OwnTable,
    domain: &Domain,
    (part, sql): (DomainPart, &str),
) -> Mistakes {
    let found = syntax::look_at_expression(sql, Dialect::Postgres, |text, expr| {
        let mut checker = Checker::new(model, own, Dialect::Postgres, text.text);
        checker.clause = Clause::Table(TablePart::Check);
        checker.domain_part(domain, part, expr);
        let of_types = !own.is_extended;
        checker.findings.retain(|one| match one.code {
            "B0623" | "B0624" => of_types,
            code => code == "B0631",
        });
        Mistakes {
            unknown: checker.unknown.into_iter().map(|one| one.name).collect(),
            findings: checker.findings,
        }
    });
    found.unwrap_or_default()
}

/// The part of a domain that an expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DomainPart {
    Check,
    Default,
}

fn is_plain_number(of: &ColumnType) -> bool {
    *of == ColumnType::Bool || rank(of).is_some() && of.class() != TypeClass::Year
}

impl Checker<'_> {
    fn domain_part(&mut self, domain: &Domain, part: DomainPart, expr: &Expr) {
        let (of, sql_type) = (&domain.column_type, &domain.sql_type);
        let Some(own) = PgType::from_column(of, sql_type, domain.as_text) else {
            return;
        };
        let mut scope = Scope::of(&Common::default(), None);
        if part == DomainPart::Check {
            scope.items.push(Field {
                name: Some("value".to_owned()),
                value: Value::new(Ty::Postgres(own), true, expr.span),
            });
        }
        let value = self.expr(expr, &scope);
        if part == DomainPart::Check {
            return self.is_condition(&value);
        }
        self.check_constant(&value, own);
        let given = value.postgres().filter(|_| value.ty != Ty::Untyped);
        if given.is_some_and(|given| !can_cast(given, own, Context::Assignment)) {
            let (takes, given) = (own.name(), self.shown(&value));
            let finding = findings::unlike_column(&domain.name, &takes, &given, value.span);
            self.report(finding);
        }
    }

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
        // The others compare and store values of any types.
        let of_types = self.dialect == Dialect::Postgres && !own.is_extended;
        self.findings.retain(|one| match one.code {
            "B0623" | "B0624" => of_types,
            code => code == "B0631",
        });
        if let (Dialect::Mysql, TablePart::Default(column)) = (self.dialect, part) {
            self.check_constant_default(&value, own.id, column);
        }
    }

    /// Reports a constant that MySQL and MariaDB refuse in every mode of theirs.
    fn check_constant_default(&mut self, value: &Value, table: TableId, id: ColumnId) {
        let column = self.model.table(table).column(id);
        let at = id.0 as usize;
        match value.constant {
            Constant::Null if !column.nullable && !self.is_key(table, at) => {
                self.report(findings::null_default(&column.name, value.span));
            }
            Constant::Text if is_plain_number(&column.column_type) => {
                let written = self.text_at(value.span);
                let text = written.trim_matches(['\'', '"']).trim();
                if written.starts_with(['\'', '"']) && text.parse::<f64>().is_err() {
                    let takes = self.shown(&self.value_of_column(table, at));
                    let given = self.shown(value);
                    let finding = findings::unlike_column(&column.name, &takes, &given, value.span);
                    self.report(finding);
                }
            }
            Constant::Text | Constant::Number if is_moment_type(&column.column_type) => {
                let written = self.text_at(value.span);
                let text = written.trim_matches(['\'', '"']);
                if !is_default_moment(text, &column.column_type) {
                    let takes = self.shown(&self.value_of_column(table, at));
                    let given = self.shown(value);
                    let finding = findings::unlike_column(&column.name, &takes, &given, value.span);
                    self.report(finding);
                }
            }
            Constant::Null | Constant::Text | Constant::Number | Constant::No => {}
        }
    }

    /// Reports what is computed of more than one row, where the expression of a table stands.
    pub(super) fn check_one_row(&mut self, what: &str, span: Span) {
        if let Clause::Table(part) = self.clause {
            self.report(findings::of_several_rows(part.words(), what, span));
        }
    }
}

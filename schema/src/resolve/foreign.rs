//! DDL of another database in a file: words that the file's own database takes in another sense, or refuses.
//!
//! Constructs that SQLite takes in the same sense (backticks, `UNSIGNED`, types of the other two) are not among them.

pub(super) mod postgres;
pub(super) mod sqlite;

use crate::ast::Expression;
use crate::column_type::ColumnType;
use crate::dialect::Dialect;
use crate::dialect::DialectRules as _;
use crate::draft::{DraftColumn, DraftGenerated, DraftTable};
use crate::findings::foreign_sql;
use crate::source::Span;
use crate::syntax::{SiteKind, look_at_expression, sites};

use super::Resolver;
use super::facts::Facts;
use super::types::{self, is_serial};
use crate::typing::grammar::home_of_function;

/// Something of another database: which, a message, and the text to type in instead.
pub(super) type Foreign = (Dialect, String, String);

impl Resolver<'_> {
    /// Reports a type in the words of another database; `false` where there is none.
    pub(super) fn foreign_type(
        &mut self,
        table: &DraftTable,
        column: &DraftColumn,
        in_key: bool,
    ) -> bool {
        let foreign = &Facts::of(table.dialect).foreign;
        let is_any = foreign.any_words_are_types;
        if is_any && !in_key && is_serial(&column.type_name.name) {
            self.warn_serial(column);
        }
        let found = (foreign.of_type)(table, column, in_key);
        if self.warn_type_name(table, column, found.as_ref()) {
            return false;
        }
        let is_told = found.is_some();
        self.report_foreign(table, column.type_name.span, found);
        is_told
    }

    /// A file that says it is SQLite's means what SQLite makes of it, which may be less than its author thinks: any words are a part
    /// of a type's name there, and nothing of it is refused. Returns whether that is so.
    fn warn_type_name(
        &mut self,
        table: &DraftTable,
        column: &DraftColumn,
        found: Option<&Foreign>,
    ) -> bool {
        let read_as = self.draft.read_as(table.file);
        let read_as = read_as.filter(|read_as| read_as.is_declared());
        let is_any = Facts::of(table.dialect).foreign.any_words_are_types;
        let (Some((_, message, instead)), Some(read_as), true) = (found, read_as, is_any) else {
            return false;
        };
        let (message, instead) = (message.clone(), instead.clone());
        let finding = foreign_sql::type_words(message, column.type_name.span, instead, read_as);
        self.diagnostics.push(finding);
        true
    }

    /// The same of what gives a column its values.
    pub(super) fn foreign_values(
        &mut self,
        table: &DraftTable,
        column: &DraftColumn,
        of: &ColumnType,
    ) {
        if let Some(default) = &column.default {
            let found = look_at_expression(&default.sql, table.dialect, |_, expr| {
                (Facts::of(table.dialect).foreign.of_default)(&expr.kind, &default.sql, of)
            });
            match found.ok().flatten() {
                None => self.foreign_expression(table, default),
                found => self.report_foreign(table, default.span, found),
            }
        }
        if let DraftGenerated::Computed { expression, .. } = &column.generated {
            self.foreign_expression(table, expression);
        }
    }

    /// Beside a key it may be a reference to one: an integer all the same.
    fn warn_serial(&mut self, column: &DraftColumn) {
        let column = types::typed(column, &column.type_name.written);
        self.diagnostics.push(column.generates_nothing());
    }

    /// Reports a cast, an operator or a function that only another database has.
    pub(super) fn foreign_expression(&mut self, table: &DraftTable, expression: &Expression) {
        let found = postgres::operator(expression, table.dialect)
            .or_else(|| self.foreign_call(expression, table.dialect));
        self.report_foreign(table, expression.span, found);
    }

    fn foreign_call(&self, expression: &Expression, dialect: Dialect) -> Option<Foreign> {
        let sites = sites(&expression.sql, dialect).into_iter();
        let mut calls = sites.filter(|site| site.kind == SiteKind::Function);
        let (name, of) = calls.find_map(|site| {
            let name = site.text.to_lowercase();
            let of = home_of_function(dialect, &name)?;
            (!self.draft.functions.contains_key(&name)).then_some((name, of))
        })?;
        let message = foreign_sql::function(dialect, &name);
        Some((of, message, instead_of_call(&name, dialect)))
    }

    fn report_foreign(&mut self, table: &DraftTable, span: Span, found: Option<Foreign>) {
        if let (Some((of, message, instead)), Some(read_as)) =
            (found, self.draft.read_as(table.file))
        {
            let finding = foreign_sql::foreign(message, span, &instead, Some(of), Some(read_as));
            self.diagnostics.push(finding);
        }
    }
}

fn instead_of_call(name: &str, dialect: Dialect) -> String {
    let own = match name {
        "now" | "utc_timestamp" | "datetime" | "sysdate" => "CURRENT_TIMESTAMP",
        "curdate" | "utc_date" => "CURRENT_DATE",
        "curtime" | "utc_time" => "CURRENT_TIME",
        "uuid" | "gen_random_uuid" => dialect.rules().random_uuid(),
        _ => return "give the value in the program, or write a function that it has".to_owned(),
    };
    format!("write `{own}`")
}

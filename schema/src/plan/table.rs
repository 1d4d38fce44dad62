//! CREATE TABLE of one table on one engine, and everything that stands in its way there.
//!
//! One writer serves both: `check` looks at the problems, `ddl` at the text.

use super::index::{IndexNames, index_statements};
use super::order::CreationOrder;
use super::statements::moment_of;
use crate::diagnostic::Severity;
use crate::dialect::DialectRules as _;
use crate::dialect::{
    ColumnPlace, Dialect, Refusal, SizeOf, declared_size, default_fits, default_sql,
    expression_remark, expression_sql, is_own, key_fits, table_fits,
};
use crate::lists::IntoVec as _;
use crate::model::{Column, ColumnId, Engine, Generated, Model, Table, TableId};
use crate::source::Span;
use crate::sql_writer::SqlWriter;

/// Something that an engine cannot hold or do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where it is written.
    pub(crate) span: Span,
    /// Errors stop the build; with a warning the thing is left out.
    pub(crate) severity: Severity,
    /// The reason and the help.
    pub(crate) refusal: Refusal,
}

/// The CREATE TABLE of a table on an engine, and everything that stands in its way there, indexes included.
pub(crate) fn problems(model: &Model, table: TableId, engine: &Engine) -> (String, Vec<Problem>) {
    let order = CreationOrder {
        tables: vec![table],
        forward: Vec::new(),
    };
    let mut writer = TableWriter {
        model,
        id: table,
        engine,
        order: &order,
        problems: Vec::new(),
    };
    let created = writer.create();
    let mut problems = writer.problems;
    index_statements(
        model,
        table,
        engine,
        &mut IndexNames::default(),
        &mut problems,
    );
    (created, problems)
}

/// Writes one table. What cannot be written is left out and noted.
pub(super) struct TableWriter<'m> {
    pub(super) model: &'m Model,
    pub(super) id: TableId,
    pub(super) engine: &'m Engine,
    pub(super) order: &'m CreationOrder,
    pub(super) problems: Vec<Problem>,
}

impl<'m> TableWriter<'m> {
    pub(super) fn table(&self) -> &'m Table {
        self.model.table(self.id)
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.engine.dialect
    }

    /// Whether it lives on engines of this dialect alone and is written in it: it is made as it is written then.
    pub(super) fn is_own(&self) -> bool {
        is_own(self.model, self.id, self.dialect())
    }

    pub(super) fn is_native(&self) -> bool {
        self.table().source_dialect == self.dialect()
    }

    /// Notes a refusal.
    pub(super) fn ok<T>(&mut self, outcome: Result<T, Refusal>, span: Span) -> Option<T> {
        outcome.map_err(|refusal| self.refuse(refusal, span)).ok()
    }

    pub(super) fn refuse(&mut self, refusal: Refusal, span: Span) {
        self.problems.push(Problem {
            span,
            severity: Severity::Error,
            refusal,
        });
    }

    /// Notes what differs here.
    pub(super) fn warn(&mut self, remark: Option<Refusal>, span: Span) {
        self.problems.extend(remark.map(|refusal| Problem {
            span,
            severity: Severity::Warning,
            refusal,
        }));
    }

    /// The CREATE TABLE statement.
    pub(super) fn create(&mut self) -> String {
        let table = self.table();
        self.check_table();
        let mut lines: Vec<String> = Vec::new();
        let mut checks: Vec<String> = Vec::new();
        for place in ColumnPlace::all_of(self.model, self.id) {
            let size = declared_size(place, self.dialect(), self.engine.flavour);
            self.ok(size, place.column().type_span);
            if self.is_own() {
                lines.extend(self.native_column(place));
            } else {
                lines.push(self.column(place, &mut checks));
            }
        }
        lines.extend(self.primary_key());
        lines.extend(self.uniques());
        lines.extend(self.counted_key());
        lines.extend(self.keys_of_table());
        lines.extend(self.foreign_keys());
        lines.extend(checks.into_iter().map(|check| format!("CHECK ({check})")));
        lines.extend(self.checks());
        lines.extend(self.native_lines());
        let mut sql = SqlWriter::new(self.dialect());
        sql.push("CREATE ");
        if self.is_own() && table.native.unlogged {
            sql.push("UNLOGGED ");
        }
        sql.push("TABLE ").table(&table.name).push(" (");
        if !lines.is_empty() {
            sql.push("\n    ").push(&lines.join(",\n    ")).push("\n");
        }
        sql.push(")").push(&self.table_options());
        sql.finish()
    }

    fn check_table(&mut self) {
        let table = self.table();
        if table.name.schema.is_some() && !self.engine.capabilities().schemas && !self.is_native() {
            let message = format!(
                "`{}` is in a schema, and {} has none within a database",
                table.name.name,
                self.dialect().product()
            );
            let schema = table.name.schema.as_deref().unwrap_or_default();
            let help =
                format!("remove `{schema}.`, or let the table live on PostgreSQL engines only");
            self.refuse(Refusal::new("B0219", message, help), table.span);
        }
        let (dialect, flavour) = (self.dialect(), self.engine.flavour);
        self.ok(table_fits(table, dialect, flavour), table.span);
        let primary = table.primary_key.iter();
        let uniques = table.uniques.iter();
        let keys = (primary.map(|key| (key.columns.len(), key.span)))
            .chain(uniques.map(|key| (key.columns.len(), key.span)))
            .chain(table.indexes.iter().map(|key| (key.parts.len(), key.span)));
        for (parts, span) in keys {
            self.ok(key_fits(parts, dialect, flavour), span);
        }
        let places: Vec<ColumnPlace<'_>> = ColumnPlace::all_of(self.model, self.id).into_vec();
        let rules = self.dialect().rules();
        let outcome = if self.is_native() {
            rules.own_row(&places)
        } else {
            rules.size(&places, SizeOf::Row)
        };
        self.ok(outcome, table.span);
    }

    /// One column; its range condition goes to `checks`.
    fn column(&mut self, place: ColumnPlace<'m>, checks: &mut Vec<String>) -> String {
        let column = place.column();
        let rules = self.dialect().rules();
        let mut sql = SqlWriter::new(self.dialect());
        sql.identifier(&column.name);
        if let Some(declaration) = self.ok(rules.declare(place), column.type_span) {
            let of_flavour = self.type_of_flavour(column);
            let type_sql = of_flavour.unwrap_or(declaration.type_sql);
            sql.push(" ").push(&type_sql);
            sql.push(&self.collation(column, &type_sql));
            checks.extend(declaration.check);
        }
        let counted = matches!(column.generated, Generated::Key { .. });
        let computed = self.computed(column);
        let not_null = !column.nullable
            && (computed.is_none() || self.engine.capabilities().computed_not_null);
        // PostgreSQL, MySQL and SQLite agree on the order: type, NOT NULL or DEFAULT, then what counts.
        if let Some(text) = &computed {
            sql.push(text);
        }
        if not_null && !(counted && self.engine.capabilities().counted_key_at_column) {
            sql.push(" NOT NULL");
        } else if column.nullable && rules.says_null(place) {
            sql.push(" NULL");
        }
        if let Generated::Key { always } = column.generated {
            let words = self.ok(rules.counted(place, always), column.span);
            self.warn(self.unique_by_counting(place), column.span);
            sql.push(words.unwrap_or_default());
        } else if computed.is_none() {
            sql.push(&self.default(place));
        }
        sql.finish()
    }

    /// A column that is not a key of its table becomes one where only a key can auto-increment.
    fn unique_by_counting(&self, place: ColumnPlace<'m>) -> Option<Refusal> {
        let table = self.table();
        let is_key = |columns: &[ColumnId]| columns == [place.column];
        let in_key = table.primary_key.is_some()
            || table.uniques.iter().any(|unique| is_key(&unique.columns));
        if in_key || self.is_native() || !self.engine.capabilities().counted_key_at_column {
            return None;
        }
        let (name, product) = (&place.column().name, self.dialect().product());
        let message = format!(
            "`{name}` is the primary key on {product}, which auto-increments no other column: a value that is given twice is refused there"
        );
        let help = format!("make it a key on every engine: add `PRIMARY KEY ({name})`");
        Some(Refusal::new("B0405", message, help))
    }

    fn default(&mut self, place: ColumnPlace<'m>) -> String {
        let column = place.column();
        let mut text = String::new();
        if let Some(default) = &column.default {
            let fits = default_fits(place, self.dialect(), self.engine.flavour);
            let sql = fits.and_then(|()| default_sql(place, self.dialect()));
            let sql = self.ok(sql, default.span).flatten();
            text.extend(sql.map(|sql| format!(" DEFAULT {sql}")));
        }
        if column.on_update_now && self.engine.capabilities().on_update_now {
            text.push_str(&format!(
                " ON UPDATE {}",
                self.dialect().rules().now(moment_of(column))
            ));
        }
        self.check_on_update_now(place);
        text
    }

    /// Refuses `ON UPDATE` at a key. Elsewhere updates by bindery do it where the database does not, but they find the
    /// row by its key.
    fn check_on_update_now(&mut self, place: ColumnPlace<'m>) {
        let column = place.column();
        let key = self.table().primary_key.as_ref();
        let in_key = key.is_some_and(|key| key.columns.contains(&place.column));
        if !column.on_update_now || self.engine.capabilities().on_update_now || !in_key {
            return;
        }
        let message = format!(
            "{} cannot set `{}`, a part of the key, by itself on every update",
            self.dialect().product(),
            column.name
        );
        let help =
            "remove `ON UPDATE CURRENT_TIMESTAMP`, or let the table live on MySQL engines only";
        self.refuse(Refusal::new("B0215", message, help), column.span);
    }

    fn computed(&mut self, column: &Column) -> Option<String> {
        let Generated::Computed { expression, stored } = &column.generated else {
            return None;
        };
        let what = format!("the computed column `{}`", column.name);
        let sql = self.ok(
            expression_sql(expression, self.model, self.table(), self.dialect(), &what),
            expression.span,
        )?;
        let remark = expression_remark(expression, self.model, self.table(), self.dialect());
        self.warn(remark, expression.span);
        let virtual_here = !stored && self.engine.capabilities().virtual_columns;
        Some(format!(
            " GENERATED ALWAYS AS ({sql}) {}",
            if virtual_here { "VIRTUAL" } else { "STORED" }
        ))
    }

    /// Texts are compared byte by byte. A collation of another dialect is left out where it means that.
    fn collation(&mut self, column: &Column, type_sql: &str) -> String {
        let bytewise = self.dialect().rules().bytewise(type_sql).to_owned();
        let Some(collation) = &column.collation else {
            return bytewise;
        };
        if self.is_native() {
            let mut sql = SqlWriter::new(self.dialect());
            sql.push(" COLLATE ").identifier(collation);
            return sql.finish();
        }
        let name = collation.to_ascii_lowercase();
        let compares_bytes = matches!(
            name.as_str(),
            "c" | "posix" | "binary" | "default" | "c.utf8"
        ) || name.ends_with("_bin");
        if !compares_bytes {
            let message = format!(
                "the collation `{collation}` of `{}` is one of {}",
                column.name,
                self.table().source_dialect.product()
            );
            let help = format!(
                "remove `COLLATE {collation}`: texts are compared byte by byte then, on every engine"
            );
            self.refuse(Refusal::new("B0213", message, help), column.span);
        }
        bytewise
    }
}

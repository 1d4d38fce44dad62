//! CREATE TABLE of one table on one engine, and everything that stands in its way there.
//!
//! One writer serves both: `check` looks at the problems, `ddl` at the text.

use std::collections::BTreeSet;

use super::index::{IndexNames, index_statements, unique_problem};
use super::order::CreationOrder;
use super::statements::moment_of;
use crate::diagnostic::Severity;
use crate::dialect::{
    ColumnPlace, Dialect, Refusal, SizeOf, check_fits, declared_size, default_fits, default_sql,
    expression_remark, expression_sql,
};
use crate::model::{
    Column, ColumnId, Engine, ForeignKey, Generated, Model, ReferentialAction, Table, TableId,
};
use crate::source::Span;
use crate::sql_writer::SqlWriter;

/// Something that an engine cannot hold or do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where it is written.
    pub(crate) span: Span,
    /// Errors stop the build; with a warning the thing is left out.
    pub(crate) severity: Severity,
    /// What and what to do.
    pub(crate) refusal: Refusal,
}

/// Everything that stands in the way of a table on an engine, indexes included.
pub(crate) fn problems(model: &Model, table: TableId, engine: &Engine) -> Vec<Problem> {
    let order = CreationOrder {
        tables: vec![table],
        forward: BTreeSet::new(),
    };
    let mut writer = TableWriter {
        model,
        id: table,
        engine,
        order: &order,
        problems: Vec::new(),
    };
    writer.create();
    let mut problems = writer.problems;
    index_statements(
        model,
        table,
        engine,
        &mut IndexNames::default(),
        &mut problems,
    );
    problems
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
    fn table(&self) -> &'m Table {
        self.model.table(self.id)
    }

    fn dialect(&self) -> Dialect {
        self.engine.dialect
    }

    fn is_native(&self) -> bool {
        self.table().source_dialect == self.dialect()
    }

    /// Notes a refusal.
    fn ok<T>(&mut self, outcome: Result<T, Refusal>, span: Span) -> Option<T> {
        outcome.map_err(|refusal| self.refuse(refusal, span)).ok()
    }

    fn refuse(&mut self, refusal: Refusal, span: Span) {
        self.problems.push(Problem {
            span,
            severity: Severity::Error,
            refusal,
        });
    }

    /// Notes what differs here.
    fn warn(&mut self, remark: Option<Refusal>, span: Span) {
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
            lines.push(self.column(place, &mut checks));
        }
        lines.extend(self.primary_key());
        lines.extend(self.uniques());
        lines.extend(self.counted_key());
        lines.extend(self.foreign_keys());
        lines.extend(checks.into_iter().map(|check| format!("CHECK ({check})")));
        lines.extend(self.checks());
        let mut sql = SqlWriter::new(self.dialect());
        sql.push("CREATE TABLE ")
            .table(&table.name)
            .push(" (\n    ")
            .push(&lines.join(",\n    "))
            .push("\n)");
        let flavour = self.engine.flavour;
        sql.push(&self.dialect().rules().table_options(table, flavour));
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
        let places: Vec<ColumnPlace<'_>> = ColumnPlace::all_of(self.model, self.id).collect();
        if !self.is_native() {
            let outcome = self.dialect().rules().size(&places, SizeOf::Row);
            self.ok(outcome, table.span);
        }
    }

    /// One column; its range condition goes to `checks`.
    fn column(&mut self, place: ColumnPlace<'m>, checks: &mut Vec<String>) -> String {
        let column = place.column();
        let rules = self.dialect().rules();
        let mut sql = SqlWriter::new(self.dialect());
        sql.identifier(&column.name);
        let size = declared_size(place, self.dialect(), self.engine.flavour);
        self.ok(size, column.type_span);
        if let Some(declaration) = self.ok(rules.declare(place), column.type_span) {
            sql.push(" ").push(&declaration.type_sql);
            checks.extend(declaration.check);
        }
        sql.push(&self.collation(column));
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

    /// A column that is no key of its table becomes one where only a key is counted.
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
            "`{name}` is the primary key on {product}, which counts nothing else: no value is taken twice there"
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

    /// Where the database does not do it, updates by bindery do, but for the key: that is what they find the row by.
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
        let remark = expression_remark(expression, self.table(), self.dialect());
        self.warn(remark, expression.span);
        let virtual_here = !stored && self.engine.capabilities().virtual_columns;
        Some(format!(
            " GENERATED ALWAYS AS ({sql}) {}",
            if virtual_here { "VIRTUAL" } else { "STORED" }
        ))
    }

    /// A collation of another dialect is left out where it means what the target does anyway: comparing bytes.
    fn collation(&mut self, column: &Column) -> String {
        let Some(collation) = &column.collation else {
            return String::new();
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
        String::new()
    }

    fn primary_key(&mut self) -> Option<String> {
        let key = self.table().primary_key.as_ref()?;
        self.check_key(&key.columns, key.span);
        let is_at_column = self.engine.capabilities().counted_key_at_column
            && key.columns.iter().any(|column| {
                matches!(
                    self.table().column(*column).generated,
                    Generated::Key { .. }
                )
            });
        if is_at_column {
            return None;
        }
        Some(self.constraint(key.name.as_deref(), "PRIMARY KEY ", &key.columns, ""))
    }

    fn uniques(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for unique in &self.table().uniques {
            if let Some((span, refusal)) = unique_problem(unique, self.engine) {
                self.refuse(refusal, span);
            }
            self.check_key(&unique.columns, unique.span);
            if !unique.is_index {
                let nulls = if unique.nulls_not_distinct {
                    "UNIQUE NULLS NOT DISTINCT "
                } else {
                    "UNIQUE "
                };
                let end = if unique.deferrable { " DEFERRABLE" } else { "" };
                lines.push(self.constraint(unique.name.as_deref(), nulls, &unique.columns, end));
            }
        }
        lines
    }

    fn check_key(&mut self, columns: &[ColumnId], span: Span) {
        let rules = self.dialect().rules();
        let places: Vec<ColumnPlace<'m>> = columns
            .iter()
            .map(|column| ColumnPlace {
                model: self.model,
                table: self.id,
                column: *column,
            })
            .collect();
        if self.is_native() {
            return;
        }
        let before = self.problems.len();
        for place in &places {
            self.ok(rules.key_column(*place), place.column().type_span);
        }
        if self.problems.len() == before {
            self.ok(rules.size(&places, SizeOf::Index), span);
        }
    }

    /// A constraint over columns; its name is kept where the schema is written for this dialect.
    fn constraint(
        &self,
        name: Option<&str>,
        kind: &str,
        columns: &[ColumnId],
        end: &str,
    ) -> String {
        let mut sql = SqlWriter::new(self.dialect());
        if let Some(name) = name.filter(|_| self.is_native()) {
            sql.push("CONSTRAINT ").identifier(name).push(" ");
        }
        sql.push(kind)
            .push("(")
            .list(columns, ", ", |sql, column| self.key_part(sql, *column))
            .push(")")
            .push(end);
        sql.finish()
    }

    /// MySQL's own tables may have keys over the start of a long column.
    fn key_part(&self, sql: &mut SqlWriter, column: ColumnId) {
        let place = ColumnPlace {
            model: self.model,
            table: self.id,
            column,
        };
        sql.identifier(&place.column().name);
        if let Some(prefix) = self.dialect().rules().index_prefix(place) {
            sql.push(&format!("({prefix})"));
        }
    }

    /// The key of a counted column that leads no other one made with the table.
    fn counted_key(&self) -> Option<String> {
        let column = counted_without_key(self.table())
            .filter(|_| self.engine.capabilities().counted_column_needs_key)?;
        Some(self.constraint(None, "KEY ", &[column], ""))
    }

    fn foreign_keys(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for (number, key) in self.table().foreign_keys.iter().enumerate() {
            self.check_foreign_key(key);
            let later = self.engine.capabilities().adds_foreign_keys
                && self.order.forward.contains(&(self.id, number));
            if !later {
                lines.push(self.foreign_key(key, key.name.as_deref().filter(|_| self.is_native())));
            }
        }
        lines
    }

    fn check_foreign_key(&mut self, key: &ForeignKey) {
        let capabilities = self.engine.capabilities();
        let sets_default = [key.on_delete, key.on_update].contains(&ReferentialAction::SetDefault);
        let (what, help) = if key.deferrable.is_some() && !capabilities.deferrable_foreign_keys {
            (
                "DEFERRABLE foreign keys",
                "remove `DEFERRABLE` and what `INITIALLY` says",
            )
        } else if sets_default && !capabilities.set_default {
            (
                "SET DEFAULT",
                "write `SET NULL` or `CASCADE` instead of `SET DEFAULT`",
            )
        } else {
            return;
        };
        let message = format!("{} has no {what}", self.dialect().product());
        self.refuse(Refusal::new("B0218", message, help), key.span);
    }

    /// To set NULL where none may be is refused with the row, or already with the table: then the row is refused by the
    /// foreign key itself.
    fn possible(&self, key: &ForeignKey, action: ReferentialAction) -> ReferentialAction {
        let refused = self.engine.capabilities().set_null_needs_null
            && !self.is_native()
            && action == ReferentialAction::SetNull
            && key
                .columns
                .iter()
                .any(|column| !self.table().column(*column).nullable);
        if refused {
            ReferentialAction::NoAction
        } else {
            action
        }
    }

    /// `FOREIGN KEY (…) REFERENCES …`.
    pub(super) fn foreign_key(&self, key: &ForeignKey, name: Option<&str>) -> String {
        let referred = self.model.table(key.table);
        let mut sql = SqlWriter::new(self.dialect());
        if let Some(name) = name {
            sql.push("CONSTRAINT ").identifier(name).push(" ");
        }
        sql.push("FOREIGN KEY (")
            .identifiers(names(self.table(), &key.columns))
            .push(") REFERENCES ");
        sql.table(&referred.name)
            .push(" (")
            .identifiers(names(referred, &key.referred))
            .push(")");
        sql.push(&action(" ON DELETE ", self.possible(key, key.on_delete)))
            .push(&action(" ON UPDATE ", self.possible(key, key.on_update)));
        sql.push(match key.deferrable {
            None => "",
            Some(false) => " DEFERRABLE",
            Some(true) => " DEFERRABLE INITIALLY DEFERRED",
        });
        sql.finish()
    }

    fn checks(&mut self) -> Vec<String> {
        let table = self.table();
        let mut lines = Vec::new();
        for check in &table.checks {
            let fits = check_fits(check, self.dialect(), self.engine.flavour);
            self.ok(fits, check.expression.span);
            let what = format!("a check of `{}`", table.name.name);
            let outcome =
                expression_sql(&check.expression, self.model, table, self.dialect(), &what);
            let Some(text) = self.ok(outcome, check.expression.span) else {
                continue;
            };
            let remark = expression_remark(&check.expression, table, self.dialect());
            self.warn(remark, check.expression.span);
            let mut sql = SqlWriter::new(self.dialect());
            if let Some(name) = check.name.as_ref().filter(|_| self.is_native()) {
                sql.push("CONSTRAINT ").identifier(name).push(" ");
            }
            sql.push("CHECK (").push(&text).push(")");
            lines.push(sql.finish());
        }
        lines
    }
}

/// A counted column that is the first neither of the primary key nor of a unique constraint.
pub(super) fn counted_without_key(table: &Table) -> Option<ColumnId> {
    let counted = |id: &ColumnId| matches!(table.column(*id).generated, Generated::Key { .. });
    let leads = |id: &ColumnId| {
        let constraints = table
            .uniques
            .iter()
            .filter(|unique| !unique.is_index)
            .map(|unique| &unique.columns);
        let mut keys = table
            .primary_key
            .iter()
            .map(|key| &key.columns)
            .chain(constraints);
        keys.any(|columns| columns.first() == Some(id))
    };
    (0..table.columns.len() as u32)
        .map(ColumnId)
        .filter(counted)
        .find(|id| !leads(id))
}

fn names<'t>(table: &'t Table, columns: &'t [ColumnId]) -> impl Iterator<Item = &'t str> {
    columns
        .iter()
        .map(|column| table.column(*column).name.as_str())
}

fn action(clause: &str, action: ReferentialAction) -> String {
    let words = match action {
        ReferentialAction::NoAction => return String::new(),
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    };
    format!("{clause}{words}")
}

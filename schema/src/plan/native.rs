//! A table in the dialect its schema is written in: everything as it is written there, so that the same table comes out.

use super::index::key_line;
use super::table::TableWriter;
use crate::dialect::DialectRules as _;
use crate::dialect::{ColumnPlace, Dialect, Refusal, default_fits, lacks};
use crate::lists::IntoVec as _;
use crate::model::{Column, Counter, Generated, Partition, Table, TableId};
use crate::sql_writer::SqlWriter;

impl<'m> TableWriter<'m> {
    /// One column; `None` where a parent of the table gives it.
    pub(super) fn native_column(&mut self, place: ColumnPlace<'m>) -> Option<String> {
        let mut sql = self.native_column_alone(place)?;
        self.native_constraints(&mut sql, place);
        Some(sql.finish())
    }

    /// The same without the checks that stand at it.
    pub(super) fn native_column_alone(&mut self, place: ColumnPlace<'m>) -> Option<SqlWriter> {
        let column = place.column();
        if column.native.inherited && !self.parents().is_empty() {
            return None;
        }
        if let Some(default) = &column.default {
            let fits = default_fits(place, self.dialect(), self.engine.flavour);
            self.ok(fits, default.span);
        }
        let mut sql = SqlWriter::new(self.dialect());
        sql.identifier(&column.name);
        self.type_words(&mut sql, place);
        self.native_collation(&mut sql, column);
        if let Generated::Computed { expression, stored } = &column.generated {
            sql.push(&computed(&expression.sql, *stored));
        }
        // MariaDB has no word on NULL after a computed column.
        let may_say = !matches!(column.generated, Generated::Computed { .. })
            || self.engine.capabilities().computed_not_null;
        if column.native.not_null && may_say {
            sql.push(" NOT NULL");
            sql.push(&with_blank(column.native.not_null_conflict.as_deref()));
        } else if column.native.says_null && may_say {
            sql.push(" NULL");
        }
        if let Some(default) = &column.native.default {
            sql.push(" DEFAULT ").push(default);
        }
        if let Generated::Key { always } = column.generated {
            let counted = self.native_counter(place, always);
            sql.push(&counted);
        }
        if let Some(moment) = &column.native.on_update {
            sql.push(" ON UPDATE ").push(moment);
        }
        for word in &column.native.words {
            sql.push(" ").push(word);
        }
        self.native_comment(&mut sql, column);
        Some(sql)
    }

    /// The type with the words that belong to it.
    pub(super) fn type_words(&mut self, sql: &mut SqlWriter, place: ColumnPlace<'m>) {
        let column = place.column();
        let made;
        let declared = match (&column.native.counter, &column.native.declared) {
            (Counter::Serial(name), _) => *name,
            (_, declared) => {
                made = self
                    .type_of_flavour(column)
                    .or_else(|| declared.clone())
                    .unwrap_or_else(|| self.declared(place));
                made.as_str()
            }
        };
        if !declared.is_empty() {
            sql.push(" ").push(declared);
        }
        for word in &column.native.type_words {
            sql.push(" ").push(word);
        }
    }

    fn declared(&mut self, place: ColumnPlace<'m>) -> String {
        let declaration = self.dialect().rules().declare(place);
        let declaration = self.ok(declaration, place.column().type_span);
        declaration.map_or(String::new(), |declaration| declaration.type_sql)
    }

    /// A type of one product that speaks the dialect, as this engine may be another.
    pub(super) fn type_of_flavour(&self, column: &Column) -> Option<String> {
        let rules = self.dialect().rules();
        let found = rules.type_of_flavour(&column.sql_type, self.engine.flavour);
        found.filter(|_| self.is_native())
    }

    fn native_collation(&self, sql: &mut SqlWriter, column: &Column) {
        let Some(collation) = &column.collation else {
            return;
        };
        sql.push(" COLLATE ");
        if let Some(schema) = &column.native.collation_schema {
            sql.identifier(schema).push(".");
        }
        sql.identifier(collation);
    }

    fn native_comment(&self, sql: &mut SqlWriter, column: &Column) {
        let comment = column.native.comment.as_ref();
        if let Some(comment) = comment.filter(|_| self.engine.capabilities().comments_in_table) {
            sql.push(" COMMENT ").text_literal(comment);
        }
    }

    /// Returns the words that make the column auto-increment.
    fn native_counter(&mut self, place: ColumnPlace<'m>, always: bool) -> String {
        let usual = |writer: &mut Self| {
            let rules = writer.dialect().rules();
            let words = writer.ok(rules.counted(place, always), place.column().span);
            words.unwrap_or_default().to_owned()
        };
        match &place.column().native.counter {
            Counter::Serial(_) => String::new(),
            Counter::Sequence(default) => format!(" DEFAULT {default}"),
            Counter::Identity(options) => format!("{} {options}", usual(self)),
            Counter::Usual | Counter::Autoincrement if self.counts_key_at_column() => {
                self.key_at_column(place)
            }
            Counter::Usual | Counter::Autoincrement => usual(self),
        }
    }

    fn counts_key_at_column(&self) -> bool {
        self.engine.capabilities().counted_key_at_column
    }

    /// `CONSTRAINT "k" PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT`.
    fn key_at_column(&mut self, place: ColumnPlace<'m>) -> String {
        let rules = self.dialect().rules();
        let outcome = rules.counted(place, false);
        let (Some(words), Some(key)) = (
            self.ok(outcome, place.column().span),
            self.table().primary_key.as_ref(),
        ) else {
            return String::new();
        };
        let mut sql = SqlWriter::new(self.dialect());
        sql.push(" ");
        self.constraint_name(&mut sql, key.name.as_deref());
        sql.push(words.trim_start());
        for option in &key.words.options {
            sql.push(" ").push(option);
        }
        if place.column().native.counter == Counter::Autoincrement {
            sql.push(" AUTOINCREMENT");
        }
        sql.finish()
    }

    /// Checks that stand at the column, and a key that must.
    fn native_constraints(&mut self, sql: &mut SqlWriter, place: ColumnPlace<'m>) {
        if let Some((column, key)) = self.key_of_no_row_id()
            && column == place.column
        {
            sql.push(" ");
            self.constraint_name(sql, key.name.as_deref());
            sql.push("PRIMARY KEY DESC");
            for option in &key.words.options {
                sql.push(" ").push(option);
            }
        }
        for check in &self.table().checks {
            if check.column == Some(place.column)
                && let Some(text) = self.check(check)
            {
                sql.push(" ").push(&text);
            }
        }
    }

    /// Indexes that stand between the parentheses.
    pub(super) fn keys_of_table(&self) -> Vec<String> {
        if self.adds_equal_keys() {
            return Vec::new();
        }
        let table = self.table();
        let here =
            |is_constraint: bool| self.keys_stand_in_table() || (is_constraint && self.is_native());
        let indexes = table.indexes.iter();
        indexes
            .filter(|index| here(index.is_constraint))
            .map(|index| key_line(table, index, self.dialect()))
            .into_vec()
    }

    /// Returns the lines that are neither column nor key; refused where another dialect has no word for it.
    pub(super) fn native_lines(&mut self) -> Vec<String> {
        let native = &self.table().native;
        self.check_periods();
        if !self.is_native() {
            for exclusion in &native.exclusions {
                let help = "leave it out, or let the table live on PostgreSQL engines only";
                let refusal = lacks(self.dialect(), "an EXCLUDE constraint", help);
                self.refuse(refusal, exclusion.span);
            }
            return Vec::new();
        }
        let exclusions = native.exclusions.iter().map(|exclusion| {
            let mut sql = SqlWriter::new(self.dialect());
            self.constraint_name(&mut sql, exclusion.name.as_deref());
            sql.push(&exclusion.sql);
            sql.finish()
        });
        let periods = native.periods.iter().map(|period| period.sql.clone());
        exclusions.chain(periods).into_vec()
    }

    /// Periods bound what their columns hold, and versions are what a program may ask for later: neither goes in silence.
    fn check_periods(&mut self) {
        if self.is_native() && self.engine.capabilities().periods {
            return;
        }
        let table = self.table();
        let periods = table.native.periods.iter();
        let versions = table.native.keeps_versions.then_some(table.span);
        let lacking = (periods.map(|period| ("PERIOD FOR", period.span)))
            .chain(versions.map(|span| ("WITH SYSTEM VERSIONING", span)));
        for (words, span) in lacking {
            let message = format!("{} has no {words}", self.dialect().product());
            let help = format!(
                "leave `{words}` and what is made of it out, or let the table live on MariaDB engines only"
            );
            self.refuse(Refusal::new("B0222", message, help), span);
        }
    }

    /// After the closing parenthesis.
    pub(super) fn table_options(&self) -> String {
        let (table, rules) = (self.table(), self.dialect().rules());
        if !self.is_own() {
            return rules.table_options(table, self.engine.flavour);
        }
        let mut sql = SqlWriter::new(self.dialect());
        let parents = self.parents();
        if !parents.is_empty() {
            sql.push(" INHERITS (");
            sql.list(parents, ", ", |sql, parent| {
                sql.table(&self.model.table(parent).name);
            });
            sql.push(")");
        }
        if let Some(comment) = &table.native.comment
            && self.engine.capabilities().comments_in_table
        {
            sql.push(" COMMENT=").text_literal(comment);
        }
        sql.push(&rules.native_options(table));
        for option in &table.native.options {
            sql.push(" ").push(option);
        }
        sql.finish()
    }

    /// Parents that are there before this table; else it has their columns as its own.
    fn parents(&self) -> Vec<TableId> {
        let parents = &self.table().native.inherits;
        // Looking for its place among all tables would be slow for each.
        if parents.is_empty() {
            return Vec::new();
        }
        let position = |id: TableId| self.order.tables.iter().position(|known| *known == id);
        let own = position(self.id);
        let earlier = |id: &TableId| position(*id).is_some_and(|at| Some(at) < own);
        if parents
            .iter()
            .all(|id| earlier(id) && !self.model.table(*id).unmanaged)
        {
            parents.clone()
        } else {
            Vec::new()
        }
    }

    /// Returns the statements after the table: its parts, comments, settings of columns, owners of sequences.
    pub(super) fn behind(&self) -> Vec<String> {
        if !self.is_own() {
            return Vec::new();
        }
        let table = self.table();
        let mut statements = self.equal_keys();
        let parts = table.native.partitions.iter();
        statements.extend(parts.map(|part| create_partition(part, self.dialect())));
        statements.extend(self.settings(table));
        if !self.engine.capabilities().comments_in_table {
            statements.extend(self.comments(table));
        }
        statements.extend(self.owned_sequences(table));
        statements.extend(table.native.behind.iter().cloned());
        statements.extend(self.unchecked_constraints());
        statements
    }

    fn settings(&self, table: &Table) -> Vec<String> {
        let mut statements = Vec::new();
        for column in &table.columns {
            for words in column.native.words_after() {
                let mut sql = SqlWriter::new(self.dialect());
                sql.push("ALTER TABLE ").table(&table.name);
                sql.push(" ALTER COLUMN ").identifier(&column.name);
                sql.push(" ").push(&words);
                statements.push(sql.finish());
            }
        }
        statements
    }

    pub(super) fn comments(&self, table: &Table) -> Vec<String> {
        let comment_on = |what: &str, column: Option<&str>, text: &str| {
            let mut sql = SqlWriter::new(self.dialect());
            sql.push("COMMENT ON ")
                .push(what)
                .push(" ")
                .table(&table.name);
            if let Some(column) = column {
                sql.push(".").identifier(column);
            }
            sql.push(" IS ").text_literal(text);
            sql.finish()
        };
        let own = table.native.comment.iter();
        let own = own.map(|text| comment_on("TABLE", None, text));
        let columns = table.columns.iter().filter_map(|column| {
            let text = column.native.comment.as_ref()?;
            Some(comment_on("COLUMN", Some(&column.name), text))
        });
        own.chain(columns).into_vec()
    }

    fn owned_sequences(&self, table: &Table) -> Vec<String> {
        let mut statements = Vec::new();
        for object in table
            .native
            .objects
            .iter()
            .map(|at| &self.model.objects[*at])
        {
            let Some((owner, column)) = object.owner.filter(|(owner, _)| *owner == self.id) else {
                continue;
            };
            let owner = self.model.table(owner);
            let mut sql = SqlWriter::new(self.dialect());
            sql.push("ALTER SEQUENCE ").table(&object.name);
            sql.push(" OWNED BY ").table(&owner.name).push(".");
            sql.identifier(&owner.column(column).name);
            statements.push(sql.finish());
        }
        statements
    }
}

/// CREATE TABLE of a part of a table.
pub(super) fn create_partition(part: &Partition, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.push("CREATE TABLE ").table(&part.name);
    sql.push(" PARTITION OF ").table(&part.parent);
    sql.push(" ").push(&part.bound);
    sql.finish()
}

/// MariaDB's columns of system versioning have no parentheses.
fn computed(expression: &str, stored: bool) -> String {
    let versioned = ["ROW START", "ROW END"];
    if versioned
        .iter()
        .any(|words| expression.eq_ignore_ascii_case(words))
    {
        return format!(" GENERATED ALWAYS AS {expression}");
    }
    let kind = if stored { "STORED" } else { "VIRTUAL" };
    format!(" GENERATED ALWAYS AS ({expression}) {kind}")
}

fn with_blank(words: Option<&str>) -> String {
    words.map_or(String::new(), |words| format!(" {words}"))
}

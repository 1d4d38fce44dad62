//! Keys, foreign keys and checks between the parentheses of CREATE TABLE.

use super::index::{include_sql, key_line, unique_problem};
use super::table::TableWriter;
use crate::dialect::DialectRules as _;
use crate::dialect::{
    ColumnPlace, Flavour, Refusal, SizeOf, check_fits, expression_remark, expression_sql, lacks,
};
use crate::lists::IntoVec as _;
use crate::model::{
    Check, ColumnId, ForeignKey, Generated, KeyWords, PartWords, PrimaryKey, ReferentialAction,
    Table, Unique,
};
use crate::source::Span;
use crate::sql_writer::SqlWriter;

/// PostgreSQL: ranges in the last column of a key must not overlap, either.
pub(super) const OVERLAPS: &str = "WITHOUT OVERLAPS";

impl<'m> TableWriter<'m> {
    pub(super) fn primary_key(&mut self) -> Option<String> {
        let key = self.table().primary_key.as_ref()?;
        self.check_key(&key.columns, key.span);
        let deferrable = key.deferrable.is_some() && !self.engine.capabilities().deferrable_uniques;
        if deferrable && !self.is_native() {
            let what = "a DEFERRABLE primary key";
            let refusal = lacks(self.dialect(), what, "leave DEFERRABLE out");
            self.refuse(refusal, key.span);
        }
        let counted = |column: &ColumnId| {
            matches!(
                self.table().column(*column).generated,
                Generated::Key { .. }
            )
        };
        let is_at_column =
            self.engine.capabilities().counted_key_at_column && key.columns.iter().any(counted);
        if is_at_column || self.key_of_no_row_id().is_some() {
            return None;
        }
        self.check_overlaps(key);
        let line = Line {
            name: key.name.as_deref(),
            kind: "PRIMARY KEY ",
            columns: &key.columns,
            parts: &key.parts,
            end: self.tail(&key.words, key.deferrable),
        };
        Some(self.constraint(line))
    }

    /// SQLite: `INTEGER PRIMARY KEY DESC` at the column is a key, the same after the columns is the row id (SQLite
    /// documentation, "ROWIDs and the INTEGER PRIMARY KEY").
    pub(super) fn key_of_no_row_id(&self) -> Option<(ColumnId, &'m PrimaryKey)> {
        let table = self.table();
        let key = table.primary_key.as_ref()?;
        let [column] = key.columns[..] else {
            return None;
        };
        if !key.parts.first().is_some_and(|part| part.descending) {
            return None;
        }
        let integer = table
            .column(column)
            .sql_type
            .eq_ignore_ascii_case("integer");
        let here = self.is_own() && self.engine.capabilities().counted_key_at_column;
        (here && integer && !table.without_rowid).then_some((column, key))
    }

    pub(super) fn uniques(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        let later = self.keys_made_later();
        for (at, unique) in self.table().uniques.iter().enumerate() {
            if let Some((span, refusal)) = unique_problem(unique, self.engine) {
                self.refuse(refusal, span);
            }
            self.check_key(&unique.columns, unique.span);
            let stands_here = !unique.is_index || self.keys_stand_in_table();
            if stands_here && !later.contains(&at) {
                lines.push(self.unique(unique));
            }
        }
        lines
    }

    /// Unique constraints that are equal to another key, which the server would take for one.
    fn keys_made_later(&self) -> Vec<usize> {
        let table = self.table();
        if !self.adds_equal_keys() {
            return Vec::new();
        }
        let primary = table.primary_key.iter();
        let primary = primary.map(|key| (&key.columns, key.deferrable, false, &key.words.include));
        let mut known: Vec<_> = primary.into_vec();
        let constraints = table.uniques.iter().enumerate();
        let constraints = constraints.filter(|(_, unique)| !unique.is_index);
        let later = constraints.filter(|(_, unique)| {
            let deferrable = unique.deferrable.then_some(unique.initially_deferred);
            let include = &unique.words.include;
            let key = (
                &unique.columns,
                deferrable,
                unique.nulls_not_distinct,
                include,
            );
            let is_known = known.contains(&key);
            known.push(key);
            is_known
        });
        later.map(|(at, _)| at).into_vec()
    }

    /// Whether equal keys of one statement would be one.
    pub(super) fn adds_equal_keys(&self) -> bool {
        self.is_own() && self.engine.capabilities().merges_equal_keys
    }

    /// After the table, each in a statement of its own, equal keys stay.
    pub(super) fn equal_keys(&self) -> Vec<String> {
        if !self.adds_equal_keys() {
            return Vec::new();
        }
        let table = self.table();
        let later = self.keys_made_later().into_iter();
        let uniques = later.map(|at| self.unique(&table.uniques[at]));
        // Those over columns that another one is over are among the indexes.
        let repeated = table.indexes.iter().filter(|index| index.is_constraint);
        let repeated = repeated.map(|index| key_line(table, index, self.dialect()));
        let added = uniques.chain(repeated).map(|line| {
            let mut sql = SqlWriter::new(self.dialect());
            sql.push("ALTER TABLE ").table(&table.name);
            sql.push(" ADD ").push(&line);
            sql.finish()
        });
        added.into_vec()
    }

    pub(super) fn unique(&self, unique: &Unique) -> String {
        let deferrable = unique.deferrable.then_some(unique.initially_deferred);
        let mut end = self.tail(&unique.words, deferrable);
        if let Some(method) = unique
            .method
            .as_ref()
            .filter(|_| self.keys_stand_in_table())
        {
            end.push_str(&format!(" USING {method}"));
        }
        self.constraint(Line {
            name: unique.name.as_deref(),
            kind: if unique.nulls_not_distinct {
                "UNIQUE NULLS NOT DISTINCT "
            } else {
                "UNIQUE "
            },
            columns: &unique.columns,
            parts: &unique.parts,
            end,
        })
    }

    /// Whether all indexes are made with the table, as MySQL's own tables have them.
    pub(super) fn keys_stand_in_table(&self) -> bool {
        self.is_own() && self.engine.capabilities().indexes_in_table
    }

    /// Returns the text after the columns of a key.
    fn tail(&self, words: &KeyWords, deferrable: Option<bool>) -> String {
        let mut end = String::new();
        if self.is_native() {
            end += &include_sql(&words.include, self.dialect());
            for word in &words.options {
                end.push(' ');
                end.push_str(word);
            }
        }
        end + deferred(deferrable)
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
            .into_vec();
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

    /// A plain key over a range lets ranges in that overlap. MariaDB's are over periods, which are refused themselves.
    fn check_overlaps(&mut self, key: &PrimaryKey) {
        let is_over_range = |part: &PartWords| part.qualifier.as_deref() == Some(OVERLAPS);
        if self.is_native() || !key.parts.iter().any(is_over_range) {
            return;
        }
        let help = format!(
            "leave `{OVERLAPS}` and its column out of the key, or let the table live on PostgreSQL engines only"
        );
        let refusal = lacks(self.dialect(), &format!("a key {OVERLAPS}"), help);
        self.refuse(refusal, key.span);
    }

    /// A constraint over columns; its name is kept where the schema is written for this dialect.
    fn constraint(&self, line: Line<'_>) -> String {
        let mut sql = SqlWriter::new(self.dialect());
        self.constraint_name(&mut sql, line.name);
        sql.push(line.kind).push("(");
        let mut period: Option<&str> = None;
        for (at, column) in line.columns.iter().enumerate() {
            let words = line.parts.get(at);
            let of = words.and_then(|words| words.period.as_deref());
            let of = of.filter(|_| self.is_native());
            // Its name stands for both of its columns.
            if of.is_some() && of == period {
                continue;
            }
            period = of;
            sql.push(if at > 0 { ", " } else { "" });
            match of {
                Some(name) => sql.identifier(name).push(" WITHOUT OVERLAPS"),
                None => self.key_part(&mut sql, *column, words),
            };
        }
        sql.push(")").push(&line.end);
        sql.finish()
    }

    pub(super) fn constraint_name(&self, sql: &mut SqlWriter, name: Option<&str>) {
        if let Some(name) = name.filter(|_| self.is_native()) {
            sql.push("CONSTRAINT ").identifier(name).push(" ");
        }
    }

    /// A column with its words; where they are not known, MySQL needs the prefix of a long one.
    fn key_part<'s>(
        &self,
        sql: &'s mut SqlWriter,
        column: ColumnId,
        words: Option<&PartWords>,
    ) -> &'s mut SqlWriter {
        let place = ColumnPlace {
            model: self.model,
            table: self.id,
            column,
        };
        sql.identifier(&place.column().name);
        if let Some(words) = words.filter(|_| self.is_native()) {
            write_part_words(sql, words);
        } else if let Some(prefix) = self
            .dialect()
            .rules()
            .index_prefix(place)
            .filter(|_| !self.is_own())
        {
            sql.push(&format!("({prefix})"));
        }
        sql
    }

    /// The key of an auto-increment column that leads no other one made with the table.
    pub(super) fn counted_key(&self) -> Option<String> {
        if self.keys_stand_in_table() {
            return None;
        }
        let column = counted_without_key(self.table())
            .filter(|_| self.engine.capabilities().counted_column_needs_key)?;
        Some(self.constraint(Line {
            name: None,
            kind: "KEY ",
            columns: &[column],
            parts: &[],
            end: String::new(),
        }))
    }

    pub(super) fn foreign_keys(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for (number, key) in self.table().foreign_keys.iter().enumerate() {
            self.check_foreign_key(key);
            let later = self.engine.capabilities().adds_foreign_keys
                && self.order.is_forward(self.id, number);
            if !later && !self.is_left_unchecked(key.not_valid) {
                lines.push(self.foreign_key(key, key.name.as_deref().filter(|_| self.is_native())));
            }
        }
        lines
    }

    fn check_foreign_key(&mut self, key: &ForeignKey) {
        let capabilities = self.engine.capabilities();
        let sets_default = [key.on_delete, key.on_update].contains(&ReferentialAction::SetDefault);
        if sets_default && self.is_own() && self.engine.flavour == Some(Flavour::Mariadb) {
            // It accepts the words and does not keep them; the schema's own script makes the same table.
            let message = "MariaDB has no SET DEFAULT: it does what NO ACTION does";
            let help = "write `NO ACTION`, `SET NULL` or `CASCADE` instead of `SET DEFAULT`";
            return self.warn(Some(Refusal::new("B0218", message, help)), key.span);
        }
        let (what, help) = if key.deferrable.is_some() && !capabilities.deferrable_foreign_keys {
            (
                "DEFERRABLE foreign keys",
                "remove `DEFERRABLE` and `INITIALLY …`",
            )
        } else if sets_default && !capabilities.set_default {
            (
                "SET DEFAULT",
                "write `SET NULL` or `CASCADE` instead of `SET DEFAULT`",
            )
        } else if !self.is_native() && !key.on_delete_columns.is_empty() {
            (
                "SET NULL of some columns of a foreign key",
                "write `SET NULL` alone",
            )
        } else if !self.is_native()
            && key.columns.len() > 1
            && key.matching.as_deref() == Some("FULL")
        {
            (
                "MATCH FULL",
                "leave it out, or make the columns NOT NULL, all of them",
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
            .identifiers(column_names(self.table(), &key.columns))
            .push(") REFERENCES ");
        sql.table(&referred.name)
            .push(" (")
            .identifiers(column_names(referred, &key.referred))
            .push(")");
        if let Some(matching) = key.matching.as_ref().filter(|_| self.is_native()) {
            sql.push(" MATCH ").push(matching);
        }
        sql.push(&action(" ON DELETE ", self.possible(key, key.on_delete)));
        if !key.on_delete_columns.is_empty() && self.is_native() {
            let columns = column_names(self.table(), &key.on_delete_columns);
            sql.push(" (").identifiers(columns).push(")");
        }
        sql.push(&action(" ON UPDATE ", self.possible(key, key.on_update)));
        sql.push(deferred(key.deferrable));
        sql.finish()
    }

    /// Checks that do not stand at their column.
    pub(super) fn checks(&mut self) -> Vec<String> {
        let table = self.table();
        let here = |check: &&Check| !self.is_own() || check.column.is_none();
        let here = |check: &&Check| here(check) && !self.is_left_unchecked(check.not_valid);
        let checks: Vec<&Check> = table.checks.iter().filter(here).into_vec();
        let written = checks.into_iter().map(|check| self.check(check));
        written.into_vec().into_iter().flatten().into_vec()
    }

    /// Whether a constraint is `NOT VALID` here, too. CREATE TABLE knows no such constraint.
    fn is_left_unchecked(&self, not_valid: bool) -> bool {
        not_valid && self.is_own()
    }

    /// Adds the constraints that are `NOT VALID`, but those that refer to a table which is made later.
    pub(super) fn unchecked_constraints(&self) -> Vec<String> {
        let foreign = self.table().foreign_keys.iter().enumerate();
        let foreign =
            foreign.filter(|(at, key)| key.not_valid && !self.order.is_forward(self.id, *at));
        let foreign = foreign.map(|(_, key)| self.foreign_key(key, key.name.as_deref()));
        let mut writer = TableWriter {
            problems: Vec::new(),
            ..*self
        };
        let checks = self.table().checks.iter().filter(|check| check.not_valid);
        let checks = checks.filter_map(|check| writer.check(check));
        let mut lines: Vec<String> = foreign.into_vec();
        lines.extend(checks);
        let add = |line: String| {
            let mut sql = SqlWriter::new(self.dialect());
            sql.push("ALTER TABLE ").table(&self.table().name);
            sql.push(" ADD ").push(&line).push(" NOT VALID");
            sql.finish()
        };
        lines.into_iter().map(add).into_vec()
    }

    pub(super) fn check(&mut self, check: &Check) -> Option<String> {
        let table = self.table();
        let fits = check_fits(check, self.dialect(), self.engine.flavour);
        self.ok(fits, check.expression.span);
        let what = format!("a check of `{}`", table.name.name);
        let outcome = expression_sql(&check.expression, self.model, table, self.dialect(), &what);
        let text = self.ok(outcome, check.expression.span)?;
        let remark = expression_remark(&check.expression, self.model, table, self.dialect());
        self.warn(remark, check.expression.span);
        let mut sql = SqlWriter::new(self.dialect());
        self.constraint_name(&mut sql, check.name.as_deref());
        sql.push("CHECK (").push(&text).push(")");
        for word in check.words.iter().filter(|_| self.is_native()) {
            sql.push(" ").push(word);
        }
        Some(sql.finish())
    }
}

/// A key between the parentheses of CREATE TABLE.
struct Line<'k> {
    name: Option<&'k str>,
    kind: &'static str,
    columns: &'k [ColumnId],
    parts: &'k [PartWords],
    end: String,
}

/// Writes the words after the column or expression of a part.
pub(super) fn write_part_words(sql: &mut SqlWriter, words: &PartWords) {
    if let Some(prefix) = words.prefix {
        sql.push(&format!("({prefix})"));
    }
    if let Some(qualifier) = &words.qualifier {
        sql.push(" ").push(qualifier);
    }
    sql.push(if words.descending { " DESC" } else { "" });
    sql.push(match words.nulls_first {
        None => "",
        Some(true) => " NULLS FIRST",
        Some(false) => " NULLS LAST",
    });
}

pub(super) fn deferred(deferrable: Option<bool>) -> &'static str {
    match deferrable {
        None => "",
        Some(false) => " DEFERRABLE",
        Some(true) => " DEFERRABLE INITIALLY DEFERRED",
    }
}

/// An auto-increment column that is the first neither of the primary key nor of a unique constraint.
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

fn column_names<'t>(table: &'t Table, columns: &'t [ColumnId]) -> impl Iterator<Item = &'t str> {
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

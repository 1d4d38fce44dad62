//! Reads what is PostgreSQL's own in definitions: types, options of columns and tables, changes of tables.

mod distribution;
mod function;
mod geometry;

pub(crate) use function::input_types;

use super::clauses::Clauses;
use super::column::Step;
use super::constraint::Exclusion;
use crate::ast::{
    AlterAction, ColumnOptionKind, Copy, CreateTable, Expression, Including, TableOption, TypeName,
};
use crate::lists::IntoVec as _;
use crate::syntax::{Cursor, Read, Text, tokens_of};
use bindery_core::dialect::Dialect;

pub(super) static CLAUSES: Clauses = Clauses {
    type_name: |cursor| cursor.postgres_type(),
    column_option: |cursor| cursor.postgres_option_of_column(),
    table_option: |cursor, table| cursor.postgres_option(table),
    changes: |cursor| Ok(cursor.postgres_words()?.into_iter().into_vec()),
};

/// The keys of `EXCLUDE USING gist (a WITH =, b WITH &&) WHERE (…)` without their operators, and its condition.
pub(crate) fn exclusion_parts(sql: &str) -> (Vec<Expression>, Option<Expression>) {
    let (keys, condition) = exclusion(sql);
    (keys.into_iter().map(|(key, _)| key).collect(), condition)
}

/// Those keys that are compared by `=`.
pub(crate) fn equal_in_exclusion(sql: &str) -> Vec<Expression> {
    let (keys, _) = exclusion(sql);
    let equal = keys.into_iter().filter(|(_, operator)| operator == "=");
    equal.map(|(key, _)| key).collect()
}

fn exclusion(sql: &str) -> Exclusion {
    let tokens = tokens_of(sql, Dialect::Postgres);
    let mut cursor = Text::of(sql, &tokens, Dialect::Postgres).cursor();
    cursor.eat(&["EXCLUDE"]);
    cursor.exclusion().unwrap_or_default()
}

impl Cursor<'_> {
    fn postgres_type(&mut self) -> Read<TypeName> {
        let first = self.at;
        let mut schema = None;
        let mut quoted = !self.is_bare(0);
        let mut words = vec![self.first_type_word()?];
        while self.eat_symbol(".") {
            quoted = !self.is_bare(0);
            schema = words.pop();
            words = vec![self.first_type_word()?];
        }
        if schema.is_none() && !quoted {
            self.postgres_second_word(&mut words);
        }
        let arguments = self.type_arguments()?;
        let mut suffix = Vec::new();
        if matches!(words[0].as_str(), "time" | "timestamp")
            && self.is_any_word(0, &["with", "without"])
            && self.is_word(1, "time")
        {
            suffix = (0..3).map(|_| self.type_word()).into_vec();
        }
        let said = schema.is_some();
        let schema = schema.filter(|schema| !matches!(schema.as_str(), "public" | "pg_catalog"));
        let path = self.path.filter(|_| !said).cloned();
        let array = self.array_suffix();
        let mut found = self.finish_type(first, words, arguments, suffix, schema);
        (found.array, found.path) = (array, path);
        Ok(found)
    }

    fn postgres_second_word(&mut self, words: &mut Vec<String>) {
        let follows: &[&str] = match words[0].as_str() {
            "double" => &["precision"],
            "character" | "char" | "bit" | "nchar" => &["varying"],
            "national" => &["character", "char"],
            "interval" => &["year", "month", "day", "hour", "minute", "second"],
            _ => &[],
        };
        if !self.is_any_word(0, follows) {
            return;
        }
        words.push(self.type_word());
        if words[0] == "national" && self.is_word(0, "varying") {
            words.push(self.type_word());
        }
        if words[0] == "interval" && self.is_word(0, "to") {
            words.extend([self.type_word(), self.type_word()]);
        }
    }

    /// `[]`, `[3]`, `ARRAY`, any number of times.
    fn array_suffix(&mut self) -> bool {
        let mut array = self.eat(&["ARRAY"]);
        while self.eat_symbol("[") {
            array = true;
            while !self.at_end() && !self.eat_symbol("]") {
                self.advance(1);
            }
        }
        array
    }

    fn postgres_option_of_column(&mut self) -> Read<Option<Step>> {
        let first = self.at;
        if self.eat_any(&["STORAGE", "COMPRESSION"]) {
            self.advance(1);
            return Ok(Some(self.words_from(first, ColumnOptionKind::TypeWords)));
        }
        if self.is_word(0, "OPTIONS") && self.is_symbol(1, "(") {
            self.advance(1);
            self.skip_one()?;
            return Ok(Some(Step::Nothing));
        }
        let enforced = self.eat(&["NOT", "ENFORCED"]) || self.eat(&["ENFORCED"]);
        let skipped = enforced || self.eat(&["NO", "INHERIT"]) || self.skips_deferrable();
        Ok(skipped.then_some(Step::Nothing))
    }

    fn postgres_option(&mut self, table: &mut CreateTable) -> Read<()> {
        if self.eat(&["INHERITS"]) {
            return self.inherits(table);
        }
        if let Some(option) = self.postgres_table_option()? {
            table.native.options.push(option);
            return Ok(());
        }
        if self.is_word(0, "OPTIONS") && self.is_symbol(1, "(") {
            self.advance(1);
            return self.skip_one();
        }
        if self.eat_any(&["TABLESPACE", "SERVER"]) {
            return self.name("a name").map(drop);
        }
        let oids = self.eat(&["WITHOUT", "OIDS"]) || self.eat(&["WITH", "OIDS"]);
        let commit = self.eat(&["ON", "COMMIT"]) && {
            let words = if self.is_word(0, "DROP") { 1 } else { 2 };
            self.advance(words);
            true
        };
        if oids || commit {
            Ok(())
        } else {
            Err(self.unexpected("`INHERITS`, `PARTITION BY`, `WITH` or the statement's end"))
        }
    }

    /// `INHERITS (parent, …)`: the parents' columns come first.
    fn inherits(&mut self, table: &mut CreateTable) -> Read<()> {
        self.expect_symbol("(")?;
        let parents = self.object_names("a table's name")?;
        self.expect_symbol(")")?;
        table.native.inherits.clone_from(&parents);
        let copies = parents.into_iter().map(|parent| Copy {
            table: parent,
            position: 0,
            including: Including {
                indexes: false,
                checks: false,
                ..Including::all(true)
            },
            parent: true,
        });
        table.copies.splice(0..0, copies);
        Ok(())
    }

    /// `WITH (…)`, `USING heap`, `PARTITION BY RANGE (…)`.
    pub(crate) fn postgres_table_option(&mut self) -> Read<Option<TableOption>> {
        let first = self.at;
        let key = if self.eat(&["PARTITION", "BY"]) {
            self.name("`RANGE`, `LIST` or `HASH`")?;
            self.skip_one()?;
            "PARTITION BY"
        } else if self.is_word(0, "WITH") && self.is_symbol(1, "(") {
            self.advance(1);
            self.skip_one()?;
            "WITH"
        } else if self.eat(&["USING"]) {
            self.name("a table's method")?;
            "USING"
        } else {
            return Ok(None);
        };
        Ok(Some(self.table_option(key.to_owned(), first)))
    }

    fn postgres_words(&mut self) -> Read<Option<AlterAction>> {
        let no = self.is_words(&["NO", "INHERIT"]);
        if no || self.is_word(0, "INHERIT") {
            self.advance(if no { 2 } else { 1 });
            let parent = self.object_name("a table's name")?;
            return Ok(Some(AlterAction::Inherit { parent, no }));
        }
        if self.eat(&["VALIDATE", "CONSTRAINT"]) {
            let name = self.name("a constraint's name")?;
            return Ok(Some(AlterAction::ValidateConstraint(name)));
        }
        for (word, unlogged) in [("UNLOGGED", true), ("LOGGED", false)] {
            if self.eat(&["SET", word]) {
                return Ok(Some(AlterAction::SetUnlogged(unlogged)));
            }
        }
        if self.is_word(0, "SET") && self.is_symbol(1, "(") {
            self.advance(1);
            let first = self.at;
            self.skip_one()?;
            let mut option = self.table_option("WITH".to_owned(), first);
            option.text.insert_str(0, "WITH ");
            return Ok(Some(AlterAction::Option(option)));
        }
        Ok(None)
    }
}

//! Reads what is MySQL's and MariaDB's own in definitions: types, options of columns and tables.

mod changes;

use super::clauses::Clauses;
use super::column::Step;
use crate::ast::{ColumnOptionKind, CreateTable, TableOption, TypeName};
use crate::syntax::{Cursor, Read};

pub(super) static CLAUSES: Clauses = Clauses {
    type_name: |cursor| cursor.mysql_type(),
    column_option: |cursor| Ok(cursor.mysql_option_of_column()),
    table_option: |cursor, table| cursor.mysql_option(table),
    changes: |cursor| cursor.mysql_words(),
};

/// Options that say where its files are: another server has other disks.
const PLACES: [&str; 3] = ["DATA DIRECTORY", "INDEX DIRECTORY", "TABLESPACE"];

impl Cursor<'_> {
    /// MariaDB's `SET STATEMENT a = b, … FOR`, which counts for the statement after it alone.
    pub(super) fn set_for_statement(&mut self) {
        let first = self.at;
        if !self.eat(&["SET", "STATEMENT"]) {
            return;
        }
        while !self.eat(&["FOR"]) {
            if self.at_end() {
                self.at = first;
                return;
            }
            self.advance(1);
        }
    }

    fn mysql_type(&mut self) -> Read<TypeName> {
        let first = self.at;
        let mut words = vec![self.first_type_word()?];
        let follows: &[&str] = match words[0].as_str() {
            "double" => &["precision"],
            "long" => &["varchar", "varbinary", "char"],
            "national" => &["varchar", "character", "char"],
            "nchar" => &["varchar", "varying"],
            "char" | "character" => &["varying", "byte"],
            _ => &[],
        };
        if self.is_any_word(0, follows) {
            words.push(self.type_word());
            if words[0] == "national" && self.is_any_word(0, &["varying"]) {
                words.push(self.type_word());
            }
        }
        let arguments = self.type_arguments()?;
        let mut suffix = Vec::new();
        while self.is_any_word(0, &["unsigned", "signed", "zerofill"]) {
            suffix.push(self.type_word());
        }
        Ok(self.finish_type(first, words, arguments, suffix, None))
    }

    fn mysql_option_of_column(&mut self) -> Option<Step> {
        const OF_TYPE: &[&str] = &["BINARY", "ASCII", "UNICODE", "COMPRESSED", "BYTE"];
        const ALONE: &[&str] = &["INVISIBLE", "VISIBLE", "ENFORCED"];
        const WITH_VALUE: &[&str] = &[
            "COLUMN_FORMAT",
            "STORAGE",
            "SRID",
            "ENGINE_ATTRIBUTE",
            "SECONDARY_ENGINE_ATTRIBUTE",
            "REF_SYSTEM_ID",
        ];
        let first = self.at;
        let charset =
            self.eat(&["CHARACTER", "SET"]) || self.eat(&["CHAR", "SET"]) || self.eat(&["CHARSET"]);
        if charset || self.eat_any(WITH_VALUE) {
            self.eat_symbol("=");
            self.advance(1);
            let kind = if charset {
                ColumnOptionKind::TypeWords
            } else {
                ColumnOptionKind::Words
            };
            return Some(self.words_from(first, kind));
        }
        if self.is_word(0, "COMPRESSED") && self.is_symbol(1, "=") {
            self.advance(3);
            return Some(self.words_from(first, ColumnOptionKind::TypeWords));
        }
        if self.eat_any(OF_TYPE) {
            return Some(self.words_from(first, ColumnOptionKind::TypeWords));
        }
        let found = self.eat_any(ALONE)
            || self.eat(&["NOT", "ENFORCED"])
            || self.eat(&["WITH", "SYSTEM", "VERSIONING"])
            || self.eat(&["WITHOUT", "SYSTEM", "VERSIONING"]);
        found.then(|| self.words_from(first, ColumnOptionKind::Words))
    }

    /// MySQL has dozens of options, engines add their own: `name = value` with or without the `=`.
    fn mysql_option(&mut self, table: &mut CreateTable) -> Read<()> {
        let sign = self.is_sign(0) && !matches!(self.piece(0), "(" | "=" | "," | "@" | "-");
        let foreign = self.is_any_word(0, &["STRICT", "WITHOUT", "INHERITS"]);
        if sign || foreign || self.at_statement() {
            return Err(self.unexpected("a table option or the statement's end"));
        }
        if self.eat(&["ENGINE"]) {
            self.eat_symbol("=");
            table.storage_engine = Some(self.name("a storage engine")?);
            self.eat_symbol(",");
            return Ok(());
        }
        if self.eat(&["COMMENT"]) {
            self.eat_symbol("=");
            table.comment = Some(self.text_constant()?);
            return Ok(());
        }
        let option = self.mysql_table_option()?;
        table.native.options.extend(option);
        self.eat_symbol(",");
        Ok(())
    }

    /// `ENGINE = InnoDB`, with or without the `=`; `PARTITION BY` takes the rest. `None` for options that are not kept.
    pub(crate) fn mysql_table_option(&mut self) -> Read<Option<TableOption>> {
        let first = self.at;
        if self.is_words(&["PARTITION", "BY"]) {
            self.skip_to_end();
            return Ok(Some(self.table_option("PARTITION BY".to_owned(), first)));
        }
        if self.eat(&["WITH", "SYSTEM", "VERSIONING"]) {
            return Ok(Some(
                self.table_option("SYSTEM VERSIONING".to_owned(), first),
            ));
        }
        self.eat(&["DEFAULT"]);
        let key = self.mysql_option_name();
        if !self.eat_symbol("=") && self.is_symbol(0, ",") {
            return Ok(Some(self.table_option(key, first)));
        }
        self.skip_one()?;
        let kept = !PLACES.contains(&key.as_str());
        Ok(kept.then(|| self.table_option(key, first)))
    }

    /// `DEFAULT CHARACTER SET utf8 COLLATE utf8_bin`, one of them, or nothing.
    pub(crate) fn character_set(&mut self) -> Read<Vec<TableOption>> {
        let mut options = Vec::new();
        while self.at_character_set() {
            options.extend(self.mysql_table_option()?);
        }
        Ok(options)
    }

    pub(crate) fn at_character_set(&self) -> bool {
        let at = usize::from(self.is_word(0, "DEFAULT"));
        let in_two = self.is_any_word(at, &["CHARACTER", "CHAR"]) && self.is_word(at + 1, "SET");
        in_two || self.is_any_word(at, &["CHARSET", "COLLATE"])
    }

    /// One word, or one of the few names of two.
    fn mysql_option_name(&mut self) -> String {
        let charset =
            self.eat(&["CHARACTER", "SET"]) || self.eat(&["CHAR", "SET"]) || self.eat(&["CHARSET"]);
        if charset {
            return "CHARSET".to_owned();
        }
        let first = self.at;
        if !self.eat(&["DATA", "DIRECTORY"]) && !self.eat(&["INDEX", "DIRECTORY"]) {
            self.advance(1);
        }
        self.written(first).to_uppercase()
    }
}

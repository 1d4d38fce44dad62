//! Reads the options after a table's parenthesis that mean something to its own dialect only: kept as they are written.

use crate::ast::{ObjectName, Partition, TableOption};
use crate::syntax::{Cursor, Read};

/// Options of MySQL that say where its files are: another server has other disks.
const PLACES: [&str; 3] = ["DATA DIRECTORY", "INDEX DIRECTORY", "TABLESPACE"];

impl Cursor<'_> {
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

    pub(crate) fn table_option(&self, key: String, first: usize) -> TableOption {
        TableOption {
            key,
            text: self.written(first),
            words: self.words(first),
        }
    }

    /// After `PARTITION OF`: the table, and which of its rows.
    pub(crate) fn partition(&mut self, name: ObjectName) -> Read<Partition> {
        let parent = self.object_name("a table's name")?;
        let own = self.is_symbol(0, "(").then(|| self.here());
        if own.is_some() {
            self.skip_one()?;
        }
        let bound = self.partition_bound()?;
        Ok(Partition {
            name,
            parent,
            bound,
            own,
        })
    }

    /// `FOR VALUES …` or `DEFAULT`, and how the part is parted itself.
    pub(crate) fn partition_bound(&mut self) -> Read<String> {
        let first = self.at;
        while !self.at_end() && !self.is_symbol(0, ",") && !self.bound_ends(first) {
            self.skip_one()?;
        }
        let bound = self.written(first);
        self.skip_to_end();
        Ok(bound)
    }

    /// `FOR VALUES WITH (modulus 4, remainder 0)` is the bound; a second `WITH` says how the part is stored.
    fn bound_ends(&self, first: usize) -> bool {
        let stored = self.is_word(0, "WITH") && self.is_symbol(1, "(") && self.at > first + 2;
        stored || self.is_any_word(0, &["TABLESPACE", "USING"])
    }
}

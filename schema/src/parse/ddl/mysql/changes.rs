//! Reads the changes of `ALTER TABLE` that mean something to MySQL and MariaDB only.

use crate::ast::{AlterAction, Name, PartsChange};
use crate::lists::IntoVec as _;

use crate::syntax::{Cursor, Read};

impl Cursor<'_> {
    /// Options follow each other without a comma too.
    pub(super) fn mysql_words(&mut self) -> Read<Vec<AlterAction>> {
        let mut found = Vec::new();
        loop {
            if self.eat(&["ENGINE"]) {
                self.eat_symbol("=");
                let engine = self.name("a storage engine")?;
                found.push(AlterAction::StorageEngine(engine));
                continue;
            }
            if self.eat(&["COMMENT"]) {
                self.eat_symbol("=");
                found.push(AlterAction::Comment(self.text_constant()?));
                continue;
            }
            if self.eat(&["REMOVE", "PARTITIONING"]) {
                found.push(AlterAction::DropPartitioning);
                continue;
            }
            if self.eat(&["REORGANIZE", "PARTITION"]) {
                found.extend(self.reorganized_parts()?);
                continue;
            }
            let converts = self.eat(&["CONVERT", "TO"]);
            let options = self.character_set()?;
            if !options.is_empty() {
                found.push(AlterAction::CharacterSet { options, converts });
                continue;
            }
            if !self.at_mysql_option() {
                return Ok(found);
            }
            found.extend(self.mysql_table_option()?.map(AlterAction::Option));
        }
    }

    /// After `ADD PARTITION`. Of `PARTITIONS 2` no part has a name.
    pub(crate) fn added_parts(&mut self) -> Read<Vec<AlterAction>> {
        self.eat(&["IF", "NOT", "EXISTS"]);
        self.eat_any(&["LOCAL", "NO_WRITE_TO_BINLOG"]);
        let list = self.list_of_parts();
        Ok(list
            .map(|list| AlterAction::ChangeParts(PartsChange::Add(list)))
            .into_iter()
            .into_vec())
    }

    /// After `DROP PARTITION`.
    pub(crate) fn dropped_parts(&mut self) -> Read<AlterAction> {
        self.eat(&["IF", "EXISTS"]);
        let names = self.names_of_parts()?;
        Ok(AlterAction::ChangeParts(PartsChange::Drop(names)))
    }

    /// After `REORGANIZE PARTITION`. Without names the server divides by another number of hosts, and the parts are as before.
    fn reorganized_parts(&mut self) -> Read<Option<AlterAction>> {
        self.eat_any(&["LOCAL", "NO_WRITE_TO_BINLOG"]);
        if self.at_end() {
            return Ok(None);
        }
        let from = self.names_of_parts()?;
        self.expect(&["INTO"])?;
        let into = self.list_of_parts().unwrap_or_default();
        Ok(Some(AlterAction::ChangeParts(PartsChange::Reorganize {
            from,
            into,
        })))
    }

    fn names_of_parts(&mut self) -> Read<Vec<Name>> {
        let mut names = vec![self.name("a partition's name")?];
        while self.eat_symbol(",") {
            names.push(self.name("a partition's name")?);
        }
        Ok(names)
    }

    /// Parts in parentheses, which are the last that a statement has.
    fn list_of_parts(&mut self) -> Option<String> {
        let first = self.at;
        let is_list = self.is_symbol(0, "(");
        self.skip_to_end();
        is_list.then(|| self.written(first))
    }

    fn at_mysql_option(&self) -> bool {
        const BARE: &[&str] = &[
            "DEFAULT",
            "ROW_FORMAT",
            "AUTO_INCREMENT",
            "KEY_BLOCK_SIZE",
            "MAX_ROWS",
            "MIN_ROWS",
            "AVG_ROW_LENGTH",
            "CHECKSUM",
            "PACK_KEYS",
            "STATS_PERSISTENT",
            "STATS_AUTO_RECALC",
            "STATS_SAMPLE_PAGES",
        ];
        // The table does not keep the way in which the server made the change.
        const OTHERS: &[&str] = &["COMMENT", "ALGORITHM", "LOCK"];
        (self.is_name(0) && self.is_symbol(1, "=") && !self.is_any_word(0, OTHERS))
            || self.is_any_word(0, BARE)
            || self.is_words(&["PARTITION", "BY"])
    }
}

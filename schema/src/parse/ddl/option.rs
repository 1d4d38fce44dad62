//! Reads the options after a table's parenthesis that mean something to its own dialect only: kept as they are written.

use crate::ast::{ObjectName, Partition, TableOption};
use crate::syntax::{Cursor, Read};

impl Cursor<'_> {
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

//! Deletes from joined tables.

use crate::ast::name::ObjectName;
use crate::syntax::cursor::Read;
use crate::syntax::reader::Reader;
use crate::syntax::tree::Delete;

impl Reader<'_> {
    /// `DELETE FROM t`, `DELETE a, b FROM …`, `DELETE FROM a, b USING …`.
    pub(in crate::syntax) fn delete_tables(&mut self, delete: &mut Delete) -> Read<()> {
        if !self.eat(&["FROM"]) {
            delete.targets = self.list(Self::deleted_table)?;
            self.expect(&["FROM"])?;
            delete.from = self.sources()?;
            return Ok(());
        }
        let from = self.at;
        delete.targets = self.list(Self::deleted_table)?;
        if self.eat(&["USING"]) {
            delete.from = self.sources()?;
            return Ok(());
        }
        self.at = from;
        delete.targets = Vec::new();
        delete.from = vec![self.written_table()?];
        Ok(())
    }

    pub(in crate::syntax) fn deleted_table(&mut self) -> Read<ObjectName> {
        if self.is_symbol(1, ".") && self.is_symbol(2, "*") {
            let name = self.own_name("a table's name")?;
            self.advance(2);
            return Ok(self.qualified(None, name));
        }
        self.table_name()
    }
}

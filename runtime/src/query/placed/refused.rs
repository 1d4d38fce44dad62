//! Statements that a Citus cluster refuses, in words.

use super::flow::Use;
use super::survey::{Correlated, Survey};
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result, unquoted};

#[cold]
fn refused(why: String) -> Error {
    Error::new(ErrorKind::RefusedByCluster(why))
}

/// The time of the last change, which is another one each time, where a row may be there.
pub(super) fn time_in_upsert(table: &TableSql, column: usize) -> Error {
    let (name, column) = (unquoted(table.table), unquoted(table.columns[column]));
    refused(format!(
        "`{column}` of `{name}` is set to the current time by every update, which a Citus cluster refuses where a row is inserted or updated: use \
         `upsert`, or `update` and `insert`"
    ))
}

impl Survey {
    fn name(&self, one: Use) -> String {
        unquoted(self.flow.table(one).table)
    }

    /// The shard column of a table.
    pub(super) fn key_name(&self, one: Use) -> String {
        let table = self.flow.table(one);
        let key = self.flow.key(one).map(|key| table.columns[key]);
        unquoted(key.unwrap_or_default())
    }

    /// Refuses a lock of rows of several shards.
    pub(super) fn ensure_lockable(&self) -> Result<()> {
        if self.flow.may_be_one() {
            return Ok(());
        }
        let open = self.flow.open().or(self.flow.sharded().next());
        let Some(one) = open else { return Ok(()) };
        let (table, key) = (self.name(one), self.key_name(one));
        let help = match key.as_str() {
            "" => format!("lock those of the tables that the view `{table}` reads"),
            key => format!("filter by one value of `{key}` of `{table}`"),
        };
        Err(refused(format!(
            "rows of several shards are locked, which a Citus cluster refuses: {help}"
        )))
    }

    /// Refuses another value of a shard column.
    pub(super) fn ensure_keeps_key(&self) -> Result<()> {
        let Some(one) = self.key_set else {
            return Ok(());
        };
        let (table, key) = (self.name(one), self.key_name(one));
        Err(refused(format!(
            "rows of `{table}` stay on their shard: their column `{key}` does not change on a Citus cluster; delete the row and insert it with the \
             other value, in one transaction"
        )))
    }

    /// Refuses queries within that the cluster cannot find where the rows around them are.
    pub(super) fn ensure_found(&self) -> Result<()> {
        let mut all = self.correlated.iter();
        all.try_for_each(|query| self.ensure_found_query(query))
    }

    /// Rows of the group are found by foreign keys, which have the shard column.
    fn ensure_found_query(&self, query: &Correlated) -> Result<()> {
        let mut own = query.own.iter().copied();
        let Some(own) = own.find(|one| self.flow.is_sharded(*one)) else {
            return Ok(());
        };
        let mut around = query.around.iter();
        if around.any(|one| self.flow.key(*one).is_some()) {
            return Ok(());
        }
        let around = query.around[0];
        match query.is_of_changed {
            true => Err(self.beside_changed(own, around)),
            false if self.flow.may_be_one() => Ok(()),
            false => Err(self.apart(own, around)),
        }
    }

    /// The value that a row of a table which is not sharded gets is read where that row is.
    fn beside_changed(&self, read: Use, changed: Use) -> Error {
        let (read, changed) = (self.name(read), self.name(changed));
        refused(format!(
            "a query within reads the sharded table `{read}` for each row of `{changed}` that is changed, which a Citus cluster refuses: read the values \
             before"
        ))
    }

    fn apart(&self, own: Use, around: Use) -> Error {
        let (table, around, key) = (self.name(own), self.name(around), self.key_name(own));
        refused(format!(
            "the query within reads the sharded table `{table}` for each row of `{around}`, whose rows are not where its are, which a Citus cluster \
             refuses: give `{key}` of `{table}` one value in its condition, or compare with the values of a query (`in_query`)"
        ))
    }

    /// The warning of a statement that needs all shards of a table.
    pub(super) fn warn(&self, open: Use) {
        let (table, key) = (self.name(open), self.key_name(open));
        if key.is_empty() {
            tracing::warn!(
                target: "bindery::shards",
                table,
                "a statement runs on all shards of what the view `{table}` reads: a condition on none of its columns gives their shard column one value; call `.on_all_shards()` \
                 where that is meant"
            );
            return;
        }
        tracing::warn!(
            target: "bindery::shards",
            table,
            column = key,
            "a statement runs on all shards of `{table}`: no condition gives its shard column `{key}` one value; add it, or call `.on_all_shards()` where \
             that is meant"
        );
    }
}

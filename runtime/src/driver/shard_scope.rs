//! The one value of shard columns that a connection is bound to: of its sharded tables it reads and writes the rows with that value.

use std::cell::Cell;
use std::sync::Arc;

use super::TableSql;
use crate::error::{Error, ErrorKind, Result, unquoted};
use crate::value::ParamWriter;
use crate::value::recorded::{RecordedValues, is_null, same_number};
use crate::value::types::ToColumn;

/// The value, as it is recorded.
pub(crate) struct ShardScope(RecordedValues);

impl ShardScope {
    /// # Errors
    /// No shard column has this value.
    pub(crate) fn of(value: &impl ToColumn) -> Result<Self> {
        let mut values = RecordedValues::new();
        let mut params = ParamWriter::recording(&mut values);
        value.write(&mut params);
        params.finish_recording()?;
        if is_null(values.bytes()) {
            let why = "a connection for the shard of NULL: no shard column has that";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        }
        Ok(Self(values))
    }

    pub(crate) const fn value(&self) -> &RecordedValues {
        &self.0
    }

    /// Whether it is this recorded value.
    pub(crate) fn is(&self, value: &[u8]) -> bool {
        same_number(value) == same_number(self.0.bytes())
    }
}

/// A connection that is bound to it.
pub(crate) struct Bound {
    scope: Arc<ShardScope>,
    /// The sharded table of the call at hand, until that was found to be of the shard alone.
    waits: Cell<Option<&'static str>>,
}

impl Bound {
    pub(crate) fn to(scope: Arc<ShardScope>) -> Self {
        let waits = Cell::new(None);
        Self { scope, waits }
    }

    #[cfg(feature = "postgres")]
    pub(crate) const fn scope(&self) -> &Arc<ShardScope> {
        &self.scope
    }

    /// A call on a table begins. Where that is sharded, nothing is sent before the call is found to be of the shard alone.
    pub(crate) fn expect(&self, table: &TableSql) {
        self.waits.set(table.shard_column().and(Some(table.table)));
    }

    /// The call at hand is of the shard alone.
    pub(crate) fn found(&self) {
        self.waits.set(None);
    }

    /// Refuses the statements of a call that nothing has bound.
    pub(crate) fn ensure_found(&self) -> Result<()> {
        match self.waits.get() {
            None => Ok(()),
            Some(table) => Err(refused(format!(
                "a call on `{}` that a connection for one shard cannot bind: make it on a connection for all",
                unquoted(table)
            ))),
        }
    }

    /// Refuses values of these columns, in the order in which `write` writes them, that are of another shard or of none.
    pub(crate) fn ensure(
        &self,
        table: &TableSql,
        columns: &mut dyn Iterator<Item = usize>,
        write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) -> Result<()> {
        let Some(shard) = table.shard_column() else {
            return Ok(());
        };
        let is_shard: Vec<bool> = columns.map(|column| column == shard).collect();
        let mut value = RecordedValues::new();
        let mut params = ParamWriter::recording(&mut value);
        params.pick_given(&is_shard, write);
        params.finish_recording()?;
        if !self.scope.is(value.bytes()) {
            return Err(other_shard(table, shard));
        }
        self.found();
        Ok(())
    }
}

/// The error of another value of the shard column, or of none.
#[cold]
pub(crate) fn other_shard(table: &TableSql, column: usize) -> Error {
    let (name, column) = (unquoted(table.table), unquoted(table.columns[column]));
    refused(format!(
        "`{column}` of `{name}` is not the value that the connection is for: use a connection for that one"
    ))
}

/// The error of what cannot be bound.
#[cold]
pub(crate) fn refused(why: String) -> Error {
    Error::new(ErrorKind::OtherShard(why))
}

/// The error of a view, whatever that reads.
#[cold]
pub(crate) fn of_view(view: &TableSql) -> Error {
    let name = unquoted(view.table);
    refused(format!(
        "`{name}` is a view, and it is not known of which shards its rows are: read it on a connection for all"
    ))
}

/// The error of SQL of the program's own.
#[cold]
pub(crate) fn of_sql() -> Error {
    let why = "a connection for one shard runs no SQL of the program's own, which it cannot bind: write it with the query builder, or use a connection for all";
    refused(why.to_owned())
}

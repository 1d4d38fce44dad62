//! Reads of a whole table, which are those of one shard where the connection is for that.

use std::borrow::Cow;

use super::Repository;
use crate::driver::{Physical, TableSql};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::value::ParamWriter;
use crate::value::recorded::{RecordedValues, replay};
use bindery_core::sql_writer::SqlWriter;

/// All rows of a table that the connection may read.
pub(super) struct Whole {
    /// The quoted shard column and its value, where they are not all of them.
    shard: Option<(&'static str, RecordedValues)>,
}

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    pub(super) fn whole(&self) -> Whole {
        let column = self.shard_column().map(|(sql, column)| sql.columns[column]);
        let value = self.scope().map(|scope| scope.value().clone());
        Whole {
            shard: column.zip(value),
        }
    }

    /// The column of the rows that has the value which the connection is for, where it is for one.
    pub(crate) fn shard_column(&self) -> Option<(&'static TableSql, usize)> {
        self.scope()?;
        let sql = self.sql?;
        Some((sql, sql.shard_column()?))
    }
}

impl Whole {
    /// The text of a read, whose condition comes after what is selected.
    pub(super) fn text(
        &self,
        physical: &Physical,
        sql: &'static TableSql,
        text: &'static str,
    ) -> Cow<'static, str> {
        let Some((column, _)) = &self.shard else {
            return text.into();
        };
        let (before, after) = match text.strip_prefix(sql.select) {
            Some(after) => (sql.select, after),
            None => (text, ""),
        };
        let mut bound = SqlWriter::new(physical.dialect());
        bound.push(before).push(" WHERE ").push(column).push(" = ");
        bound.placeholder().push(after);
        physical.bound().into_iter().for_each(|it| it.found());
        bound.finish().into()
    }

    pub(super) fn write(&self, params: &mut ParamWriter<'_>) {
        if let Some((_, value)) = &self.shard {
            replay(value.bytes(), params);
        }
    }
}

//! The calls of Citus' functions that spread the rows of a table over its servers.

use crate::cluster::Cluster;
use crate::model::{DistributionKind, Engine, Model, TableId, TableName};
use crate::sql_writer::SqlWriter;

/// The tables whose equal values are on one server, as the last argument names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Beside<'n> {
    /// Those of the column's type, which need not be said.
    OfType,
    /// None so far.
    None,
    /// Those of this table.
    Table(&'n TableName),
}

/// The call that follows CREATE TABLE on a cluster. `None` where the rows are on the coordinator alone.
pub(super) fn statement(model: &Model, id: TableId, engine: &Engine) -> Option<String> {
    let table = model.table(id);
    let distribution = table.distribution_on(engine)?;
    Some(match distribution.kind {
        DistributionKind::Reference => reference(&table.name),
        DistributionKind::Sharded { column, group } => {
            let beside = match group {
                None => Beside::OfType,
                Some(first) if first == id => Beside::None,
                Some(first) => Beside::Table(&model.table(first).name),
            };
            sharded(
                "create_distributed_table",
                &table.name,
                &table.column(column).name,
                &beside,
            )
        }
    })
}

/// `create_reference_table`.
pub(crate) fn reference(table: &TableName) -> String {
    let mut sql = call("create_reference_table", table);
    sql.push(")");
    sql.finish()
}

/// `undistribute_table`.
#[cfg(feature = "diff")]
pub(crate) fn undistribute(table: &TableName) -> String {
    let mut sql = call("undistribute_table", table);
    sql.push(")");
    sql.finish()
}

/// `create_distributed_table`, or the function that does it while the table is in use.
pub(crate) fn sharded(
    function: &str,
    table: &TableName,
    column: &str,
    beside: &Beside<'_>,
) -> String {
    let mut sql = call(function, table);
    sql.push(", ").text_literal(column);
    if *beside != Beside::OfType {
        colocate(&mut sql, beside);
    }
    sql.push(")");
    sql.finish()
}

/// `alter_distributed_table`.
#[cfg(feature = "diff")]
pub(crate) fn altered(table: &TableName, column: Option<&str>, beside: &Beside<'_>) -> String {
    let mut sql = call("alter_distributed_table", table);
    if let Some(column) = column {
        sql.push(", distribution_column => ").text_literal(column);
    }
    colocate(&mut sql, beside);
    sql.push(")");
    sql.finish()
}

fn colocate(sql: &mut SqlWriter, beside: &Beside<'_>) {
    sql.push(", colocate_with => ");
    match beside {
        Beside::OfType => sql.text_literal("default"),
        Beside::None => sql.text_literal("none"),
        Beside::Table(name) => sql.text_literal(&written(name)),
    };
}

fn call(function: &str, table: &TableName) -> SqlWriter {
    let mut sql = SqlWriter::new(Cluster::Citus.dialect());
    sql.push("SELECT ").push(function).push("(");
    sql.text_literal(&written(table));
    sql
}

/// The name as the server reads it in a text.
fn written(table: &TableName) -> String {
    let mut sql = SqlWriter::new(Cluster::Citus.dialect());
    sql.table(table);
    sql.finish()
}

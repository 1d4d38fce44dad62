//! PostgreSQL: everything is made in a transaction that is rolled back.

use bindery::{Connection, Sql, Transaction};
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{ObjectShape, PartitionShape, TableShape, ViewShape};
use bindery_schema::model::TableName;
use bindery_schema::sql_writer::SqlWriter;

use super::super::postgres;
use super::{Respelled, Wanted, quoted, temporary};
use crate::database::Chosen;

/// A domain without its name and those of its constraints.
const DOMAIN: &str = r"
SELECT concat_ws(' ', format_type(t.typbasetype, t.typtypmod), t.typcollation::regcollation::text, pg_get_expr(t.typdefaultbin, 0, true), t.typnotnull::text,
  (SELECT string_agg(pg_get_constraintdef(oid, true), ' ' ORDER BY pg_get_constraintdef(oid, true)) FROM pg_constraint WHERE contypid = t.oid AND contype = 'c'))
FROM pg_type t WHERE t.oid = $1::text::regtype";

/// The rows of a part, and how it is parted itself.
const BOUND: &str = r"
SELECT concat_ws(' ', pg_get_expr(relpartbound, oid), pg_get_partkeydef(oid)) FROM pg_class WHERE oid = $1::text::regclass";

/// How a table is parted.
const METHOD: &str = "SELECT pg_get_partkeydef($1::text::regclass)";

pub(super) fn respelled(
    connection: &mut Connection<Chosen>,
    wanted: &Wanted<'_>,
) -> bindery::Result<Respelled> {
    let mut transaction = connection.begin()?;
    let respelled = within(&mut transaction, wanted);
    transaction.rollback()?;
    respelled
}

fn within(
    transaction: &mut Transaction<'_, Chosen>,
    wanted: &Wanted<'_>,
) -> bindery::Result<Respelled> {
    postgres::set_search_path(transaction)?;
    let mut respelled = Respelled::default();
    // Views first, since a temporary table hides the one of its name.
    for (at, view) in wanted.views.iter().enumerate() {
        if let Ok(query) = transaction.transaction(|inner| view_query(inner, view, at)) {
            respelled.views.insert(view.name.clone(), query);
        }
    }
    for (at, domain) in wanted.domains.iter().enumerate() {
        if let Ok(is_same) = transaction.transaction(|inner| is_same_domain(inner, domain, at)) {
            respelled.domains.insert(domain.name.clone(), is_same);
        }
    }
    for (at, part) in wanted.partitions.iter().enumerate() {
        if let Ok(is_same) = transaction.transaction(|inner| is_same_partition(inner, part, at)) {
            respelled.partitions.insert(part.name.clone(), is_same);
        }
    }
    let made = wanted.tables.iter().filter(|table| {
        let made = transaction.transaction(|inner| make(inner, table));
        made.is_ok()
    });
    let made: Vec<&TableShape> = made.copied().collect();
    let items = postgres::temporary_tables(transaction)?;
    for item in items {
        let named = made
            .iter()
            .find(|table| Some(&table.name.name) == item.table.as_ref().map(|name| &name.name));
        if let Some(table) = named {
            respelled.tables.push((table.name.clone(), item.statements));
        }
    }
    Ok(respelled)
}

fn make(transaction: &mut Transaction<'_, Chosen>, table: &TableShape) -> bindery::Result<()> {
    let create = temporary(table, None, Dialect::Postgres);
    transaction.execute_batch(Sql::assembled(create))?;
    for key in table.keys.iter().filter(|key| key.is_statement) {
        transaction.execute_batch(Sql::assembled(key.sql.clone()))?;
    }
    Ok(())
}

fn view_query(
    transaction: &mut Transaction<'_, Chosen>,
    view: &ViewShape,
    at: usize,
) -> bindery::Result<String> {
    let columns = view
        .columns
        .iter()
        .map(|name| quoted(name, Dialect::Postgres));
    let columns = columns.collect::<Vec<_>>().join(", ");
    let columns = if columns.is_empty() {
        columns
    } else {
        format!(" ({columns})")
    };
    let name = format!("_bindery_view_{at}");
    let create = format!("CREATE TEMPORARY VIEW {name}{columns} AS {}", view.query);
    transaction.execute_batch(Sql::assembled(create))?;
    let query = "SELECT pg_get_viewdef($1::text::regclass, true)";
    transaction.query_scalar(query, (format!("pg_temp.{name}"),))
}

fn is_same_domain(
    transaction: &mut Transaction<'_, Chosen>,
    domain: &ObjectShape,
    at: usize,
) -> bindery::Result<bool> {
    let shown = domain.shown(Dialect::Postgres);
    let name = format!("pg_temp._bindery_domain_{at}");
    for statement in &domain.create {
        let statement = statement.replacen(&shown, &name, 1);
        transaction.execute_batch(Sql::assembled(statement))?;
    }
    let mut text = |name: String| -> bindery::Result<String> {
        transaction.query_scalar(Sql::assembled(DOMAIN), (name,))
    };
    Ok(text(shown)? == text(name)?)
}

/// The same part of an empty table like its own.
fn is_same_partition(
    transaction: &mut Transaction<'_, Chosen>,
    part: &PartitionShape,
    at: usize,
) -> bindery::Result<bool> {
    let written = |name: &TableName| {
        let mut sql = SqlWriter::new(Dialect::Postgres);
        sql.table(name);
        sql.finish()
    };
    let parent = written(&part.parent);
    let method: String = transaction.query_scalar(METHOD, (parent.clone(),))?;
    let (whole, piece) = (
        format!("_bindery_whole_{at}"),
        format!("_bindery_part_{at}"),
    );
    let bound = &part.bound;
    for statement in [
        format!("CREATE TEMPORARY TABLE {whole} (LIKE {parent}) PARTITION BY {method}"),
        format!("CREATE TEMPORARY TABLE {piece} PARTITION OF {whole} {bound}"),
    ] {
        transaction.execute_batch(Sql::assembled(statement))?;
    }
    let mut shown = |name: String| -> bindery::Result<String> {
        transaction.query_scalar(Sql::assembled(BOUND), (name,))
    };
    Ok(shown(written(&part.name))? == shown(format!("pg_temp.{piece}"))?)
}

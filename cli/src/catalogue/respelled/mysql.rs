//! MySQL and MariaDB: a temporary table hides the one of its name in this session alone. There are no temporary views, so that a view of
//! bindery's own is there for a moment; one that a killed run has left is replaced by the next, and not listed meanwhile.

use bindery::{Connection, Sql};
use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::diff::{TableShape, ViewShape};

use super::super::mysql::{plain, quoted};
use super::{Respelled, Wanted, temporary};
use crate::database::Chosen;

pub(super) fn respelled(
    connection: &mut Connection<Chosen>,
    wanted: &Wanted<'_>,
) -> bindery::Result<Respelled> {
    let mut respelled = Respelled::default();
    for table in &wanted.tables {
        let shown = show(connection, table, wanted.flavour);
        let name = quoted(&table.name.name);
        let drop = format!("DROP TEMPORARY TABLE IF EXISTS {name}");
        connection.execute_batch(Sql::assembled(drop))?;
        if let Ok(sql) = shown {
            respelled.tables.push((table.name.clone(), vec![sql]));
        }
    }
    if !wanted.views.is_empty() && is_alone(connection)? {
        for view in &wanted.views {
            let query = view_query(connection, view);
            if let Ok(Some(query)) = query {
                respelled.views.insert(view.name.clone(), query);
            }
        }
        let drop = format!("DROP VIEW IF EXISTS {VIEW}");
        // Without the right to make a view there is none.
        let _ = connection.execute_batch(Sql::assembled(drop));
        connection.query_scalar::<Option<i64>>(Sql::assembled(RELEASE), ())?;
    }
    Ok(respelled)
}

/// The view that takes each query in turn.
const VIEW: &str = "`_bindery_view`";

/// Another run on this database waits until the view is free.
const LOCK: &str = "SELECT get_lock(left(concat('bindery view ', database()), 64), 10)";
const RELEASE: &str = "SELECT release_lock(left(concat('bindery view ', database()), 64))";

fn is_alone(connection: &mut Connection<Chosen>) -> bindery::Result<bool> {
    let taken: Option<i64> = connection.query_scalar(Sql::assembled(LOCK), ())?;
    Ok(taken == Some(1))
}

/// The query as the server keeps it, with the names of the columns in it.
fn view_query(
    connection: &mut Connection<Chosen>,
    view: &ViewShape,
) -> bindery::Result<Option<String>> {
    let columns = view.columns.iter().map(|name| quoted(name));
    let columns = columns.collect::<Vec<_>>().join(", ");
    let columns = if columns.is_empty() {
        columns
    } else {
        format!(" ({columns})")
    };
    let create = format!("CREATE OR REPLACE VIEW {VIEW}{columns} AS {}", view.query);
    connection.execute_batch(Sql::assembled(create))?;
    let (kind, name) = ("VIEW", VIEW.trim_matches('`').to_owned());
    let shown = super::super::mysql::show(connection, name, kind)?;
    let head = format!("CREATE VIEW {VIEW} AS ");
    Ok(shown.sql.strip_prefix(&head).map(str::to_owned))
}

fn show(
    connection: &mut Connection<Chosen>,
    table: &TableShape,
    flavour: Option<Flavour>,
) -> bindery::Result<String> {
    let create = temporary(table, flavour, Dialect::Mysql);
    connection.execute_batch(Sql::assembled(create))?;
    let show = format!("SHOW CREATE TABLE {}", quoted(&table.name.name));
    let (_, sql): (String, String) = connection.query_row(Sql::assembled(show), ())?;
    Ok(plain(&sql.replacen(
        "CREATE TEMPORARY TABLE",
        "CREATE TABLE",
        1,
    )))
}

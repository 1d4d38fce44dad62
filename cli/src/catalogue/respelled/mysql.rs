//! MySQL and MariaDB: a temporary table hides the one of its name in this session alone. There are no temporary views.

use bindery::{Connection, Sql};
use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::diff::TableShape;

use super::super::mysql::{plain_table, quoted};
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
    Ok(respelled)
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
    Ok(plain_table(&sql.replacen(
        "CREATE TEMPORARY TABLE",
        "CREATE TABLE",
        1,
    )))
}

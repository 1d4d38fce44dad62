//! Foreign keys of MySQL and MariaDB to tables that are not there, as `foreign_key_checks = 0` allows. No schema has them, so a migration
//! that gives their name to another key, or drops their column, is refused by the server (errors 1005 and 1828).

use bindery::{Dialect, Engine, Error, ErrorKind, Sql};

use super::One;
use crate::catalogue::quoted_of_mysql as quoted;

/// A table, its foreign key, and the table that this refers to.
const KEYS: &str = "\
SELECT DISTINCT k.table_name, k.constraint_name, k.referenced_table_name FROM information_schema.key_column_usage k \
LEFT JOIN information_schema.tables t ON t.table_schema = k.referenced_table_schema AND lower(t.table_name) = lower(k.referenced_table_name) \
WHERE k.table_schema = database() AND k.referenced_table_name IS NOT NULL AND t.table_name IS NULL ORDER BY 1, 2";

/// Refuses a database with such a key, before its tables count as those of the migrations.
pub(super) fn refuse(one: &One<'_>) -> bindery::Result<()> {
    let engine = one.engines.chosen(one.index);
    if engine.dialect() != Dialect::Mysql {
        return Ok(());
    }
    let mut connection = one.engines.registry.connect(engine)?;
    let keys: Vec<(String, String, String)> = connection.query_as(Sql::assembled(KEYS), ())?;
    let Some((table, key, to)) = keys.first() else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Config(format!(
        "the foreign key `{key}` of `{table}` refers to `{to}`, which is not there: no row that needs it can be written, and migrations do \
         not know it; drop it first: ALTER TABLE {} DROP FOREIGN KEY {}",
        quoted(table),
        quoted(key)
    ))))
}

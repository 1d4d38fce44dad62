//! The names of a table as drivers take them. They know tables by those of generated code, which are static; a dump reads its own from
//! a schema.

use std::sync::OnceLock;

use bindery_core::kept::Kept;

use crate::driver::TableSql;

/// All tables that were dumped or loaded.
static TABLES: Kept<Names> = Kept::new();

/// A table, its columns and the positions of those of its key; and what refers to these.
struct Names {
    table: String,
    columns: Vec<String>,
    key: Vec<usize>,
    list: OnceLock<Vec<&'static str>>,
    sql: OnceLock<TableSql>,
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        (&self.table, &self.columns, &self.key) == (&other.table, &other.columns, &other.key)
    }
}

/// The names of a table, its columns and its key, quoted for one dialect; the same each time.
pub(super) fn table_sql(table: String, columns: Vec<String>, key: Vec<usize>) -> &'static TableSql {
    let names = TABLES.keep(Names {
        table,
        columns,
        key,
        list: OnceLock::new(),
        sql: OnceLock::new(),
    });
    let list = || names.columns.iter().map(String::as_str).collect();
    names.sql.get_or_init(|| TableSql {
        table: &names.table,
        columns: names.list.get_or_init(list),
        key: &names.key,
        ..TableSql::NOTHING
    })
}

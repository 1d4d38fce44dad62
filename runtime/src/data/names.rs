//! The names of a table as drivers take them. They know tables by those of generated code, which are static; a dump reads its own from
//! a schema.

use bindery_core::kept::{Kept, Texts, Viewed};

use crate::driver::TableSql;

/// All tables that were dumped or loaded.
static TABLES: Kept<Viewed<Names, TableSql>> = Kept::new();

/// A table, its columns and the positions of those of its key.
#[derive(PartialEq)]
struct Names {
    table: String,
    columns: Texts,
    key: Vec<usize>,
}

/// The names of a table, its columns and its key, quoted for one dialect; the same each time.
pub(super) fn table_sql(table: String, columns: Vec<String>, key: Vec<usize>) -> &'static TableSql {
    let columns = Texts::new(columns);
    let names = Names {
        table,
        columns,
        key,
    };
    TABLES.keep(Viewed::new(names)).view(|names| TableSql {
        table: &names.table,
        columns: names.columns.list(),
        key: &names.key,
        ..TableSql::BARE
    })
}

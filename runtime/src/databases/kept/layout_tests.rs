//! Tables that another version of bindery made. Those of the first one are in the files of the folder `first`, statement by statement, and stay
//! as they are: databases have them.

use crate::driver::Physical;
use crate::driver::own_tables::{MIGRATIONS, OwnTableDdl};
use crate::driver::tests::databases;
use bindery_core::dialect::Dialect;

use super::{
    Group, OF_HOME, OF_INBOX, OF_MIRRORS, OF_OUTBOX, OF_OUTCOMES, OF_SAGA_LOG, OF_SAGA_STEPS,
    OF_SYNCS, OwnTableState, ensure,
};

static OF_MIGRATIONS: Group = &[&MIGRATIONS];

/// On PostgreSQL a cluster of Citus alone has the table of outcomes.
fn all(dialect: Dialect) -> impl Iterator<Item = &'static OwnTableDdl> {
    let groups = [
        OF_OUTBOX,
        OF_INBOX,
        OF_HOME,
        OF_SYNCS,
        OF_MIRRORS,
        OF_SAGA_LOG,
        OF_SAGA_STEPS,
        OF_MIGRATIONS,
    ];
    let of_outcomes = (dialect == Dialect::Mysql).then_some(OF_OUTCOMES);
    groups.into_iter().chain(of_outcomes).flatten().copied()
}

/// The statements by which the first version made them.
pub(crate) fn first(dialect: Dialect) -> impl Iterator<Item = &'static str> {
    let text = match dialect {
        Dialect::Sqlite => include_str!("first/sqlite.sql"),
        Dialect::Postgres => include_str!("first/postgres.sql"),
        Dialect::Mysql => include_str!("first/mysql.sql"),
    };
    text.lines()
}

const COLUMNS_OF_SQLITE: &str = r#"SELECT m.name || ' ' || c.name || ' ' || upper(c.type) || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '')
    || ' ' || c.pk || ' ' || c.hidden || ' ' || (m.sql LIKE '%AUTOINCREMENT%')
    FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name GLOB '_bindery*'"#;
const INDEXES_OF_SQLITE: &str = r#"SELECT m.name || ' ' || i.name || ' ' || i."unique" || i.origin || i.partial || ' '
    || (SELECT group_concat(coalesce(k.name, '') || k.coll || k."desc" || k.key) FROM pragma_index_xinfo(i.name) k) || ' '
    || coalesce(replace(substr(s.sql, instr(s.sql, 'WHERE')), '"', ''), '')
    FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN sqlite_master s ON s.name = i.name
    WHERE m.type = 'table' AND m.name GLOB '_bindery*'"#;
const COLUMNS_OF_POSTGRES: &str = r"SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, l.collname,
    array_to_string(c.reloptions, ','), pg_get_expr(d.adbin, d.adrelid))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relname LIKE '\_bindery%' AND a.attnum > 0 AND NOT a.attisdropped";
const INDEXES_OF_POSTGRES: &str = r"SELECT concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisprimary, i.indisunique)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relname LIKE '\_bindery%'";
const COLUMNS_OF_MYSQL: &str = r"SELECT concat_ws(' ', c.table_name, t.engine, c.column_name, c.column_type, c.is_nullable, c.column_default, c.collation_name, c.extra,
    c.generation_expression)
    FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
    WHERE c.table_schema = database() AND c.table_name LIKE '\_bindery%'";
const INDEXES_OF_MYSQL: &str = r"SELECT concat_ws(' ', table_name, index_name, non_unique, seq_in_index, column_name, sub_part)
    FROM information_schema.statistics WHERE table_schema = database() AND table_name LIKE '\_bindery%'";

/// The columns and indexes of bindery's own tables, a line each.
fn described(physical: &mut Physical) -> Vec<String> {
    let queries = match physical.dialect() {
        Dialect::Sqlite => [COLUMNS_OF_SQLITE, INDEXES_OF_SQLITE],
        Dialect::Postgres => [COLUMNS_OF_POSTGRES, INDEXES_OF_POSTGRES],
        Dialect::Mysql => [COLUMNS_OF_MYSQL, INDEXES_OF_MYSQL],
    };
    let mut lines = Vec::new();
    for sql in queries {
        let told = physical.query(sql, &mut |_| (), &mut |row| {
            lines.push(row.next::<String>()?);
            Ok(true)
        });
        told.expect("the catalogue can be read");
    }
    lines.sort();
    lines
}

/// `upkeep` adds whatever a table lacks that databases have: then it is the table that is made today.
#[test]
fn tables_of_the_first_version_are_brought_up_to_date() {
    for (mut old, mut new) in databases().into_iter().zip(databases()) {
        let (old, new) = (&mut old.physical, &mut new.physical);
        let dialect = old.dialect();
        for sql in first(dialect) {
            old.define(sql).expect("the table can be made");
        }
        let mut extended = Vec::new();
        for table in all(dialect).filter_map(|table| table.on(dialect)) {
            let made = ensure(new, table).expect("it can be made");
            assert_eq!(made, OwnTableState::Missing, "{}", table.table);
            match ensure(old, table).expect("it can be extended") {
                OwnTableState::Present => {}
                OwnTableState::Older => extended.push(&*table.table),
                OwnTableState::Missing => panic!("the first version has no {}", table.table),
            }
        }
        let tasks = ["_bindery_outbox", "_bindery_events", "_bindery_messages"];
        let tasks = tasks.map(|table| (Dialect::Mysql, table));
        let changed = tasks.into_iter().chain([(dialect, "_bindery_sync")]);
        let changed = changed.filter(|(of, _)| *of == dialect);
        assert_eq!(
            extended,
            changed.map(|(_, table)| table).collect::<Vec<_>>()
        );
        assert_eq!(described(old), described(new), "{dialect}");
    }
}

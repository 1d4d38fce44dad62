//! Has sequences go on after keys that rows were stored with. SQLite, MySQL and MariaDB see to that when such a row
//! is stored; a sequence of PostgreSQL knows nothing of it.

use super::{Physical, TableSql};
use crate::error::Result;
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;

/// The sequences that columns of a table take their default from, or that belong to one, each with its column; both as SQL.
const SEQUENCES: &str = "SELECT DISTINCT pg_catalog.format('%s', s.oid::pg_catalog.regclass), pg_catalog.quote_ident(a.attname), \
     q.seqincrement > 0 \
     FROM pg_catalog.pg_attribute a \
     JOIN pg_catalog.pg_depend d ON (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass \
         AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = a.attrelid \
         AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i')) \
       OR (d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass \
         AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = \
             (SELECT f.oid FROM pg_catalog.pg_attrdef f WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum)) \
     JOIN pg_catalog.pg_class s ON s.relkind = 'S' AND s.oid = \
         CASE WHEN d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass THEN d.objid ELSE d.refobjid END \
     JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid \
     WHERE a.attrelid = pg_catalog.to_regclass($1)::oid AND a.attnum > 0 AND NOT a.attisdropped";

/// Sets sequences that are behind the keys of their table. None is set back: that would not be undone with the transaction.
pub(crate) fn raise_counters(physical: &mut Physical, table: &TableSql) -> Result<()> {
    match physical.dialect() {
        Dialect::Sqlite | Dialect::Mysql => return Ok(()),
        Dialect::Postgres => {}
    }
    for (sequence, column, ascends) in sequences(physical, table)? {
        raise_one(physical, table, (&sequence, &column, ascends))?;
    }
    Ok(())
}

fn sequences(physical: &mut Physical, table: &TableSql) -> Result<Vec<(String, String, bool)>> {
    let mut found = Vec::new();
    let write = &mut |params: &mut ParamWriter<'_>| params.text(table.table);
    physical.query(SEQUENCES, write, &mut |row| {
        found.push((row.next()?, row.next()?, row.next()?));
        Ok(true)
    })?;
    Ok(found)
}

fn raise_one(
    physical: &mut Physical,
    table: &TableSql,
    (sequence, column, ascends): (&str, &str, bool),
) -> Result<()> {
    let (end, is_behind) = if ascends { ("max", "<") } else { ("min", ">") };
    let sql = format!(
        "SELECT pg_catalog.setval($1::text::pg_catalog.regclass, k.key, true) FROM \
         (SELECT {end}({column})::bigint AS key FROM {}) k, {sequence} s \
         WHERE k.key IS NOT NULL AND (s.last_value {is_behind} k.key OR (s.last_value = k.key AND NOT s.is_called))",
        table.table
    );
    let write = &mut |params: &mut ParamWriter<'_>| params.text(sequence);
    physical.query(&sql, write, &mut |_| Ok(true))
}

//! PostgreSQL's catalogues, as far as they say what a table is: the server prints types, expressions, constraints and
//! indexes itself, names included.

use bindery_testkit::{FreshDatabase, Result};

/// `table|fact`, one a row.
pub(super) fn rows(database: &FreshDatabase) -> Result<String> {
    // Line breaks within an expression are written as blanks.
    database.answer(&format!(
        "SELECT regexp_replace(fact, '\\s+', ' ', 'g') FROM (\n{}\n) AS all_facts(fact);",
        [COLUMNS, CONSTRAINTS, INDEXES, TABLES, PARTITIONS, VIEWS].join("\nUNION ALL\n")
    ))
}

/// Type (a domain, enum, composite type or range with what it is), collation, default, how it is counted, storage.
const COLUMNS: &str = r#"
SELECT c.relname || '|column ' || row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) || ' ' || a.attname
  || ' ' || format_type(a.atttypid, a.atttypmod)
  || coalesce(' is ' || (
       SELECT CASE u.typtype
         WHEN 'e' THEN (SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = u.oid)
         WHEN 'd' THEN format_type(u.typbasetype, u.typtypmod) || CASE WHEN u.typnotnull THEN ' not null' ELSE '' END
           || coalesce(' default ' || u.typdefault, '')
           || coalesce((SELECT string_agg(' ' || conname || ' ' || pg_get_constraintdef(oid), '' ORDER BY conname) FROM pg_constraint WHERE contypid = u.oid), '')
         WHEN 'c' THEN (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = u.typrelid)
         WHEN 'r' THEN (SELECT format_type(rngsubtype, NULL) FROM pg_range WHERE rngtypid = u.oid) END
       FROM pg_type u WHERE u.oid = CASE WHEN t.typelem <> 0 AND t.typlen = -1 THEN t.typelem ELSE t.oid END), '')
  || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
  || CASE WHEN a.attcollation <> t.typcollation THEN ' collate ' || (SELECT collname FROM pg_collation WHERE oid = a.attcollation) ELSE '' END
  || CASE WHEN a.attgenerated <> '' THEN ' computed' ELSE '' END || CASE a.attidentity WHEN 'a' THEN ' always' WHEN 'd' THEN ' by default' ELSE '' END
  || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
  || CASE WHEN a.attstorage <> t.typstorage THEN ' storage ' || a.attstorage::text ELSE '' END || ' ' || a.attcompression::text
  || coalesce(' sequence ' || (SELECT s.relname || ' as ' || format_type(q.seqtypid, NULL) || ' ' || concat_ws(' ', q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle)
       FROM pg_depend o JOIN pg_class s ON s.oid = o.objid JOIN pg_sequence q ON q.seqrelid = s.oid
       WHERE o.classid = 'pg_class'::regclass AND o.refobjid = c.oid AND o.refobjsubid = a.attnum AND o.deptype IN ('a', 'i') LIMIT 1), '')
  || coalesce(' comment ' || col_description(c.oid, a.attnum), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')"#;

/// A constraint that was not checked against old rows (`NOT VALID`) is one. NOT NULL is a constraint from PostgreSQL 18
/// on, with a name that stays when its column is given another; its use is listed with the column.
const CONSTRAINTS: &str = r#"
SELECT c.relname || '|constraint ' || f.conname || ' ' || replace(pg_get_constraintdef(f.oid), ' NOT VALID', '')
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
WHERE f.conparentid = 0 AND f.contype NOT IN ('t', 'n') AND NOT c.relispartition"#;

const INDEXES: &str = r#"
SELECT c.relname || '|' || pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"#;

const TABLES: &str = r#"
SELECT c.relname || '|table ' || c.relpersistence::text || ' ' || c.relkind::text || coalesce(' with ' || array_to_string(c.reloptions, ', '), '')
  || coalesce(' by ' || pg_get_partkeydef(c.oid), '')
  || coalesce(' inherits ' || (SELECT string_agg(p.inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits p WHERE p.inhrelid = c.oid), '')
  || coalesce(' comment ' || obj_description(c.oid, 'pg_class'), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')"#;

/// Views by what they show, as the server prints it: names are those of now, of whatever schema.
const VIEWS: &str = r#"
SELECT c.relname || '|view ' || c.relkind::text || ' ' || pg_get_viewdef(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')"#;

const PARTITIONS: &str = r#"
SELECT (SELECT relname FROM pg_class WHERE oid = pg_partition_root(c.oid)) || '|partition ' || c.relname || ' '
  || pg_get_expr(c.relpartbound, c.oid) || coalesce(' by ' || pg_get_partkeydef(c.oid), '')
FROM pg_class c WHERE c.relispartition AND c.relkind IN ('r', 'p')"#;

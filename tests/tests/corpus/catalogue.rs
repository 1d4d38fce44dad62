//! What a database says it holds: for each table a list of facts, as text. Two databases are equal when their lists are.

use std::collections::BTreeMap;

use bindery_schema::dialect::Dialect;

/// Facts by the table's name, without its schema.
pub(crate) type Catalogue = BTreeMap<String, Vec<String>>;

/// The query for a dialect: one row a fact, `table|fact`.
pub(crate) fn query(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
        Dialect::Mysql => MYSQL,
    }
}

/// The rows of [`query`] as a catalogue.
pub(crate) fn read(rows: &str) -> Catalogue {
    let mut catalogue = Catalogue::new();
    for row in rows.lines() {
        if let Some((table, fact)) = row.split_once('|') {
            let facts = catalogue.entry(table.to_owned()).or_default();
            facts.push(fact.to_owned());
        }
    }
    catalogue.values_mut().for_each(|facts| facts.sort());
    catalogue
}

/// Columns, primary keys, unique keys and foreign keys. A domain is what it stands for; `DEFAULT NULL` is none,
/// and a foreign key that was not checked against old rows (`NOT VALID`) is one.
const POSTGRES: &str = r#"
SELECT replace(c.relname || '|column ' || row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) || ' ' || a.attname
       || ' ' || format_type(CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE a.atttypid END,
                             CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END)
       || CASE WHEN a.attnotnull OR t.typnotnull THEN ' not null' ELSE '' END
       || CASE WHEN a.attgenerated <> '' THEN ' computed'
               WHEN a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%' THEN ' counted'
               WHEN pg_get_expr(d.adbin, d.adrelid) NOT LIKE 'NULL::%' OR t.typdefault IS NOT NULL THEN ' default' ELSE '' END, 'musicbrainz.', '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'tiger', 'topology')
UNION ALL
SELECT c.relname || '|' || CASE WHEN i.indisprimary THEN 'primary key ' ELSE 'unique ' END
       || (SELECT string_agg(a.attname, ', ' ORDER BY k.place)
           FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum WHERE k.place <= i.indnkeyatts)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'tiger', 'topology')
UNION ALL
SELECT c.relname || '|' || replace(replace(pg_get_constraintdef(f.oid), 'musicbrainz.', ''), ' NOT VALID', '')
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
WHERE f.contype = 'f' AND f.conparentid = 0 AND NOT c.relispartition;
"#;

/// MariaDB and MySQL show `RESTRICT` and `NO ACTION` as they were written; they mean the same.
const MYSQL: &str = r"
SELECT concat(c.table_name, '|column ', c.ordinal_position, ' ', c.column_name, ' ', c.column_type,
              if(c.is_nullable = 'NO', ' not null', ''),
              if(c.column_default IS NULL OR c.column_default = 'NULL', '', ' default'), ' ', c.extra)
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = database() AND t.table_type = 'BASE TABLE'
UNION ALL
SELECT concat(table_name, '|', if(index_name = 'PRIMARY', 'primary key ', 'unique '),
              group_concat(column_name ORDER BY seq_in_index SEPARATOR ', '))
FROM information_schema.statistics WHERE table_schema = database() AND non_unique = 0
GROUP BY table_name, index_name HAVING max(sub_part) IS NULL
UNION ALL
SELECT concat(k.table_name, '|foreign key (', group_concat(k.column_name ORDER BY k.ordinal_position), ') ',
              r.referenced_table_name, '(', group_concat(k.referenced_column_name ORDER BY k.ordinal_position), ') ',
              replace(r.delete_rule, 'RESTRICT', 'NO ACTION'), ' ', replace(r.update_rule, 'RESTRICT', 'NO ACTION'))
FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
 AND r.table_name = k.table_name
WHERE k.table_schema = database()
GROUP BY k.table_name, k.constraint_name, r.referenced_table_name, r.delete_rule, r.update_rule;
";

/// A table's columns, with computed ones (`hidden` 2 and 3); its keys by the indexes that hold them. `DEFAULT NULL` is no
/// default, and a row id is never NULL, whatever is written.
const SQLITE: &str = r"
SELECT t.name || '|column ' || c.cid || ' ' || c.name || ' ' || c.type || iif(c.[notnull] AND NOT (c.pk AND upper(c.type) = 'INTEGER'), ' not null', '')
       || iif(upper(c.dflt_value) <> 'NULL', ' default', '') || iif(c.hidden > 1, ' computed', '')
FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c
WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' AND c.hidden <> 1
UNION ALL
SELECT t.name || '|primary key ' || (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_table_info(t.name) WHERE pk ORDER BY pk))
FROM pragma_table_list t
WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'
  AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE pk)
UNION ALL
SELECT t.name || '|unique ' || (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
FROM pragma_table_list t JOIN pragma_index_list(t.name) i
WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' AND i.[unique] AND i.origin <> 'pk' AND NOT i.partial
UNION ALL
SELECT t.name || '|foreign key ' || (SELECT group_concat(f.[from] || ' ' || f.[table] || '.' || coalesce(f.[to], 'its key') || ' ' || f.on_delete || ' ' || f.on_update, ', ')
  FROM (SELECT * FROM pragma_foreign_key_list(t.name) WHERE id = k.id ORDER BY seq) f)
FROM pragma_table_list t JOIN (SELECT DISTINCT 1) JOIN pragma_foreign_key_list(t.name) k
WHERE t.type = 'table' AND t.schema = 'main' AND k.seq = 0;
";

//! The queries of PostgreSQL's catalogues. The server writes names, types, expressions, constraints and indexes: what is in
//! the current schema without a schema's name, everything else with it, since the search path is that schema alone.
//!
//! Keys name an object over all queries: `c` a table or view, `y` a type, `p` a function, `l` a collation, `t` a trigger, and its number.

/// Makes the current schema the whole search path; `pg_catalog` where there is none.
pub(super) const ONLY_CURRENT_SCHEMA: &str = "SELECT set_config('search_path', quote_ident(coalesce(current_schema()::text, 'pg_catalog')), true)";

/// Whether the collation of the database is that of bytes. The provider is known from PostgreSQL 15 on.
pub(super) const COMPARES_BYTES: &str = r"
SELECT CASE coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') WHEN 'c' THEN d.datcollate IN ('C', 'POSIX') WHEN 'b' THEN true ELSE false END
FROM pg_database d WHERE d.datname = current_database()";

/// Schemas that something of ours is in, but for the current one, and extensions.
pub(super) const SCHEMAS: &str = r"
SELECT 'CREATE SCHEMA ' || quote_ident(n.nspname) FROM pg_namespace n
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', coalesce(current_schema()::text, '')) AND n.nspname !~ '^pg_(toast_)?temp_'
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
  AND (EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'))
    OR EXISTS (SELECT FROM pg_type t WHERE t.typnamespace = n.oid AND t.typtype IN ('e', 'd', 'r'))
    OR EXISTS (SELECT FROM pg_extension x WHERE x.extnamespace = n.oid))
ORDER BY n.nspname";

pub(super) const EXTENSIONS: &str = r"
SELECT 'CREATE EXTENSION IF NOT EXISTS ' || quote_ident(x.extname)
  || CASE WHEN n.nspname IN ('pg_catalog', coalesce(current_schema()::text, '')) THEN '' ELSE ' WITH SCHEMA ' || quote_ident(n.nspname) END
FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.extname NOT IN ('plpgsql', 'citus', 'citus_columnar') ORDER BY x.extname";

/// Key, name to sort by, statement, comment.
pub(super) const COLLATIONS: &str = r"
SELECT 'l' || c.oid, n.nspname || '.' || c.collname,
  'CREATE COLLATION ' || c.oid::regcollation::text || ' (' || concat_ws(', ',
    CASE c.collprovider WHEN 'i' THEN 'provider = icu' WHEN 'b' THEN 'provider = builtin' ELSE 'provider = libc' END,
    CASE WHEN to_jsonb(c) ->> 'colllocale' IS NOT NULL OR to_jsonb(c) ->> 'colliculocale' IS NOT NULL OR c.collcollate = c.collctype
      THEN 'locale = ' || quote_literal(coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale', c.collcollate))
      ELSE 'lc_collate = ' || quote_literal(c.collcollate) || ', lc_ctype = ' || quote_literal(c.collctype) END,
    CASE WHEN NOT c.collisdeterministic THEN 'deterministic = false' END) || ')',
  NULL::text
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast_)?temp_'
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_collation'::regclass AND e.objid = c.oid AND e.deptype = 'e')";

/// The same of enums, domains, ranges and composite types.
pub(super) const TYPES: &str = r"
SELECT 'y' || t.oid, n.nspname || '.' || t.typname,
  CASE t.typtype
    WHEN 'e' THEN 'CREATE TYPE ' || t.oid::regtype::text || ' AS ENUM ('
      || coalesce((SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid), '') || ')'
    WHEN 'd' THEN 'CREATE DOMAIN ' || t.oid::regtype::text || ' AS ' || format_type(t.typbasetype, t.typtypmod)
      || CASE WHEN t.typcollation <> b.typcollation THEN ' COLLATE ' || t.typcollation::regcollation::text ELSE '' END
      || coalesce(' DEFAULT ' || pg_get_expr(t.typdefaultbin, 0, true), '') || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
      || coalesce((SELECT string_agg(' CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid, true), '' ORDER BY conname) FROM pg_constraint WHERE contypid = t.oid AND contype = 'c'), '')
    WHEN 'c' THEN 'CREATE TYPE ' || t.oid::regtype::text || ' AS ('
      || coalesce((SELECT string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod)
           || CASE WHEN attcollation <> e.typcollation THEN ' COLLATE ' || attcollation::regcollation::text ELSE '' END, ', ' ORDER BY attnum)
         FROM pg_attribute JOIN pg_type e ON e.oid = atttypid WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped), '') || ')'
    ELSE 'CREATE TYPE ' || t.oid::regtype::text || ' AS RANGE (SUBTYPE = ' || (SELECT format_type(r.rngsubtype, NULL)
      || CASE WHEN r.rngcollation <> 0 AND r.rngcollation <> s.typcollation THEN ', COLLATION = ' || r.rngcollation::regcollation::text ELSE '' END
      || CASE WHEN r.rngsubdiff <> 0 THEN ', SUBTYPE_DIFF = ' || r.rngsubdiff::regproc::text ELSE '' END
      FROM pg_range r JOIN pg_type s ON s.oid = r.rngsubtype WHERE r.rngtypid = t.oid) || ')' END,
  'COMMENT ON ' || CASE t.typtype WHEN 'd' THEN 'DOMAIN ' ELSE 'TYPE ' END || t.oid::regtype::text || ' IS ' || quote_literal(obj_description(t.oid, 'pg_type'))
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_type b ON b.oid = t.typbasetype LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.typtype IN ('e', 'd', 'r', 'c') AND (t.typtype <> 'c' OR c.relkind = 'c')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')";

/// Functions: key, name to sort by, statement, bare name, text of the body, and whether only triggers call it. Which are needed is seen afterwards.
pub(super) const FUNCTIONS: &str = r"
SELECT 'p' || p.oid, n.nspname || '.' || p.oid::regprocedure::text,
  CASE WHEN p.prokind = 'a' THEN (SELECT 'CREATE AGGREGATE ' || CASE WHEN n.nspname = current_schema() THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(p.proname) || '(' || pg_get_function_arguments(p.oid) || ') ('
      || concat_ws(', ', 'SFUNC = ' || a.aggtransfn::text, 'STYPE = ' || format_type(a.aggtranstype, NULL), CASE WHEN a.aggfinalfn <> 0 THEN 'FINALFUNC = ' || a.aggfinalfn::text END,
        CASE WHEN a.aggcombinefn <> 0 THEN 'COMBINEFUNC = ' || a.aggcombinefn::text END, 'INITCOND = ' || quote_literal(a.agginitval)) || ')'
    FROM pg_aggregate a WHERE a.aggfnoid = p.oid)
  ELSE 'CREATE FUNCTION ' || CASE WHEN n.nspname = current_schema() THEN '' ELSE quote_ident(n.nspname) || '.' END
    || rtrim(substr(pg_get_functiondef(p.oid), length('CREATE OR REPLACE FUNCTION ' || quote_ident(n.nspname) || '.') + 1), E'\n') END, p.proname::text, p.prosrc, p.prorettype = 'trigger'::regtype
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE (p.prokind = 'f' OR EXISTS (SELECT FROM pg_aggregate a WHERE a.aggfnoid = p.oid AND a.aggkind = 'n')) AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast_)?temp_'
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype IN ('e', 'i'))";

/// Sequences, with the column that each belongs to.
pub(super) const SEQUENCES: &str = r"
SELECT 'c' || c.oid AS key, n.nspname || '.' || c.relname AS sort, c.oid::regclass::text AS shown, format_type(q.seqtypid, NULL) AS kind,
  concat_ws(' ', CASE WHEN q.seqstart <> CASE WHEN q.seqincrement > 0 THEN q.seqmin ELSE q.seqmax END THEN 'START WITH ' || q.seqstart END,
    CASE WHEN q.seqincrement <> 1 THEN 'INCREMENT BY ' || q.seqincrement END,
    CASE WHEN q.seqmin <> CASE WHEN q.seqincrement > 0 THEN 1 WHEN q.seqtypid = 'int2'::regtype THEN -32768 WHEN q.seqtypid = 'int4'::regtype THEN -2147483648 ELSE -9223372036854775808 END THEN 'MINVALUE ' || q.seqmin END,
    CASE WHEN q.seqmax <> CASE WHEN q.seqincrement < 0 THEN -1 WHEN q.seqtypid = 'int2'::regtype THEN 32767 WHEN q.seqtypid = 'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END THEN 'MAXVALUE ' || q.seqmax END,
    CASE WHEN q.seqcache <> 1 THEN 'CACHE ' || q.seqcache END, CASE WHEN q.seqcycle THEN 'CYCLE' END) AS options,
  CASE WHEN d.refobjid IS NOT NULL THEN 'c' || d.refobjid END AS owner, quote_ident(a.attname) AS owner_column, d.refobjid::regclass::text AS owner_shown,
  format_type(a.atttypid, a.atttypmod) AS column_type, coalesce(d.deptype = 'i', false) AS is_identity,
  coalesce(c.relname = t.relname || '_' || a.attname || '_seq' AND c.relnamespace = t.relnamespace, false) AS has_usual_name,
  c.relpersistence = 'u' AS unlogged
FROM pg_sequence q JOIN pg_class c ON c.oid = q.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE n.nspname !~ '^pg_(toast_)?temp_'
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')";

/// Tables and views, foreign tables among them.
pub(super) const TABLES: &str = r"
SELECT 'c' || c.oid AS key, n.nspname::text AS schema, c.relname::text AS name, c.oid::regclass::text AS shown, c.relkind::text AS kind, c.relpersistence = 'u' AS unlogged,
  (SELECT string_agg(quote_ident(split_part(o, '=', 1)) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ') FROM unnest(c.reloptions) o) AS options,
  pg_get_partkeydef(c.oid) AS partition_key, CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS bounds,
  (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid) AS parents,
  (SELECT quote_ident(m.amname) FROM pg_am m WHERE m.oid = c.relam AND m.amname <> 'heap') AS method,
  obj_description(c.oid, 'pg_class') AS comment, CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid, true) END AS query,
  (SELECT quote_ident(s.srvname) FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid) AS server,
  n.nspname::text = coalesce(current_schema()::text, '') AS is_in_current_schema
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname !~ '^_bindery_'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')";

/// Columns in order.
pub(super) const COLUMNS: &str = r"
SELECT 'c' || a.attrelid AS table_key, quote_ident(a.attname) AS name, format_type(a.atttypid, a.atttypmod) AS kind, a.attnotnull AS not_null,
  CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS collation,
  pg_get_expr(d.adbin, d.adrelid, true) AS expression, a.attgenerated::text AS computed, a.attidentity::text AS identity, a.attinhcount > 0 AND NOT a.attislocal AS is_inherited,
  CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END AS storage,
  CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
  col_description(a.attrelid, a.attnum) AS comment
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.oid >= 16384
ORDER BY a.attrelid, a.attnum";

/// Constraints of tables, keys first.
pub(super) const CONSTRAINTS: &str = r"
SELECT 'c' || k.conrelid AS table_key, quote_ident(k.conname) AS name, k.contype::text AS kind, pg_get_constraintdef(k.oid, true) AS definition, pg_get_expr(k.conbin, k.conrelid, true) AS condition,
  (SELECT string_agg(quote_ident(split_part(o, '=', 1)) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ') FROM unnest(x.reloptions) o) AS options,
  CASE WHEN k.contype = 'f' THEN 'c' || k.confrelid END AS target,
  k.contype IN ('p', 'u', 'f') AND k.conname = CASE WHEN k.contype = 'p' THEN c.relname || '_pkey' ELSE c.relname || '_'
    || (SELECT string_agg(a.attname, '_' ORDER BY at) FROM unnest(k.conkey || coalesce(i.indkey[i.indnkeyatts:]::int2[], '{}')) WITH ORDINALITY AS n(number, at)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.number WHERE at <= coalesce(i.indnatts, 32767))
    || CASE k.contype WHEN 'u' THEN '_key' ELSE '_fkey' END END AS has_usual_name
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class x ON x.oid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_index i ON i.indexrelid = x.oid
WHERE k.contype IN ('p', 'u', 'c', 'x', 'f') AND k.conparentid = 0 AND NOT (k.coninhcount > 0 AND NOT k.conislocal) AND c.relkind IN ('r', 'p', 'f')
ORDER BY k.conrelid, array_position('{p,u,x,c,f}'::text[], k.contype::text), k.conname";

/// Indexes that no constraint made.
pub(super) const INDEXES: &str = r"
SELECT 'c' || i.indrelid AS table_key, pg_get_indexdef(i.indexrelid, 0, true) AS definition, pg_get_expr(i.indpred, i.indrelid, true) AS condition, x.relkind = 'I' AS is_partitioned
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
WHERE i.indrelid >= 16384 AND NOT x.relispartition AND i.indisvalid
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY i.indrelid, x.relname";

/// Indexes that are not valid, and constraints whose rows were never looked at: schema, table, name, and whether it is an index.
pub(super) const UNFINISHED: &str = r"
SELECT nullif(n.nspname::text, coalesce(current_schema()::text, '')), c.relname::text, x.relname::text, true
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND x.relkind = 'i' AND i.indrelid >= 16384 AND n.nspname !~ '^pg_(toast_)?temp_'
UNION ALL SELECT nullif(n.nspname::text, coalesce(current_schema()::text, '')), c.relname::text, k.conname::text, false
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT k.convalidated AND k.contype IN ('c', 'f') AND k.conparentid = 0 AND c.oid >= 16384
ORDER BY 1, 2, 3";

/// The key of an object, and that of one it needs. Foreign keys and the column that a sequence belongs to are not among
/// these.
pub(super) const NEEDS: &str = r"
WITH item AS (
  SELECT 'pg_class'::regclass AS class, c.oid, CASE WHEN c.relkind IN ('i', 'I') THEN 'c' || i.indrelid WHEN c.relkind = 'c' THEN 'y' || c.reltype ELSE 'c' || c.oid END AS key, c.relkind = 'S' AS is_sequence
    FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid WHERE c.oid >= 16384
  UNION ALL SELECT 'pg_attrdef'::regclass, oid, 'c' || adrelid, false FROM pg_attrdef
  UNION ALL SELECT 'pg_constraint'::regclass, oid, CASE WHEN conrelid <> 0 THEN 'c' || conrelid ELSE 'y' || contypid END, false FROM pg_constraint WHERE contype <> 'f'
  UNION ALL SELECT 'pg_rewrite'::regclass, oid, 'c' || ev_class, false FROM pg_rewrite WHERE ev_class >= 16384 AND rulename = '_RETURN'
  UNION ALL SELECT 'pg_proc'::regclass, oid, 'p' || oid, false FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT 'pg_collation'::regclass, oid, 'l' || oid, false FROM pg_collation WHERE oid >= 16384
  UNION ALL SELECT 'pg_trigger'::regclass, oid, 't' || oid, false FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'pg_type'::regclass, t.oid, CASE WHEN c.relkind <> 'c' THEN 'c' || c.oid WHEN t.typelem <> 0 AND t.typlen = -1 THEN coalesce('c' || nullif(ec.oid, 0), 'y' || e.oid) ELSE 'y' || t.oid END, false
    FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid LEFT JOIN pg_type e ON e.oid = t.typelem LEFT JOIN pg_class ec ON ec.oid = e.typrelid AND ec.relkind <> 'c' WHERE t.oid >= 16384)
SELECT DISTINCT a.key, b.key FROM pg_depend d JOIN item a ON a.class = d.classid AND a.oid = d.objid JOIN item b ON b.class = d.refclassid AND b.oid = d.refobjid
WHERE a.key <> b.key AND NOT (a.is_sequence AND d.deptype IN ('a', 'i'))";

/// Triggers that are bound to a column, by `UPDATE OF` or `WHEN`: key, name as [`OTHERS`] has it, statement, and how it is switched.
pub(super) const TRIGGERS: &str = r"
SELECT 't' || t.oid, t.tgname || ' on ' || t.tgrelid::regclass::text, pg_get_triggerdef(t.oid, true),
  CASE t.tgenabled WHEN 'D' THEN 'ALTER TABLE ' || t.tgrelid::regclass::text || ' DISABLE TRIGGER ' || quote_ident(t.tgname)
    WHEN 'A' THEN 'ALTER TABLE ' || t.tgrelid::regclass::text || ' ENABLE ALWAYS TRIGGER ' || quote_ident(t.tgname) END
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgname !~ '^_bindery_' AND c.relname !~ '^_bindery_' AND c.relkind IN ('r', 'p')
  AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.tgrelid AND d.refobjsubid > 0)
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND (e.classid = 'pg_trigger'::regclass AND e.objid = t.oid OR e.classid = 'pg_class'::regclass AND e.objid = c.oid))";

/// Everything else that a user made.
pub(super) const OTHERS: &str = r"
WITH own AS (SELECT oid, nspname FROM pg_namespace WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND nspname !~ '^pg_(toast_)?temp_'),
  extended AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e' OR deptype = 'i' AND classid IN ('pg_proc'::regclass, 'pg_cast'::regclass))
SELECT what FROM (
  SELECT 'trigger ' || tgname || ' on ' || tgrelid::regclass::text, 'pg_trigger'::regclass, oid FROM pg_trigger
    WHERE NOT tgisinternal AND tgparentid = 0 AND tgname !~ '^_bindery_guard_'
  UNION ALL SELECT CASE p.prokind WHEN 'a' THEN 'aggregate ' WHEN 'p' THEN 'procedure ' ELSE 'function ' END || p.oid::regprocedure::text, 'pg_proc'::regclass, p.oid FROM pg_proc p JOIN own n ON n.oid = p.pronamespace
    WHERE p.proname !~ '^_bindery_guard_'
  UNION ALL SELECT 'rule ' || rulename || ' on ' || ev_class::regclass::text, 'pg_rewrite'::regclass, oid FROM pg_rewrite WHERE rulename <> '_RETURN' AND ev_class >= 16384
  UNION ALL SELECT 'policy ' || polname || ' on ' || polrelid::regclass::text, 'pg_policy'::regclass, oid FROM pg_policy
  UNION ALL SELECT 'event trigger ' || evtname, 'pg_event_trigger'::regclass, oid FROM pg_event_trigger
  UNION ALL SELECT 'statistics ' || s.stxname || ' on ' || s.stxrelid::regclass::text, 'pg_statistic_ext'::regclass, s.oid FROM pg_statistic_ext s
  UNION ALL SELECT 'publication ' || pubname, 'pg_publication'::regclass, oid FROM pg_publication
  UNION ALL SELECT 'operator ' || o.oid::regoperator::text, 'pg_operator'::regclass, o.oid FROM pg_operator o JOIN own n ON n.oid = o.oprnamespace
  UNION ALL SELECT 'cast from ' || format_type(castsource, NULL) || ' to ' || format_type(casttarget, NULL), 'pg_cast'::regclass, oid FROM pg_cast WHERE oid >= 16384
  UNION ALL SELECT 'text search configuration ' || t.cfgname, 'pg_ts_config'::regclass, t.oid FROM pg_ts_config t JOIN own n ON n.oid = t.cfgnamespace
  UNION ALL SELECT 'server ' || srvname, 'pg_foreign_server'::regclass, oid FROM pg_foreign_server
) AS found (what, class, oid) WHERE NOT EXISTS (SELECT FROM extended e WHERE e.classid = found.class AND e.objid = found.oid) ORDER BY what";

/// [`TABLES`], of the session's temporary ones.
pub(super) fn temporary_tables() -> String {
    TABLES.replace(
        "n.nspname !~ '^pg_(toast_)?temp_'",
        "n.oid = pg_my_temp_schema()",
    )
}

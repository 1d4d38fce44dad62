//! The grants, owners, comments, triggers and rules of views, and the indexes of materialized ones, which go with them. A migration
//! that makes a view anew, as a column of its tables changes, brings that back: none of it is in the schema.
//!
//! MySQL keeps grants by the name of a view, and has nothing else there.

use std::collections::BTreeMap;

use super::beside_record as record;

use crate::driver::Physical;
use crate::error::Result;
use bindery_core::dialect::Dialect;

/// Each with its view: the view's number, its name, the kind of it and its own name among those, and the statement that makes it. That
/// leaves it away where the migration has dropped what it needs: a role, a function, a column.
const OF_POSTGRES: &str = "\
WITH v AS (
  SELECT c.oid, c.relowner, c.relacl, format('%I.%I', n.nspname, c.relname) AS name,
    CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END AS kind, c.relispopulated
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
), a AS (
  SELECT v.oid, v.name, v.relowner, x.attname, x.attnum, x.attacl FROM v JOIN pg_catalog.pg_attribute x ON x.attrelid = v.oid
  WHERE x.attnum > 0 AND NOT x.attisdropped
), granted AS (
  SELECT v.oid, v.name, NULL::name AS attname, g.* FROM v, pg_catalog.aclexplode(v.relacl) g WHERE g.grantee <> v.relowner
  UNION ALL
  SELECT a.oid, a.name, a.attname, g.* FROM a, pg_catalog.aclexplode(a.attacl) g WHERE g.grantee <> a.relowner
), beside (oid, name, kind, own, made) AS (
  SELECT oid, name, 'owner', '', format('ALTER %s %s OWNER TO %I', kind, name, pg_catalog.pg_get_userbyid(relowner)) FROM v
  UNION ALL
  SELECT oid, name, 'data', '', format('REFRESH MATERIALIZED VIEW %s WITH NO DATA', name) FROM v WHERE NOT relispopulated
  UNION ALL
  SELECT oid, name, 'grant', concat_ws(' ', privilege_type, grantee, is_grantable, attname),
    format('GRANT %s%s ON %s TO %s%s', privilege_type, CASE WHEN attname IS NULL THEN '' ELSE format(' (%I)', attname) END, name,
      CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantee)) END,
      CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) FROM granted
  UNION ALL
  SELECT v.oid, v.name, 'comment', '', format('COMMENT ON %s %s IS %L', v.kind, v.name, d.description)
    FROM v JOIN pg_catalog.pg_description d ON d.objoid = v.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
  UNION ALL
  SELECT a.oid, a.name, 'comment', a.attname, format('COMMENT ON COLUMN %s.%I IS %L', a.name, a.attname, d.description)
    FROM a JOIN pg_catalog.pg_description d ON d.objoid = a.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = a.attnum
  UNION ALL
  SELECT v.oid, v.name, 'trigger', t.tgname, pg_catalog.pg_get_triggerdef(t.oid)
    FROM v JOIN pg_catalog.pg_trigger t ON t.tgrelid = v.oid WHERE NOT t.tgisinternal
  UNION ALL
  SELECT v.oid, v.name, 'rule', r.rulename, pg_catalog.pg_get_ruledef(r.oid)
    FROM v JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid WHERE r.rulename <> '_RETURN'
  UNION ALL
  SELECT v.oid, v.name, 'index', x.relname, pg_catalog.pg_get_indexdef(i.indexrelid)
    FROM v JOIN pg_catalog.pg_index i ON i.indrelid = v.oid JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
)
SELECT oid::int8, name, kind, own::text, format('DO %L', format('BEGIN EXECUTE %L; EXCEPTION WHEN undefined_object OR undefined_function
  OR undefined_table OR undefined_column THEN NULL; END', made)) FROM beside ORDER BY name, kind, own";

const OF_SQLITE: &str = "\
SELECT 0, v.name, 'trigger', t.name, t.sql FROM sqlite_schema v JOIN sqlite_schema t ON t.type = 'trigger' AND t.tbl_name = v.name COLLATE NOCASE
WHERE v.type = 'view'
UNION ALL SELECT 0, v.name, 'view', '', '' FROM sqlite_schema v WHERE v.type = 'view' ORDER BY 2, 3, 4";

/// The kind of it, and its name among those.
type BesideKey = (String, String);

/// The number of a view that was dropped.
const GONE: i64 = -1;

/// A view, and what stands at it with the statements that make that.
#[derive(Debug, Default, Clone)]
pub(super) struct View {
    /// Another one has another; SQLite has none.
    pub(super) number: i64,
    pub(super) beside: BTreeMap<BesideKey, String>,
}

/// Views by their names.
pub(super) type Views = BTreeMap<String, View>;

/// The views of a database before a migration.
#[derive(Debug, Default)]
pub(super) struct BesideViews {
    before: Views,
    is_recorded: bool,
}

impl BesideViews {
    /// Reads what is there before a migration.
    pub(super) fn of(physical: &mut Physical) -> Result<Self> {
        Ok(Self {
            before: views(physical)?,
            is_recorded: false,
        })
    }

    /// The same of a migration that is not one transaction. It is recorded for the run that goes on with the migration, if this one is
    /// killed after it dropped a view.
    pub(super) fn recorded(physical: &mut Physical, version: &str) -> Result<Self> {
        let mut before = record::read_views(physical, version)?;
        if before.is_empty() {
            before = views(physical)?;
            record::write_views(physical, version, &before)?;
        }
        let is_recorded = !before.is_empty();
        let mut all = Self {
            before,
            is_recorded,
        };
        all.look(physical)?;
        Ok(all)
    }

    /// The record of a run that was killed, and that no other goes on with.
    pub(super) fn left(physical: &mut Physical, version: &str) -> Result<Self> {
        let before = record::read_views(physical, version)?;
        let is_recorded = !before.is_empty();
        Ok(Self {
            before,
            is_recorded,
        })
    }

    /// After each statement. SQLite's views have no number by which one that was made anew is known.
    pub(super) fn look(&mut self, physical: &mut Physical) -> Result<()> {
        if physical.dialect() != Dialect::Sqlite || self.is_plain() {
            return Ok(());
        }
        let mut now = views(physical)?;
        let there = self.before.iter_mut();
        for (name, before) in there.filter(|(_, before)| before.number != GONE) {
            match now.remove(name) {
                // A trigger that goes while its view stays is dropped on purpose.
                Some(view) => before.beside = view.beside,
                None => {
                    before.number = GONE;
                    if self.is_recorded {
                        record::set_number(physical, name, GONE)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Brings back what went with views that are there again, unless it is there, too.
    pub(super) fn bring_back(&self, physical: &mut Physical) -> Result<()> {
        if self.is_plain() {
            return Ok(());
        }
        let now = views(physical)?;
        for (name, before) in &self.before {
            let Some(view) = now.get(name) else {
                continue;
            };
            if view.number == before.number {
                continue;
            }
            for (place, sql) in &before.beside {
                let now = view.beside.get(place);
                let is_missing = match place.0.as_str() {
                    "owner" => now != Some(sql),
                    "view" => false,
                    _ => now.is_none(),
                };
                if is_missing {
                    physical.batch(sql)?;
                }
            }
        }
        match self.is_recorded {
            true => record::end(physical),
            false => Ok(()),
        }
    }

    fn is_plain(&self) -> bool {
        self.before.is_empty()
    }
}

fn views(physical: &mut Physical) -> Result<Views> {
    let sql = match physical.dialect() {
        Dialect::Sqlite => OF_SQLITE,
        Dialect::Postgres => OF_POSTGRES,
        Dialect::Mysql => return Ok(BTreeMap::new()),
    };
    let mut views = Views::new();
    physical.query(sql, &mut |_| {}, &mut |row| {
        let (number, name): (i64, String) = (row.next()?, row.next()?);
        let place: BesideKey = (row.next()?, row.next()?);
        let view = views.entry(name).or_default();
        view.number = number;
        view.beside.insert(place, row.next()?);
        Ok(true)
    })?;
    Ok(views)
}

//! The links of a schema, and the check of their rows: pages of different keys in the order of the linking column, each
//! looked for on the other engine by one statement. At most one page of keys is in memory. Foreign keys are in `foreign`.

pub(crate) mod foreign;
mod sql;

use std::collections::HashSet;

use bindery::{Connection, Sql};
use bindery_schema::column_type::Integer;
use bindery_schema::model::{CheckedModel, Column, EngineId, KeyEngine, Link as Target, Table};
use serde::Serialize;

use crate::database::{Chosen, Databases, failure};
use crate::failure::Failure;

use self::sql::{KeyForm, params};

/// Different keys of a page.
const KEYS_AT_A_TIME: usize = 10_000;
/// The most keys that are shown of a link.
const SAMPLES: usize = 10;

/// A link from one engine to another, or to the same.
pub(crate) struct Link<'m> {
    pub(crate) table: &'m Table,
    pub(crate) column: &'m Column,
    pub(crate) from: EngineId,
    pub(crate) target: &'m Table,
    pub(crate) target_column: &'m Column,
    pub(crate) to: EngineId,
}

impl std::fmt::Display for Link<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.table.name, self.column.name)
    }
}

/// The repair of orphans: links whose row is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Repair {
    /// Set the link to NULL, where it may be
    Null,
    /// Delete the linking row
    Delete,
}

/// The result for one link, or for one foreign key of SQLite; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(crate) struct LinkOutcome<'m> {
    pub(crate) table: String,
    pub(crate) column: String,
    pub(crate) engine: &'m str,
    pub(crate) target: LinkEnd<'m>,
    /// Rows that link somewhere.
    pub(crate) rows: u64,
    /// Those of them that link to no row.
    pub(crate) orphans: u64,
    /// The different keys that they have.
    pub(crate) missing_keys: u64,
    /// Orphans that were repaired.
    pub(crate) repaired: u64,
    /// Some of the keys, where they are to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) keys: Option<Vec<String>>,
}

/// The target of a link.
#[derive(Debug, Serialize)]
pub(crate) struct LinkEnd<'m> {
    pub(crate) table: String,
    pub(crate) column: String,
    pub(crate) engine: &'m str,
}

impl LinkOutcome<'_> {
    /// Orphans that are left.
    pub(crate) fn left(&self) -> u64 {
        self.orphans.saturating_sub(self.repaired)
    }
}

/// The links of the tables on these engines, in the order of the schema.
pub(crate) fn on_engines<'m>(model: &'m CheckedModel, engines: &[EngineId]) -> Vec<Link<'m>> {
    let tables = model.tables.iter().filter(|table| table.view.is_none());
    let columns = tables.flat_map(|table| table.columns.iter().map(move |column| (table, column)));
    let links = columns.filter_map(|(table, column)| Some((table, column, column.link.as_ref()?)));
    links
        .flat_map(|(table, column, target)| {
            let from = engines
                .iter()
                .filter(|engine| table.engines.contains(engine));
            from.map(move |&from| link(model, table, column, (target, from)))
        })
        .collect()
}

fn link<'m>(
    model: &'m CheckedModel,
    table: &'m Table,
    column: &'m Column,
    (link, from): (&Target, EngineId),
) -> Link<'m> {
    let target = model.table(link.table);
    let to = match link.engine {
        KeyEngine::Only => target.engines.first().copied().unwrap_or(from),
        KeyEngine::Same => from,
        KeyEngine::On(engine) => engine,
    };
    Link {
        table,
        column,
        from,
        target,
        target_column: target.column(link.column),
        to,
    }
}

/// Checks one link, and repairs what is to be repaired.
pub(crate) fn check<'m>(
    link: &Link<'m>,
    model: &'m CheckedModel,
    databases: &Databases<'_>,
    repair: Option<Repair>,
    progress: &mut dyn FnMut(u64),
) -> Result<LinkOutcome<'m>, Failure> {
    let form =
        KeyForm::of_class(link.column.column_type.class()).ok_or_else(|| unreadable(link))?;
    let mut check = Check {
        link,
        form,
        from: databases.connect(link.from)?,
        to: databases.connect(link.to)?,
        repair: repair.filter(|repair| *repair == Repair::Delete || link.column.nullable),
        outcome: outcome(link, model),
    };
    let mut last = None;
    while let Some(key) = check.page(last).map_err(|error| failure(&error))? {
        progress(check.outcome.rows);
        last = Some(key);
    }
    Ok(check.outcome)
}

fn outcome<'m>(link: &Link<'m>, model: &'m CheckedModel) -> LinkOutcome<'m> {
    LinkOutcome {
        table: link.table.name.to_string(),
        column: link.column.name.clone(),
        engine: &model.engine(link.from).name,
        target: LinkEnd {
            table: link.target.name.to_string(),
            column: link.target_column.name.clone(),
            engine: &model.engine(link.to).name,
        },
        rows: 0,
        orphans: 0,
        missing_keys: 0,
        repaired: 0,
        keys: Some(Vec::new()),
    }
}

#[cold]
fn unreadable(link: &Link<'_>) -> Failure {
    let ty = &link.column.sql_type;
    Failure::new(format!("the link `{link}` cannot be checked: it is of type `{ty}`"))
    .help("links of integers, texts, UUIDs and bytes can be; name the engines of the others with `--engine`")
}

/// One link being checked.
struct Check<'l, 'm> {
    link: &'l Link<'m>,
    form: KeyForm,
    from: Connection<Chosen>,
    to: Connection<Chosen>,
    repair: Option<Repair>,
    outcome: LinkOutcome<'m>,
}

impl Check<'_, '_> {
    /// Checks the keys after this one. Returns the last of them, unless there was none.
    fn page(&mut self, last: Option<String>) -> bindery::Result<Option<String>> {
        let rows = self.keys_after(last.as_deref())?;
        let Some((last, _)) = rows.last().cloned() else {
            return Ok(None);
        };
        let found = self.existing(rows.iter().map(|(key, _)| key))?;
        let is_missing = |(key, _): &&(String, i64)| !found.contains(&self.form.comparable(key));
        let missing: Vec<&(String, i64)> = rows.iter().filter(is_missing).collect();
        let total = |rows: &mut dyn Iterator<Item = i64>| rows.map(i64::unsigned_abs).sum::<u64>();
        self.outcome.rows += total(&mut rows.iter().map(|(_, rows)| *rows));
        self.outcome.orphans += total(&mut missing.iter().map(|(_, rows)| *rows));
        self.outcome.missing_keys += missing.len() as u64;
        let missing: Vec<String> = missing.iter().map(|(key, _)| key.clone()).collect();
        let keys = self.outcome.keys.get_or_insert_default();
        let room = SAMPLES.saturating_sub(keys.len());
        keys.extend(missing.iter().take(room).cloned());
        self.repair(&missing)?;
        Ok(Some(last))
    }

    fn keys_after(&mut self, last: Option<&str>) -> bindery::Result<Vec<(String, i64)>> {
        let dialect = self.from.dialect();
        let text = sql::page(dialect, self.form, self.link, last.is_some());
        let last: Vec<&str> = last.into_iter().collect();
        let text = format!("{text} LIMIT {KEYS_AT_A_TIME}");
        self.from.query_as(Sql::assembled(text), last)
    }

    /// Those of the keys that there are on the other engine.
    fn existing<'k>(
        &mut self,
        keys: impl Iterator<Item = &'k String>,
    ) -> bindery::Result<HashSet<String>> {
        let range = self.link.target_column.column_type.class().integer();
        let keys: Vec<&str> = keys
            .map(String::as_str)
            .filter(|key| can_hold(range, key))
            .collect();
        if keys.is_empty() {
            return Ok(HashSet::new());
        }
        let dialect = self.to.dialect();
        let text = sql::existing(dialect, self.form, self.link, keys.len());
        let rows: Vec<String> = self
            .to
            .query_as(Sql::assembled(text), params(dialect, &keys))?;
        let comparable = rows.iter().map(|key| self.form.comparable(key));
        Ok(comparable.collect())
    }

    fn repair(&mut self, missing: &[String]) -> bindery::Result<()> {
        let Some(repair) = self.repair.filter(|_| !missing.is_empty()) else {
            return Ok(());
        };
        let dialect = self.from.dialect();
        let text = sql::repair(dialect, self.form, self.link, repair, missing.len());
        let keys: Vec<&str> = missing.iter().map(String::as_str).collect();
        self.outcome.repaired += self
            .from
            .execute(Sql::assembled(text), params(dialect, &keys))?;
        Ok(())
    }
}

/// Whether a column of these integers can hold the key. A key that is not an integer can be in any other column.
fn can_hold(range: Option<Integer>, key: &str) -> bool {
    match (range.map(Integer::range), key.parse::<i128>()) {
        (Some((least, most)), Ok(key)) => (least..=most).contains(&key),
        (Some(_), Err(_)) => false,
        (None, _) => true,
    }
}

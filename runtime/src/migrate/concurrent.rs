//! Indexes that PostgreSQL makes or drops while their table is in use. Such a statement has several transactions of its own: one that
//! fails or is killed leaves an index that is not valid, which slows writes, refuses rows where it is unique, and keeps its name.

use super::plan::Plan;
use super::run::Direction;
use super::{MigrationState, refused};
use crate::driver::Physical;
use crate::error::{Error, MigrationError, Result};
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

const SELECT_STATE: &str = "SELECT i.indisvalid, n.nspname, x.relname FROM pg_catalog.pg_index i \
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace WHERE ";

/// A statement that makes or drops an index so. Names are as they are written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ConcurrentIndex<'s> {
    Made {
        /// The server gives one where none is written.
        name: Option<&'s str>,
        table: &'s str,
    },
    Dropped {
        name: &'s str,
    },
}

/// An index in the catalogue.
#[derive(Debug, PartialEq, Eq)]
enum IndexState {
    Missing,
    Valid,
    /// Its name in quotes, with its schema.
    Invalid(String),
}

impl<'s> ConcurrentIndex<'s> {
    /// `None` for all other statements.
    pub(super) fn of(physical: &Physical, sql: &'s str) -> Option<Self> {
        match physical.dialect() {
            Dialect::Postgres => parsed(sql),
            Dialect::Sqlite | Dialect::Mysql => None,
        }
    }

    fn state(&self, physical: &mut Physical) -> Result<IndexState> {
        let (condition, texts) = match self {
            Self::Made {
                name: Some(name),
                table,
            } => (
                "i.indrelid = pg_catalog.to_regclass($1) AND x.relname = (pg_catalog.parse_ident($2))[1]::name",
                vec![*table, *name],
            ),
            Self::Made { name: None, table } => (
                "i.indrelid = pg_catalog.to_regclass($1) AND NOT i.indisvalid LIMIT 1",
                vec![*table],
            ),
            Self::Dropped { name } => ("i.indexrelid = pg_catalog.to_regclass($1)", vec![*name]),
        };
        let mut state = IndexState::Missing;
        let write = &mut |params: &mut crate::value::ParamWriter<'_>| {
            texts.iter().for_each(|text| params.text(text));
        };
        physical.query(&format!("{SELECT_STATE}{condition}"), write, &mut |row| {
            let is_valid: bool = row.next()?;
            let (schema, name): (String, String) = (row.next()?, row.next()?);
            state = match is_valid {
                true => IndexState::Valid,
                false => IndexState::Invalid(quoted(&schema, &name)),
            };
            Ok(true)
        })?;
        Ok(state)
    }

    /// Drops what an earlier try of this statement left. One that was there before is someone else's, perhaps one at work: it is refused.
    pub(super) fn make_way(
        &self,
        physical: &mut Physical,
        was_begun: bool,
        left: impl FnOnce(String, bool) -> MigrationError,
    ) -> Result<()> {
        let is_named = match self {
            Self::Made { name, .. } => name.is_some(),
            Self::Dropped { .. } => return Ok(()),
        };
        if !is_named && !was_begun {
            return Ok(());
        }
        match self.state(physical)? {
            IndexState::Invalid(index) if is_named && was_begun => {
                let dropped = drop_index(physical, &index);
                dropped.map_err(|error| refused(left(index, true)).with_source(error))
            }
            IndexState::Invalid(index) => Err(refused(left(index, false))),
            IndexState::Missing | IndexState::Valid => Ok(()),
        }
    }

    /// After the statement failed: drops what it left; the error names that where it stays.
    pub(super) fn failed(
        &self,
        physical: &mut Physical,
        error: Error,
        stays: bool,
        left: impl FnOnce(String, bool) -> MigrationError,
    ) -> Error {
        let is_named = match self {
            Self::Made { name, .. } => name.is_some(),
            Self::Dropped { .. } => return error,
        };
        let Ok(IndexState::Invalid(index)) = self.state(physical) else {
            return error;
        };
        if is_named && !stays && drop_index(physical, &index).is_ok() {
            return error;
        }
        refused(left(index, is_named)).with_source(error)
    }

    /// Whether the statement was done that a run was killed in; `None` where the catalogue does not say.
    fn is_done(&self, physical: &mut Physical) -> Result<Option<bool>> {
        Ok(match self {
            Self::Made { name: None, .. } => None,
            Self::Made { .. } => Some(self.state(physical)? == IndexState::Valid),
            Self::Dropped { .. } => Some(self.state(physical)? == IndexState::Missing),
        })
    }
}

/// Whether a statement was refused because of an index that it did not make.
pub(super) fn is_of_another(error: &Error) -> bool {
    use crate::error::ErrorKind::Migration;
    let kind = error.kind();
    matches!(
        kind,
        Migration(MigrationError::InvalidIndex { is_own: false, .. })
    )
}

/// Finds out what became of the statements that killed runs left in doubt.
pub(super) fn settle(physical: &mut Physical, plan: &mut Plan<'_>) -> Result<()> {
    for (migration, status) in plan.migrations.iter().zip(&mut plan.status) {
        let MigrationState::Interrupted {
            done,
            in_doubt: true,
            reverting,
        } = status.state
        else {
            continue;
        };
        let script = migration.script(match reverting {
            true => Direction::Down,
            false => Direction::Up,
        });
        let sql = script.statements.get(done).map_or("", |one| &one.sql);
        let index = ConcurrentIndex::of(physical, sql);
        let is_done = index.map_or(Ok(None), |index| index.is_done(physical))?;
        if let Some(is_done) = is_done {
            status.state = MigrationState::Interrupted {
                done: done + usize::from(is_done),
                in_doubt: false,
                reverting,
            };
        }
    }
    Ok(())
}

fn drop_index(physical: &mut Physical, index: &str) -> Result<()> {
    physical.define(&format!("DROP INDEX CONCURRENTLY {index}"))
}

fn quoted(schema: &str, name: &str) -> String {
    let mut sql = SqlWriter::new(Dialect::Postgres);
    sql.identifier(schema).push(".").identifier(name);
    sql.finish()
}

/// `CREATE [UNIQUE] INDEX CONCURRENTLY [IF NOT EXISTS] [name] ON [ONLY] table`, `DROP INDEX CONCURRENTLY [IF EXISTS] name`.
fn parsed(sql: &str) -> Option<ConcurrentIndex<'_>> {
    let mut words = Words { rest: sql };
    if words.eat(&["DROP", "INDEX", "CONCURRENTLY"]) {
        words.eat(&["IF", "EXISTS"]);
        let name = words.name()?;
        let is_one = !words.rest.trim_start().starts_with(',');
        return is_one.then_some(ConcurrentIndex::Dropped { name });
    }
    let is_made = words.eat(&["CREATE", "INDEX", "CONCURRENTLY"])
        || words.eat(&["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY"]);
    if !is_made {
        return None;
    }
    words.eat(&["IF", "NOT", "EXISTS"]);
    let name = match words.eat(&["ON"]) {
        true => None,
        false => {
            let name = words.name()?;
            words.eat(&["ON"]).then_some(Some(name))?
        }
    };
    words.eat(&["ONLY"]);
    let table = words.name()?;
    Some(ConcurrentIndex::Made { name, table })
}

/// The words of a statement, comments skipped.
struct Words<'s> {
    rest: &'s str,
}

impl<'s> Words<'s> {
    /// Takes these words, or none.
    fn eat(&mut self, words: &[&str]) -> bool {
        let mut ahead = Words { rest: self.rest };
        let is_there = words.iter().all(|word| {
            ahead.skip_blanks();
            let end = end_of_word(ahead.rest);
            let is_it = ahead.rest[..end].eq_ignore_ascii_case(word);
            ahead.rest = &ahead.rest[end..];
            is_it
        });
        if is_there {
            self.rest = ahead.rest;
        }
        is_there
    }

    /// A name, with its schema where one is written.
    fn name(&mut self) -> Option<&'s str> {
        self.skip_blanks();
        let whole = self.rest;
        loop {
            let end = match self.rest.strip_prefix('"') {
                Some(inside) => 1 + end_of_quotes(inside)?,
                None => end_of_word(self.rest),
            };
            self.rest = &self.rest[end..];
            match self.rest.strip_prefix('.') {
                Some(rest) if end > 0 => self.rest = rest,
                _ if end == 0 => return None,
                _ => return Some(&whole[..whole.len() - self.rest.len()]),
            }
        }
    }

    fn skip_blanks(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            let after = if self.rest.starts_with("--") {
                self.rest.split_once('\n')
            } else if self.rest.starts_with("/*") {
                self.rest.split_once("*/")
            } else {
                return;
            };
            self.rest = after.map_or("", |(_, rest)| rest);
        }
    }
}

fn end_of_word(text: &str) -> usize {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$');
    text.find(|letter| !is_part(letter)).unwrap_or(text.len())
}

/// The end of a name in quotes, its last quote included; two quotes are one of the name.
fn end_of_quotes(inside: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + inside[from..].find('"')?;
        if !inside[at + 1..].starts_with('"') {
            return Some(at + 1);
        }
        from = at + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_make_or_drop_an_index_are_known() {
        let made = |name, table| Some(ConcurrentIndex::Made { name, table });
        for (sql, expected) in [
            ("CREATE INDEX CONCURRENTLY a ON t (x)", made(Some("a"), "t")),
            (
                "-- slow\n create unique index /* x */ concurrently if not exists \"A \"\"b\" on only s.\"T\"(x)",
                made(Some("\"A \"\"b\""), "s.\"T\""),
            ),
            ("CREATE INDEX CONCURRENTLY ON t (x)", made(None, "t")),
            (
                "DROP INDEX CONCURRENTLY IF EXISTS s.a",
                Some(ConcurrentIndex::Dropped { name: "s.a" }),
            ),
            ("DROP INDEX CONCURRENTLY a, b", None),
            ("CREATE INDEX a ON t (x)", None),
            ("CREATE INDEX CONCURRENTLY \"a ON t", None),
            ("CREATE INDEX concurrently_made ON t (x)", None),
            ("", None),
        ] {
            assert_eq!(parsed(sql), expected, "{sql}");
        }
    }
}

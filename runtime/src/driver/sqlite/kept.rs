//! The statements that a connection keeps prepared. Generated code gives the same text at the same place each time, so
//! that is looked at first; texts that are built while the program runs are found by what they say.

use std::collections::HashMap;
use std::ffi::c_int;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::inserts::ReadBack;
use super::raw::Facts;
use crate::error::Result;
use crate::value::sqlite::error::prepare_error;
use crate::value::sqlite::statement::Statement;

/// The most statements that are kept for each connection.
const KEPT: usize = 256;
/// Of places; a power of two.
const PLACES: usize = 1_024;

/// Prepared statements, of which those that were not used for longest go first.
pub(super) struct Kept {
    statements: Vec<Entry>,
    /// By where a text was last time: a number in `statements`, which may be another's by now.
    by_place: Box<[u16; PLACES]>,
    by_text: HashMap<Box<str>, usize>,
    uses: u64,
}

struct Entry {
    sql: Box<str>,
    statement: Statement,
    /// Once it has run as a statement of the program's own.
    facts: Option<Arc<Facts>>,
    /// Of an INSERT that gave its row back.
    read_back: Option<ReadBack>,
    last_use: u64,
}

/// A statement at work; it can be used again when this is dropped.
pub(super) struct Running<'c>(&'c mut Statement);

impl Kept {
    pub(super) fn new() -> Self {
        Self {
            statements: Vec::new(),
            by_place: Box::new([u16::MAX; PLACES]),
            by_text: HashMap::new(),
            uses: 0,
        }
    }

    /// The statement of this text.
    #[inline]
    pub(super) fn find(
        &mut self,
        connection: &rusqlite::Connection,
        sql: &str,
    ) -> Result<Running<'_>> {
        let number = self.number_of(connection, sql)?;
        Ok(Running::new(&mut self.entry(sql, number).statement))
    }

    /// The statement of this text, where it is known to read and do nothing else.
    #[inline]
    pub(super) fn find_read(&mut self, sql: &str) -> Option<(Running<'_>, &Facts)> {
        let number = self.number(sql)?;
        let Entry {
            statement, facts, ..
        } = self.entry(sql, number);
        let facts = facts.as_deref().filter(|facts| facts.is_plain_read())?;
        Some((Running::new(statement), facts))
    }

    /// The statement of this number, which is used for the text once more.
    #[inline]
    fn entry(&mut self, sql: &str, number: usize) -> &mut Entry {
        self.by_place[place(sql)] = u16::try_from(number).unwrap_or(u16::MAX);
        self.uses += 1;
        let entry = &mut self.statements[number];
        entry.last_use = self.uses;
        entry
    }

    /// How often the statement of this text was prepared anew, and how its row is read, where it is an INSERT.
    #[inline]
    pub(super) fn read_back(
        &mut self,
        connection: &rusqlite::Connection,
        sql: &str,
    ) -> Result<(c_int, &mut Option<ReadBack>)> {
        let number = self.number_of(connection, sql)?;
        let entry = self.entry(sql, number);
        Ok((entry.statement.prepared_anew(), &mut entry.read_back))
    }

    /// Returns what is known of the statement of this text.
    #[inline]
    pub(super) fn facts(&self, sql: &str) -> Option<Arc<Facts>> {
        self.statements[self.number(sql)?].facts.clone()
    }

    /// Notes what is known of the statement of this text, if it is kept.
    pub(super) fn note(&mut self, sql: &str, facts: Arc<Facts>) {
        if let Some(number) = self.number(sql) {
            self.statements[number].facts = Some(facts);
        }
    }

    /// The number of the statement of this text, which is prepared where it is none of those that are kept.
    #[inline]
    fn number_of(&mut self, connection: &rusqlite::Connection, sql: &str) -> Result<usize> {
        match self.number(sql) {
            Some(number) => Ok(number),
            None => self.prepare(connection, sql),
        }
    }

    #[inline]
    fn number(&self, sql: &str) -> Option<usize> {
        let number = usize::from(self.by_place[place(sql)]);
        // Another text may be at the same place now.
        let is_it = |kept: &Entry| *kept.sql == *sql;
        if self.statements.get(number).is_some_and(is_it) {
            return Some(number);
        }
        self.by_text.get(sql).copied()
    }

    fn prepare(&mut self, connection: &rusqlite::Connection, sql: &str) -> Result<usize> {
        let entry = Entry {
            sql: sql.into(),
            statement: Statement::prepare(connection, sql).map_err(prepare_error)?,
            facts: None,
            read_back: None,
            last_use: 0,
        };
        let number = self.put(entry);
        self.by_text.insert(sql.into(), number);
        Ok(number)
    }

    /// Takes one more, in place of an old one where there are enough.
    fn put(&mut self, entry: Entry) -> usize {
        if self.statements.len() < KEPT {
            self.statements.push(entry);
            return self.statements.len() - 1;
        }
        let oldest = self.statements.iter().enumerate();
        let oldest = oldest.min_by_key(|(_, kept)| kept.last_use);
        let number = oldest.map_or(0, |(number, _)| number);
        let old = std::mem::replace(&mut self.statements[number], entry);
        self.by_text.remove(&old.sql);
        number
    }
}

/// Texts that follow each other in memory are at least this number of bytes apart.
fn place(sql: &str) -> usize {
    let at = sql.as_ptr() as usize;
    (at ^ (at >> 10) ^ sql.len().wrapping_mul(31)) & (PLACES - 1)
}

impl<'c> Running<'c> {
    fn new(statement: &'c mut Statement) -> Self {
        // One whose running was forgotten (`mem::forget`) is where it was left.
        let _ = statement.reset();
        Self(statement)
    }
}

impl Deref for Running<'_> {
    type Target = Statement;
    #[inline]
    fn deref(&self) -> &Statement {
        self.0
    }
}

impl DerefMut for Running<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Statement {
        self.0
    }
}

impl Drop for Running<'_> {
    #[inline]
    fn drop(&mut self) {
        // After an error SQLite reports the same again; where there was none, rows were left that are not needed.
        let _ = self.0.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(kept: &mut Kept, connection: &rusqlite::Connection, sql: &str) -> i64 {
        let mut running = kept.find(connection, sql).unwrap();
        assert!(running.step().unwrap());
        running.column(0).integer().unwrap()
    }

    #[test]
    fn the_text_decides_wherever_it_is_and_however_many_there_are() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let mut kept = Kept::new();
        let mut same_place = String::with_capacity(64);
        for round in 0..3 {
            for number in 0..KEPT as i64 + 50 {
                same_place.clear();
                same_place += &format!("SELECT {number:>5}");
                assert_eq!(
                    answer(&mut kept, &connection, &same_place),
                    number,
                    "{round}"
                );
                let elsewhere = same_place.clone();
                assert_eq!(answer(&mut kept, &connection, &elsewhere), number);
                assert_eq!(answer(&mut kept, &connection, "SELECT 7"), 7);
            }
        }
        assert_eq!(kept.statements.len(), KEPT);
        assert_eq!(kept.by_text.len(), KEPT);
    }

    #[test]
    fn a_forgotten_run_is_begun_anew() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let mut kept = Kept::new();
        let sql = "SELECT 1 UNION ALL SELECT 2";
        let mut forgotten = kept.find(&connection, sql).unwrap();
        assert!(forgotten.step().unwrap());
        std::mem::forget(forgotten);
        assert_eq!(answer(&mut kept, &connection, sql), 1);
    }

    #[test]
    fn what_is_no_statement_is_refused() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for sql in ["", "  -- nothing", "SELEC 1", "SELECT 'a"] {
            assert!(Kept::new().find(&connection, sql).is_err(), "{sql}");
        }
    }
}

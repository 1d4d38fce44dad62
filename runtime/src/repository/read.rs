//! Reading: one row, all rows, counts.

use std::cell::Cell;
use std::panic::Location;

#[cfg(feature = "session")]
use super::kept::Kept;
use super::rows::{ReadRow, RowsReader};
use super::{Repository, Rows, ensure, ensure_key, located};
use crate::driver::{Physical, TableSql, WriteParams};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::engine::Engine;
use crate::model::route::Source;
use crate::model::{HasKey, Model};
use crate::observe::Call;
use crate::value::ParamWriter;

impl<'c, M: Model, E: Engine, A> Repository<'c, M, E, A> {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    /// The key is of another engine, or the database fails.
    #[track_caller]
    pub fn find(&mut self, key: M::Key<E>) -> Result<Option<M::Row<E>>>
    where
        M: HasKey,
    {
        #[cfg(feature = "session")]
        if self.target.keeps_rows() {
            return self.find_kept(&key, Kept::Serves);
        }
        self.run_read(
            Operation::Find,
            &Cell::new(false),
            |physical, sql, engine| {
                ensure_key::<M, E>(physical.bound(), sql, &key, engine)?;
                read_one::<M, E>(physical, engine, sql.find, &mut |params| {
                    write_key::<M, E>(sql, &key, params)
                })
            },
        )
    }

    /// The row with this key, where there is a key: without one there is no row, and no statement is sent.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    #[track_caller]
    pub fn find_if(&mut self, key: Option<M::Key<E>>) -> Result<Option<M::Row<E>>>
    where
        M: HasKey,
    {
        match key {
            Some(key) => self.find(key),
            None => Ok(None),
        }
    }

    /// The row with this key.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where there is none; else as [`find`](Self::find).
    #[track_caller]
    pub fn get(&mut self, key: M::Key<E>) -> Result<M::Row<E>>
    where
        M: HasKey,
    {
        let row = self.find(key)?;
        self.found(row)
    }

    /// The row with this key; where there is no key it is not found, and no statement is sent.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[track_caller]
    pub fn get_if(&mut self, key: Option<M::Key<E>>) -> Result<M::Row<E>>
    where
        M: HasKey,
    {
        let row = self.find_if(key)?;
        self.found(row)
    }

    /// The row with this key as it is stored now, also where the session keeps rows
    /// ([`SessionOptions::identity_cache`](crate::SessionOptions::identity_cache)).
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[track_caller]
    pub fn reload(&mut self, key: M::Key<E>) -> Result<M::Row<E>>
    where
        M: HasKey,
    {
        #[cfg(feature = "session")]
        if self.target.keeps_rows() {
            let row = self.find_kept(&key, Kept::IsOld)?;
            return self.found(row);
        }
        self.get(key)
    }

    /// The first row in the order of the key; any row where the table has no key.
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn first(&mut self) -> Result<Option<M::Row<E>>> {
        let whole = self.whole();
        self.run_read(
            Operation::Find,
            &Cell::new(false),
            |physical, sql, engine| {
                let text = whole.text(physical, sql, sql.first);
                let write = &mut |params: &mut ParamWriter<'_>| whole.write(params);
                read_one::<M, E>(physical, engine, &text, write)
            },
        )
    }

    /// All rows, in no particular order. Use [`iter`](Self::iter) where there may be many.
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn all(&mut self) -> Result<Vec<M::Row<E>>> {
        let whole = self.whole();
        self.run_read(
            Operation::Select,
            &Cell::new(false),
            |physical, sql, engine| {
                let mut rows = Vec::new();
                let text = whole.text(physical, sql, sql.select);
                physical.query(&text, &mut |params| whole.write(params), &mut |row| {
                    rows.push(M::read(row, engine)?);
                    Ok(true)
                })?;
                Ok(rows)
            },
        )
    }

    /// All rows one after the other, without holding them all in memory.
    ///
    /// A SQLite database in memory has no write-ahead log: what the thread that reads writes on another connection before the
    /// last row is [`ErrorKind::Busy`](crate::ErrorKind::Busy), immediately. Collect the rows first; on a file both go
    /// on.
    ///
    /// # Errors
    /// The database fails; later failures come as items.
    #[track_caller]
    pub fn iter(self) -> Result<Rows<'c, M, E>> {
        let whole = self.whole();
        self.rows(
            |physical, sql| Ok(whole.text(physical, sql, sql.select)),
            &mut |params| whole.write(params),
        )
    }

    /// The rows of this text, one after the other.
    #[track_caller]
    pub(crate) fn rows<T: AsRef<str>>(
        self,
        text: impl FnOnce(&mut Physical, &'static TableSql) -> Result<T>,
        write: WriteParams<'_>,
    ) -> Result<Rows<'c, M, E>> {
        self.rows_as(M::read, |_| None, text, write)
    }

    /// The same, read by `read`; `names` are the columns, where they are not those of the table.
    #[track_caller]
    pub(crate) fn rows_as<R, T: AsRef<str>>(
        self,
        read: ReadRow<E, R>,
        names: impl FnOnce(&'static TableSql) -> Option<Vec<&'static str>>,
        text: impl FnOnce(&mut Physical, &'static TableSql) -> Result<T>,
        write: WriteParams<'_>,
    ) -> Result<Rows<'c, M, E, R>> {
        let place = Location::caller();
        let engine = self.target.engine;
        let opened = self.sql().and_then(|sql| {
            let reader = RowsReader::new(sql, names(sql), engine, read);
            let prepare = |link: &mut Link| {
                link.begin_observed(|| {
                    Call::on_model(Operation::Select, M::NAME, sql.table, place)
                });
                link.ensure_schema(M::NAME, sql.table, Operation::Select)?;
                link.begin_in_scope(sql)?;
                let text = text(link.ready()?, sql);
                if text.is_err() {
                    link.end_in_scope();
                }
                text
            };
            let link = match self.target.source {
                Source::Link(link) => link,
                Source::Session(slots, at) => slots.link(at)?,
                Source::Pool(pool) => {
                    let mut link = pool.reader(place)?;
                    let text = prepare(&mut link)?;
                    return Rows::on_own(link, (text.as_ref(), write), reader);
                }
            };
            let text = link.call(Operation::Select, prepare)?;
            Rows::on_link(link, (text.as_ref(), write), reader)
        });
        opened.map_err(|error| located::<M, E>(error, engine, Operation::Select))
    }

    /// Returns how many rows there are.
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn count(&mut self) -> Result<u64> {
        let whole = self.whole();
        self.run_read(Operation::Count, &Cell::new(false), |physical, sql, _| {
            let text = whole.text(physical, sql, sql.count);
            read_count(physical, &text, &mut |params| whole.write(params))
        })
    }

    /// Returns whether there is a row with this key.
    ///
    /// # Errors
    /// The key is of another engine, or the database fails.
    #[track_caller]
    pub fn exists(&mut self, key: M::Key<E>) -> Result<bool>
    where
        M: HasKey,
    {
        self.run_read(
            Operation::Exists,
            &Cell::new(false),
            |physical, sql, engine| {
                ensure_key::<M, E>(physical.bound(), sql, &key, engine)?;
                exists::<M, E>(physical, sql, &key)
            },
        )
    }

    /// Returns whether there is a row with this key. Without a key there is none, and no statement is sent.
    ///
    /// # Errors
    /// As [`exists`](Self::exists).
    #[track_caller]
    pub fn exists_if(&mut self, key: Option<M::Key<E>>) -> Result<bool>
    where
        M: HasKey,
    {
        key.map_or(Ok(false), |key| self.exists(key))
    }

    /// The row that was looked for. For `get_by_…` of generated code.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where there is none.
    #[doc(hidden)]
    pub fn found(&self, row: Option<M::Row<E>>) -> Result<M::Row<E>> {
        row.ok_or_else(|| self.located(Error::new(ErrorKind::NotFound), Operation::Find))
    }

    /// The row with these values in the unique key of this number. For `find_by_…` of generated code.
    ///
    /// # Errors
    /// The database fails.
    #[doc(hidden)]
    #[track_caller]
    pub fn find_by(
        &mut self,
        unique: usize,
        write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) -> Result<Option<M::Row<E>>> {
        self.find_by_keys(unique, |_| true, write)
    }

    /// The same where keys are among the values; `belong` says whether they are of the engine.
    ///
    /// # Errors
    /// A key is of another engine, or the database fails.
    #[doc(hidden)]
    #[track_caller]
    pub fn find_by_keys(
        &mut self,
        unique: usize,
        belong: impl Fn(E) -> bool,
        write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) -> Result<Option<M::Row<E>>> {
        self.run_read(
            Operation::Find,
            &Cell::new(false),
            |physical, sql, engine| {
                ensure(belong(engine))?;
                let unique = &sql.uniques[unique];
                if let Some(bound) = physical.bound() {
                    bound.ensure(sql, &mut unique.columns.iter().copied(), write)?;
                }
                read_one::<M, E>(physical, engine, unique.find, &mut |params| {
                    let columns = unique.columns.iter().copied();
                    params.of_columns(sql.names(), columns, |params| write(params));
                })
            },
        )
    }
}

pub(super) fn exists<M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &TableSql,
    key: &M::Key<E>,
) -> Result<bool> {
    let mut found = false;
    let write = &mut |params: &mut ParamWriter<'_>| write_key::<M, E>(sql, key, params);
    physical.query(sql.exists, write, &mut |_| {
        found = true;
        Ok(false)
    })?;
    Ok(found)
}

/// Writes a key's values; the error of one that is refused names its column.
pub(super) fn write_key<M: HasKey, E: Engine>(
    sql: &TableSql,
    key: &M::Key<E>,
    params: &mut ParamWriter<'_>,
) {
    let columns = sql.key.iter().copied();
    params.of_columns(sql.names(), columns, |params| M::write_key(key, params));
}

/// The first row of a query.
pub(super) fn read_one<M: Model, E: Engine>(
    physical: &mut Physical,
    engine: E,
    sql: &str,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<Option<M::Row<E>>> {
    let mut found = None;
    physical.query(sql, write, &mut |row| {
        found = Some(M::read(row, engine)?);
        Ok(false)
    })?;
    Ok(found)
}

fn read_count(
    physical: &mut Physical,
    sql: &str,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<u64> {
    let mut count = None;
    physical.query(sql, write, &mut |row| {
        count = Some(row.u64()?);
        Ok(false)
    })?;
    count.ok_or_else(|| physical.without_row())
}

//! Rows read one after the other.

use std::marker::PhantomData;

use self_cell::{MutBorrow, self_cell};

use super::located;
use crate::driver::Cursor;
use crate::engine::Engine;
use crate::error::{Operation, Result};
use crate::link::{Link, Reading};
use crate::model::Model;
use crate::statements::TableSql;

/// An iterator over all rows of a model on one engine; the connection is free again when it is dropped.
pub struct Rows<'c, M, E> {
    cursor: Running<'c>,
    sql: &'static TableSql,
    engine: E,
    model: PhantomData<M>,
    finished: bool,
}

enum Running<'c> {
    /// On a connection that somebody else holds.
    Borrowed {
        cursor: Cursor<'c>,
        reading: Reading<'c>,
    },
    /// On a connection taken for this reading only.
    Owned(OwnedCursor),
}

self_cell! {
    struct OwnedCursor {
        owner: MutBorrow<Link>,
        #[not_covariant]
        dependent: Cursor,
    }
}

impl<'c, M: Model, E: Engine> Rows<'c, M, E> {
    pub(super) fn on_link(link: &'c mut Link, sql: &'static TableSql, engine: E) -> Result<Self> {
        let (cursor, reading) = link.cursor(sql.select)?;
        Ok(Self::new(
            Running::Borrowed { cursor, reading },
            sql,
            engine,
        ))
    }

    pub(super) fn on_own(link: Link, sql: &'static TableSql, engine: E) -> Result<Self> {
        let cursor = OwnedCursor::try_new(MutBorrow::new(link), |link| {
            link.borrow_mut().ready()?.cursor(sql.select, &mut |_| ())
        })?;
        Ok(Self::new(Running::Owned(cursor), sql, engine))
    }

    fn new(cursor: Running<'c>, sql: &'static TableSql, engine: E) -> Self {
        Self {
            cursor,
            sql,
            engine,
            model: PhantomData,
            finished: false,
        }
    }

    fn read_next(&mut self) -> Result<Option<M::Row<E>>> {
        let engine = self.engine;
        let read = |cursor: &mut Cursor<'_>| match cursor.next()? {
            Some(mut row) => M::read(&mut row, engine).map(Some),
            None => Ok(None),
        };
        match &mut self.cursor {
            Running::Borrowed { cursor, reading } => {
                read(cursor).inspect_err(|error| reading.failed(error))
            }
            Running::Owned(cursor) => cursor.with_dependent_mut(|_, cursor| read(cursor)),
        }
    }
}

impl<M: Model, E: Engine> Iterator for Rows<'_, M, E> {
    type Item = Result<M::Row<E>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let item = self
            .read_next()
            .map_err(|error| error.of_row_of(self.sql))
            .map_err(|error| located::<M, E>(error, self.engine, Operation::Select))
            .transpose();
        self.finished = !matches!(item, Some(Ok(_)));
        item
    }
}

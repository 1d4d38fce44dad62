//! Rows that a session keeps, found by their keys.

use super::read::write_key;
use super::{Repository, ensure_key};
use crate::error::{Operation, Result};
use crate::link::engine::Engine;
use crate::model::{HasKey, Model};
use crate::value::kept::KeptValues;
use crate::value::recorded::RecordedValues;
use crate::value::{ParamWriter, RowReader};

/// Rows that are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// They are as good as those that are stored.
    Serves,
    /// The one that is stored is wanted.
    IsOld,
}

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// The row with this key, on a connection that keeps the rows that are found.
    #[track_caller]
    pub(super) fn find_kept(&mut self, key: &M::Key<E>, kept: Kept) -> Result<Option<M::Row<E>>>
    where
        M: HasKey,
    {
        self.run_on_link(Operation::Find, |link, sql, engine| {
            ensure_key::<M, E>(link.bound(), sql, key, engine)?;
            let mut recorded = RecordedValues::new();
            let mut params = ParamWriter::recording(&mut recorded);
            write_key::<M, E>(sql, key, &mut params);
            params.finish_recording()?;
            // An error that has ended the transaction ends this, too.
            link.ready()?;
            let again = |values: &[u8]| M::read(&mut RowReader::of_recorded(values), engine).ok();
            let known = link.kept_row(sql.table, recorded.bytes());
            if kept == Kept::Serves
                && let Some(row) = known.and_then(again)
            {
                return Ok(Some(row));
            }
            let (mut found, values) = (None, KeptValues::default());
            let write = &mut |params: &mut ParamWriter<'_>| write_key::<M, E>(sql, key, params);
            link.ready()?.query(sql.find, write, &mut |row| {
                found = Some(M::read(&mut row.seen_by(&values), engine)?);
                Ok(false)
            })?;
            match values.into_values().filter(|_| found.is_some()) {
                Some(values) => link.keep_row(sql.table, recorded.bytes(), values),
                // It is gone.
                None if kept == Kept::IsOld => link.forget_rows(),
                None => {}
            }
            Ok(found)
        })
    }
}

//! Rows as the target is to have them: new rows of the program's mapping, or the columns that both tables have.

use std::collections::HashMap;

use super::run::rows_sql;
use super::{NewRow, Reject, SyncRow};
use crate::error::{Error, Result, unquoted};
use crate::link::engine::Engine;
use crate::model::ColumnSource;
use crate::repository::values_of_row;
use crate::value::recorded::{replay, split};
use crate::value::{ColumnSet, ParamWriter};

/// A row as the target is to have it.
pub(crate) enum Wanted<T: SyncRow> {
    /// From the program's mapping.
    Mapped(NewRow<T>),
    /// The columns of the source that the target has, too.
    Copied(Copied),
}

/// Recorded values of some columns of the target, in ascending order.
pub(crate) struct Copied {
    columns: ColumnSet,
    values: Vec<u8>,
}

impl<T: SyncRow> Wanted<T> {
    /// The program's new row, which has rules of its own.
    pub(super) fn mapped(&self) -> Option<&NewRow<T>> {
        match self {
            Self::Mapped(new) => Some(new),
            Self::Copied(_) => None,
        }
    }
}

impl<T: SyncRow> ColumnSource for Wanted<T> {
    fn columns(&self) -> ColumnSet {
        match self {
            Self::Mapped(new) => new.columns(),
            Self::Copied(copied) => copied.columns.clone(),
        }
    }

    fn given(&self) -> ColumnSet {
        match self {
            Self::Mapped(new) => new.given(),
            Self::Copied(copied) => copied.columns.clone(),
        }
    }

    fn write(&self, params: &mut ParamWriter<'_>) {
        match self {
            Self::Mapped(new) => new.write(params),
            Self::Copied(copied) => replay(&copied.values, params),
        }
    }
}

/// The mapping of rows by the names of their columns.
pub(super) fn by_names<S: SyncRow, T: SyncRow>()
-> impl Fn(&S) -> std::result::Result<Wanted<T>, Reject> {
    let pairs = pairs::<S, T>();
    move |row| {
        let rejected = |error: &Error| {
            Reject::new(format!(
                "its columns cannot be copied by their names: {}",
                error.kind()
            ))
        };
        let pairs = pairs.as_ref().map_err(rejected)?;
        let copied = copied::<S>(row, pairs).map_err(|error| rejected(&error))?;
        Ok(Wanted::Copied(copied))
    }
}

/// Columns of the target in ascending order, each with that of its name in the source.
fn pairs<S: SyncRow, T: SyncRow>() -> Result<Vec<(usize, usize)>> {
    let (source, target) = (rows_sql::<S>()?, rows_sql::<T>()?);
    let named = source
        .writable
        .iter()
        .map(|&at| (unquoted(source.columns[at]), at));
    let named: HashMap<String, usize> = named.collect();
    let pair = |&at: &usize| Some((at, *named.get(&unquoted(target.columns[at]))?));
    let mut pairs: Vec<(usize, usize)> = target.writable.iter().filter_map(pair).collect();
    pairs.sort_unstable();
    Ok(pairs)
}

fn copied<S: SyncRow>(row: &S, pairs: &[(usize, usize)]) -> Result<Copied> {
    let (sql, dialect) = (rows_sql::<S>()?, S::Engine::default().dialect());
    let all: ColumnSet = pairs.iter().map(|&(_, from)| from).collect();
    let recorded = values_of_row::<S::Model, S::Engine>(sql, row, &all, dialect)?;
    let values: HashMap<usize, &[u8]> = all.iter().zip(split(&recorded)).collect();
    let value = |(_, from): &(usize, usize)| values.get(from).copied().unwrap_or_default();
    Ok(Copied {
        columns: pairs.iter().map(|&(to, _)| to).collect(),
        values: pairs.iter().flat_map(value).copied().collect(),
    })
}

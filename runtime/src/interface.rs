//! Look-ups over models of several engines that stand for the same thing. Which tables those are, in which order and by which
//! columns, is of generated code; here is what an answer means where an engine does not give one.

use std::ops::Deref;

use crate::databases::Registry;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::query::{Column, Comparable, ComputedOn};

/// A row of an interface, with the engine that it was found on.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<R> {
    row: R,
    engine: &'static str,
    unreachable: Vec<&'static str>,
}

impl<R> Found<R> {
    /// The engine that the row is on.
    pub fn engine(&self) -> &'static str {
        self.engine
    }

    /// Takes the row out, without the model and the engine that it was found on.
    pub fn into_row(self) -> R {
        self.row
    }

    /// The engines that could not be reached: there may be a row on them that would have come before this one. Empty unless
    /// the look-up tolerates outages.
    pub fn unreachable(&self) -> &[&'static str] {
        &self.unreachable
    }
}

impl<R> Deref for Found<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.row
    }
}

/// A look-up over the engines of an interface, for generated code.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Lookup<'d> {
    registry: &'d Registry,
    tolerates_outages: bool,
}

impl<'d> Lookup<'d> {
    /// An engine that cannot be reached is an error.
    pub fn new(registry: &'d Registry) -> Self {
        Self {
            registry,
            tolerates_outages: false,
        }
    }

    /// An engine that cannot be reached is left out.
    #[must_use]
    pub fn tolerate_outages(mut self) -> Self {
        self.tolerates_outages = true;
        self
    }

    /// Looks for one row: on the first engine that has one.
    pub fn first<R>(&self) -> Search<'d, R> {
        self.search(false)
    }

    /// Looks for all rows, on all engines.
    pub fn all<R>(&self) -> Search<'d, R> {
        self.search(true)
    }

    fn search<R>(&self, wants_all: bool) -> Search<'d, R> {
        Search {
            lookup: self.clone(),
            wants_all,
            found: Vec::new(),
            unreachable: Vec::new(),
            outage: None,
            failed: None,
        }
    }
}

/// A search that goes from engine to engine, for generated code.
#[doc(hidden)]
#[derive(Debug)]
#[must_use = "the rows are what `row` or `rows` gives"]
pub struct Search<'d, R> {
    lookup: Lookup<'d>,
    wants_all: bool,
    found: Vec<(&'static str, R)>,
    unreachable: Vec<&'static str>,
    /// The error of the first engine that is left out.
    outage: Option<Error>,
    /// The error that ended the search.
    failed: Option<Error>,
}

impl<R> Search<'_, R> {
    /// Goes on with the rows of this engine that have the value in the column, unless the search is over.
    #[track_caller]
    pub fn on<M: Model, E: Hosts<M>, T>(
        mut self,
        engine: E,
        column: Column<M, T>,
        value: impl Comparable<M, T, E, On: ComputedOn<E>>,
        row: fn(M::Row<E>) -> R,
    ) -> Self {
        if self.failed.is_some() || !self.wants_all && !self.found.is_empty() {
            return self;
        }
        let registry = self.lookup.registry;
        let query = registry.repository(engine).filter(column.eq(value));
        let rows = if self.wants_all {
            query.all()
        } else {
            only(query.one())
        };
        match rows {
            Ok(rows) => {
                let rows = rows.into_iter().map(|it| (engine.name(), row(it)));
                self.found.extend(rows);
            }
            Err(error) if self.lookup.tolerates_outages && error.is_of_reaching() => {
                self.unreachable.push(engine.name());
                self.outage.get_or_insert(error);
            }
            Err(error) => self.failed = Some(error),
        }
        self
    }

    /// The row of the first engine that has one.
    ///
    /// # Errors
    /// An engine failed before one was found, or could not be reached; where outages are tolerated, one could not be reached
    /// and no other has a row, so that it is not known whether there is one.
    pub fn row(self) -> Result<Option<Found<R>>> {
        Ok(self.rows()?.into_iter().next())
    }

    /// The rows of all engines, in the order of the engines.
    ///
    /// # Errors
    /// As [`row`](Self::row).
    pub fn rows(self) -> Result<Vec<Found<R>>> {
        let is_nothing = self.found.is_empty();
        if let Some(error) = self.failed.or(self.outage.filter(|_| is_nothing)) {
            return Err(error);
        }
        let unreachable = self.unreachable;
        let found = |(engine, row)| Found {
            row,
            engine,
            unreachable: unreachable.clone(),
        };
        Ok(self.found.into_iter().map(found).collect())
    }
}

/// No row is an answer, and two are an error.
fn only<T>(row: Result<T>) -> Result<Vec<T>> {
    match row {
        Ok(row) => Ok(vec![row]),
        Err(error) if *error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

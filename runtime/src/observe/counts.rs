//! Counting statements: those of a part of the program, and those that one connection runs again and again.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

use bindery_core::sorting::sort_by;

use super::{Event, Reported, Sent};

type CallSite = &'static Location<'static>;

/// Beyond this number of different statements no more are kept apart: a program that puts texts together has no end of them.
const MOST_STATEMENTS: usize = 4_096;

/// The statements of a part of the program, by engine, text and place of the call.
#[derive(Debug, Clone, Default)]
pub struct StatementCounts {
    statements: BTreeMap<(&'static str, String, Option<CallSite>), Counted>,
    total: u64,
}

#[derive(Debug, Clone, Default)]
struct Counted {
    model: Option<&'static str>,
    times: u64,
    is_reported: bool,
    /// bindery's own: it is counted, and repeats nothing of the program's.
    is_own: bool,
}

/// A statement that ran a number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RepeatedStatement {
    /// The name of the engine that it ran on.
    pub engine: &'static str,
    /// The model it is about, where it is about one.
    pub model: Option<&'static str>,
    /// Its text, with placeholders.
    pub statement: String,
    /// How often it ran.
    pub times: u64,
    /// The place of the call in the program.
    pub place: Option<CallSite>,
}

impl fmt::Display for RepeatedStatement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} times on `{}`", self.times, self.engine)?;
        if let Some(place) = self.place {
            write!(out, " at {place}")?;
        }
        write!(out, ": {}", self.statement)
    }
}

impl StatementCounts {
    /// How many statements ran, bindery's own among them. One that runs for many rows in one call counts once; BEGIN, COMMIT and ROLLBACK do not count.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many ran on this engine.
    pub fn on(&self, engine: &str) -> u64 {
        let all = self.statements.iter();
        let of_engine = all.filter(|((name, _, _), _)| *name == engine);
        of_engine.map(|(_, counted)| counted.times).sum()
    }

    /// The statements that ran at least this often from one place, the most frequent first. Savepoints, the statements of
    /// bulk inserts and those on bindery's own tables are not among them.
    pub fn repeated(&self, times: u64) -> Vec<RepeatedStatement> {
        self.listed(|counted| counted.times >= times && !counted.is_own)
    }

    fn listed(&self, is_wanted: impl Fn(&Counted) -> bool) -> Vec<RepeatedStatement> {
        let all = self.statements.iter();
        let mut found: Vec<RepeatedStatement> = all
            .filter(|(_, counted)| is_wanted(counted))
            .map(|((engine, statement, place), counted)| RepeatedStatement {
                engine,
                model: counted.model,
                statement: statement.clone(),
                times: counted.times,
                place: *place,
            })
            .collect();
        sort_by(&mut found, |one, other| other.times.cmp(&one.times));
        found
    }

    /// Counts a statement, and returns it where it now ran this often from one place for the first time.
    fn add(
        &mut self,
        event: &Event<'_>,
        limit: Option<u64>,
        is_own: bool,
    ) -> Option<RepeatedStatement> {
        self.total += 1;
        let statement = event.statement.unwrap_or_default();
        let key = (event.engine, statement.to_owned(), event.place);
        if self.statements.len() >= MOST_STATEMENTS && !self.statements.contains_key(&key) {
            return None;
        }
        let counted = self.statements.entry(key).or_default();
        counted.times += 1;
        counted.model = event.model;
        counted.is_own = is_own;
        if is_own || counted.is_reported || limit.is_none_or(|limit| counted.times < limit) {
            return None;
        }
        counted.is_reported = true;
        Some(RepeatedStatement {
            engine: event.engine,
            model: event.model,
            statement: statement.to_owned(),
            times: counted.times,
            place: event.place,
        })
    }
}

/// All statements, one on a line, the most frequent first.
impl fmt::Display for StatementCounts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut statements = self.listed(|_| true).into_iter();
        statements.try_for_each(|statement| writeln!(out, "{statement}"))
    }
}

/// Counts of one part of the program or of one connection.
#[derive(Default)]
pub(crate) struct Tally {
    counts: Mutex<StatementCounts>,
}

impl Tally {
    pub(super) fn add(
        &self,
        event: &Event<'_>,
        limit: Option<u64>,
        sent: &Sent<'_>,
        reported: &Reported,
    ) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let repeated = counts.add(event, limit, sent.is_own);
        drop(counts);
        if let Some(repeated) = repeated
            && repeated.place.is_none_or(|place| reported.is_new(place))
        {
            report(&repeated, sent.is_fixed);
        }
    }

    /// The counts so far.
    pub(crate) fn counts(&self) -> StatementCounts {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.clone()
    }

    /// Forgets all: the connection is another user's from now on.
    pub(crate) fn clear(&self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts = StatementCounts::default();
    }
}

#[cold]
fn report(repeated: &RepeatedStatement, is_fixed: bool) {
    tracing::warn!(target: "bindery::repeated", { bindery.engine = repeated.engine,
        bindery.model = repeated.model,
        times = repeated.times,
        place = repeated.place.map(tracing::field::display),
        db.query.text = Some(&*repeated.statement).filter(|_| is_fixed) }, "the same statement runs again and again from one place: load the rows of a relation at once, or find many keys in one call");
}

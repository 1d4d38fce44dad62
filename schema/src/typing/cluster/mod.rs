//! Statements on a Citus cluster: whether one server has all rows that a statement needs, and what the cluster refuses.
//!
//! A table that is sharded has a **key**, its shard column, wherever a statement names it. While a statement is checked the columns that
//! are keys are noted ([`Notes`]); `flow` then finds the keys that are equal to each other and those that have one value, and `joins` and
//! `writes` compare that with what Citus can run. `cases.txt` has statements with the answer of a cluster to each: a test holds them
//! against this and, where a cluster is there, against the cluster.

mod correlated;
mod findings;
mod flow;
mod groups;
mod joins;
mod made;
mod notes;
mod parts;
mod sides;
#[cfg(test)]
mod tests;
mod views;
mod writes;

use crate::diagnostic::Diagnostic;
use crate::model::{EngineId, Model, TableId};
use crate::source::Span;
use crate::syntax::{Statement, Text};
use crate::typing::checker::Checker;

pub(super) use notes::Notes;
pub use views::{SpreadView, spread_view};

/// A sharded table of which a statement needs all rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scattered {
    pub(crate) table: TableId,
    /// Its name in the statement, or that of the view that reads it.
    pub(crate) span: Span,
    pub(crate) in_view: bool,
}

/// The sharded table of which all rows are needed, or what the cluster refuses.
type Found = Result<Option<Scattered>, Box<Diagnostic>>;

/// A statement that is checked, and the cluster that it is to run on.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) checker: &'a Checker<'a>,
    pub(super) engine: EngineId,
    /// The number of views whose queries stand in the statement already, one in the other.
    pub(super) depth: usize,
}

/// The notes of a statement, where one of the engines that it may run on is a Citus cluster.
pub(super) fn notes(model: &Model, engines: &[EngineId]) -> Option<Notes> {
    let mut engines = engines.iter();
    engines
        .any(|engine| parts::is_citus(model, *engine))
        .then(Notes::default)
}

/// The Citus cluster among the engines that has these tables.
pub(super) fn hosting(model: &Model, engines: &[EngineId], tables: &[TableId]) -> Option<EngineId> {
    let hosts = |engine: &&EngineId| {
        let mut tables = tables.iter();
        parts::is_citus(model, **engine)
            && tables.all(|table| model.table(*table).engines.contains(*engine))
    };
    engines.iter().find(hosts).copied()
}

/// Where a statement runs on a cluster: the first table of which it needs all shards.
///
/// # Errors
/// The cluster refuses it.
pub(super) fn scattered(asked: &Asked<'_>, text: &Text<'_>, statement: &Statement) -> Found {
    let model = asked.checker.model;
    let Some(notes) = &asked.checker.notes else {
        return Ok(None);
    };
    let named = parts::Named::of(model, notes, asked.engine, statement);
    views::ensure_written(asked, &named)?;
    if !named.views.is_empty() {
        return views::scattered_over_views(asked, (text, statement), &named);
    }
    if named.sharded.is_empty() && named.others.is_empty() {
        return Ok(None);
    }
    let flow = flow::Flow::of(asked.checker, notes, &named, (text.text, statement));
    let judge = joins::Judge::new(model, notes, &named, &flow, statement.span());
    judge.statement(statement)?;
    Ok(flow.unbound(&named))
}

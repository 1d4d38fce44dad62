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
mod notes;
mod parts;
#[cfg(test)]
mod tests;
mod writes;

use crate::diagnostic::Diagnostic;
use crate::model::{EngineId, Model, TableId};
use crate::source::Span;
use crate::syntax::Statement;

pub(super) use notes::Notes;

/// A sharded table of which a statement needs all rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scattered {
    pub(crate) table: TableId,
    /// Its name in the statement.
    pub(crate) span: Span,
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
pub(super) fn scattered(
    model: &Model,
    notes: &Notes,
    engine: EngineId,
    (text, statement): (&str, &Statement),
) -> Result<Option<Scattered>, Box<Diagnostic>> {
    let named = parts::Named::of(model, notes, engine, statement);
    // Of a view it is not known here which tables it reads.
    if named.has_view || named.sharded.is_empty() && named.others.is_empty() {
        return Ok(None);
    }
    let flow = flow::Flow::of(model, notes, &named, (text, statement));
    let judge = joins::Judge::new(model, notes, &named, &flow, statement.span());
    judge.statement(statement)?;
    Ok(flow.unbound(&named))
}

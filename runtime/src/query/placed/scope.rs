//! Statements over a connection that is bound to one shard: each sharded table of them has its value, by a condition or as it is equal to one that
//! has. Unlike where a statement runs it depends on values, and is worked out for each call.

use super::super::condition::Predicate;
use super::super::related::RelatedModels;
use super::super::render::Parts;
use super::super::tree::Tree;
use super::flow::Known;
use super::survey::Survey;
use crate::driver::TableSql;
use crate::driver::shard_scope::{Bound, of_view, other_shard, refused};
use crate::error::{Error, Result, unquoted};

/// Refuses a query, or the parts of one, that may reach rows of another shard.
pub(in super::super) fn ensure_bound<'q>(
    bound: &Bound,
    parts: impl IntoIterator<Item = (Parts<'q>, RelatedModels<'q>)>,
) -> Result<()> {
    let mut survey = Survey::bound_to(bound);
    for (parts, related) in parts {
        survey.query(&parts, &related)?;
    }
    survey.ensure_bound()?;
    bound.found();
    Ok(())
}

/// The same of an update or delete.
pub(in super::super) fn ensure_change_bound(
    bound: &Bound,
    (table, related): (&'static TableSql, &RelatedModels<'_>),
    (set, condition): (&Predicate, &Predicate),
) -> Result<()> {
    let mut survey = Survey::bound_to(bound);
    survey.change(table, (set, condition), related)?;
    survey.ensure_bound()?;
    bound.found();
    Ok(())
}

/// Refuses new rows of another shard: their shard column gets that of the rows that they are made of, or the value.
pub(in super::super) fn ensure_inserted_bound(
    bound: &Bound,
    (table, columns): (&TableSql, &[usize]),
    (source, items): (&TableSql, &Predicate),
) -> Result<()> {
    let Some(shard) = table.shard_column() else {
        return Ok(());
    };
    let items = Tree::read_with(items.shape.bytes(), items.values.bytes());
    let at = columns.iter().position(|&column| column == shard);
    let item = at.and_then(|at| items.roots.get(at).copied());
    let is_of_shard = |item: usize| match items.column(item) {
        Some(path) => path.is_own() && source.shard_column() == Some(path.index()),
        None => items.value(item).is_some_and(|it| bound.scope().is(it)),
    };
    match item.is_some_and(is_of_shard) {
        true => Ok(()),
        false => Err(other_shard(table, shard)),
    }
}

/// Refuses SQL of the program's own in what a row is set to that is there already.
pub(in super::super) fn ensure_upsert_bound(bound: Option<&Bound>, set: &Predicate) -> Result<()> {
    let has_sql = || Tree::read(set.shape.bytes()).has_sql();
    match bound.is_some() && has_sql() {
        true => Err(of_fragment()),
        false => Ok(()),
    }
}

#[cold]
fn of_fragment() -> Error {
    let why = "a connection for one shard takes no `sql_fragment!`, which it cannot bind: write it with the query builder, or use a connection for all";
    refused(why.to_owned())
}

impl Survey {
    fn bound_to(bound: &Bound) -> Self {
        Self {
            scope: Some(bound.scope().clone()),
            ..Self::default()
        }
    }

    fn ensure_bound(&mut self) -> Result<()> {
        self.flow.close();
        if let Some(one) = self.other.or(self.key_set) {
            let table = self.flow.table(one);
            return Err(other_shard(table, self.flow.key(one).unwrap_or_default()));
        }
        if self.has_sql {
            return Err(of_fragment());
        }
        let mut tables = self.flow.all().map(|one| self.flow.table(one));
        if let Some(view) = tables.find(|table| table.is_view()) {
            return Err(of_view(view));
        }
        let mut sharded = self.flow.sharded();
        match sharded.find(|one| self.flow.known(*one) != Known::Value) {
            None => Ok(()),
            Some(open) => {
                let table = unquoted(self.flow.table(open).table);
                let key = self.key_name(open);
                Err(refused(format!(
                    "rows of `{table}` may be of other shards than the one that the connection is for: filter them by `{key}`, or by a foreign key that has it"
                )))
            }
        }
    }
}

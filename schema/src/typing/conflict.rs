//! `ON CONFLICT`, `ON DUPLICATE KEY`: the key that decides, and what is changed then.

use super::checker::{Checker, Clause};
use super::findings;
use super::mysql::Construct;
use super::scope::{Common, Relation, Scope};
use crate::lists::IntoVec as _;
use crate::model::{ColumnId, Index, IndexKey, TableId};
use crate::name::same_name;
use crate::sorting::sort_by;
use crate::source::Span;
use crate::syntax::{Conflict, ConflictAction, Expr, ExprKind, Insert, InsertSource};

impl Checker<'_> {
    pub(super) fn conflict(
        &mut self,
        id: TableId,
        conflict: &Conflict,
        insert: &Insert,
        own: &Relation,
        common: &Common,
    ) {
        let mut scope = Scope::of(common, None);
        scope.relations.push(own.clone());
        for value in &conflict.target {
            self.expr(value, &scope);
        }
        self.check_target(id, conflict);
        self.check_constraint(id, conflict);
        if let Some(condition) = &conflict.target_condition {
            self.condition(condition, &scope);
        }
        let ConflictAction::Update(assignments, condition) = &conflict.action else {
            return;
        };
        let row = match &insert.source {
            _ if self.facts.writes.is_called_excluded => Some("excluded".to_owned()),
            InsertSource::Values(values) => {
                if let Some(alias) = &values.alias {
                    self.of_product(Construct::NameOfInserted, alias.span);
                }
                values.alias.as_ref().map(|alias| alias.text.clone())
            }
            _ => None,
        };
        if let Some(row) = row {
            let mut excluded = own.clone();
            excluded.name = Some(row);
            if self.facts.writes.excluded_by_name {
                let count = excluded.fields.as_ref().map_or(0, |all| all.len());
                excluded.merged = (0..count).into_vec();
            }
            scope.relations.push(excluded);
        }
        if let InsertSource::Query(query) = &insert.source
            && self.facts.writes.update_sees_query
            && let crate::syntax::Body::Select(select) = &query.body
        {
            self.sources(&select.from, &mut scope);
        }
        self.assignments(assignments, &[(id, None)], &scope);
        if let Some(condition) = condition {
            self.within(Clause::Where, |checker| {
                checker.condition(condition, &scope)
            });
        }
    }

    /// The constraint of ON CONFLICT. Where an exclusion has no name of its own, the database has made one up.
    fn check_constraint(&mut self, id: TableId, conflict: &Conflict) {
        let table = self.model.table(id);
        let Some(wanted) = &conflict.constraint else {
            return;
        };
        let of_table = &table.name.name;
        let key = table.primary_key.iter().map(|key| {
            let own = key.name.clone();
            own.unwrap_or_else(|| format!("{of_table}_pkey"))
        });
        let uniques = table.uniques.iter().filter(|unique| !unique.is_index);
        let uniques = uniques.map(|unique| {
            let columns = unique.columns.iter();
            let columns: Vec<&str> = columns.map(|id| table.column(*id).name.as_str()).into_vec();
            let own = unique.name.clone();
            own.unwrap_or_else(|| format!("{of_table}_{}_key", columns.join("_")))
        });
        let known: Vec<String> = key.chain(uniques).into_vec();
        let is_open = !table.native.exclusions.is_empty() || table.view.is_some();
        if !is_open && !known.contains(&wanted.text) {
            self.report(findings::unknown_constraint(wanted, &known));
        }
    }

    /// The columns of ON CONFLICT are those of a unique key. One of expressions is left to the database, and so is the condition
    /// that names a key of a part of the rows.
    fn check_target(&mut self, id: TableId, conflict: &Conflict) {
        let table = self.model.table(id);
        let is_plain = |value: &Expr| matches!(value.kind, ExprKind::Column(_));
        let (Some(first), Some(last)) = (conflict.target.first(), conflict.target.last()) else {
            return;
        };
        if table.view.is_some()
            || conflict.target_condition.is_some()
            || !conflict.target.iter().all(is_plain)
        {
            return;
        }
        let place = |value: &Expr| match &value.kind {
            ExprKind::Column(names) => {
                let name = names.last()?;
                let mut columns = table.columns.iter();
                columns.position(|one| same_name(&one.name, &name.text, self.dialect))
            }
            _ => None,
        };
        let Some(mut wanted) = conflict
            .target
            .iter()
            .map(place)
            .collect::<Option<Vec<_>>>()
        else {
            return;
        };
        sort_by(&mut wanted, Ord::cmp);
        wanted.dedup();
        let key = table.primary_key.iter().map(|key| key.columns.clone());
        let uniques = table.uniques.iter().map(|unique| unique.columns.clone());
        let indexes = table.indexes.iter().filter_map(columns_of_key);
        let mut keys = key.chain(uniques).chain(indexes);
        let is_key = keys.any(|columns| {
            let mut columns: Vec<usize> = columns.iter().map(|one| one.0 as usize).into_vec();
            sort_by(&mut columns, Ord::cmp);
            columns == wanted
        });
        if !is_key {
            let span = Span {
                end: last.span.end,
                ..first.span
            };
            let name = table.name.name.clone();
            self.report(findings::no_such_key(&name, span));
        }
    }
}

/// The columns of a unique index of all rows.
fn columns_of_key(index: &Index) -> Option<Vec<ColumnId>> {
    let parts = index.parts.iter().map(|part| match part.key {
        IndexKey::Column(id) => Some(id),
        IndexKey::Expression(_) => None,
    });
    let columns = parts.collect::<Option<Vec<_>>>();
    columns.filter(|_| index.unique && index.predicate.is_none())
}

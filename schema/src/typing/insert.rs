//! `INSERT`: the columns that are written, and those that are left out.

use super::checker::{Checker, Clause};
use super::findings;
use super::names::NameKind;
use super::scope::{Common, Fields, Scope};
use super::value::Value;
use crate::ast::Name;
use crate::lists::IntoVec as _;
use crate::model::{Column, Generated, TableId};
use crate::name::same_name;
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, Insert, InsertSource};

impl Checker<'_> {
    pub(super) fn insert(&mut self, insert: &Insert, common: &Common) -> Fields {
        let common = self.common_of(insert.with.as_ref(), common);
        let id = self.written_table(&insert.table)?;
        let relation = self.relation_of(id, &insert.table);
        self.inserted(id, insert, &Scope::of(&common, None));
        let mut own = relation;
        if let Some(alias) = &insert.alias {
            own.name = Some(alias.text.clone());
        }
        for conflict in &insert.conflicts {
            self.conflict(id, conflict, insert, &own, &common);
        }
        self.returning(&insert.returning, vec![own], &common)
    }

    /// The row that is inserted, or each of them, as far as it is written in values of a scope.
    pub(super) fn inserted(&mut self, id: TableId, insert: &Insert, scope: &Scope<'_>) {
        let written = self.written_columns(id, insert);
        if insert.columns.is_empty() || written.len() == insert.columns.len() {
            self.check_left_out(id, &written, insert);
        }
        let places: Vec<usize> = written.iter().flatten().copied().into_vec();
        self.check_written_view((id, "insert"), &places, insert.table.name.span);
        self.ignores = insert.ignores && self.facts.writes.ignoring_changes_values;
        self.insert_source(id, insert, &written, scope);
        self.ignores = false;
    }

    /// The places of the columns that are written, in their order; `None` is one that tables do not list.
    fn written_columns(&mut self, id: TableId, insert: &Insert) -> Vec<Option<usize>> {
        let names: Vec<Name> = match &insert.source {
            InsertSource::Set(assignments) => {
                let targets = assignments.iter().flat_map(|one| &one.targets);
                targets
                    .filter_map(|target| target.last().cloned())
                    .into_vec()
            }
            _ => insert.columns.clone(),
        };
        if !names.is_empty() {
            let twice = names.iter().enumerate().find(|(at, name)| {
                let before = names[..*at].iter();
                let mut before = before.map(|one| same_name(&one.text, &name.text, self.dialect));
                before.any(|same| same)
            });
            if let (Some((_, name)), true) = (twice, self.facts.writes.inserts_once) {
                self.report(findings::column_twice(name));
            }
            let found = names.iter().enumerate().map(|(at, name)| {
                if self.is_hidden(id, name) {
                    return Some(None);
                }
                let is_default = is_default(&insert.source, at);
                let found = self.written_column(id, name, insert.overriding, is_default);
                found.map(Some)
            });
            return found.into_vec().into_iter().flatten().into_vec();
        }
        let table = self.model.table(id);
        let given = |column: &Column| !matches!(column.generated, Generated::Computed { .. });
        let count = match &insert.source {
            InsertSource::Values(values) => values.rows.first().map_or(0, |(row, _)| row.len()),
            InsertSource::Defaults => 0,
            _ => table.columns.len(),
        };
        let all = 0..table.columns.len();
        if self.facts.writes.fewer_values || count == 0 {
            return all.take(count).map(Some).into_vec();
        }
        all.filter(|at| given(&table.columns[*at]))
            .map(Some)
            .into_vec()
    }

    /// The place of a column that is written. What the database fills by itself takes `DEFAULT` alone.
    pub(super) fn written_column(
        &mut self,
        id: TableId,
        name: &Name,
        overriding: bool,
        is_default: bool,
    ) -> Option<usize> {
        let table = self.model.table(id);
        let mut columns = table.columns.iter();
        let found = columns.position(|column| same_name(&column.name, &name.text, self.dialect));
        let Some(at) = found else {
            let known: Vec<String> = table.columns.iter().map(|one| one.name.clone()).into_vec();
            let of = table.name.name.clone();
            self.report_name(name, NameKind::Column(Some(of)), known);
            return None;
        };
        match &table.columns[at].generated {
            _ if is_default => {}
            Generated::Computed { .. } => {
                self.report(findings::computed_column(name));
            }
            Generated::Key { always: true } if !overriding => {
                self.report(findings::given_identity(name));
            }
            _ => {}
        }
        Some(at)
    }

    /// Whether a name is that of a column that a row may be given and the table does not list.
    pub(super) fn is_hidden(&self, id: TableId, name: &Name) -> bool {
        let table = self.model.table(id);
        let is = |own: &str| own.eq_ignore_ascii_case(&name.text);
        let has = table.columns.iter().any(|column| is(&column.name));
        !has && (self.facts.names.writes_hidden)(table, &name.text)
    }

    /// Whether the database cannot fill a column by itself.
    pub(super) fn is_needed(&self, id: TableId, at: usize) -> bool {
        let column = &self.model.table(id).columns[at];
        !column.nullable
            && column.default.is_none()
            && matches!(column.generated, Generated::No)
            && !column.on_update_now
            && !self.is_row_id(id, at)
    }

    /// Columns that the database cannot fill by itself.
    fn check_left_out(&mut self, id: TableId, written: &[Option<usize>], insert: &Insert) {
        let table = self.model.table(id);
        let all = table.columns.iter().enumerate();
        let left = all.filter(|(at, _)| self.is_needed(id, *at) && !written.contains(&Some(*at)));
        let left: Vec<String> = left.map(|(_, column)| column.name.clone()).into_vec();
        if !left.is_empty() && !insert.ignores {
            let name = table.name.name.clone();
            self.report(findings::left_out(&name, &left, insert.table.name.span));
        }
    }

    fn insert_source(
        &mut self,
        id: TableId,
        insert: &Insert,
        written: &[Option<usize>],
        scope: &Scope<'_>,
    ) {
        let common = &scope.common;
        let number = Value::new(self.count_type(), false, insert.span);
        let of = |at: &Option<usize>| at.map(|at| self.value_of_column(id, at));
        let wanted = written.iter().map(|at| of(at).unwrap_or(number.clone()));
        let wanted: Vec<Value> = wanted.into_vec();
        match &insert.source {
            InsertSource::Defaults => {}
            InsertSource::Values(values) => {
                // A column that is not there was reported.
                let count = insert.columns.len().max(written.len());
                for (row, span) in &values.rows {
                    if row.len() != count {
                        self.report(findings::number_of_values(count, row.len(), *span));
                        continue;
                    }
                    for (value, at) in row.iter().zip(written) {
                        self.within(Clause::Values, |checker| {
                            checker.written_value(value, id, *at, scope);
                        });
                    }
                }
            }
            InsertSource::Query(query) => {
                let fields = self.query(query, None, common, Some(&wanted));
                let Some(fields) = fields else { return };
                if fields.len() != written.len() {
                    let finding =
                        findings::number_of_values(written.len(), fields.len(), query.span);
                    return self.report(finding);
                }
                for (field, at) in fields.iter().zip(written) {
                    if let Some(at) = at {
                        self.check_written(&field.value, id, *at);
                    }
                }
            }
            InsertSource::Set(assignments) => {
                for (assignment, at) in assignments.iter().zip(written) {
                    self.written_value(&assignment.value, id, *at, scope);
                }
            }
        }
    }
}

/// Whether every row has `DEFAULT` at a place, which also columns take that the database fills by itself.
fn is_default(source: &InsertSource, at: usize) -> bool {
    let InsertSource::Values(values) = source else {
        return false;
    };
    let is = |(row, _): &(Vec<Expr>, Span)| {
        let value = row.get(at);
        value.is_some_and(|value| matches!(value.kind, ExprKind::Default))
    };
    values.rows.iter().all(is)
}

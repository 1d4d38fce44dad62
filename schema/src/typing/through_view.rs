//! Rows that are written through a view: the database finds the table's row for each of the view's, or a trigger stands in.

use std::collections::BTreeSet;

use super::checker::Checker;
use super::facts::WrittenViews;
use super::findings;
use super::lock::has_window;
use super::names::Named;
use crate::ast::Name;
use crate::model::{Generated, TableId};
use crate::name::same_name;
use crate::source::Span;
use crate::syntax::{
    Body, Distinct, Expr, ExprKind, ItemKind, Query, Select, SelectItem, SourceKind, Statement,
    read_text,
};

/// Views are read through each other so deep.
pub(super) const DEPTH: usize = 16;

impl Checker<'_> {
    /// Reports a view that cannot be written, and columns of it that are none of its table.
    pub(super) fn check_written_view(
        &mut self,
        (id, event): (TableId, &str),
        columns: &[usize],
        span: Span,
    ) {
        let table = self.model.table(id);
        let name = &table.name.name;
        let is_stood_in = self
            .model
            .stood_in
            .contains(&(name.to_lowercase(), event.to_owned()));
        let Some(view) = table.view.as_ref().filter(|_| !is_stood_in) else {
            return;
        };
        let views = self.facts.writes.views;
        if views == WrittenViews::None {
            let why = "SQLite writes no views by itself";
            return self.report(findings::written_view(name, why, span));
        }
        let has_table = view
            .words
            .head
            .iter()
            .any(|word| word.ends_with("TEMPTABLE"));
        let of_joins = views == WrittenViews::OfJoins;
        if event == "delete" && of_joins && self.reads_several(&view.sql) {
            let why = "it reads several tables, and rows are deleted from one";
            return self.report(findings::written_view(name, why, span));
        }
        let why = match view.materialized {
            true => Some("it is materialized"),
            false if has_table => Some("its rows are made in a table of their own"),
            false => self.obstacle_of(&view.sql, DEPTH),
        };
        if let Some(why) = why {
            return self.report(findings::written_view(name, why, span));
        }
        if event == "insert" && of_joins && self.are_of_several(&view.sql, columns) {
            let why = "its columns are of several tables, and a row is inserted into one";
            return self.report(findings::written_view(name, why, span));
        }
        let computed = columns.iter().find(|at| self.is_computed(&view.sql, **at));
        if let Some(column) = computed.and_then(|at| table.columns.get(*at)) {
            let why = format!("its column `{}` is computed", column.name);
            self.report(findings::written_view(name, &why, span));
        }
    }

    /// Why rows of a query are no rows of one table; `None` where they are, or where the query is not read.
    fn obstacle_of(&self, sql: &str, depth: usize) -> Option<&'static str> {
        let whole = read_text(sql, self.dialect).ok()?;
        let Statement::Query(query) = &whole.statement else {
            return None;
        };
        self.obstacle(query, depth)
    }

    fn obstacle(&self, query: &Query, depth: usize) -> Option<&'static str> {
        let of_one_table = self.facts.writes.views == WrittenViews::OfOneTable;
        let select = match &query.body {
            Body::Select(select) => select,
            Body::Set(..) => return Some("it joins several queries"),
            Body::Values { .. } | Body::Table(_) | Body::Query(_) => return None,
        };
        if query.limit.count.is_some() || query.limit.offset.is_some() {
            return Some("it limits its rows");
        }
        if query.with.is_some() && of_one_table {
            return Some("it begins with `WITH`");
        }
        if let Some(why) = self.made_rows(select) {
            return Some(why);
        }
        if !of_one_table {
            return select.from.is_empty().then_some("it reads no table");
        }
        let [source] = select.from.as_slice() else {
            return Some("it reads several tables, or none");
        };
        match &source.kind {
            _ if !source.joins.is_empty() => Some("it reads several tables, or none"),
            SourceKind::Table(name) => {
                let Named::Table(id) = self.names.table(name) else {
                    return None;
                };
                let inner = self.model.table(id);
                let inner = inner.view.as_ref().filter(|_| depth > 0)?;
                self.obstacle_of(&inner.sql, depth - 1)
            }
            SourceKind::Query(..) | SourceKind::Functions(..) => Some("it reads no table itself"),
            SourceKind::Joined(_) => None,
        }
    }

    /// Why each row of a query is made of several rows, or compared with others.
    fn made_rows(&self, select: &Select) -> Option<&'static str> {
        if !matches!(select.distinct, Distinct::No) {
            return Some("it has `DISTINCT`");
        }
        if !select.group.is_empty() || select.having.is_some() {
            return Some("it groups its rows");
        }
        if selected_values(select).any(|value| self.has_aggregate(value)) {
            return Some("it has an aggregate");
        }
        let has_window = selected_values(select).any(has_window);
        has_window.then_some("it has a window function")
    }

    /// Whether the rows of a view's query are not those of tables beside each other.
    pub(super) fn makes_rows(&self, sql: &str) -> bool {
        let Ok(whole) = read_text(sql, self.dialect) else {
            return false;
        };
        let Statement::Query(query) = &whole.statement else {
            return false;
        };
        match &query.body {
            Body::Select(select) => self.made_rows(select).is_some(),
            Body::Set(..) => true,
            Body::Values { .. } | Body::Table(_) | Body::Query(_) => false,
        }
    }

    /// Whether a view joins tables.
    fn reads_several(&self, sql: &str) -> bool {
        let Ok(whole) = read_text(sql, self.dialect) else {
            return false;
        };
        let Statement::Query(query) = &whole.statement else {
            return false;
        };
        let Body::Select(select) = &query.body else {
            return false;
        };
        select.from.len() > 1 || select.from.iter().any(|source| !source.joins.is_empty())
    }

    /// Whether the columns at these places stand under the names of several tables.
    fn are_of_several(&self, sql: &str, columns: &[usize]) -> bool {
        let Ok(whole) = read_text(sql, self.dialect) else {
            return false;
        };
        let items = whole.items();
        let is_value = |item: &SelectItem| matches!(item.kind, ItemKind::Value(..));
        if !items.iter().all(is_value) {
            return false;
        }
        let tables = columns.iter().filter_map(|at| {
            let ItemKind::Value(value, _) = &items.get(*at)?.kind else {
                return None;
            };
            let ExprKind::Column(names) = &value.kind else {
                return None;
            };
            let (_, before) = names.split_last()?;
            before.last().map(|table| table.text.to_lowercase())
        });
        let tables: BTreeSet<String> = tables.collect();
        tables.len() > 1
    }

    /// Whether the column at this place of a view is no column that it reads.
    fn is_computed(&self, sql: &str, at: usize) -> bool {
        let Ok(whole) = read_text(sql, self.dialect) else {
            return false;
        };
        let all = whole.items();
        let is_value = |item: &SelectItem| matches!(item.kind, ItemKind::Value(..));
        let value = all.get(at).filter(|_| all.iter().all(is_value));
        value.is_some_and(|item| match &item.kind {
            ItemKind::Value(value, _) => match &value.kind {
                ExprKind::Column(names) => self.is_computed_of_table(&whole.statement, names),
                _ => true,
            },
            ItemKind::All | ItemKind::AllOf(_) | ItemKind::AllOfRow(_) => false,
        })
    }
}

impl Checker<'_> {
    /// Whether the one table that a view reads computes the column.
    fn is_computed_of_table(&self, statement: &Statement, names: &[Name]) -> bool {
        let Statement::Query(query) = statement else {
            return false;
        };
        let (Body::Select(select), Some(wanted)) = (&query.body, names.last()) else {
            return false;
        };
        let [source] = select.from.as_slice() else {
            return false;
        };
        let SourceKind::Table(name) = &source.kind else {
            return false;
        };
        let Named::Table(id) = self.names.table(name) else {
            return false;
        };
        let mut columns = self.model.table(id).columns.iter();
        let own = columns.find(|one| same_name(&one.name, &wanted.text, self.dialect));
        own.is_some_and(|own| matches!(own.generated, Generated::Computed { .. }))
    }
}

fn selected_values(select: &Select) -> impl Iterator<Item = &Expr> {
    select.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Value(value, _) | ItemKind::AllOfRow(value) => Some(value),
        ItemKind::All | ItemKind::AllOf(_) => None,
    })
}

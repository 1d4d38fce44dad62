//! `FOR UPDATE` and its kin: the rows that can be locked.

use super::checker::Checker;
use super::findings;
use super::mysql::Construct;
use super::names::NameKind;
use super::scope::Scope;
use crate::ast::Name;
use crate::lists::IntoVec as _;
use crate::syntax::{Distinct, Expr, ExprKind, ItemKind, Lock, Select};

impl Checker<'_> {
    /// The tables that `OF` names.
    pub(super) fn check_locked_names(&mut self, locks: &[Lock], scope: &Scope<'_>) {
        for name in locks.iter().flat_map(|lock| &lock.of) {
            self.of_product(Construct::LockOf, name.span);
            let relation = scope.relation(std::slice::from_ref(name), self.dialect);
            if relation.is_none() {
                let known = scope.relations.iter().filter_map(|one| one.name.clone());
                let known = known.into_vec();
                self.report_name(name, NameKind::Alias, known);
            }
        }
    }

    /// A row of a group is no row of a table.
    pub(super) fn check_locked_rows(
        &mut self,
        select: &Select,
        lock: &Lock,
        is_grouped: bool,
        scope: &Scope<'_>,
    ) {
        if !self.facts.selects.locks_table_rows {
            return;
        }
        let windows = select.items.iter().any(|item| match &item.kind {
            ItemKind::Value(value, _) => has_window(value),
            ItemKind::All | ItemKind::AllOf(_) | ItemKind::AllOfRow(_) => false,
        });
        let what = match &select.distinct {
            Distinct::Yes | Distinct::On(_) => "rows of `DISTINCT`",
            Distinct::No if is_grouped => "groups and aggregates",
            Distinct::No if windows => "values of a window function",
            Distinct::No => {
                self.check_locked_views(lock, scope);
                return self.check_locked_join(select, lock, scope);
            }
        };
        self.report(findings::lock_of(what, lock.span));
    }

    /// A view whose rows are no rows of tables.
    fn check_locked_views(&mut self, lock: &Lock, scope: &Scope<'_>) {
        for relation in &scope.relations {
            let is_it = |one: &Name| relation.name.as_deref() == Some(one.text.as_str());
            let is_locked = lock.of.is_empty() || lock.of.iter().any(is_it);
            let table = relation.table.map(|id| self.model.table(id));
            let view = table.and_then(|table| table.view.as_ref().map(|view| (table, view)));
            if let Some((table, view)) = view.filter(|_| is_locked)
                && self.makes_rows(&view.sql)
            {
                let what = format!("rows that the view `{}` makes", table.name.name);
                self.report(findings::lock_of(&what, lock.span));
            }
        }
    }

    /// The side of an outer join that may be without a row cannot be locked, unless the condition excludes that.
    fn check_locked_join(&mut self, select: &Select, lock: &Lock, scope: &Scope<'_>) {
        let [source] = select.from.as_slice() else {
            return;
        };
        let ([_], Some(last)) = (source.joins.as_slice(), scope.relations.last()) else {
            return;
        };
        let is_named = |name: &Option<String>| {
            let mut of = lock.of.iter();
            lock.of.is_empty() || of.any(|one| name.as_deref() == Some(one.text.as_str()))
        };
        let mut relations = scope.relations.iter().enumerate();
        let left_out = relations.find(|(at, relation)| {
            let names = |condition: &Expr| self.names_relation(condition, *at, scope);
            let may_be_without = relation.nullable && relation.table.is_some();
            may_be_without
                && is_named(&relation.name)
                && !select.condition.as_ref().is_some_and(names)
        });
        let is_plain = last.merged.is_empty();
        if left_out.is_some() && is_plain {
            self.report(findings::lock_of(
                "a side of an outer join that may be without a row",
                lock.span,
            ));
        }
    }

    fn names_relation(&self, expr: &Expr, at: usize, scope: &Scope<'_>) -> bool {
        let is_it = self.place_of(expr, scope).is_some_and(|(of, _)| of == at);
        let mut children = expr.children().into_iter();
        is_it || children.any(|child| self.names_relation(child, at, scope))
    }
}

/// Whether a value is computed of the rows beside its own.
pub(super) fn has_window(expr: &Expr) -> bool {
    if let ExprKind::Call(call) = &expr.kind
        && call.over.is_some()
    {
        return true;
    }
    expr.children().into_iter().any(has_window)
}

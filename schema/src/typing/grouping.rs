//! Which columns have one value in each group.

use super::checker::Checker;
use super::findings;
use super::scope::Scope;
use super::select::{conjuncts, item_named};
use crate::lists::IntoVec as _;
use crate::name::same_name;
use crate::syntax::{
    Call, Expr, ExprKind, Group, ItemKind, JoinOn, Select, Sort, Source, SourceKind,
};

/// The groups of a query.
pub(super) struct Groups {
    /// The values as they are written, without blanks.
    pub(super) texts: Vec<String>,
    /// Columns by table and place.
    columns: Vec<(usize, usize)>,
    /// All rows are one group.
    is_whole: bool,
}

impl Groups {
    pub(super) fn new(
        checker: &Checker<'_>,
        values: &[&Expr],
        select: &Select,
        scope: &Scope<'_>,
        is_whole: bool,
    ) -> Self {
        let mut groups = Self {
            texts: Vec::new(),
            columns: Vec::new(),
            is_whole,
        };
        for value in values {
            let value = item_named(value, select, scope, checker).unwrap_or(value);
            groups.texts.push(written(checker, value));
            groups.columns.extend(checker.place_of(value, scope));
        }
        // PostgreSQL knows what follows from a key only where every row is grouped by it.
        let sets = select.group.iter();
        let mut sets = sets.filter(|group| matches!(group, Group::Sets(..)));
        if sets.next().is_none() {
            groups.close(checker, select, scope);
        }
        groups
    }

    /// Adds what follows: of a table whose key is grouped by every column; on MySQL also what is equal to such a column.
    fn close(&mut self, checker: &Checker<'_>, select: &Select, scope: &Scope<'_>) {
        let by_uniques = checker.facts.selects.groups_by_uniques;
        let equal = if by_uniques {
            equalities(checker, select, scope)
        } else {
            Vec::new()
        };
        loop {
            let before = self.columns.len();
            for (at, relation) in scope.relations.iter().enumerate() {
                let Some(table) = relation.table else {
                    continue;
                };
                let table = checker.model.table(table);
                let mut keys = table.primary_key.iter().map(|key| &key.columns);
                let uniques = table.uniques.iter().map(|unique| &unique.columns);
                let mut uniques = uniques.filter(|columns| {
                    let mut columns = columns.iter();
                    by_uniques && columns.all(|id| !table.column(*id).nullable)
                });
                let is_known = keys.any(|key| self.has_all(at, key))
                    || uniques.any(|key| self.has_all(at, key));
                if is_known {
                    let all = (0..table.columns.len()).map(|column| (at, column));
                    let all = all.filter(|one| !self.columns.contains(one));
                    let all: Vec<_> = all.into_vec();
                    self.columns.extend(all);
                }
            }
            for (one, other) in &equal {
                for (known, follows) in [(one, other), (other, one)] {
                    if self.columns.contains(known) && !self.columns.contains(follows) {
                        self.columns.push(*follows);
                    }
                }
            }
            if self.columns.len() == before {
                return;
            }
        }
    }

    fn has_all(&self, relation: usize, key: &[crate::model::ColumnId]) -> bool {
        let mut key = key.iter();
        !key.as_slice().is_empty()
            && key.all(|column| self.columns.contains(&(relation, column.0 as usize)))
    }
}

impl Checker<'_> {
    /// The table and place of a column of this very query.
    pub(super) fn place_of(&self, expr: &Expr, scope: &Scope<'_>) -> Option<(usize, usize)> {
        let ExprKind::Column(names) = &expr.kind else {
            return None;
        };
        let (column, qualifiers) = names.split_last()?;
        for (at, relation) in scope.relations.iter().enumerate() {
            if let Some(table) = qualifiers.last() {
                let own = relation.name.as_deref();
                if !own.is_some_and(|own| same_name(own, &table.text, self.dialect)) {
                    continue;
                }
            }
            let fields = relation.fields.as_ref()?;
            let found = fields.iter().position(|field| {
                let own = field.name.as_deref();
                own.is_some_and(|own| same_name(own, &column.text, self.dialect))
            });
            if let Some(found) = found {
                return Some((at, found));
            }
        }
        None
    }

    /// Columns that have several values in a group. SQLite takes any of them.
    pub(super) fn check_groups(
        &mut self,
        groups: &Groups,
        select: &Select,
        order: &[Sort],
        scope: &Scope<'_>,
    ) {
        if self.facts.selects.any_of_group {
            return;
        }
        let items = select.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Value(value, _) => Some(value),
            ItemKind::All | ItemKind::AllOf(_) | ItemKind::AllOfRow(_) => None,
        });
        let order = order.iter().map(|sort| &sort.value);
        let order = order.filter(|value| !self.names_item(value, select));
        let values: Vec<&Expr> = items.chain(select.having.as_ref()).chain(order).into_vec();
        for value in values {
            self.check_grouped(value, groups, scope);
        }
        let star = select
            .items
            .iter()
            .find(|item| !matches!(item.kind, ItemKind::Value(..)));
        if let Some(star) = star {
            let all_known = scope.relations.iter().enumerate().all(|(at, relation)| {
                let count = relation.fields.as_ref().map_or(0, |fields| fields.len());
                (0..count).all(|column| groups.columns.contains(&(at, column)))
            });
            if !all_known {
                self.report(findings::not_grouped("*", groups.is_whole, star.span));
            }
        }
    }

    /// PostgreSQL's `grouping(a)`, whose arguments are values of GROUP BY.
    fn is_grouping(&self, call: &Call) -> bool {
        let is_it = call.function() == "grouping" && call.name.len() == 1;
        is_it && self.facts.selects.grouping_function
    }

    /// The same in a query that has no groups.
    pub(super) fn check_no_groups(&mut self, select: &Select) {
        for item in &select.items {
            if let ItemKind::Value(value, _) = &item.kind
                && let ExprKind::Call(call) = &value.kind
                && self.is_grouping(call)
            {
                self.report(findings::no_group(value.span));
            }
        }
    }

    /// Whether a value of ORDER BY is the name of an item.
    fn names_item(&self, value: &Expr, select: &Select) -> bool {
        let ExprKind::Column(names) = &value.kind else {
            return false;
        };
        let [name] = names.as_slice() else {
            return false;
        };
        let is = |own: &crate::ast::Name| same_name(&own.text, &name.text, self.dialect);
        select.items.iter().any(|item| match &item.kind {
            ItemKind::Value(_, Some(alias)) => is(alias),
            ItemKind::Value(value, None) => match &value.kind {
                ExprKind::Column(names) => names.last().is_some_and(is),
                _ => false,
            },
            _ => true,
        })
    }

    fn check_grouped(&mut self, value: &Expr, groups: &Groups, scope: &Scope<'_>) {
        if groups.texts.contains(&written(self, value)) {
            return;
        }
        match &value.kind {
            ExprKind::Call(call) if self.is_aggregate(call) => {}
            ExprKind::Call(call) if self.is_grouping(call) => {
                for argument in &call.arguments {
                    let argument = &argument.value;
                    let place = self.place_of(argument, scope);
                    let is_column = place.is_some_and(|place| groups.columns.contains(&place));
                    if !is_column && !groups.texts.contains(&written(self, argument)) {
                        self.report(findings::no_group(argument.span));
                    }
                }
            }
            ExprKind::Column(names) => {
                let Some(place) = self.place_of(value, scope) else {
                    return;
                };
                let merged = |one: &super::scope::Merged| {
                    names
                        .last()
                        .is_some_and(|name| same_name(&one.name, &name.text, self.dialect))
                };
                let is_merged = scope.merged.iter().any(merged);
                if !groups.columns.contains(&place) && !is_merged {
                    let shown = self.text_at(value.span).to_owned();
                    self.report(findings::not_grouped(&shown, groups.is_whole, value.span));
                }
            }
            _ => {
                for child in value.children() {
                    self.check_grouped(child, groups, scope);
                }
            }
        }
    }
}

/// Columns that a condition or a join says to be equal.
fn equalities(
    checker: &Checker<'_>,
    select: &Select,
    scope: &Scope<'_>,
) -> Vec<((usize, usize), (usize, usize))> {
    let mut conditions: Vec<&Expr> = select.condition.iter().into_vec();
    for source in &select.from {
        conditions_of(source, &mut conditions);
    }
    let conditions = conditions.into_iter().flat_map(conjuncts);
    let equal = conditions.filter_map(|condition| {
        let ExprKind::Chain(chain) = &condition.kind else {
            return None;
        };
        let [(operator, right)] = chain.rest.as_slice() else {
            return None;
        };
        let places = checker
            .place_of(&chain.first, scope)
            .zip(checker.place_of(right, scope));
        places.filter(|_| operator.text == "=")
    });
    equal.into_vec()
}

fn conditions_of<'s>(source: &'s Source, conditions: &mut Vec<&'s Expr>) {
    if let SourceKind::Joined(inner) = &source.kind {
        conditions_of(inner, conditions);
    }
    for join in &source.joins {
        if let JoinOn::Condition(condition) = &join.on {
            conditions.push(condition);
        }
        conditions_of(&join.source, conditions);
    }
}

/// An expression as it is written, without blanks and case.
pub(super) fn written(checker: &Checker<'_>, value: &Expr) -> String {
    let text = checker.text_at(value.span);
    let text = text.trim_start_matches('(').trim_end_matches(')');
    text.split_whitespace().collect::<String>().to_lowercase()
}

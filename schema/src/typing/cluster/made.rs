//! Queries in `FROM` that Citus runs before all else, as none of their rows is of one shard.

use super::flow::Flow;
use super::parts::{is_in, other_expressions, selects_of};
use super::sides::Side;
use crate::ast::Name;
use crate::syntax::{Body, Distinct, Expr, ExprKind, Group, ItemKind, Query, Select, Window};

impl Flow<'_> {
    /// Notes which keys of a query in `FROM` conditions around it reach.
    pub(super) fn seal(&mut self, query: &Query) {
        let keys = self.named.within(query.span);
        if self.is_apart(query) {
            let united = self.notes.united.iter().map(|(place, _)| *place);
            let united = united.filter(|place| is_in(query.span, *place));
            self.opaque.extend(keys.chain(united));
            self.made.insert(query.span);
        } else if selects_of(&query.body).into_iter().any(has_groups) {
            self.grouped.extend(keys);
        }
    }

    /// Whether rows of a query are not of one shard each.
    fn is_apart(&self, query: &Query) -> bool {
        query.limit.count.is_some()
            || query.limit.offset.is_some()
            || !query.locks.is_empty()
            || self.is_body_apart(&query.body)
    }

    fn is_body_apart(&self, body: &Body) -> bool {
        match body {
            Body::Select(select) => {
                matches!(select.distinct, Distinct::On(_))
                    || self.has_window_over_all(select)
                    || self.has_groups_over_all(select)
            }
            Body::Query(query) => self.is_apart(query),
            Body::Set(first, parts) => {
                let has_key = parts.last().is_some_and(|part| {
                    self.united(part.span).is_some() && !self.opaque.contains(&part.span)
                });
                let mut rest = parts.iter().map(|part| &part.body);
                !has_key || self.is_body_apart(first) || rest.any(|body| self.is_body_apart(body))
            }
            Body::Values { .. } => false,
            Body::Table(_) => true,
        }
    }

    /// Whether a row is made of rows of several keys.
    fn has_groups_over_all(&self, select: &Select) -> bool {
        let is_key = |value: &Expr| matches!(self.side(value), Some(Side::Key(..)));
        let values = || {
            select.items.iter().filter_map(|item| match &item.kind {
                ItemKind::Value(value, alias) => Some((value, alias.as_ref())),
                ItemKind::All | ItemKind::AllOf(_) | ItemKind::AllOfRow(_) => None,
            })
        };
        if matches!(select.distinct, Distinct::Yes) {
            let has_all = values().count() < select.items.len();
            return !has_all && !values().any(|(value, _)| is_key(value));
        }
        if select.group.is_empty() {
            let mut values = values().map(|(value, _)| value).chain(&select.having);
            return select.having.is_some()
                || values.any(|value| self.checker.has_aggregate(value));
        }
        // By its number or its alias.
        let item = |value: &Expr| match &value.kind {
            ExprKind::Number(number) => {
                let at = number.parse::<usize>().ok()?.checked_sub(1)?;
                values().nth(at).map(|(value, _)| value)
            }
            ExprKind::Column(names) => match names.as_slice() {
                [name] => {
                    let is = |alias: Option<&Name>| alias.is_some_and(|own| own.text == name.text);
                    let found = values().find(|(_, alias)| is(*alias));
                    found.map(|(value, _)| value)
                }
                _ => None,
            },
            _ => None,
        };
        let mut groups = select.group.iter().filter_map(|group| match group {
            Group::Value(sort) => Some(&sort.value),
            Group::Sets(..) => None,
        });
        !groups.any(|value| is_key(value) || item(value).is_some_and(is_key))
    }

    /// Whether a window reaches over rows of several keys.
    fn has_window_over_all(&self, select: &Select) -> bool {
        let is_key = |value: &Expr| matches!(self.side(value), Some(Side::Key(..)));
        let named = |name: &str| {
            let own = select.windows.iter().find(|(own, _)| own.text == name);
            own.is_some_and(|(_, window)| window.partition.iter().any(is_key))
        };
        windows_of(select).into_iter().any(|window| {
            let of_name = window.name.as_ref().is_some_and(|name| named(&name.text));
            !of_name && !window.partition.iter().any(is_key)
        })
    }
}

fn has_groups(select: &Select) -> bool {
    !select.group.is_empty()
        || select.having.is_some()
        || matches!(select.distinct, Distinct::Yes)
        || !windows_of(select).is_empty()
}

/// The windows that the items of a `SELECT` are computed over.
fn windows_of(select: &Select) -> Vec<&Window> {
    let mut open = other_expressions(select, None);
    let mut found = Vec::new();
    while let Some(expr) = open.pop() {
        if let ExprKind::Call(call) = &expr.kind {
            found.extend(&call.over);
        }
        open.extend(expr.children());
    }
    found
}

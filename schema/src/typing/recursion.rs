//! Queries of WITH that read themselves: where each database takes that.

use super::checker::Checker;
use super::facts::Steps;
use super::findings;
use super::lock::has_window;
use crate::ast::{Name, ObjectName};
use crate::lists::IntoVec as _;
use crate::name::same_name;
use crate::source::Span;
use crate::syntax::{
    Body, CommonTable, Expr, ItemKind, JoinKind, JoinOn, Node, Query, Select, Source, SourceKind,
    walk_from,
};

/// Where a query reads itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SelfReference {
    From,
    /// In a query of FROM.
    Within,
    /// On the side of an outer join that may be without a row.
    Outer,
    /// In a query of an expression.
    Value,
}

impl Checker<'_> {
    pub(super) fn check_recursion(&mut self, table: &CommonTable, query: &Query) {
        let name = &table.name;
        if query.with.is_some() || !self.reads(Node::Body(&query.body), name) {
            return;
        }
        let Some(steps) = self.steps(query, name) else {
            let help = "write the rows to begin with, then `UNION ALL` and the query that reads it";
            let message = format!("`{}` reads itself where it has no rows yet", name.text);
            return self.report(findings::recursion(&message, name.span, help));
        };
        let limits = query.limit.count.is_some() || query.limit.offset.is_some();
        let is_cut = !query.order.is_empty() || limits || !query.locks.is_empty();
        if is_cut && !self.facts.recursion.orders {
            let message = format!(
                "the recursive query `{}` orders or limits its rows",
                name.text
            );
            let help =
                "order and limit what is read of it: `SELECT … FROM name ORDER BY … LIMIT …`";
            self.report(findings::recursion(&message, name.span, help));
        }
        for step in steps {
            if let Body::Select(select) = step {
                self.check_step(select, name);
            }
        }
    }

    /// The parts from the first on that reads the query itself.
    fn steps<'q>(&self, query: &'q Query, name: &Name) -> Option<Vec<&'q Body>> {
        let Body::Set(first, parts) = &query.body else {
            return None;
        };
        let begins = parts
            .iter()
            .position(|part| self.reads(Node::Body(&part.body), name))?;
        let steps = &parts[begins..];
        let is_union = steps.iter().all(|part| part.operator == "union");
        let begins_alone = || !self.reads(Node::Body(first), name);
        let is_sound = match self.facts.recursion.steps {
            Steps::Last => is_union && steps.len() == 1 && begins_alone(),
            Steps::Unions => is_union && begins_alone(),
            Steps::Any => true,
        };
        is_sound.then(|| steps.iter().map(|part| &part.body).into_vec())
    }

    fn check_step(&mut self, select: &Select, name: &Name) {
        let mut places = Vec::new();
        for source in &select.from {
            self.places_in(source, name, &mut places);
        }
        let items = select.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Value(value, _) | ItemKind::AllOfRow(value) => Some(value),
            ItemKind::All | ItemKind::AllOf(_) => None,
        });
        let values: Vec<&Expr> = items
            .chain(&select.condition)
            .chain(&select.having)
            .into_vec();
        for value in &values {
            self.places_of_value(value, name, &mut places);
        }
        if places.is_empty() {
            return;
        }
        let has = |place: SelfReference| places.iter().find(|(one, _)| *one == place);
        let takes = &self.facts.recursion;
        let aggregates = values.iter().find(|value| self.has_aggregate(value));
        let windows = values.iter().find(|value| has_window(value));
        let windows = windows.filter(|_| !takes.windows);
        let grouped = !takes.groups && !select.group.is_empty();
        let (what, span) = if let Some((_, span)) = has(SelfReference::Value) {
            ("in a query within an expression", *span)
        } else if let Some((_, span)) = has(SelfReference::Within).filter(|_| !takes.within_from) {
            ("in a query of `FROM`", *span)
        } else if let Some((_, span)) = has(SelfReference::Outer).filter(|_| !takes.outer_joins) {
            (
                "on the side of an outer join that may be without a row",
                *span,
            )
        } else if let [_, (_, span), ..] = places.as_slice() {
            ("twice", *span)
        } else if let Some(value) = aggregates.or(windows) {
            ("to make one value of several of its rows", value.span)
        } else if grouped {
            ("to make groups of its rows", select.span)
        } else {
            return;
        };
        let message = format!("`{}` reads itself {what}", name.text);
        let help = "read it once, in `FROM` or an inner join, and compute the rest in the query that reads its rows";
        self.report(findings::recursion(&message, span, help));
    }

    fn places_in(&self, source: &Source, name: &Name, places: &mut Vec<(SelfReference, Span)>) {
        let from = places.len();
        match &source.kind {
            SourceKind::Table(table) if self.is_itself(table, name) => {
                places.push((SelfReference::From, table.name.span));
            }
            SourceKind::Query(query, _) => {
                if self.reads(Node::Query(query), name) {
                    places.push((SelfReference::Within, query.span));
                }
            }
            SourceKind::Joined(inner) => self.places_in(inner, name, places),
            SourceKind::Table(_) | SourceKind::Functions(..) => {}
        }
        for join in &source.joins {
            let before = places.len();
            self.places_in(&join.source, name, places);
            let outer = match join.kind {
                JoinKind::Inner => 0..0,
                JoinKind::Left => before..places.len(),
                JoinKind::Right => from..before,
                JoinKind::Full => from..places.len(),
            };
            for (place, _) in &mut places[outer] {
                *place = SelfReference::Outer;
            }
            if let JoinOn::Condition(condition) = &join.on {
                self.places_of_value(condition, name, places);
            }
        }
    }

    fn places_of_value(&self, value: &Expr, name: &Name, places: &mut Vec<(SelfReference, Span)>) {
        if self.reads(Node::Expr(value), name) {
            places.push((SelfReference::Value, value.span));
        }
    }

    fn is_itself(&self, table: &ObjectName, name: &Name) -> bool {
        table.schema.is_none() && same_name(&table.name.text, &name.text, self.dialect)
    }

    /// Whether a part of a query reads the table of this name; one that names another so does not.
    fn reads(&self, part: Node<'_>, name: &Name) -> bool {
        let (mut reads, mut is_hidden) = (false, false);
        walk_from(part, |node| match node {
            Node::Source(source) => {
                if let SourceKind::Table(table) = &source.kind {
                    reads |= self.is_itself(table, name);
                }
            }
            Node::Common(table) => {
                is_hidden |= same_name(&table.name.text, &name.text, self.dialect);
            }
            Node::Statement(_) | Node::Query(_) | Node::Body(_) | Node::Expr(_) => {}
        });
        reads && !is_hidden
    }
}

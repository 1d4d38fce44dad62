//! Keys that are equal to each other, and keys that have one value.
//!
//! PostgreSQL hands a constant on over what is equal in all rows: `a.t = b.t AND a.t = $1` is one server for both. It does so from a query
//! to the tables in `FROM` and in `EXISTS`, and over an outer join from the side that keeps its rows to the other; Citus sees what it
//! finds. What is only joined by equal keys can run on each shard by itself.

use std::collections::{HashMap, HashSet};

use super::Scattered;
use super::correlated::is_correlated;
use super::groups::Groups;
use super::notes::Notes;
use super::parts::{
    Named, all_sources, inlined_at, is_in, other_expressions, queries_in, select_of, selects_of,
    semi_join,
};
use super::sides::{Fixed, Side, equalities, made};
use crate::model::TableId;
use crate::source::Span;
use crate::syntax::{
    Assignment, Body, Delete, Expr, ExprKind, Insert, InsertSource, ItemKind, Join, JoinKind,
    JoinOn, Merge, Query, Select, Source, SourceKind, Statement, Update, With,
};
use crate::typing::checker::Checker;
use crate::typing::select::conjuncts;

/// How equalities of a query's key with one of the query around it count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// Both have the other's value: `EXISTS`.
    Both,
    /// The inner one has the outer one's: `NOT EXISTS`.
    Inward,
    /// None has.
    No,
}

/// The condition that an equality is of.
#[derive(Clone, Copy)]
enum Of<'s> {
    Where,
    Join(&'s Join),
}

/// The equalities of a statement.
pub(super) struct Flow<'a> {
    pub(super) checker: &'a Checker<'a>,
    pub(super) notes: &'a Notes,
    pub(super) named: &'a Named,
    whole: &'a Statement,
    /// Of the whole file.
    pub(super) text: &'a str,
    /// Keys that are equal in the rows that are joined.
    together: Groups,
    /// A key whose values the other has; with a query, only where the `WHERE` of that query fixes the first.
    edges: Vec<(Span, Span, Option<Span>)>,
    /// Keys that a condition fixes, and the query whose `WHERE` it is.
    fixed: Vec<(Span, Fixed, Option<Span>)>,
    /// The query whose conditions are looked at, and the one around it.
    level: Span,
    around: Span,
    /// The queries of `WITH` that are read as if they stood where they are named.
    pub(super) inlined: HashMap<Span, &'a Query>,
    /// Queries in `FROM` whose rows Citus makes before all others.
    pub(super) made: HashSet<Span>,
    /// The keys within them, which nothing around them has.
    pub(super) opaque: HashSet<Span>,
    /// Keys of queries in `FROM` whose own conditions do not reach what they are joined to.
    pub(super) grouped: HashSet<Span>,
    /// The tables that `INSERT` writes, whose shards are those of its rows.
    inserted: Vec<Span>,
    values: HashMap<Span, Vec<Fixed>>,
}

impl<'a> Flow<'a> {
    pub(super) fn of(
        checker: &'a Checker<'a>,
        notes: &'a Notes,
        named: &'a Named,
        (text, statement): (&'a str, &'a Statement),
    ) -> Self {
        let mut flow = Self {
            checker,
            notes,
            named,
            whole: statement,
            text,
            together: Groups::default(),
            edges: Vec::new(),
            fixed: Vec::new(),
            level: statement.span(),
            around: statement.span(),
            inlined: HashMap::new(),
            made: HashSet::new(),
            opaque: HashSet::new(),
            grouped: HashSet::new(),
            inserted: Vec::new(),
            values: HashMap::new(),
        };
        flow.statement(statement, 0);
        flow.close();
        flow
    }

    /// Whether the keys of two names are equal in the rows that are joined.
    pub(super) fn are_together(&self, one: Span, other: Span) -> bool {
        self.together.are_one(one, other)
    }

    /// Whether Citus makes the rows of a query in `FROM` before all others.
    pub(super) fn is_made(&self, query: Span) -> bool {
        self.made.contains(&query)
    }

    /// Whether one shard has all rows that a part of the statement needs.
    pub(super) fn is_one(&self, part: Span) -> bool {
        let mut needed = self
            .named
            .within(part)
            .filter(|name| !self.inserted.contains(name));
        let Some(first) = needed.next() else {
            return true;
        };
        let rest: Vec<Span> = needed.collect();
        let has = |name: &Span, value: &Fixed| {
            let values = self.values.get(name).map(Vec::as_slice).unwrap_or_default();
            values.contains(value)
        };
        let values = self
            .values
            .get(&first)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut values = values.iter();
        values.any(|value| {
            let mut rest = rest.iter();
            rest.all(|name| has(name, value) && self.may_be_together(first, *name))
        })
    }

    /// The first table of which the statement needs all shards.
    pub(super) fn unbound(&self, named: &Named) -> Option<Scattered> {
        let is_open = |name: &Span| {
            let is_fixed = self
                .values
                .get(name)
                .is_some_and(|values| !values.is_empty());
            !is_fixed && !self.inserted.contains(name)
        };
        let found = named.sharded.iter().find(|(span, _)| is_open(span));
        found.map(|&(span, table)| Scattered {
            table,
            span,
            in_view: false,
        })
    }

    pub(super) fn table(&self, key: Span) -> Option<TableId> {
        let mut open = if key.start > key.end { made(key) } else { key };
        loop {
            if let Some(table) = self.named.table(open) {
                return Some(table);
            }
            open = *self.united(open)?.first()?;
        }
    }

    /// The keys of the rows that the key of a `UNION` is of.
    pub(super) fn united(&self, part: Span) -> Option<&'a [Span]> {
        let mut united = self.notes.united.iter();
        let found = united.find(|(place, _)| *place == part);
        found.map(|(_, keys)| keys.as_slice())
    }

    fn may_be_together(&self, one: Span, other: Span) -> bool {
        let both = self.table(one).zip(self.table(other));
        both.is_some_and(|(one, other)| one == other || self.checker.model.is_colocated(one, other))
    }

    /// Follows the values over what is equal.
    fn close(&mut self) {
        for (key, value, _) in &self.fixed {
            self.values.entry(*key).or_default().push(value.clone());
        }
        let by_where: HashSet<(Span, Span)> = self
            .fixed
            .iter()
            .filter_map(|(key, _, level)| level.map(|level| (*key, level)))
            .collect();
        loop {
            let mut added = false;
            for (from, to, only_where) in &self.edges {
                if only_where.is_some_and(|level| !by_where.contains(&(*from, level))) {
                    continue;
                }
                let from = self.values.get(from).cloned().unwrap_or_default();
                let known = self.values.entry(*to).or_default();
                for value in from {
                    if !known.contains(&value) {
                        known.push(value);
                        added = true;
                    }
                }
            }
            if !added {
                break;
            }
        }
        let fixed: Vec<(Span, Vec<Fixed>)> = self
            .values
            .iter()
            .map(|(key, values)| (*key, values.clone()))
            .collect();
        for (at, (one, values)) in fixed.iter().enumerate() {
            for (other, others) in &fixed[at + 1..] {
                let same = values.iter().any(|value| others.contains(value));
                if same && self.may_be_together(*one, *other) {
                    self.together.unite(*one, *other);
                }
            }
        }
    }

    fn statement(&mut self, statement: &'a Statement, depth: usize) {
        match statement {
            Statement::Query(query) => self.query(query, depth, Link::No),
            Statement::Insert(insert) => self.insert(insert, depth),
            Statement::Update(update) => self.update(update, depth),
            Statement::Delete(delete) => self.delete(delete, depth),
            Statement::Merge(merge) => self.merge(merge, depth),
        }
    }

    fn with(&mut self, with: Option<&'a With>, around: Span, depth: usize) {
        let Some(with) = with else { return };
        for table in &with.tables {
            self.statement(&table.statement, depth);
            let inlined = inlined_at(table, with, around, self.notes, self.whole);
            match (&table.statement, inlined) {
                (Statement::Query(query), Some(at)) => {
                    self.seal(query);
                    self.inlined.insert(at, query);
                }
                (other, _) => self.opaque.extend(self.named.within(other.span())),
            }
        }
    }

    fn query(&mut self, query: &'a Query, depth: usize, link: Link) {
        self.with(query.with.as_ref(), query.span, depth);
        match &query.body {
            Body::Select(select) => self.select(select, depth, link),
            Body::Query(inner) => self.query(inner, depth, link),
            Body::Set(_, parts) => {
                for select in selects_of(&query.body) {
                    self.select(select, depth, Link::No);
                }
                for part in parts {
                    let keys = self.united(part.span).unwrap_or_default();
                    if keys.iter().any(|key| self.opaque.contains(key)) {
                        self.opaque.insert(part.span);
                        continue;
                    }
                    for &key in keys {
                        self.together.unite(part.span, key);
                        self.edges.push((part.span, key, None));
                    }
                }
            }
            Body::Values { rows, .. } => {
                for value in rows.iter().flatten() {
                    self.inner(value, depth);
                }
            }
            Body::Table(_) => {}
        }
        for sort in &query.order {
            self.inner(&sort.value, depth);
        }
    }

    fn select(&mut self, select: &'a Select, depth: usize, link: Link) {
        let before = (self.level, self.around);
        (self.level, self.around) = (select.span, self.level);
        self.sources(&select.from, depth, link);
        if let Some(condition) = &select.condition {
            self.conditions(condition, Of::Where, depth, link);
        }
        for expr in other_expressions(select, None) {
            self.inner(expr, depth);
        }
        (self.level, self.around) = before;
    }

    fn sources(&mut self, sources: &'a [Source], depth: usize, link: Link) {
        for source in all_sources(sources) {
            match &source.kind {
                SourceKind::Query(query, lateral) => {
                    let own = if *lateral { depth + 1 } else { depth };
                    let is_joined = !*lateral && is_plain(query);
                    self.query(query, own, if is_joined { link } else { Link::No });
                    self.seal(query);
                }
                SourceKind::Functions(calls, _) => {
                    for call in calls {
                        self.inner(call, depth);
                    }
                }
                SourceKind::Table(_) | SourceKind::Joined(_) => {}
            }
        }
        for join in all_sources(sources)
            .into_iter()
            .flat_map(|source| &source.joins)
        {
            if let JoinOn::Condition(condition) = &join.on {
                self.conditions(condition, Of::Join(join), depth, link);
            }
            let pairs = self.notes.merged.iter();
            let is_seen = |keys: &[Span; 2]| keys.iter().all(|key| !self.opaque.contains(key));
            let pairs = pairs.filter(|(at, keys)| *at == join.source.span && is_seen(keys));
            let pairs: Vec<_> = pairs.collect();
            for (_, [left, right]) in pairs {
                let (left, right) = (Side::Key(*left, depth), Side::Key(*right, depth));
                self.equal(left, right, Of::Join(join), depth, link);
            }
        }
    }

    fn insert(&mut self, insert: &'a Insert, depth: usize) {
        self.with(insert.with.as_ref(), insert.span, depth);
        self.inserted.push(insert.table.name.span);
        match &insert.source {
            InsertSource::Query(query) => self.query(query, depth, Link::No),
            InsertSource::Values(values) => {
                for value in values.rows.iter().flat_map(|(row, _)| row) {
                    self.inner(value, depth);
                }
            }
            InsertSource::Defaults | InsertSource::Set(_) => {}
        }
    }

    fn update(&mut self, update: &'a Update, depth: usize) {
        self.with(update.with.as_ref(), update.span, depth);
        self.sources(&update.tables, depth, Link::No);
        self.sources(&update.from, depth, Link::No);
        if let Some(condition) = &update.condition {
            self.conditions(condition, Of::Where, depth, Link::No);
        }
        self.assignments(&update.assignments, depth);
    }

    fn assignments(&mut self, assignments: &'a [Assignment], depth: usize) {
        for assignment in assignments {
            self.inner(&assignment.value, depth);
        }
    }

    fn delete(&mut self, delete: &'a Delete, depth: usize) {
        self.with(delete.with.as_ref(), delete.span, depth);
        self.sources(&delete.from, depth, Link::No);
        self.sources(&delete.using, depth, Link::No);
        if let Some(condition) = &delete.condition {
            self.conditions(condition, Of::Where, depth, Link::No);
        }
    }

    fn merge(&mut self, merge: &'a Merge, depth: usize) {
        self.with(merge.with.as_ref(), merge.span, depth);
        self.sources(std::slice::from_ref(&merge.into), depth, Link::No);
        self.sources(std::slice::from_ref(&merge.using), depth, Link::No);
        // Rows that match none are written, so that the condition fixes nothing.
        for condition in conjuncts(&merge.on) {
            for (one, other) in equalities(condition) {
                if let (Some(Side::Key(one, _)), Some(Side::Key(other, _))) =
                    (self.side(one), self.side(other))
                {
                    self.unite(one, other);
                }
            }
        }
    }

    /// The queries within an expression, of which no equality counts outside.
    fn inner(&mut self, expr: &'a Expr, depth: usize) {
        for query in queries_in(expr) {
            self.query(query, depth + 1, Link::No);
        }
    }

    fn conditions(&mut self, condition: &'a Expr, of: Of<'a>, depth: usize, link: Link) {
        for condition in conjuncts(condition) {
            for (one, other) in equalities(condition) {
                if let (Some(one), Some(other)) = (self.side(one), self.side(other)) {
                    self.equal(one, other, of, depth, link);
                }
            }
            self.queries(condition, of, depth, link);
        }
    }

    /// The queries in a condition that all rows fulfil.
    fn queries(&mut self, condition: &'a Expr, of: Of<'a>, depth: usize, link: Link) {
        let is_where = matches!(of, Of::Where);
        match &condition.kind {
            ExprKind::Exists(query) if is_where => {
                let own = if is_plain(query) {
                    Link::Both
                } else {
                    Link::No
                };
                self.query(query, depth + 1, own);
            }
            ExprKind::Prefix(not, inner) if is_where && not.text == "not" => match &inner.kind {
                ExprKind::Exists(query) => {
                    let own = if is_plain(query) {
                        Link::Inward
                    } else {
                        Link::No
                    };
                    self.query(query, depth + 1, own);
                }
                _ => self.inner(inner, depth),
            },
            _ => {
                self.inner(condition, depth);
                if let Some((operand, query)) = semi_join(condition)
                    && is_where
                    && is_plain(query)
                    && !is_correlated(self.notes, query, depth + 1)
                {
                    self.semi_join(operand, query, depth, link);
                }
            }
        }
    }

    /// `a IN (SELECT b …)`: the keys among them are equal.
    fn semi_join(&mut self, operand: &'a Expr, query: &'a Query, depth: usize, link: Link) {
        let Some(select) = select_of(query) else {
            return;
        };
        let operands = match &operand.kind {
            ExprKind::Row(values) => values.as_slice(),
            _ => std::slice::from_ref(operand),
        };
        for (operand, item) in operands.iter().zip(&select.items) {
            let ItemKind::Value(item, _) = &item.kind else {
                return;
            };
            if let (Some(one), Some(Side::Key(other, _))) = (self.side(operand), self.side(item)) {
                self.equal(one, Side::Key(other, depth), Of::Where, depth, link);
            }
        }
    }

    fn unite(&mut self, one: Span, other: Span) {
        if self.may_be_together(one, other) {
            self.together.unite(one, other);
        }
    }

    fn equal(&mut self, one: Side, other: Side, of: Of<'_>, depth: usize, link: Link) {
        match (one, other) {
            (Side::Key(one, at), Side::Key(other, other_at)) => {
                self.unite(one, other);
                if self.may_be_together(one, other) {
                    self.equal_keys((one, at), (other, other_at), of, depth, link);
                }
            }
            (Side::Key(key, at), Side::Fixed(value)) | (Side::Fixed(value), Side::Key(key, at)) => {
                let is_here = at >= depth || link == Link::Both;
                let counts = match of {
                    Of::Where => is_here,
                    Of::Join(join) => match join.kind {
                        JoinKind::Inner => is_here,
                        JoinKind::Left => is_in(join.source.span, key),
                        JoinKind::Right | JoinKind::Full => false,
                    },
                };
                if counts {
                    let level = matches!(of, Of::Where).then_some(self.level);
                    self.fixed.push((key, value, level));
                }
            }
            (Side::Fixed(_), Side::Fixed(_)) => {}
        }
    }

    fn equal_keys(
        &mut self,
        (one, one_at): (Span, usize),
        (other, other_at): (Span, usize),
        of: Of<'_>,
        depth: usize,
        link: Link,
    ) {
        let (inner, outer) = match (one_at >= depth, other_at >= depth) {
            (true, true) => return self.joined_keys(one, other, of),
            (true, false) => (one, other),
            (false, true) => (other, one),
            (false, false) => return,
        };
        let level = |key, level| self.grouped.contains(&key).then_some(level);
        let (from_outer, from_inner) = (level(outer, self.around), level(inner, self.level));
        if link != Link::No {
            self.edges.push((outer, inner, from_outer));
        }
        if link == Link::Both {
            self.edges.push((inner, outer, from_inner));
        }
    }

    /// Two keys of one query that are equal.
    fn joined_keys(&mut self, one: Span, other: Span, of: Of<'_>) {
        let kind = match of {
            Of::Where => JoinKind::Inner,
            Of::Join(join) => join.kind,
        };
        let (left, right) = match of {
            Of::Join(join) if is_in(join.source.span, one) => (other, one),
            Of::Join(_) | Of::Where => (one, other),
        };
        let (to_right, to_left) = match kind {
            JoinKind::Inner => (false, false),
            JoinKind::Left => (false, true),
            JoinKind::Right => (true, false),
            JoinKind::Full => (true, true),
        };
        let level = |is_only_where: bool| is_only_where.then_some(self.level);
        let from_left = level(to_right || self.grouped.contains(&left));
        let from_right = level(to_left || self.grouped.contains(&right));
        self.edges.push((left, right, from_left));
        self.edges.push((right, left, from_right));
    }
}

/// Whether a query in a condition is read as a join with what is around it.
fn is_plain(query: &Query) -> bool {
    select_of(query).is_some_and(|select| {
        let aggregates = select.items.iter().any(|item| match &item.kind {
            ItemKind::Value(value, _) => matches!(&value.kind, ExprKind::Call(_)),
            ItemKind::All | ItemKind::AllOf(_) | ItemKind::AllOfRow(_) => false,
        });
        query.with.is_none()
            && query.limit.offset.is_none()
            && select.group.is_empty()
            && select.having.is_none()
            && !aggregates
    })
}

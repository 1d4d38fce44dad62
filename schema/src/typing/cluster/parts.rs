//! The tables that a statement names, and the pieces of its syntax that matter for where it runs.

use std::collections::HashMap;

use super::notes::Notes;
use crate::cluster::Cluster;
use crate::lists::IntoVec as _;
use crate::model::{ColumnId, EngineId, Model, TableId};
use crate::source::Span;
use crate::syntax::{
    Body, CommonTable, Expr, ExprKind, InList, ItemKind, Node, Query, Select, Source, SourceKind,
    Statement, With, open_parts, walk_from, walk_statement,
};

/// Which servers have the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The coordinator alone.
    Local,
    /// The coordinator, which made them of a query: a materialized view.
    Kept,
    /// All of them.
    Reference,
    /// One of them has a row, by this column.
    Sharded(ColumnId),
}

/// The tables of a statement by the places of their names.
pub(super) struct Named {
    pub(super) sharded: Vec<(Span, TableId)>,
    /// Local tables and those that are on all servers.
    pub(super) others: HashMap<Span, Place>,
    /// Views that are read, whose queries are run where they are named.
    pub(super) views: Vec<(Span, TableId)>,
    /// Views that are written, each with the event.
    pub(super) written_views: Vec<(Span, TableId, &'static str)>,
    /// The words that a statement has for each table: its alias, else its name.
    words: HashMap<Span, String>,
}

/// Where the rows of a table are on an engine.
pub(super) fn place(model: &Model, engine: EngineId, id: TableId) -> Place {
    let table = model.table(id);
    match table.distribution_on(model.engine(engine)) {
        None if table.view.as_ref().is_some_and(|view| view.materialized) => Place::Kept,
        None => Place::Local,
        Some(_) => table
            .shard_column()
            .map_or(Place::Reference, Place::Sharded),
    }
}

/// Whether an engine is a Citus cluster.
pub(super) fn is_citus(model: &Model, engine: EngineId) -> bool {
    model.engine(engine).cluster == Some(Cluster::Citus)
}

impl Named {
    pub(super) fn of(
        model: &Model,
        notes: &Notes,
        engine: EngineId,
        statement: &Statement,
    ) -> Self {
        let targets = targets(statement);
        let mut named = Self {
            sharded: Vec::new(),
            others: HashMap::new(),
            views: Vec::new(),
            written_views: Vec::new(),
            words: HashMap::new(),
        };
        for (&span, &id) in &notes.tables {
            let view = model.table(id).view.as_ref();
            if view.is_some_and(|view| !view.materialized) {
                match targets.iter().find(|(target, _)| *target == span) {
                    Some((_, event)) => named.written_views.push((span, id, event)),
                    None => named.views.push((span, id)),
                }
            }
            match place(model, engine, id) {
                Place::Sharded(_) => named.sharded.push((span, id)),
                other => {
                    named.others.insert(span, other);
                }
            }
            named.words.insert(span, model.table(id).name.name.clone());
        }
        named.sharded.sort_by_key(|(span, _)| span.start);
        walk_statement(statement, |node| {
            if let Node::Source(source) = node
                && let (SourceKind::Table(name), Some(alias)) = (&source.kind, &source.alias)
            {
                named.words.insert(name.name.span, alias.text.clone());
            }
        });
        named
    }

    /// The sharded table of a name.
    pub(super) fn table(&self, name: Span) -> Option<TableId> {
        let found = self.sharded.iter().find(|(span, _)| *span == name);
        found.map(|(_, id)| *id)
    }

    /// The word that a statement has for the table of a name.
    pub(super) fn word(&self, name: Span) -> &str {
        self.words.get(&name).map_or("", String::as_str)
    }

    /// The first table of the coordinator alone that is named within a part of the statement.
    pub(super) fn local_within(&self, part: Span) -> Option<Span> {
        let local = self
            .others
            .iter()
            .filter(|(_, place)| **place == Place::Local);
        let within = local
            .map(|(span, _)| *span)
            .filter(|span| is_in(part, *span));
        within.min_by_key(|span| span.start)
    }

    /// The sharded tables that are named within a part of the statement.
    pub(super) fn within(&self, part: Span) -> impl Iterator<Item = Span> {
        let all = self.sharded.iter().map(|(span, _)| *span);
        all.filter(move |span| is_in(part, *span))
    }
}

/// The names of the tables that a statement and those within it write, each with the event.
fn targets(statement: &Statement) -> Vec<(Span, &'static str)> {
    let mut targets = Vec::new();
    walk_statement(statement, |node| {
        let Node::Statement(statement) = node else {
            return;
        };
        let (target, event) = match statement {
            Statement::Query(_) => return,
            Statement::Insert(insert) => (Some(insert.table.name.span), "insert"),
            Statement::Update(update) => (update.tables.first().and_then(table_name), "update"),
            Statement::Delete(delete) => (delete.from.first().and_then(table_name), "delete"),
            Statement::Merge(merge) => (table_name(&merge.into), "merge"),
        };
        targets.extend(target.map(|target| (target, event)));
    });
    targets
}

/// Whether a place is within a part of a text.
pub(super) fn is_in(part: Span, place: Span) -> bool {
    part.start <= place.start && place.end <= part.end
}

/// The queries that stand in an expression, without those within them.
pub(super) fn queries_in(expr: &Expr) -> Vec<&Query> {
    let (mut open, mut found) = (vec![Node::Expr(expr)], Vec::new());
    while let Some(node) = open.pop() {
        match node {
            Node::Query(query) => found.push(query),
            node => open_parts(node, &mut open),
        }
    }
    found
}

/// The expressions of a query that are no conditions of its rows: items, order and the like.
pub(super) fn other_expressions<'s>(select: &'s Select, query: Option<&'s Query>) -> Vec<&'s Expr> {
    let items = select.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Value(value, _) | ItemKind::AllOfRow(value) => Some(value),
        ItemKind::All | ItemKind::AllOf(_) => None,
    });
    let order = query.into_iter().flat_map(|query| &query.order);
    let order = order.map(|sort| &sort.value);
    items.chain(&select.having).chain(order).into_vec()
}

/// The `SELECT` that a query is, where it is one alone.
pub(super) fn select_of(query: &Query) -> Option<&Select> {
    match &query.body {
        Body::Select(select) => Some(select),
        Body::Query(inner) => select_of(inner),
        Body::Values { .. } | Body::Table(_) | Body::Set(..) => None,
    }
}

/// All `SELECT`s of a body.
pub(super) fn selects_of(body: &Body) -> Vec<&Select> {
    match body {
        Body::Select(select) => vec![select],
        Body::Query(inner) => selects_of(&inner.body),
        Body::Set(first, parts) => {
            let parts = parts.iter().flat_map(|part| selects_of(&part.body));
            selects_of(first).into_iter().chain(parts).into_vec()
        }
        Body::Values { .. } | Body::Table(_) => Vec::new(),
    }
}

/// The name of a table that `FROM` reads.
pub(super) fn table_name(source: &Source) -> Option<Span> {
    match &source.kind {
        SourceKind::Table(name) => Some(name.name.span),
        SourceKind::Query(..) | SourceKind::Functions(..) | SourceKind::Joined(_) => None,
    }
}

/// All sources of a `FROM`, those that are joined and those in parentheses too.
pub(super) fn all_sources(sources: &[Source]) -> Vec<&Source> {
    let mut open: Vec<&Source> = sources.iter().into_vec();
    let mut found = Vec::new();
    while let Some(source) = open.pop() {
        if let SourceKind::Joined(inner) = &source.kind {
            open.push(inner);
        }
        open.extend(source.joins.iter().map(|join| &join.source));
        found.push(source);
    }
    found
}

/// The only place that reads a query of `WITH` which is read as if it stood there: without a word against it, without effects of its own.
pub(super) fn inlined_at(
    table: &CommonTable,
    with: &With,
    around: Span,
    notes: &Notes,
    whole: &Statement,
) -> Option<Span> {
    let Statement::Query(query) = &table.statement else {
        return None;
    };
    let name = &table.name.text;
    let reads_itself = with.recursive && !uses(name, query.span, notes, whole).is_empty();
    if table.materialized == Some(true) || reads_itself || !query.locks.is_empty() {
        return None;
    }
    match uses(name, around, notes, whole).as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// Returns the places in a part of a statement that read a query of `WITH`.
pub(super) fn uses(name: &str, part: Span, notes: &Notes, whole: &Statement) -> Vec<Span> {
    let mut uses = Vec::new();
    walk_from(Node::Statement(whole), |node| {
        if let Node::Source(source) = node
            && let SourceKind::Table(read) = &source.kind
            && read.schema.is_none()
            && read.name.text == name
            && is_in(part, read.name.span)
            && !notes.tables.contains_key(&read.name.span)
        {
            uses.push(read.name.span);
        }
    });
    uses
}

/// The queries and operands of `a IN (SELECT …)` and `a = ANY (SELECT …)`.
pub(super) fn semi_join(condition: &Expr) -> Option<(&Expr, &Query)> {
    match &condition.kind {
        ExprKind::In(list) if !list.negated => match &list.list {
            InList::Query(query) => Some((&list.operand, query)),
            InList::Values(_) | InList::Table(_) | InList::Parameter(..) => None,
        },
        ExprKind::Quantified(one) if !one.all && one.operator.text == "=" => match &one.of.kind {
            ExprKind::Query(query) => Some((&one.operand, query)),
            _ => None,
        },
        _ => None,
    }
}

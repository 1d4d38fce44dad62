//! A walk through all parts of a statement, queries in expressions among them, that takes no more stack for what nests.

use super::tree::{
    Assignment, Body, CommonTable, ConflictAction, Delete, Distinct, Expr, ExprKind, Group, InList,
    Insert, InsertSource, ItemKind, JoinOn, Merge, MergeAction, Query, Select, SelectItem, Sort,
    Source, SourceKind, Statement, Update, Window, With,
};

/// A part of a statement.
#[derive(Clone, Copy)]
pub(crate) enum Node<'t> {
    Statement(&'t Statement),
    /// A query of `WITH`.
    Common(&'t CommonTable),
    Query(&'t Query),
    Body(&'t Body),
    Source(&'t Source),
    Expr(&'t Expr),
}

/// Visits a statement and all that it is made of, in no order that means anything.
pub(crate) fn walk_statement<'t>(statement: &'t Statement, visit: impl FnMut(Node<'t>)) {
    walk_from(Node::Statement(statement), visit);
}

/// The same of any part.
pub(crate) fn walk_from<'t>(first: Node<'t>, mut visit: impl FnMut(Node<'t>)) {
    let mut open = vec![first];
    while let Some(node) = open.pop() {
        visit(node);
        open_parts(node, &mut open);
    }
}

/// Adds the parts that a part is made of.
pub(crate) fn open_parts<'t>(node: Node<'t>, open: &mut Vec<Node<'t>>) {
    let parts = &mut Parts { open };
    match node {
        Node::Statement(statement) => parts.of_statement(statement),
        Node::Common(table) => {
            parts.open.push(Node::Statement(&table.statement));
            parts.exprs(table.added.iter().filter_map(|(_, value)| value.as_ref()));
        }
        Node::Query(query) => parts.of_query(query),
        Node::Body(body) => parts.of_body(body),
        Node::Source(source) => parts.of_source(source),
        Node::Expr(expr) => parts.of_expr(expr),
    }
}

/// Returns whether a statement writes no rows and locks none, in none of its parts. A function that it calls may.
pub(crate) fn only_reads(statement: &Statement) -> bool {
    let mut reads = true;
    walk_statement(statement, |node| {
        reads &= match node {
            Node::Statement(statement) => matches!(statement, Statement::Query(_)),
            Node::Query(query) => query.locks.is_empty(),
            Node::Common(_) | Node::Body(_) | Node::Source(_) | Node::Expr(_) => true,
        }
    });
    reads
}

/// The parts that are still to be visited.
struct Parts<'o, 't> {
    open: &'o mut Vec<Node<'t>>,
}

impl<'t> Parts<'_, 't> {
    fn exprs(&mut self, values: impl IntoIterator<Item = &'t Expr>) {
        self.open.extend(values.into_iter().map(Node::Expr));
    }

    fn sorts(&mut self, order: &'t [Sort]) {
        self.exprs(order.iter().map(|sort| &sort.value));
    }

    fn sources(&mut self, sources: &'t [Source]) {
        self.open.extend(sources.iter().map(Node::Source));
    }

    fn items(&mut self, items: &'t [SelectItem]) {
        self.exprs(items.iter().filter_map(|item| match &item.kind {
            ItemKind::Value(value, _) | ItemKind::AllOfRow(value) => Some(value),
            ItemKind::All | ItemKind::AllOf(_) => None,
        }));
    }

    fn with(&mut self, with: Option<&'t With>) {
        let tables = with.into_iter().flat_map(|with| &with.tables);
        self.open.extend(tables.map(Node::Common));
    }

    fn window(&mut self, window: &'t Window) {
        self.exprs(&window.partition);
        self.sorts(&window.order);
        self.exprs(window.frame.iter().flat_map(|frame| &frame.bounds));
    }

    fn assignments(&mut self, assignments: &'t [Assignment]) {
        self.exprs(assignments.iter().map(|one| &one.value));
    }

    fn of_statement(&mut self, statement: &'t Statement) {
        match statement {
            Statement::Query(query) => self.open.push(Node::Query(query)),
            Statement::Insert(insert) => self.of_insert(insert),
            Statement::Update(update) => self.of_update(update),
            Statement::Delete(delete) => self.of_delete(delete),
            Statement::Merge(merge) => self.of_merge(merge),
        }
    }

    fn of_insert(&mut self, insert: &'t Insert) {
        self.with(insert.with.as_ref());
        match &insert.source {
            InsertSource::Defaults => {}
            InsertSource::Values(values) => {
                self.exprs(values.rows.iter().flat_map(|(row, _)| row));
            }
            InsertSource::Query(query) => self.open.push(Node::Query(query)),
            InsertSource::Set(assignments) => self.assignments(assignments),
        }
        for conflict in &insert.conflicts {
            self.exprs(conflict.target.iter().chain(&conflict.target_condition));
            if let ConflictAction::Update(assignments, condition) = &conflict.action {
                self.assignments(assignments);
                self.exprs(condition);
            }
        }
        self.items(&insert.returning);
    }

    fn of_update(&mut self, update: &'t Update) {
        self.with(update.with.as_ref());
        self.sources(&update.tables);
        self.sources(&update.from);
        self.assignments(&update.assignments);
        self.exprs(update.condition.iter().chain(&update.limit.count));
        self.sorts(&update.order);
        self.items(&update.returning);
    }

    fn of_delete(&mut self, delete: &'t Delete) {
        self.with(delete.with.as_ref());
        self.sources(&delete.from);
        self.sources(&delete.using);
        self.exprs(delete.condition.iter().chain(&delete.limit.count));
        self.sorts(&delete.order);
        self.items(&delete.returning);
    }

    fn of_merge(&mut self, merge: &'t Merge) {
        self.with(merge.with.as_ref());
        self.open.push(Node::Source(&merge.into));
        self.open.push(Node::Source(&merge.using));
        self.exprs([&merge.on]);
        for when in &merge.whens {
            self.exprs(&when.condition);
            match &when.action {
                MergeAction::Nothing | MergeAction::Delete => {}
                MergeAction::Update(assignments) => self.assignments(assignments),
                MergeAction::Insert(insert) => self.of_insert(insert),
            }
        }
    }

    fn of_query(&mut self, query: &'t Query) {
        self.with(query.with.as_ref());
        self.open.push(Node::Body(&query.body));
        self.sorts(&query.order);
        self.exprs(query.limit.count.iter().chain(&query.limit.offset));
    }

    fn of_body(&mut self, body: &'t Body) {
        match body {
            Body::Select(select) => self.of_select(select),
            Body::Values { rows, .. } => self.exprs(rows.iter().flatten()),
            Body::Table(_) => {}
            Body::Query(query) => self.open.push(Node::Query(query)),
            Body::Set(first, rest) => {
                self.open.push(Node::Body(first));
                self.open
                    .extend(rest.iter().map(|part| Node::Body(&part.body)));
            }
        }
    }

    fn of_select(&mut self, select: &'t Select) {
        if let Distinct::On(values) = &select.distinct {
            self.exprs(values);
        }
        self.items(&select.items);
        self.sources(&select.from);
        self.exprs(select.condition.iter().chain(&select.having));
        self.exprs(select.group.iter().flat_map(|group| match group {
            Group::Value(sort) => std::slice::from_ref(&sort.value),
            Group::Sets(values, _) => values,
        }));
        for (_, window) in &select.windows {
            self.window(window);
        }
    }

    fn of_source(&mut self, source: &'t Source) {
        match &source.kind {
            SourceKind::Table(_) => {}
            SourceKind::Query(query, _) => self.open.push(Node::Query(query)),
            SourceKind::Functions(calls, _) => self.exprs(calls),
            SourceKind::Joined(inner) => self.open.push(Node::Source(inner)),
        }
        for join in &source.joins {
            self.open.push(Node::Source(&join.source));
            if let JoinOn::Condition(condition) = &join.on {
                self.open.push(Node::Expr(condition));
            }
        }
    }

    fn of_expr(&mut self, expr: &'t Expr) {
        self.exprs(expr.children());
        match &expr.kind {
            ExprKind::Query(query) | ExprKind::Exists(query) | ExprKind::ArrayOf(query) => {
                self.open.push(Node::Query(query));
            }
            ExprKind::In(list) => {
                if let InList::Query(query) = &list.list {
                    self.open.push(Node::Query(query));
                }
            }
            ExprKind::Call(call) => {
                let frame = call.over.iter().flat_map(|window| &window.frame);
                self.exprs(frame.flat_map(|frame| &frame.bounds));
            }
            _ => {}
        }
    }
}

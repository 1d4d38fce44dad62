//! Changes of rows that Citus does not make.

use super::findings;
use super::joins::{Judge, Judged};
use super::parts::{Place, all_sources, is_in, queries_in, select_of, table_name};
use crate::lists::IntoVec as _;
use crate::source::Span;
use crate::syntax::{
    Assignment, Call, ConflictAction, Delete, Expr, ExprKind, Insert, InsertSource, Merge, Node,
    Query, Source, SourceKind, Statement, Update, walk_from,
};
use crate::typing::postgres::{Volatility, volatility};

impl Judge<'_> {
    /// Where the rows of a table are that is written.
    fn place(&self, name: Span) -> Option<Place> {
        let other = self.named.others.get(&name).copied();
        other.or_else(|| {
            let table = self.model.table(self.named.table(name)?);
            table.shard_column().map(Place::Sharded)
        })
    }

    pub(super) fn update(&self, update: &Update, depth: usize, whole: &Statement) -> Judged {
        self.with(update.with.as_ref(), depth, whole)?;
        let Some(target) = update.tables.first() else {
            return Ok(());
        };
        let mut sources = update.tables.clone();
        sources.extend(update.from.iter().cloned());
        let values = update.assignments.iter().map(|one| &one.value).into_vec();
        self.changed(target, &sources, &values, &update.condition, depth, whole)?;
        self.keeps_key(target, &update.assignments)
    }

    pub(super) fn delete(&self, delete: &Delete, depth: usize, whole: &Statement) -> Judged {
        self.with(delete.with.as_ref(), depth, whole)?;
        let Some(target) = delete.from.first() else {
            return Ok(());
        };
        let mut sources = delete.from.clone();
        sources.extend(delete.using.iter().cloned());
        self.changed(target, &sources, &[], &delete.condition, depth, whole)
    }

    /// Rows of a table that are changed or go.
    fn changed(
        &self,
        target: &Source,
        sources: &[Source],
        values: &[&Expr],
        condition: &Option<Expr>,
        depth: usize,
        whole: &Statement,
    ) -> Judged {
        let Some((name, place)) =
            table_name(target).and_then(|name| Some((name, self.place(name)?)))
        else {
            return Ok(());
        };
        let all = values.iter().copied().chain(condition).into_vec();
        if place != Place::Local {
            for expr in &all {
                if let Some((call, function)) = call_of(expr, &[Volatility::Volatile]) {
                    return Err(findings::volatile(self, name, call, &function));
                }
            }
        }
        if place == Place::Local {
            let read = self.read_within(sources, None);
            if let Some(other) = read.sharded.first().or(read.reference.first()) {
                return Err(findings::read_by_write(self, name, *other));
            }
        }
        let read = self.read(sources, None);
        let others = [&read.sharded, &read.local, &read.reference];
        let mut others = others.into_iter().flatten();
        if place == Place::Reference
            && let Some(other) = others.find(|other| {
                let place = self.named.others.get(*other);
                **other != name && !matches!(place, Some(Place::Reference | Place::Kept))
            })
        {
            return Err(findings::reference_written(self, name, *other));
        }
        if let Some(other) = self
            .made_of_local(sources)
            .filter(|_| place == Place::Reference)
        {
            return Err(findings::reference_written(self, name, other));
        }
        if matches!(place, Place::Sharded(_)) {
            self.sources(sources, depth, whole)?;
        }
        for expr in all {
            for query in queries_in(expr) {
                self.query_in_write(name, place, query, depth + 1)?;
            }
            self.inner(expr, sources, depth, whole)?;
        }
        Ok(())
    }

    /// A query in what is written of a table that is not sharded sees its rows only where those are.
    fn query_in_write(&self, name: Span, place: Place, query: &Query, depth: usize) -> Judged {
        let Some(select) = select_of(query) else {
            return Ok(());
        };
        if matches!(place, Place::Sharded(_))
            || !super::correlated::is_correlated(self.notes, query, depth)
        {
            return Ok(());
        }
        let read = self.read(&select.from, None);
        let elsewhere = match place {
            Place::Local | Place::Kept => read.sharded.first().or(read.reference.first()),
            Place::Reference | Place::Sharded(_) => read.sharded.first().or(read.local.first()),
        };
        let elsewhere = elsewhere.copied();
        match elsewhere.or_else(|| {
            self.made_of_local(&select.from)
                .filter(|_| place == Place::Reference)
        }) {
            Some(other) => Err(findings::read_by_write(self, name, other)),
            None => Ok(()),
        }
    }

    /// A table of the coordinator alone whose rows a query in `FROM` puts together.
    fn made_of_local(&self, sources: &[Source]) -> Option<Span> {
        let mut queries =
            all_sources(sources)
                .into_iter()
                .filter_map(|source| match &source.kind {
                    SourceKind::Query(query, _) if self.flow.is_made(query.span) => {
                        Some(query.span)
                    }
                    _ => None,
                });
        queries.find_map(|query| self.named.local_within(query))
    }

    /// A row stays on its shard.
    fn keeps_key(&self, target: &Source, assignments: &[Assignment]) -> Judged {
        let Some(name) = table_name(target) else {
            return Ok(());
        };
        let Some(Place::Sharded(column)) = self.place(name) else {
            return Ok(());
        };
        let Some(table) = self.named.table(name) else {
            return Ok(());
        };
        let key = &self.model.table(table).column(column).name;
        for assignment in assignments {
            for target in &assignment.targets {
                let is_key = target.last().is_some_and(|last| last.text == *key);
                let is_same = match &assignment.value.kind {
                    ExprKind::Column(_) => {
                        let noted = self.notes.columns.get(&assignment.value.span);
                        noted.is_some_and(|noted| noted.key == Some(name))
                    }
                    _ => false,
                };
                if let Some(last) = target.last().filter(|_| is_key && !is_same) {
                    return Err(findings::key_changed(self, name, last.span));
                }
            }
        }
        Ok(())
    }

    pub(super) fn insert(&self, insert: &Insert, depth: usize, whole: &Statement) -> Judged {
        self.with(insert.with.as_ref(), depth, whole)?;
        let name = insert.table.name.span;
        let Some(place) = self.place(name) else {
            return Ok(());
        };
        match &insert.source {
            InsertSource::Values(values) => {
                for value in values.rows.iter().flat_map(|(row, _)| row) {
                    self.no_query(name, place, value)?;
                }
            }
            InsertSource::Query(query) => {
                self.query(query, depth, whole)?;
            }
            InsertSource::Defaults | InsertSource::Set(_) => {}
        }
        for conflict in &insert.conflicts {
            if let ConflictAction::Update(assignments, _) = &conflict.action {
                self.conflict(insert, place, assignments)?;
            }
        }
        Ok(())
    }

    fn conflict(&self, insert: &Insert, place: Place, assignments: &[Assignment]) -> Judged {
        let name = insert.table.name.span;
        for assignment in assignments {
            self.no_query(name, place, &assignment.value)?;
            let unlike = [Volatility::Volatile, Volatility::Stable];
            if place != Place::Local
                && let Some((call, function)) = call_of(&assignment.value, &unlike)
            {
                return Err(findings::unstable(self, name, call, &function));
            }
            if let Place::Sharded(column) = place
                && let Some(table) = self.named.table(name)
            {
                let key = &self.model.table(table).column(column).name;
                let mut targets = assignment.targets.iter().filter_map(|target| target.last());
                if let Some(last) = targets.find(|last| last.text == *key) {
                    return Err(findings::key_changed(self, name, last.span));
                }
            }
        }
        Ok(())
    }

    /// Values of `INSERT` are computed without a query, where any of the tables is not of the coordinator alone.
    fn no_query(&self, name: Span, place: Place, value: &Expr) -> Judged {
        let queries = queries_in(value);
        let found = queries.into_iter().find(|query| {
            let names = self.notes.tables.keys();
            let mut read = names.filter(|span| is_in(query.span, **span));
            let is_elsewhere = |span: &Span| {
                let place = self.named.others.get(span);
                !matches!(place, Some(Place::Local | Place::Kept))
            };
            place != Place::Local || read.any(is_elsewhere)
        });
        match found {
            Some(query) => Err(findings::query_in_values(self, name, query.span)),
            None => Ok(()),
        }
    }

    pub(super) fn merge(&self, merge: &Merge) -> Judged {
        let Some((name, place)) =
            table_name(&merge.into).and_then(|name| Some((name, self.place(name)?)))
        else {
            return Ok(());
        };
        let read: Vec<Span> = self.named.within(merge.using.span).into_vec();
        match place {
            Place::Reference => Err(findings::merge(self, name, merge.into.span)),
            Place::Local if !read.is_empty() => Err(findings::merge(self, name, merge.into.span)),
            Place::Sharded(_) => {
                let mut read = read.iter();
                if read.any(|other| self.flow.are_together(name, *other)) {
                    Ok(())
                } else {
                    Err(findings::merge(self, name, merge.using.span))
                }
            }
            Place::Local | Place::Kept => Ok(()),
        }
    }
}

/// A call of a function of which no form is better than these.
fn call_of(expr: &Expr, classes: &[Volatility]) -> Option<(Span, String)> {
    let mut found = None;
    walk_from(Node::Expr(expr), |node| {
        if let Node::Expr(expr) = node
            && let ExprKind::Call(call) = &expr.kind
            && of_call(call).is_some_and(|known| classes.contains(&known))
        {
            found = Some((expr.span, call.function().to_owned()));
        }
    });
    found
}

fn of_call(call: &Call) -> Option<Volatility> {
    // `CURRENT_DATE` and its kin.
    let known = volatility(call.function());
    known.or(call.bare.then_some(Volatility::Stable))
}

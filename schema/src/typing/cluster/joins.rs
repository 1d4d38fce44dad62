//! Joins of rows that stand on several servers, which Citus does not run.
//!
//! A statement all of whose tables have one value of their keys runs on one server, which does whatever PostgreSQL does. Any other is
//! taken apart: queries in `FROM` and in conditions are run before where they need not see what is around them, and the rest has to be
//! joined by keys.

use super::correlated::is_correlated;
use super::findings;
use super::flow::Flow;
use super::notes::Notes;
use super::parts::{
    Named, Place, all_sources, other_expressions, queries_in, select_of, selects_of, semi_join,
    table_name, uses,
};
use crate::diagnostic::Diagnostic;
use crate::lists::IntoVec as _;
use crate::model::Model;
use crate::source::Span;
use crate::syntax::{
    Body, Expr, Group, JoinKind, JoinOn, Query, Select, Source, SourceKind, Statement, With,
};
use crate::typing::select::conjuncts;

/// The result of looking at a part of a statement.
pub(super) type Judged = Result<(), Box<Diagnostic>>;

/// Looks for what a cluster refuses.
pub(super) struct Judge<'a> {
    pub(super) model: &'a Model,
    pub(super) notes: &'a Notes,
    pub(super) named: &'a Named,
    pub(super) flow: &'a Flow<'a>,
    /// One server has all rows that the statement needs.
    pub(super) is_one: bool,
}

/// The tables that a `FROM` reads, without those of queries in it.
#[derive(Default)]
pub(super) struct Read {
    pub(super) sharded: Vec<Span>,
    pub(super) local: Vec<Span>,
    pub(super) reference: Vec<Span>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        model: &'a Model,
        notes: &'a Notes,
        named: &'a Named,
        flow: &'a Flow<'a>,
        whole: Span,
    ) -> Self {
        Self {
            model,
            notes,
            named,
            flow,
            is_one: flow.is_one(whole),
        }
    }

    pub(super) fn statement(&self, statement: &Statement) -> Judged {
        self.inner_statement(statement, 0, statement)
    }

    pub(super) fn inner_statement(
        &self,
        statement: &Statement,
        depth: usize,
        whole: &Statement,
    ) -> Judged {
        match statement {
            Statement::Query(query) => self.query(query, depth, whole),
            Statement::Insert(insert) => self.insert(insert, depth, whole),
            Statement::Update(update) => self.update(update, depth, whole),
            Statement::Delete(delete) => self.delete(delete, depth, whole),
            Statement::Merge(merge) => self.merge(merge),
        }
    }

    pub(super) fn with(&self, with: Option<&With>, depth: usize, whole: &Statement) -> Judged {
        for table in with.into_iter().flat_map(|with| &with.tables) {
            self.inner_statement(&table.statement, depth, whole)?;
        }
        Ok(())
    }

    /// Whether a part reads sharded tables and no single server has all that it needs of them.
    fn is_spread(&self, part: Span) -> bool {
        self.named.within(part).next().is_some() && !self.flow.is_one(part)
    }

    pub(super) fn query(&self, query: &Query, depth: usize, whole: &Statement) -> Judged {
        if let Some(with) = query.with.as_ref().filter(|with| with.recursive) {
            let reads_itself = with.tables.iter().find(|table| {
                let own = table.statement.span();
                !uses(&table.name.text, own, self.notes, whole).is_empty()
            });
            if let Some(table) = reads_itself.filter(|_| self.is_spread(query.span)) {
                return Err(findings::recursive(self, table.name.span, query.span));
            }
        }
        self.with(query.with.as_ref(), depth, whole)?;
        if let Some(lock) = query.locks.first().filter(|_| self.is_spread(query.span)) {
            return Err(findings::lock(self, lock.span, query.span));
        }
        for select in selects_of(&query.body) {
            let own = matches!(query.body, Body::Select(_)).then_some(query);
            self.select(select, own, depth, whole)?;
        }
        Ok(())
    }

    fn select(
        &self,
        select: &Select,
        query: Option<&Query>,
        depth: usize,
        whole: &Statement,
    ) -> Judged {
        let sets = select.group.iter().find_map(|group| match group {
            Group::Sets(_, span) => Some(*span),
            Group::Value(_) => None,
        });
        if let Some(sets) = sets.filter(|_| self.is_spread(select.span)) {
            return Err(findings::grouping_sets(self, sets, select.span));
        }
        self.sources(&select.from, depth, whole)?;
        let conditions = select.condition.iter();
        let others = other_expressions(select, query);
        for expr in conditions.chain(others) {
            self.inner(expr, &select.from, depth, whole)?;
        }
        self.semi_joins(select)
    }

    /// Rows of a `UNION` that is not made before are compared with those of a query by keys alone.
    fn semi_joins(&self, select: &Select) -> Judged {
        let sources = all_sources(&select.from).into_iter();
        let is_union = |source: &&Source| match &source.kind {
            SourceKind::Query(query, _) => {
                matches!(query.body, Body::Set(..)) && !self.flow.is_made(query.span)
            }
            _ => false,
        };
        let unions: Vec<&Source> = sources.filter(is_union).into_vec();
        let Some(union) = unions.first().filter(|_| !self.is_one) else {
            return Ok(());
        };
        let left = self.read_within(std::slice::from_ref(*union), None).sharded;
        for condition in select.condition.iter().flat_map(conjuncts) {
            let Some((_, query)) = semi_join(condition) else {
                continue;
            };
            let right = select_of(query).map(|select| self.read_directly(&select.from).sharded);
            for name in right.unwrap_or_default() {
                let mut left = left.iter();
                if let Some(first) = left.clone().next()
                    && !left.any(|one| self.flow.are_together(*one, name))
                {
                    return Err(findings::join(self, *first, name));
                }
            }
        }
        Ok(())
    }

    /// The tables of a `FROM` are joined by keys.
    pub(super) fn sources(&self, sources: &[Source], depth: usize, whole: &Statement) -> Judged {
        for source in all_sources(sources) {
            if let SourceKind::Query(query, lateral) = &source.kind {
                let own = if *lateral { depth + 1 } else { depth };
                self.query(query, own, whole)?;
                if *lateral && is_correlated(self.notes, query, own) {
                    self.correlated(query, sources, true)?;
                }
            }
            for join in &source.joins {
                if let JoinOn::Condition(condition) = &join.on {
                    self.inner(condition, sources, depth, whole)?;
                }
            }
        }
        let live: Vec<Span> = sources.iter().flat_map(|one| self.live(one)).into_vec();
        self.joined(&live)
    }

    pub(super) fn joined(&self, live: &[Span]) -> Judged {
        let Some((first, rest)) = live.split_first().filter(|_| !self.is_one) else {
            return Ok(());
        };
        let apart = |other: &&Span| !self.flow.are_together(*first, **other);
        match rest.iter().find(apart) {
            Some(other) => Err(findings::join(self, *first, *other)),
            None => Ok(()),
        }
    }

    /// The sharded tables that are joined where their rows are. Of an outer join to rows that Citus has already, the other side is made
    /// before.
    fn live(&self, source: &Source) -> Vec<Span> {
        let mut own = match &source.kind {
            SourceKind::Joined(inner) => self.live(inner),
            _ => {
                let name = table_name(source).filter(|name| self.named.table(*name).is_some());
                name.into_iter().into_vec()
            }
        };
        for join in &source.joins {
            let other = self.live(&join.source);
            let is_made = match join.kind {
                JoinKind::Inner => false,
                JoinKind::Left => own.is_empty(),
                JoinKind::Right => other.is_empty(),
                JoinKind::Full => own.is_empty() || other.is_empty(),
            };
            if is_made {
                own.clear();
            } else {
                own.extend(other);
            }
        }
        own
    }

    /// The queries within an expression of a query that reads these tables.
    pub(super) fn inner(
        &self,
        expr: &Expr,
        around: &[Source],
        depth: usize,
        whole: &Statement,
    ) -> Judged {
        for query in queries_in(expr) {
            self.query(query, depth + 1, whole)?;
            if is_correlated(self.notes, query, depth + 1) {
                self.correlated(query, around, false)?;
            }
        }
        Ok(())
    }

    /// The tables of a `FROM` by where their rows are, those of queries in it too: what they read for themselves, without this one.
    pub(super) fn read(&self, sources: &[Source], without: Option<Span>) -> Read {
        let mut read = self.read_directly(sources);
        let within = self.read_within(sources, without);
        read.sharded.extend(within.sharded);
        read.reference.extend(within.reference);
        read
    }

    fn read_directly(&self, sources: &[Source]) -> Read {
        let mut read = Read::default();
        for name in all_sources(sources).into_iter().filter_map(table_name) {
            match self.named.others.get(&name) {
                Some(Place::Local | Place::Kept) => read.local.push(name),
                Some(_) => read.reference.push(name),
                None if self.named.table(name).is_some() => read.sharded.push(name),
                None => {}
            }
        }
        read
    }

    /// The tables of the queries in a `FROM` that Citus does not run before all else.
    pub(super) fn read_within(&self, sources: &[Source], without: Option<Span>) -> Read {
        let mut read = Read::default();
        for source in all_sources(sources) {
            if let SourceKind::Query(query, _) = &source.kind
                && Some(query.span) != without
                && !self.flow.is_made(query.span)
            {
                for select in selects_of(&query.body) {
                    let own = self.read(&select.from, None);
                    read.sharded.extend(own.sharded);
                    read.reference.extend(own.reference);
                }
            }
        }
        read
    }

    /// The sharded tables of queries of `WITH` that are read in a `FROM`, and in queries there. Citus makes their rows before unless they are
    /// joined by keys.
    fn read_in_with(&self, sources: &[Source]) -> Vec<Span> {
        let mut found = Vec::new();
        for source in all_sources(sources) {
            let query = match &source.kind {
                SourceKind::Table(name) => self.flow.inlined.get(&name.name.span).copied(),
                SourceKind::Query(query, _) => Some(&**query),
                SourceKind::Functions(..) | SourceKind::Joined(_) => None,
            };
            let is_live = |query: &&Query| !self.flow.is_made(query.span);
            let selects = query.filter(is_live).map(|query| selects_of(&query.body));
            for select in selects.into_iter().flatten() {
                found.extend(self.read_in_with(&select.from));
                if matches!(source.kind, SourceKind::Table(_)) {
                    found.extend(self.read(&select.from, None).sharded);
                }
            }
        }
        found
    }

    /// A query that names columns of what is around it runs where those rows are.
    fn correlated(&self, query: &Query, around: &[Source], is_lateral: bool) -> Judged {
        let Some(select) = select_of(query) else {
            return Ok(());
        };
        let own = self.read(&select.from, None);
        let outer = self.read(around, Some(query.span));
        // One that makes nothing of the rows is read as a join.
        let is_join = is_lateral
            && select.group.is_empty()
            && query.limit.count.is_none()
            && query.limit.offset.is_none();
        if let [sharded, ..] = own.sharded.as_slice()
            && let [local, ..] = outer.local.as_slice()
            && outer.sharded.is_empty()
            && !is_join
        {
            return Err(findings::local(self, *local, *sharded));
        }
        if let ([sharded, ..], [local, ..]) = (outer.sharded.as_slice(), own.local.as_slice())
            && own.sharded.is_empty()
        {
            return Err(findings::local(self, *local, *sharded));
        }
        let Some(first) = own.sharded.first().filter(|_| !self.is_one) else {
            return Ok(());
        };
        let mut anchors = outer.sharded;
        let mut in_with = self.read_in_with(around).into_iter();
        let of_first = |anchor: &Span| self.flow.are_together(*first, *anchor);
        anchors.extend(in_with.find(of_first));
        if anchors.is_empty() {
            return if is_join || self.flow.is_one(query.span) && outer.reference.is_empty() {
                Ok(())
            } else {
                Err(findings::correlated_with_none(self, *first, query.span))
            };
        }
        let is_apart = |name: &&Span| {
            let mut anchors = anchors.iter();
            !anchors.any(|anchor| self.flow.are_together(**name, *anchor))
        };
        match own.sharded.iter().find(is_apart) {
            Some(name) => Err(findings::correlated(self, anchors[0], *name)),
            None => Ok(()),
        }
    }
}

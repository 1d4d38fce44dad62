//! Follows the names of a query: which tables it reads, which columns they have, what it gives.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::rc::Rc;

use crate::ast::{self, FromItem, Name, ObjectName, Query, Select, SelectItem, Source};
use crate::dialect::Dialect;
use crate::draft::DraftView;
use crate::lower::same_name;
use crate::model::{ColumnId, Table, TableId, TableName};
use crate::parse::COLUMN_LIMIT;
use crate::sorting::sort_by;
use crate::source::Span;

use super::super::Resolver;
use super::names::UnknownName;
use super::value::{Constant, Typed, common};
use super::{Unread, grouping, named_objects};

/// More tables than any sensible query joins.
const TABLE_LIMIT: usize = 250;
/// And more than any names before it.
const COMMON_TABLE_LIMIT: usize = 64;

/// One column that a query gives.
#[derive(Debug, Clone)]
pub(super) struct Output {
    /// `None` where the database makes one up.
    pub(super) name: Option<String>,
    /// `None` where it is not known.
    pub(super) typed: Option<Typed>,
    /// Which item of the `SELECT` it is; `None` for those of a `*`.
    pub(super) item: Option<usize>,
    pub(super) span: Span,
}

/// The columns of a table or a query.
#[derive(Debug, Default)]
pub(super) struct Relation {
    pub(super) columns: Vec<Output>,
    /// Names as the dialect compares them.
    pub(super) by_name: HashMap<String, usize>,
}

/// The tables that one view can see.
pub(super) struct Tables<'r, 'a> {
    pub(super) resolver: &'r Resolver<'a>,
    pub(super) view: &'r DraftView,
    relations: RefCell<HashMap<TableId, Rc<Relation>>>,
    /// Tables that it reads and that are nowhere.
    pub(super) missing: RefCell<Vec<ObjectName>>,
    /// Columns that it names and that are nowhere.
    pub(super) unknown: RefCell<Vec<UnknownName>>,
}

/// The queries of `WITH` that can be named somewhere, the latest first.
pub(super) type With = Option<Rc<CommonTable>>;

/// One of them.
pub(super) struct CommonTable {
    name: String,
    relation: Option<Rc<Relation>>,
    outer: With,
}

/// The tables whose columns can be named somewhere.
pub(super) struct Scope<'s> {
    /// Whose tables they are.
    pub(super) select: &'s Select,
    pub(super) tables: Vec<Bound>,
    merges: bool,
    pub(super) with: With,
    pub(super) outer: Option<&'s Scope<'s>>,
}

/// One of them.
pub(super) struct Bound {
    pub(super) name: Option<String>,
    pub(super) relation: Option<Rc<Relation>>,
    nullable: bool,
}

impl Relation {
    fn new(columns: Vec<Output>, dialect: Dialect) -> Self {
        let mut by_name = HashMap::new();
        for (at, column) in columns.iter().enumerate() {
            if let Some(name) = &column.name {
                by_name.entry(folded(name, dialect)).or_insert(at);
            }
        }
        Self { columns, by_name }
    }
}

/// A name as the dialect compares it.
pub(super) fn folded(name: &str, dialect: Dialect) -> String {
    if same_name("a", "A", dialect) {
        name.to_lowercase()
    } else {
        name.to_owned()
    }
}

impl<'r, 'a> Tables<'r, 'a> {
    pub(super) fn new(resolver: &'r Resolver<'a>, view: &'r DraftView) -> Self {
        Self {
            resolver,
            view,
            relations: RefCell::default(),
            missing: RefCell::default(),
            unknown: RefCell::default(),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.view.table.dialect
    }

    /// Returns the columns of the view's query.
    pub(super) fn whole(&self) -> Result<Rc<Relation>, Unread> {
        self.query(&self.view.query, &None, None)
    }

    /// Returns the tables and views that the view reads, those without a model by their names.
    pub(super) fn read(&self) -> (Vec<TableId>, Vec<TableName>) {
        let mut reads: Vec<TableId> = self.relations.borrow().keys().copied().collect();
        let mut by_name = Vec::new();
        for name in named_objects(self.view) {
            match self.table(&name) {
                Some(id) => reads.push(id),
                None => by_name.extend(self.named_view(&name).cloned()),
            }
        }
        sort_by(&mut reads, Ord::cmp);
        reads.dedup();
        sort_by(&mut by_name, Ord::cmp);
        by_name.dedup();
        (reads, by_name)
    }

    /// Returns the columns of a query. How deep queries nest is bounded by the reader.
    pub(super) fn query(
        &self,
        query: &Query,
        with: &With,
        outer: Option<&Scope<'_>>,
    ) -> Result<Rc<Relation>, Unread> {
        let with = self.common_tables(query, with, outer)?;
        let columns = self.selects(query, &with, outer, None)?;
        Ok(Rc::new(Relation::new(columns, self.dialect())))
    }

    /// Returns the tables that a query can name: those of its surroundings, and its own `WITH`.
    fn common_tables(
        &self,
        query: &Query,
        with: &With,
        outer: Option<&Scope<'_>>,
    ) -> Result<With, Unread> {
        if query.with.len() > COMMON_TABLE_LIMIT {
            let message = format!("has more than {COMMON_TABLE_LIMIT} queries in its `WITH`");
            return Err(message);
        }
        let mut with = with.clone();
        for table in &query.with {
            let inner = self.common_tables(&table.query, &with, outer);
            let columns =
                inner.and_then(|inner| self.selects(&table.query, &inner, outer, Some(table)));
            let relation = columns
                .ok()
                .map(|columns| self.common_table(table, columns));
            with = Some(Rc::new(CommonTable {
                name: table.name.text.clone(),
                relation,
                outer: with,
            }));
        }
        Ok(with)
    }

    fn common_table(&self, table: &ast::CommonTable, columns: Vec<Output>) -> Rc<Relation> {
        let columns = renamed(columns, &table.columns);
        Rc::new(Relation::new(columns, self.dialect()))
    }

    /// The parts of a `UNION`: the first names the columns, all of them type them. A query of `WITH` may name itself in
    /// its later parts: there its columns are those of the first, and may be NULL.
    fn selects(
        &self,
        query: &Query,
        with: &With,
        outer: Option<&Scope<'_>>,
        own: Option<&ast::CommonTable>,
    ) -> Result<Vec<Output>, Unread> {
        let mut parts = query.selects.iter();
        let first = parts.next().ok_or("has a query that cannot be read")?;
        let mut columns = self.select(first, with, outer)?;
        let mut with = with.clone();
        if let Some(table) = own.filter(|_| query.selects.len() > 1) {
            for typed in columns
                .iter_mut()
                .filter_map(|column| column.typed.as_mut())
            {
                typed.nullable = true;
            }
            with = Some(Rc::new(CommonTable {
                name: table.name.text.clone(),
                relation: Some(self.common_table(table, columns.clone())),
                outer: with,
            }));
        }
        let mut names: Vec<Option<String>> = names_of(&columns);
        for part in parts {
            let others = self.select(part, &with, outer)?;
            names.extend(names_of(&others));
            if others.len() != columns.len() {
                return Err("unites queries of different numbers of columns".to_owned());
            }
            for (column, other) in columns.iter_mut().zip(others) {
                let both = column.typed.take().zip(other.typed);
                column.typed = both.and_then(|(one, other)| common(one, other, self.dialect()));
            }
        }
        self.check_order_of_union(query, names);
        Ok(columns)
    }

    fn select(
        &self,
        select: &Select,
        with: &With,
        outer: Option<&Scope<'_>>,
    ) -> Result<Vec<Output>, Unread> {
        if select.items.is_empty() {
            return Err("has a query that cannot be read".to_owned());
        }
        if select.from.len() > TABLE_LIMIT {
            return Err(format!("reads more than {TABLE_LIMIT} tables"));
        }
        let mut scope = Scope {
            select,
            tables: Vec::new(),
            merges: select.merges,
            with: with.clone(),
            outer,
        };
        for item in &select.from {
            let bound = self.bind(item, &scope);
            self.check_using(&item.using, &bound, &scope);
            scope.tables.push(bound);
        }
        self.check_all_names(&scope);
        let mut columns = Vec::new();
        for (at, (item, span)) in select.items.iter().zip(&select.spans).enumerate() {
            let first = columns.len();
            match item {
                SelectItem::All if select.merges => {
                    return Err("has a `*` over a join that merges columns".to_owned());
                }
                SelectItem::All => {
                    for bound in &scope.tables {
                        columns.extend(all_of(bound, *span)?);
                    }
                }
                SelectItem::AllOf(name) => {
                    let bound = self.table_named(&scope, name);
                    columns.extend(all_of(bound.ok_or_else(unknown_star)?, *span)?);
                }
                SelectItem::Value(value, alias) => {
                    let name = alias.as_ref().map(|name| name.text.clone());
                    columns.push(Output {
                        name: name.or_else(|| self.name_of(value, &scope)),
                        typed: self.value(value, &scope),
                        item: Some(at),
                        span: *span,
                    });
                }
            }
            if grouping::may_be_null(item, select.grouping) {
                let typed = columns[first..].iter_mut();
                let typed = typed.filter_map(|column: &mut Output| column.typed.as_mut());
                typed.for_each(|typed| typed.nullable = true);
            }
            if columns.len() > COLUMN_LIMIT {
                return Err(format!("has more than {COLUMN_LIMIT} columns"));
            }
        }
        Ok(columns)
    }

    fn bind(&self, item: &FromItem, scope: &Scope<'_>) -> Bound {
        let alias = item.alias.as_ref().map(|name| name.text.clone());
        let (name, relation) = match &item.source {
            Source::Table(table) => {
                let relation = self.source(table, &scope.with);
                (alias.or_else(|| Some(table.name.text.clone())), relation)
            }
            Source::Query(query) => (alias, self.query(query, &scope.with, Some(scope)).ok()),
            Source::Unknown => (alias, None),
        };
        let relation = relation.map(|relation| {
            if item.columns.is_empty() {
                return relation;
            }
            let columns = renamed(relation.columns.clone(), &item.columns);
            Rc::new(Relation::new(columns, self.dialect()))
        });
        Bound {
            name,
            relation,
            nullable: item.nullable,
        }
    }

    /// A query of `WITH`, a table, or a view that was read before.
    fn source(&self, name: &ObjectName, with: &With) -> Option<Rc<Relation>> {
        let mut known = with;
        while let Some(table) = known {
            if name.schema.is_none() && same_name(&table.name, &name.name.text, self.dialect()) {
                return table.relation.clone();
            }
            known = &table.outer;
        }
        let Some(id) = self.table(name) else {
            if self.named_view(name).is_none() {
                self.missing.borrow_mut().push(name.clone());
            }
            return None;
        };
        let mut relations = self.relations.borrow_mut();
        let relation = relations
            .entry(id)
            .or_insert_with(|| Rc::new(self.relation(id)));
        Some(Rc::clone(relation))
    }

    /// A view that was read before and has no model.
    fn named_view(&self, wanted: &ObjectName) -> Option<&TableName> {
        let mut names = self.resolver.named_views().map(|named| &named.table.name);
        names.find(|name| {
            same_name(&name.name, &wanted.name.text, self.dialect())
                && wanted.rank(name.schema.as_deref()).is_some()
        })
    }

    /// The table of a name: of the view's own file first, then along its path; the latest of several.
    fn table(&self, wanted: &ObjectName) -> Option<TableId> {
        let resolver = self.resolver;
        let candidates = resolver.by_name.get(&wanted.name.text.to_lowercase())?;
        let rank = |table: &Table| wanted.rank(table.name.schema.as_deref());
        let fits = |id: &&TableId| {
            let table = resolver.model.table(**id);
            rank(table).is_some() && same_name(&table.name.name, &wanted.name.text, self.dialect())
        };
        let own = &self.view.table;
        let score = |id: &&TableId| {
            let draft = resolver.bound[id.0 as usize];
            let tagged = own.engines.first() == draft.engines.first();
            (
                draft.file == own.file,
                tagged,
                Reverse(rank(resolver.model.table(**id))),
                draft.name.schema == own.name.schema,
            )
        };
        candidates.iter().filter(fits).max_by_key(score).copied()
    }

    fn relation(&self, id: TableId) -> Relation {
        let table = self.resolver.model.table(id);
        let written = &self.resolver.bound[id.0 as usize].columns;
        let late = |at: usize| {
            let since = written.get(at).map_or(0, |column| column.since);
            since > self.view.declared && self.dialect() != Dialect::Sqlite
        };
        let columns = table.columns.iter().enumerate();
        let columns = columns.filter(|(at, _)| !late(*at));
        let columns = columns.map(|(at, column)| Output {
            name: Some(column.name.clone()),
            typed: Some(Typed {
                column_type: column.column_type.clone(),
                sql_type: column.sql_type.clone(),
                as_text: column.as_text,
                nullable: column.nullable,
                constant: Constant::No,
                source: Some((id, ColumnId(at as u32))),
            }),
            item: None,
            span: column.span,
        });
        Relation::new(columns.collect(), self.dialect())
    }

    /// A column by its name and perhaps its table's.
    pub(super) fn column(&self, names: &[Name], scope: &Scope<'_>) -> Option<Output> {
        let (column, qualifiers) = names.split_last()?;
        let key = folded(&column.text, self.dialect());
        let mut scope = Some(scope);
        while let Some(here) = scope {
            let found = match qualifiers.last() {
                Some(table) => match self.table_named(here, table) {
                    Some(bound) => Some(bound.column(&key)?),
                    None => None,
                },
                None => here.unqualified(&key)?,
            };
            if found.is_some() {
                return found;
            }
            scope = here.outer;
        }
        None
    }

    pub(super) fn table_named<'s>(&self, scope: &'s Scope<'_>, name: &Name) -> Option<&'s Bound> {
        scope.tables.iter().find(|bound| {
            let own = bound.name.as_deref();
            own.is_some_and(|own| same_name(own, &name.text, self.dialect()))
        })
    }
}

impl Bound {
    fn column(&self, key: &str) -> Option<Output> {
        let relation = self.relation.as_ref()?;
        let mut found = relation.columns[*relation.by_name.get(key)?].clone();
        if let Some(typed) = &mut found.typed {
            typed.nullable |= self.nullable;
        }
        Some(found)
    }
}

impl Scope<'_> {
    /// A column of any of the tables. Outer `None`: it is not known of which; inner: of none.
    fn unqualified(&self, key: &str) -> Option<Option<Output>> {
        if self.tables.iter().any(|bound| bound.relation.is_none()) {
            return None;
        }
        let mut found = self.tables.iter().filter_map(|bound| bound.column(key));
        let Some(mut first) = found.next() else {
            return Some(None);
        };
        let Some(second) = found.next() else {
            return Some(Some(first));
        };
        // A merged column is that of one side or the other.
        let nullable = [&first, &second]
            .iter()
            .any(|output| output.typed.as_ref().is_some_and(|typed| typed.nullable));
        if let Some(typed) = &mut first.typed {
            typed.nullable |= nullable;
        }
        self.merges.then_some(Some(first))
    }
}

fn names_of(columns: &[Output]) -> Vec<Option<String>> {
    columns.iter().map(|column| column.name.clone()).collect()
}

fn unknown_star() -> Unread {
    "has a `*` over something whose columns are not known".to_owned()
}

/// Returns the columns of `t.*`.
fn all_of(bound: &Bound, span: Span) -> Result<Vec<Output>, Unread> {
    let relation = bound.relation.as_ref().ok_or_else(unknown_star)?;
    let one = |output: &Output| {
        let mut output = output.clone();
        if let Some(typed) = &mut output.typed {
            typed.nullable |= bound.nullable;
        }
        Output {
            item: None,
            span,
            ..output
        }
    };
    Ok(relation.columns.iter().map(one).collect())
}

/// The same columns by the names that are given for them.
fn renamed(mut columns: Vec<Output>, names: &[Name]) -> Vec<Output> {
    for (column, name) in columns.iter_mut().zip(names) {
        column.name = Some(name.text.clone());
    }
    columns
}

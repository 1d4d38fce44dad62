//! Queries in one form for all of their spellings, as their trees have them.

use crate::lists::IntoVec as _;
use bindery_core::dialect::Dialect;

use super::form::Form;
use super::type_name::type_form;
use crate::ast::name::Name;
use crate::syntax::grammar::SourceFunctions;
use crate::syntax::{
    Body, CommonTable, Distinct, ExprKind, Group, ItemKind, Join, JoinKind, JoinOn, Limit, Query,
    Select, SelectItem, Sort, Source, SourceKind, Statement, Window,
};

impl Form<'_> {
    pub(super) fn query(&self, query: &Query) -> String {
        let with = query.with.iter().map(|with| {
            let word = if with.recursive {
                "with recursive"
            } else {
                "with"
            };
            format!(
                "{word} {}",
                listed(&with.tables, |table| self.common(table))
            )
        });
        let locks = query.locks.iter().map(|lock| self.written(lock.span));
        let clauses = with.chain([self.body(&query.body)]);
        let clauses = clauses.chain(self.order(&query.order));
        spaced(clauses.chain(self.limit(&query.limit)).chain(locks))
    }

    fn common(&self, table: &CommonTable) -> String {
        let (name, columns) = (self.name(&table.name.text), self.columns(&table.columns));
        let materialized = match table.materialized {
            Some(true) => " materialized",
            Some(false) => " not materialized",
            None => "",
        };
        let statement = match &table.statement {
            Statement::Query(query) => self.query(query),
            writing => self.written(writing.span()),
        };
        let search = table
            .search
            .map_or(String::new(), |span| self.written(span));
        format!("{name}{columns} as{materialized} ({statement}){search}")
    }

    /// `(a, b)`, or nothing.
    fn columns(&self, names: &[Name]) -> String {
        if names.is_empty() {
            return String::new();
        }
        format!("({})", listed(names, |name| self.name(&name.text)))
    }

    fn body(&self, body: &Body) -> String {
        match body {
            Body::Select(select) => self.select(select),
            Body::Values { rows, .. } => {
                format!(
                    "values {}",
                    listed(rows, |row| format!("({})", self.list(row)))
                )
            }
            Body::Table(table) => {
                let schema = table.schema.iter().map(|schema| self.name(schema) + ".");
                format!(
                    "table {}{}",
                    schema.collect::<String>(),
                    self.name(&table.name.text)
                )
            }
            Body::Query(query) if is_plain(query) => self.query(query),
            Body::Query(query) => format!("({})", self.query(query)),
            Body::Set(first, parts) => {
                let mut form = self.operand(first);
                for part in parts {
                    let all = if part.all { " all" } else { "" };
                    form += &format!(" {}{all} {}", part.operator, self.operand(&part.body));
                }
                form
            }
        }
    }

    /// An operand of a set operator, in parentheses where it is made of operands.
    fn operand(&self, body: &Body) -> String {
        match body {
            Body::Set(..) => format!("({})", self.body(body)),
            _ => self.body(body),
        }
    }

    fn select(&self, select: &Select) -> String {
        let from = (!select.from.is_empty()).then(|| {
            format!(
                "from {}",
                listed(&select.from, |source| self.source(source))
            )
        });
        let clause = |word: &str, condition: &Option<_>| {
            let condition = condition.as_ref();
            condition.map(|condition| format!("{word} {}", self.of(condition)))
        };
        let windows = (!select.windows.is_empty()).then(|| {
            let windows = listed(&select.windows, |(name, window)| {
                format!("{} as ({})", self.name(&name.text), self.window(window))
            });
            format!("window {windows}")
        });
        let begin = [
            self.begin(select),
            listed(&select.items, |item| self.item(item)),
        ];
        let clauses = [
            from,
            clause("where", &select.condition),
            self.groups(select),
            clause("having", &select.having),
            windows,
        ];
        spaced(begin.into_iter().chain(clauses.into_iter().flatten()))
    }

    /// `SELECT` with the words before its items, of which MySQL has several.
    fn begin(&self, select: &Select) -> String {
        if let Distinct::On(values) = &select.distinct {
            return format!("select distinct on ({})", self.list(values));
        }
        let start = select.span.start;
        let end = select.items.first().map_or(start, |item| item.span.start);
        let words = self.words(start, end).into_iter();
        spaced(words.filter(|word| word != "all"))
    }

    fn item(&self, item: &SelectItem) -> String {
        match &item.kind {
            ItemKind::All => "*".to_owned(),
            ItemKind::AllOf(names) => {
                let names = names.iter().map(|name| self.name(&name.text));
                format!("{}.*", names.into_vec().join("."))
            }
            ItemKind::AllOfRow(row) => format!("({}).*", self.of(row)),
            ItemKind::Value(value, alias) => {
                let name = match &value.kind {
                    ExprKind::Column(names) => names.last(),
                    _ => None,
                };
                self.of(value) + &self.alias(alias.as_ref(), name)
            }
        }
    }

    /// An alias; none where it is the name that is there without one.
    fn alias(&self, alias: Option<&Name>, name: Option<&Name>) -> String {
        let form = alias.map(|alias| self.name(&alias.text));
        let form = form.filter(|form| name.is_none_or(|name| self.name(&name.text) != *form));
        form.map_or(String::new(), |form| format!(" as {form}"))
    }

    fn groups(&self, select: &Select) -> Option<String> {
        let distinct = if select.group_distinct {
            "distinct "
        } else {
            ""
        };
        let rollup = if select.rollup { " with rollup" } else { "" };
        let groups = listed(&select.group, |group| match group {
            Group::Value(sort) => self.sort(sort),
            Group::Sets(values, span) => spaced(self.with_parts(*span, values)),
        });
        (!select.group.is_empty()).then(|| format!("group by {distinct}{groups}{rollup}"))
    }

    pub(super) fn window(&self, window: &Window) -> String {
        let name = window.name.iter().map(|name| self.name(&name.text));
        let partition = (!window.partition.is_empty())
            .then(|| format!("partition by {}", self.list(&window.partition)));
        let frame = window.frame.iter();
        let frame = frame.map(|frame| spaced(self.with_parts(frame.span, &frame.bounds)));
        spaced(
            name.chain(partition)
                .chain(self.order(&window.order))
                .chain(frame),
        )
    }

    fn source(&self, source: &Source) -> String {
        let (own, name) = match &source.kind {
            SourceKind::Table(name) => (self.written(source.head), Some(&name.name)),
            SourceKind::Query(query, is_lateral) => {
                let lateral = if *is_lateral { "lateral " } else { "" };
                (format!("{lateral}({})", self.query(query)), None)
            }
            // The columns of a document are written within the call.
            SourceKind::Functions(..)
                if self.grammar().sources.functions == SourceFunctions::TablesOfDocuments =>
            {
                (self.written(source.head), None)
            }
            SourceKind::Functions(calls, is_numbered) => {
                let numbered = if *is_numbered { " with ordinality" } else { "" };
                (format!("[{}]{numbered}", self.list(calls)), None)
            }
            // `(a JOIN b ON …) JOIN c` groups as it does without parentheses.
            SourceKind::Joined(inner) if source.alias.is_none() => (self.source(inner), None),
            SourceKind::Joined(inner) => (format!("({})", self.source(inner)), None),
        };
        let name = name.filter(|_| source.columns.is_empty());
        let alias = self.alias(source.alias.as_ref(), name);
        let (columns, types) = (
            self.columns(&source.columns),
            listed(&source.types, type_form),
        );
        let tail = source.tail.map(|tail| self.written(tail));
        let joins = source.joins.iter().map(|join| self.join(join));
        spaced(
            [format!("{own}{alias}{columns}{types}")]
                .into_iter()
                .chain(tail)
                .chain(joins),
        )
    }

    fn join(&self, join: &Join) -> String {
        let kind = match (join.kind, join.in_order) {
            (JoinKind::Inner, true) => "straight join",
            (JoinKind::Inner, false) => "join",
            (JoinKind::Left, _) => "left join",
            (JoinKind::Right, _) => "right join",
            (JoinKind::Full, _) => "full join",
        };
        let source = self.source(&join.source);
        let is_group = matches!(join.source.kind, SourceKind::Joined(_));
        let source = if is_group || !join.source.joins.is_empty() {
            format!("({source})")
        } else {
            source
        };
        match &join.on {
            JoinOn::Nothing => format!("{kind} {source}"),
            JoinOn::Natural => format!("natural {kind} {source}"),
            JoinOn::Using(columns) => {
                let (columns, name) = (
                    self.columns(columns),
                    self.alias(join.merged.as_ref(), None),
                );
                format!("{kind} {source} using {columns}{name}")
            }
            JoinOn::Condition(condition) => format!("{kind} {source} on {}", self.of(condition)),
        }
    }

    pub(super) fn order(&self, order: &[Sort]) -> Option<String> {
        let sorts = || listed(order, |sort| self.sort(sort));
        (!order.is_empty()).then(|| format!("order by {}", sorts()))
    }

    /// A value with its direction, where that is not the one that rows have without it.
    fn sort(&self, sort: &Sort) -> String {
        let operator = sort
            .operator
            .iter()
            .map(|operator| format!("using {operator}"));
        let falls = sort.falls.then(|| "desc".to_owned());
        // NULL is the greatest value of PostgreSQL, and the least of SQLite.
        let usual = sort.falls == (self.text.dialect == Dialect::Postgres);
        let nulls = sort.nulls_first.filter(|first| *first != usual);
        let nulls = nulls.map(|first| format!("nulls {}", if first { "first" } else { "last" }));
        spaced(
            [self.of(&sort.value)]
                .into_iter()
                .chain(operator)
                .chain(falls)
                .chain(nulls),
        )
    }

    fn limit(&self, limit: &Limit) -> Vec<String> {
        let count = limit
            .count
            .iter()
            .map(|count| format!("limit {}", self.of(count)));
        let offset = limit
            .offset
            .iter()
            .map(|offset| format!("offset {}", self.of(offset)));
        let ties = limit.ties.iter().map(|_| "with ties".to_owned());
        count.chain(offset).chain(ties).into_vec()
    }
}

fn spaced(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().into_vec().join(" ")
}

fn listed<T>(all: &[T], form: impl Fn(&T) -> String) -> String {
    all.iter().map(form).into_vec().join(", ")
}

/// Whether the parentheses around a query do nothing: nothing of it counts for it alone.
fn is_plain(query: &Query) -> bool {
    let has_limit = query.limit.count.is_some() || query.limit.offset.is_some();
    let is_bare = query.with.is_none() && query.order.is_empty() && query.locks.is_empty();
    is_bare && !has_limit && !matches!(query.body, Body::Set(..))
}

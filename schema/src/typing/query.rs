//! Queries: WITH, the parts that set operators join, order and limit.

use crate::lists::IntoVec as _;
use std::rc::Rc;

use super::checker::{Checker, Clause};
use super::findings;
use super::grammar;
use super::literal::written_number;
use super::mysql::Construct;
use super::postgres::{Context, PgType, can_cast};
use super::scope::{Common, Field, Fields, Scope};
use super::select::item_of;
use super::value::{Constant, Ty, Value};
use crate::ast::Name;
use crate::column_type::ColumnType;
use crate::name::same_name;
use crate::source::Span;
use crate::syntax::{
    Body, CommonTable, Expr, ExprKind, ItemKind, Query, SetPart, Sort, Source, SourceKind,
    Statement, With,
};

/// The values that a query's columns are written to: what its parameters become.
pub(super) type Wanted<'w> = Option<&'w [Value]>;

impl Checker<'_> {
    /// A statement, also one of WITH; its rows, if it gives any.
    pub(super) fn statement(
        &mut self,
        statement: &Statement,
        outer: Option<&Scope<'_>>,
        common: &Common,
    ) -> Fields {
        match statement {
            Statement::Query(query) => self.query(query, outer, common, None),
            Statement::Insert(insert) => self.insert(insert, common),
            Statement::Update(update) => self.update(update, common),
            Statement::Delete(delete) => self.delete(delete, common),
            Statement::Merge(merge) => {
                self.merge_rows(merge, common);
                None
            }
        }
    }

    /// The columns of a query; `None` where they are not known.
    pub(super) fn query(
        &mut self,
        query: &Query,
        outer: Option<&Scope<'_>>,
        common: &Common,
        wanted: Wanted<'_>,
    ) -> Fields {
        if matches!(self.clause, Clause::Table(_)) {
            self.check_one_row("a query", query.span);
            return None;
        }
        let clause = std::mem::replace(&mut self.clause, Clause::Items);
        let groups = std::mem::replace(&mut self.groups_have_rows, false);
        let in_set = std::mem::replace(&mut self.in_set, false);
        let grouped = std::mem::take(&mut self.grouped);
        let common = match &query.with {
            Some(with) => self.with(with, outer, common),
            None => common.clone(),
        };
        let fields = match &query.body {
            Body::Select(select) => {
                let words = (query.order.as_slice(), query.locks.as_slice());
                self.select(select, words, outer, &common, wanted)
            }
            body => {
                let locks = query.locks.first();
                if let (Some(lock), true) = (locks, self.facts.selects.locks_table_rows) {
                    self.report(findings::lock_of(
                        "rows of several queries or of `VALUES`",
                        lock.span,
                    ));
                }
                let fields = self.body(body, outer, &common, wanted);
                let mut order: Vec<&Sort> = query.order.iter().into_vec();
                if self.facts.selects.order_by_any_part {
                    order.retain(|sort| !is_of_a_part(&sort.value, body));
                }
                self.order_of_rows(&order, &fields, outer, &common);
                fields
            }
        };
        self.limit(query, outer, &common);
        self.clause = clause;
        self.groups_have_rows = groups;
        self.in_set = in_set;
        self.grouped = grouped;
        fields
    }

    fn limit(&mut self, query: &Query, outer: Option<&Scope<'_>>, common: &Common) {
        let scope = Scope::of(common, outer);
        if let Some(ties) = query.limit.ties.filter(|_| query.order.is_empty()) {
            self.report(findings::ties_without_order(ties));
        }
        for count in [&query.limit.count, &query.limit.offset]
            .into_iter()
            .flatten()
        {
            self.within(Clause::Limit, |checker| checker.count(count, &scope));
        }
    }

    /// A number of rows.
    pub(super) fn count(&mut self, count: &Expr, scope: &Scope<'_>) {
        if let (ExprKind::Row(values), false) = (&count.kind, self.facts.values.rows) {
            self.report(findings::several_values(values.len(), count.span));
        }
        let value = self.expr(count, scope);
        self.check_count(&value);
        let is_negative = written_number(count).is_some_and(|number| number < 0.0);
        if is_negative && !self.facts.selects.negative_count {
            self.report(findings::negative_count(count.span));
        }
    }

    /// A number of rows or groups.
    pub(super) fn check_count(&mut self, value: &Value) {
        let ty = self.count_type();
        self.demand_type(value, &ty, None, value.span);
        if let Ty::Postgres(wanted) = ty {
            self.check_constant(value, wanted);
        }
        let fits = match &value.ty {
            Ty::Postgres(found) => can_cast(*found, PgType::INT8, Context::Assignment),
            Ty::Of(found) if self.facts.selects.integer_count => found.is_integer(),
            Ty::Of(_) if value.constant == Constant::Text => {
                let written = self.text_at(value.span).trim_matches('\'');
                written.trim().parse::<i64>().is_ok()
            }
            Ty::Of(_) if value.constant == Constant::Number => {
                let written: Result<f64, _> = self.text_at(value.span).parse();
                !written.is_ok_and(|number| number.fract() != 0.0)
            }
            Ty::Of(_) | Ty::Untyped | Ty::Open | Ty::Wrong => true,
        };
        if !fits {
            let shown = self.shown(value);
            self.report(findings::no_count(&shown, value.span));
        }
    }

    /// The ORDER BY of several parts names what they give.
    fn order_of_rows(
        &mut self,
        order: &[&Sort],
        fields: &Fields,
        outer: Option<&Scope<'_>>,
        common: &Common,
    ) {
        let mut scope = Scope::of(common, outer);
        let Some(fields) = fields else { return };
        scope.items = fields.to_vec();
        for sort in order {
            self.check_position(&sort.value, Some(fields.len()));
            if let Some(item) = item_of(&sort.value, fields, self.dialect) {
                self.check_comparable(&item.value);
            }
            if !is_number(&sort.value) {
                self.expr(&sort.value, &scope);
            }
            let is_plain = matches!(sort.value.kind, ExprKind::Column(_) | ExprKind::Number(_));
            if !is_plain && !self.facts.selects.computed_order_of_sets {
                self.report(findings::computed_order(sort.value.span));
            }
        }
    }

    /// The queries of WITH, each of which sees those before it.
    pub(super) fn with(
        &mut self,
        with: &With,
        outer: Option<&Scope<'_>>,
        common: &Common,
    ) -> Common {
        let mut known = common.clone();
        for (at, table) in with.tables.iter().enumerate() {
            let mut before = with.tables[..at].iter();
            let is =
                |other: &CommonTable| same_name(&other.name.text, &table.name.text, self.dialect);
            if before.any(is) {
                self.report(findings::common_twice(&table.name));
            }
            let fields = if with.recursive || !self.facts.recursion.needs_word {
                self.recursive(table, outer, &known)
            } else {
                self.common_table(table, outer, &known)
            };
            known = known.with(&table.name.text, fields);
        }
        known
    }

    fn common_table(
        &mut self,
        table: &CommonTable,
        outer: Option<&Scope<'_>>,
        known: &Common,
    ) -> Fields {
        let fields = self.statement(&table.statement, outer, known);
        self.named(table, &fields)
    }

    /// The columns under the names of WITH, with those that SEARCH and CYCLE add.
    fn named(&mut self, table: &CommonTable, fields: &Fields) -> Fields {
        let count = fields.as_ref().map_or(0, |fields| fields.len());
        if let Some(name) = table.columns.last()
            && table.columns.len() < count
            && self.facts.selects.with_names_all
        {
            let finding = findings::number_of_values(table.columns.len(), count, name.span);
            self.report(finding);
        }
        let fields = if table.columns.is_empty() {
            fields.clone()
        } else {
            self.renamed(fields, &table.columns)
        }?;
        let mut all = fields.to_vec();
        for (at, (name, _)) in table.added.iter().enumerate() {
            let is_mark = at == 0 && table.added.len() > 1;
            let ty = if is_mark {
                self.condition_type()
            } else {
                Ty::Open
            };
            all.push(Field {
                name: Some(name.text.clone()),
                value: Value::new(ty, !is_mark, name.span),
            });
        }
        Some(all.into())
    }

    /// A query that may read itself: the first part says what it gives, and the others are looked at with that.
    fn recursive(
        &mut self,
        table: &CommonTable,
        outer: Option<&Scope<'_>>,
        known: &Common,
    ) -> Fields {
        let Statement::Query(query) = &table.statement else {
            return self.common_table(table, outer, known);
        };
        self.check_recursion(table, query);
        let Body::Set(first, _) = &query.body else {
            return self.common_table(table, outer, known);
        };
        let own = match &query.with {
            Some(with) => self.with(with, outer, known),
            None => known.clone(),
        };
        let in_set = std::mem::replace(&mut self.in_set, true);
        let base = self.body(first, outer, &own, None);
        self.in_set = in_set;
        let base = base.map(|fields| {
            let typed = fields.iter().map(|field| Field {
                name: field.name.clone(),
                value: Value {
                    key: None,
                    ..self.as_text(field.value.clone())
                },
            });
            typed.collect()
        });
        let mut fields = self.named(table, &base);
        // A column that a further step may make NULL may be NULL in the next: each step can only add to it.
        loop {
            self.named_items.clear();
            let seen = known.with(&table.name.text, fields.clone());
            let all = self.query(query, outer, &seen, None);
            let next = self.named(table, &all);
            let widened = widened(&fields, &next);
            let is_same = nulls(&widened) == nulls(&fields);
            if is_same {
                self.check_recursive(&fields, &next);
            }
            fields = widened;
            if is_same {
                return fields;
            }
        }
    }

    /// PostgreSQL gives the columns of a recursive query the types of its first part.
    fn check_recursive(&mut self, base: &Fields, all: &Fields) {
        let (Some(base), Some(all)) = (base, all) else {
            return;
        };
        for (base, all) in base.iter().zip(all.iter()) {
            if let (Ty::Postgres(one), Ty::Postgres(other)) = (&base.value.ty, &all.value.ty)
                && one != other
            {
                let name = base.name.as_deref().unwrap_or("?column?");
                let (one, other) = (one.name(), other.name());
                let finding = findings::recursive_type(name, &one, &other, base.value.span);
                self.report(finding);
            }
        }
    }

    /// The parts of a query, without its order.
    fn body(
        &mut self,
        body: &Body,
        outer: Option<&Scope<'_>>,
        common: &Common,
        wanted: Wanted<'_>,
    ) -> Fields {
        match body {
            Body::Select(select) => self.select(select, (&[], &[]), outer, common, wanted),
            Body::Values {
                rows,
                span,
                are_rows,
            } => {
                let construct = if *are_rows {
                    Construct::RowsOfValues
                } else {
                    Construct::ValuesWithoutRow
                };
                self.of_product(construct, *span);
                self.values(rows, *span, outer, common, wanted)
            }
            Body::Table(name) => {
                self.of_product(Construct::Table, name.name.span);
                self.table(name, common).fields
            }
            Body::Query(query) => self.query(query, outer, common, wanted),
            Body::Set(first, parts) => {
                let in_set = std::mem::replace(&mut self.in_set, true);
                let mut fields = self.body(first, outer, common, wanted);
                for part in parts {
                    self.in_set = true;
                    let next = self.body(&part.body, outer, common, wanted);
                    self.in_set = in_set;
                    fields = self.united(&fields, &next, part);
                }
                fields
            }
        }
    }

    /// The columns of two parts.
    fn united(&mut self, left: &Fields, right: &Fields, part: &SetPart) -> Fields {
        let (Some(left), Some(right)) = (left, right) else {
            return None;
        };
        if left.len() != right.len() {
            let finding =
                findings::number_of_columns(part.operator, left.len(), right.len(), part.span);
            self.report(finding);
            return None;
        }
        let mut fields = Vec::new();
        for (at, (one, other)) in left.iter().zip(right.iter()).enumerate() {
            let what = match &one.name {
                Some(name) => format!("the column `{name}` of `{}`", part.operator.to_uppercase()),
                None => format!(
                    "the column {} of `{}`",
                    at + 1,
                    part.operator.to_uppercase()
                ),
            };
            let mut value = self.common(&[&one.value, &other.value], &what, other.value.span);
            if value.ty == Ty::Untyped && self.facts.have_untyped_texts() {
                for part in [&one.value, &other.value] {
                    self.as_text(part.clone());
                }
                value.ty = self.text_type();
            }
            if self.is_union_with_null([&one.value, &other.value], &value.ty) {
                value.ty = Ty::Of(ColumnType::Decimal(None));
                value.source = None;
            }
            if one.value.source == other.value.source {
                value.source = one.value.source;
            }
            value.nullable = match part.operator {
                "except" => one.value.nullable,
                "intersect" => one.value.nullable && other.value.nullable,
                _ => one.value.nullable || other.value.nullable,
            };
            value.key = self.note_united(part, [one.value.key, other.value.key]);
            value.span = one.value.span;
            fields.push(Field {
                name: one.name.clone(),
                value,
            });
        }
        Some(fields.into())
    }

    /// Integers without a sign that stand beside NULL in another part.
    fn is_union_with_null(&self, parts: [&Value; 2], ty: &Ty) -> bool {
        let has_null = parts.iter().any(|part| part.ty == Ty::Untyped);
        let is_unsigned = matches!(ty, Ty::Of(found) if grammar::is_unsigned(found));
        self.facts.selects.decimals_beside_null && has_null && is_unsigned
    }

    /// The rows of VALUES.
    fn values(
        &mut self,
        rows: &[Vec<Expr>],
        span: Span,
        outer: Option<&Scope<'_>>,
        common: &Common,
        wanted: Wanted<'_>,
    ) -> Fields {
        let scope = Scope::of(common, outer);
        let first = rows.first()?;
        let mut columns: Vec<Vec<Value>> = first.iter().map(|_| Vec::new()).into_vec();
        let clause = std::mem::replace(&mut self.clause, Clause::Values);
        for row in rows {
            if row.len() != first.len() {
                self.report(findings::number_of_values(first.len(), row.len(), span));
                return None;
            }
            for (at, value) in row.iter().enumerate() {
                let typed = self.expr(value, &scope);
                if let Some(wanted) = wanted.and_then(|wanted| wanted.get(at)) {
                    self.demand(&typed, wanted);
                }
                columns[at].push(typed);
            }
        }
        self.clause = clause;
        let is_numbered = self.facts.selects.numbered_values;
        let fields = columns.iter().enumerate().map(|(at, values)| {
            let all: Vec<&Value> = values.iter().into_vec();
            let what = format!("the column {}", at + 1);
            let mut value = self.common(&all, &what, span);
            value.nullable = values.iter().any(|value| value.nullable);
            if wanted.is_none() && !self.in_set && value.ty == Ty::Untyped {
                for one in values {
                    self.as_text(one.clone());
                }
                value = self.as_text(value);
            }
            let name = is_numbered.then(|| format!("column{}", at + 1));
            Field { name, value }
        });
        Some(fields.collect::<Rc<[Field]>>())
    }

    /// The one value of a query in parentheses.
    pub(super) fn scalar(&mut self, query: &Query, scope: &Scope<'_>, span: Span) -> Value {
        let fields = self.query(query, Some(scope), &scope.common, None);
        let Some(fields) = fields else {
            return Value::open(span);
        };
        let [field] = &*fields else {
            self.report(findings::several_columns(fields.len(), span));
            return Value::wrong(span);
        };
        // Without GROUP BY an aggregate gives a row in any case.
        let nullable = field.value.nullable || !self.gives_a_row(query);
        field.value.derived(nullable, span)
    }

    /// Whether an aggregate of this query's own rows stands in an expression: one of columns that are all of tables around the query
    /// is an aggregate of the query around it.
    fn aggregates_own(&self, expr: &Expr, tables: &[&str]) -> bool {
        if let ExprKind::Call(call) = &expr.kind
            && self.is_aggregate(call)
        {
            let mut columns = Vec::new();
            columns_in(expr, &mut columns);
            let is_own = |names: &&[Name]| match names {
                [.., table, _] => tables
                    .iter()
                    .any(|own| same_name(own, &table.text, self.dialect)),
                _ => true,
            };
            return columns.is_empty() || columns.iter().any(is_own);
        }
        expr.children()
            .into_iter()
            .any(|child| self.aggregates_own(child, tables))
    }

    /// Whether the query gives exactly one row whatever the tables hold.
    fn gives_a_row(&self, query: &Query) -> bool {
        let Body::Select(select) = &query.body else {
            return false;
        };
        let limited = query.limit.count.is_some() || query.limit.offset.is_some();
        let plain = select.group.is_empty() && select.having.is_none() && !limited;
        let mut tables = Vec::new();
        select
            .from
            .iter()
            .for_each(|source| names_in(source, &mut tables));
        let whole = select.items.iter().any(|item| match &item.kind {
            ItemKind::Value(value, _) => self.aggregates_own(value, &tables),
            ItemKind::All | ItemKind::AllOf(_) | ItemKind::AllOfRow(_) => false,
        });
        let constant = select.from.is_empty() && select.condition.is_none();
        plain && (whole || constant)
    }
}

/// Whether it is the alias or the column of an item of any part.
fn is_of_a_part(value: &Expr, body: &Body) -> bool {
    let ExprKind::Column(names) = &value.kind else {
        return false;
    };
    let [name] = names.as_slice() else {
        return false;
    };
    let is = |own: &Name| own.text.eq_ignore_ascii_case(&name.text);
    match body {
        Body::Select(select) => select.items.iter().any(|item| match &item.kind {
            ItemKind::Value(value, alias) => {
                let is_column =
                    matches!(&value.kind, ExprKind::Column(names) if names.last().is_some_and(is));
                is_column || alias.as_ref().is_some_and(is)
            }
            ItemKind::All | ItemKind::AllOf(_) | ItemKind::AllOfRow(_) => false,
        }),
        Body::Set(first, rest) => {
            is_of_a_part(value, first) || rest.iter().any(|part| is_of_a_part(value, &part.body))
        }
        Body::Query(query) => is_of_a_part(value, &query.body),
        Body::Values { .. } | Body::Table(_) => false,
    }
}

/// The columns that an expression names.
pub(super) fn columns_in<'e>(expr: &'e Expr, columns: &mut Vec<&'e [Name]>) {
    if let ExprKind::Column(names) = &expr.kind {
        columns.push(names);
    }
    for child in expr.children() {
        columns_in(child, columns);
    }
}

/// The names of the tables of a FROM.
fn names_in<'s>(source: &'s Source, names: &mut Vec<&'s str>) {
    match &source.kind {
        SourceKind::Joined(inner) => names_in(inner, names),
        SourceKind::Table(table) => names.push(&table.name.text),
        SourceKind::Query(..) | SourceKind::Functions(..) => {}
    }
    names.extend(source.alias.iter().map(|alias| alias.text.as_str()));
    for join in &source.joins {
        names_in(&join.source, names);
    }
}

/// A number in ORDER BY or GROUP BY is that of an item.
pub(super) fn is_number(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Number(_))
}

/// Which of them may be NULL, or hold NULL.
fn nulls(fields: &Fields) -> Vec<(bool, bool)> {
    let fields = fields.iter().flat_map(|fields| fields.iter());
    let values = fields.map(|field| &field.value);
    values
        .map(|value| (value.nullable, value.is_filled))
        .into_vec()
}

fn widened(fields: &Fields, next: &Fields) -> Fields {
    let (fields, next) = (fields.as_ref()?, next.as_ref()?);
    let both = fields.iter().zip(next.iter());
    let both = both.map(|(one, other)| Field {
        name: one.name.clone(),
        value: (one.value.clone().or_null(other.value.nullable))
            .filled(one.value.is_filled && other.value.is_filled),
    });
    Some(both.collect())
}

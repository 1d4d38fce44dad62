//! One SELECT: what it reads, its conditions, its groups and its items.

use crate::lists::IntoVec as _;
use std::rc::Rc;

use super::checker::{Checker, Clause};
use super::grouping::{Groups, written};
use super::lock::has_window;
use super::names::NameKind;
use super::postgres::PgType;
use super::query::{Wanted, columns_in, is_number};
use super::scope::{Common, Field, Fields, Relation, Scope};
use super::value::{Ty, Value};
use crate::dialect::Dialect;
use crate::source::Span;
use crate::syntax::{
    Distinct, Expr, ExprKind, Group, Is, IsWhat, ItemKind, Lock, Select, SelectItem, Sort,
};

impl Checker<'_> {
    pub(super) fn select(
        &mut self,
        select: &Select,
        (order, locks): (&[Sort], &[Lock]),
        outer: Option<&Scope<'_>>,
        common: &Common,
        wanted: Wanted<'_>,
    ) -> Fields {
        let mut scope = Scope::of(common, outer);
        scope.aliases = (&select.items, self.facts.aliases.in_conditions);
        self.sources(&select.from, &mut scope);
        self.check_locked_names(locks, &scope);
        if let Some(condition) = &select.condition {
            self.within(Clause::Where, |checker| {
                checker.condition(condition, &scope)
            });
            self.narrow(condition, &mut scope);
        }
        let is_grouped = !select.group.is_empty();
        let is_whole = !is_grouped && self.aggregates(select, order);
        let sets = select.rollup
            || select
                .group
                .iter()
                .any(|group| matches!(group, Group::Sets(..)));
        self.groups_have_rows = is_grouped && !sets;
        if let Some(lock) = locks.first() {
            self.check_locked_rows(select, lock, is_grouped || is_whole, &scope);
        }
        scope.aliases.1 = self.facts.aliases.in_group_by;
        let values = grouped_values(select);
        self.within(Clause::GroupBy, |checker| {
            checker.group_by(&values, select, &scope)
        });
        let groups =
            (is_grouped || is_whole).then(|| Groups::new(self, &values, select, &scope, is_whole));
        scope.aliases.1 = false;
        let named = self.named_windows(select);
        let windows = std::mem::replace(&mut self.windows, named);
        if let (true, Some(groups)) = (sets, &groups) {
            self.grouped.clone_from(&groups.texts);
        }
        scope.all_nullable = sets || (is_whole && self.facts.selects.null_beside_aggregates);
        let fields = self.items(&select.items, &scope, wanted);
        scope.aliases.1 = self.facts.aliases.in_having;
        if let Some(having) = &select.having {
            let mut seen = scope.clone();
            if self.facts.aliases.in_order_by {
                seen.items = fields.clone().unwrap_or_default();
            }
            self.within(Clause::Having, |checker| checker.condition(having, &seen));
            self.check_having(select, having);
        }
        for (_, window) in &select.windows {
            self.window(window, &scope);
        }
        self.listed(select, order, &fields, &scope);
        self.check_merged_names(select, order, &scope);
        self.windows = windows;
        self.grouped.clear();
        match groups {
            Some(groups) => self.check_groups(&groups, select, order, &scope),
            None => self.check_no_groups(select),
        }
        Some(Rc::from(fields?))
    }

    pub(super) fn within<T>(&mut self, clause: Clause, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.clause, clause);
        let outcome = work(self);
        self.clause = before;
        outcome
    }

    /// The values of GROUP BY; a number or the name of an item stands for it.
    fn group_by(&mut self, values: &[&Expr], select: &Select, scope: &Scope<'_>) {
        for value in values {
            let item = item_named(value, select, scope, self);
            if let Some(item) = item {
                self.check_grouped_item(item, value.span);
            }
            if !is_number(value) && item.is_none() {
                let value = self.expr(value, scope);
                self.check_comparable(&value);
            }
        }
    }

    /// Rows are grouped by no value that is computed of groups.
    fn check_grouped_item(&mut self, item: &Expr, span: Span) {
        let shown = self.text_at(item.span).to_owned();
        if self.has_aggregate(item) {
            self.report(super::findings::aggregate_in("GROUP BY", &shown, span));
        } else if has_window(item) {
            self.report(super::findings::window_in("GROUP BY", &shown, span));
        }
    }

    /// DISTINCT ON and ORDER BY, which see the items by their names.
    fn listed(
        &mut self,
        select: &Select,
        order: &[Sort],
        fields: &Option<Vec<Field>>,
        scope: &Scope<'_>,
    ) {
        let items = fields.clone().unwrap_or_default();
        let mut seen = scope.clone();
        if self.facts.aliases.in_order_by {
            seen.items.clone_from(&items);
        }
        let distinct: &[Expr] = match &select.distinct {
            Distinct::On(values) => values,
            Distinct::No | Distinct::Yes => &[],
        };
        let values = distinct.iter().chain(order.iter().map(|sort| &sort.value));
        let count = fields.as_ref().map(Vec::len);
        for value in grouped_values(select) {
            self.check_position(value, count);
        }
        for value in values {
            self.check_position(value, count);
            let value = match item_of(value, &items, self.dialect) {
                Some(item) => item.value.clone(),
                None if is_number(value) => continue,
                None => self.expr(value, &seen),
            };
            self.check_comparable(&value);
        }
        if !self.facts.selects.computes_with_aggregates {
            self.check_order_names(select, order, &items);
        }
        self.check_distinct_on(select, distinct, order, scope);
        let is_distinct = matches!(select.distinct, Distinct::Yes);
        if is_distinct && self.facts.selects.distinct_orders_by_items {
            for item in &items {
                self.check_comparable(&item.value);
            }
            self.check_distinct(select, order, &items, scope);
        }
    }

    /// A number that stands for a column, or another constant in its place.
    pub(super) fn check_position(&mut self, value: &Expr, columns: Option<usize>) {
        let is_constant = match &value.kind {
            ExprKind::Text(_) => true,
            ExprKind::Number(number) => number.parse::<u64>().is_err(),
            _ => false,
        };
        if is_constant && !self.facts.selects.constant_order {
            self.report(super::findings::constant_order(value.span));
        }
        if let (ExprKind::Number(number), Some(columns)) = (&value.kind, columns)
            && number
                .parse()
                .is_ok_and(|at: usize| at == 0 || at > columns)
        {
            self.report(super::findings::no_such_place(number, columns, value.span));
        }
    }

    /// PostgreSQL's `json` has no order and no equality.
    pub(super) fn check_comparable(&mut self, value: &Value) {
        if value.ty == Ty::Postgres(PgType::JSON) {
            self.report(super::findings::not_comparable("json", value.span));
        }
    }

    /// MariaDB orders by an aggregate's name, and computes nothing of it.
    fn check_order_names(&mut self, select: &Select, order: &[Sort], items: &[Field]) {
        let aggregates = select.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Value(value, Some(alias)) if self.has_aggregate(value) => Some(alias),
            _ => None,
        });
        let aggregates: Vec<_> = aggregates.into_vec();
        for sort in order {
            if is_name_of(&sort.value, items, self.dialect) {
                continue;
            }
            let mut columns = Vec::new();
            columns_in(&sort.value, &mut columns);
            for names in columns {
                let [name] = names else { continue };
                let is = |alias: &&crate::ast::Name| {
                    crate::name::same_name(&alias.text, &name.text, self.dialect)
                };
                if aggregates.iter().any(is) {
                    self.report(super::findings::name_of_aggregate(name));
                }
            }
        }
    }

    /// PostgreSQL's ORDER BY begins with the values of DISTINCT ON.
    fn check_distinct_on(
        &mut self,
        select: &Select,
        distinct: &[Expr],
        order: &[Sort],
        scope: &Scope<'_>,
    ) {
        let mut seen = vec![false; distinct.len()];
        for sort in order {
            if seen.iter().all(|seen| *seen) {
                return;
            }
            let own = item_named(&sort.value, select, scope, self).unwrap_or(&sort.value);
            let same = |value: &Expr| {
                let value = item_named(value, select, scope, self).unwrap_or(value);
                let place = self.place_of(value, scope);
                written(self, value) == written(self, own)
                    || (place.is_some() && place == self.place_of(own, scope))
            };
            let found: Vec<bool> = distinct.iter().map(same).into_vec();
            if !found.contains(&true) {
                return self.report(super::findings::order_of_distinct_on(sort.value.span));
            }
            for (seen, found) in seen.iter_mut().zip(found) {
                *seen |= found;
            }
        }
    }

    /// Rows that are given once are ordered by what they have alone.
    fn check_distinct(
        &mut self,
        select: &Select,
        order: &[Sort],
        items: &[Field],
        scope: &Scope<'_>,
    ) {
        for sort in order {
            let value = &sort.value;
            if is_number(value) || is_name_of(value, items, self.dialect) {
                continue;
            }
            let place = self.place_of(value, scope);
            let text = written(self, value);
            let is_given = select.items.iter().any(|item| match &item.kind {
                ItemKind::Value(own, _) => {
                    written(self, own) == text
                        || (place.is_some() && self.place_of(own, scope) == place)
                }
                ItemKind::All | ItemKind::AllOf(_) | ItemKind::AllOfRow(_) => true,
            });
            if !is_given {
                let shown = self.text_at(value.span).to_owned();
                self.report(super::findings::order_of_distinct(&shown, value.span));
            }
        }
    }

    /// An untyped text or parameter of which nothing else is known is a text.
    pub(super) fn as_text(&mut self, value: Value) -> Value {
        if !self.facts.have_untyped_texts() || value.ty != Ty::Untyped {
            return value;
        }
        let text = self.text_type();
        self.demand_type(&value, &text, None, value.span);
        let known = self.refreshed(&value);
        match known.ty {
            Ty::Untyped => Value { ty: text, ..known },
            _ => known,
        }
    }

    /// The columns of a list of items.
    pub(super) fn items(
        &mut self,
        items: &[SelectItem],
        scope: &Scope<'_>,
        wanted: Wanted<'_>,
    ) -> Option<Vec<Field>> {
        let mut fields = Vec::new();
        let mut is_open = false;
        for item in items {
            match &item.kind {
                ItemKind::All | ItemKind::AllOf(_) | ItemKind::AllOfRow(_) => {
                    match self.star(item, scope) {
                        Some(all) => fields.extend(placed(all, item)),
                        None => is_open = true,
                    }
                }
                ItemKind::Value(value, alias) => {
                    let mut typed = self.expr(value, scope);
                    if let Some(wanted) = wanted.and_then(|wanted| wanted.get(fields.len())) {
                        self.demand(&typed, wanted);
                    }
                    if wanted.is_none() && !self.in_set {
                        typed = self.as_text(typed);
                    }
                    typed.span = item.span;
                    let name = match alias {
                        Some(alias) => Some(alias.text.clone()),
                        None => self.name_of(value, scope),
                    };
                    fields.push(Field { name, value: typed });
                }
            }
        }
        if scope.relations.iter().any(|relation| relation.is_wrong) {
            return if is_open { None } else { Some(fields) };
        }
        if is_open {
            // Else it was reported what is not there.
            if self.unknown.is_empty() {
                let what = "the columns of `*`";
                let finding = super::findings::type_not_known(what, items[0].span);
                if !self.open_types.contains(&finding) {
                    self.open_types.push(finding);
                }
            }
            return None;
        }
        Some(fields)
    }

    /// The table of this name with its columns as they are seen here.
    pub(super) fn all_of<'s>(
        &mut self,
        names: &[crate::ast::Name],
        scope: &'s Scope<'_>,
    ) -> Option<(&'s Relation, Vec<Field>)> {
        let mut next = Some(scope);
        while let Some(here) = next {
            if let Some(relation) = here.relation(names, self.dialect) {
                return Some((relation, here.fields_of(relation)?));
            }
            next = here.outer;
        }
        let table = names.last()?;
        let known = scope.relations.iter().filter_map(|one| one.name.clone());
        let known: Vec<String> = known.into_vec();
        self.report_name(table, NameKind::Alias, known);
        None
    }

    /// The columns of a row: of a table's, or of one that a function gives, which may be NULL.
    pub(super) fn all_of_row(&mut self, value: &Expr, scope: &Scope<'_>) -> Option<Vec<Field>> {
        match &value.kind {
            ExprKind::Call(call) => {
                let fields = self.rows_of_call(call, value.span, scope)?;
                let fields = fields.into_iter().map(|field| Field {
                    value: field.value.or_null(true),
                    ..field
                });
                Some(fields.into_vec())
            }
            ExprKind::Column(names) if self.place_of(value, scope).is_none() => {
                self.all_of(names, scope).map(|(_, fields)| fields)
            }
            _ => {
                self.expr(value, scope);
                None
            }
        }
    }

    /// The name that a column has without AS; `None` where the database makes one up.
    fn name_of(&mut self, value: &Expr, scope: &Scope<'_>) -> Option<String> {
        match &value.kind {
            ExprKind::Column(names) => {
                let found = self.column(names, scope, value.span).name;
                found.or_else(|| names.last().map(|name| name.text.clone()))
            }
            ExprKind::Query(query) if self.facts.names.named_after_values => {
                let fields = self.query(query, Some(scope), &scope.common, None)?;
                fields.first()?.name.clone()
            }
            _ if self.facts.names.named_after_values => figured_name(value),
            _ => None,
        }
    }

    /// HAVING without groups, where no aggregate is selected.
    fn check_having(&mut self, select: &Select, having: &Expr) {
        let groups = !select.group.is_empty();
        let aggregates = select.items.iter().any(|item| self.item_aggregates(item));
        if self.facts.selects.having_needs_aggregate && !groups && !aggregates {
            self.report(super::findings::having_alone(having.span));
        }
    }

    /// Whether an aggregate makes one row of all.
    fn aggregates(&self, select: &Select, order: &[Sort]) -> bool {
        select.having.is_some()
            || select.items.iter().any(|item| self.item_aggregates(item))
            || order.iter().any(|sort| self.has_aggregate(&sort.value))
    }

    pub(super) fn item_aggregates(&self, item: &SelectItem) -> bool {
        match &item.kind {
            ItemKind::Value(value, _) => self.has_aggregate(value),
            ItemKind::All | ItemKind::AllOf(_) | ItemKind::AllOfRow(_) => false,
        }
    }

    /// The NULLs that a condition excludes where it holds: a column that is compared, or said not to be NULL, is not, and its table has a row.
    fn narrow(&mut self, condition: &Expr, scope: &mut Scope<'_>) {
        for conjunct in conjuncts(condition) {
            match &conjunct.kind {
                ExprKind::Is(is) => {
                    if let Is {
                        operand,
                        what: IsWhat::Null,
                        negated: true,
                    } = &**is
                    {
                        self.not_null(operand, scope);
                    }
                }
                ExprKind::Chain(chain) => {
                    if let [(operator, right)] = chain.rest.as_slice()
                        && ["=", "<", ">", "<=", ">=", "<>", "!="].contains(&operator.text.as_str())
                    {
                        self.not_null(&chain.first, scope);
                        self.not_null(right, scope);
                    }
                }
                _ => {}
            }
        }
    }

    fn not_null(&mut self, operand: &Expr, scope: &mut Scope<'_>) {
        // A column that a join has merged says nothing about which of its tables has a row.
        if let ExprKind::Column(names) = &operand.kind
            && let [name] = names.as_slice()
        {
            let is = |known: &&mut super::scope::Merged| {
                crate::name::same_name(&known.name, &name.text, self.dialect)
            };
            if let Some(merged) = scope.merged.iter_mut().find(is) {
                merged.value.nullable = false;
                return;
            }
        }
        let Some((relation, at)) = self.place_of(operand, scope) else {
            return;
        };
        let relation = &mut scope.relations[relation];
        let Some(fields) = &relation.fields else {
            return;
        };
        let mut fields = fields.to_vec();
        fields[at].value.nullable = false;
        relation.fields = Some(fields.into());
        relation.nullable = false;
    }
}

/// The name that PostgreSQL gives an item without an alias ("FigureColname" of its source).
fn figured_name(value: &Expr) -> Option<String> {
    figured(value).map(|(name, _)| name)
}

/// The name, and whether it is more than that of a type, which is taken only where there is no other.
fn figured(value: &Expr) -> Option<(String, bool)> {
    let strong = |name: &str| Some((name.to_owned(), true));
    let weak = |name: &str| Some((name.to_owned(), false));
    match &value.kind {
        ExprKind::Column(names) => strong(&names.last()?.text),
        ExprKind::Call(call) => strong(call.function()),
        ExprKind::Cast(cast) => {
            let inner = figured(&cast.operand).filter(|(_, is_strong)| *is_strong);
            inner.or_else(|| weak(&cast.to.name))
        }
        ExprKind::Field(_, name) => strong(&name.text),
        ExprKind::Subscript(subscript) => figured(&subscript.base),
        ExprKind::Collate(inner, _) => figured(inner),
        ExprKind::AtZone(..) => strong("timezone"),
        ExprKind::Case(case) => {
            let of_else = case.otherwise.as_ref().and_then(figured);
            let of_else = of_else.filter(|(_, is_strong)| *is_strong);
            of_else.or_else(|| weak("case"))
        }
        ExprKind::Exists(_) => strong("exists"),
        ExprKind::Array(_) | ExprKind::ArrayOf(_) => strong("array"),
        ExprKind::Row(_) => strong("row"),
        ExprKind::Bool(_) => weak("bool"),
        ExprKind::Typed(written, _) => weak(&written.name),
        _ => None,
    }
}

/// The conditions that all hold where the whole does.
pub(super) fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::Chain(chain)
            if chain
                .rest
                .iter()
                .all(|(operator, _)| operator.text == "and") =>
        {
            let rest = chain.rest.iter().flat_map(|(_, value)| conjuncts(value));
            conjuncts(&chain.first).into_iter().chain(rest).into_vec()
        }
        _ => vec![condition],
    }
}

/// All values of GROUP BY, those of sets too.
fn grouped_values(select: &Select) -> Vec<&Expr> {
    let values = select.group.iter().flat_map(|group| match group {
        Group::Value(sort) => std::slice::from_ref(&sort.value),
        Group::Sets(values, _) => values,
    });
    let values = values.flat_map(|value| match &value.kind {
        ExprKind::Row(values) => values.as_slice(),
        _ => std::slice::from_ref(value),
    });
    values.into_vec()
}

/// The item that a value of GROUP BY stands for: its number, or its name where no column has it.
pub(super) fn item_named<'s>(
    value: &Expr,
    select: &'s Select,
    scope: &Scope<'_>,
    checker: &Checker<'_>,
) -> Option<&'s Expr> {
    if let ExprKind::Number(number) = &value.kind {
        let at: usize = number.parse().ok()?;
        return match &select.items.get(at.checked_sub(1)?)?.kind {
            ItemKind::Value(value, _) => Some(value),
            ItemKind::All | ItemKind::AllOf(_) | ItemKind::AllOfRow(_) => None,
        };
    }
    let ExprKind::Column(names) = &value.kind else {
        return None;
    };
    let [name] = names.as_slice() else {
        return None;
    };
    if checker.place_of(value, scope).is_some() {
        return None;
    }
    let is = |own: &str| crate::name::same_name(own, &name.text, checker.dialect);
    select.items.iter().find_map(|item| match &item.kind {
        ItemKind::Value(value, Some(alias)) => is(&alias.text).then_some(value),
        ItemKind::Value(value, None) if checker.facts.names.named_after_values => {
            figured_name(value)
                .is_some_and(|own| is(&own))
                .then_some(value)
        }
        _ => None,
    })
}

/// The item whose number or name alone a value is.
pub(super) fn item_of<'f>(value: &Expr, items: &'f [Field], dialect: Dialect) -> Option<&'f Field> {
    match &value.kind {
        ExprKind::Number(number) => items.get(number.parse::<usize>().ok()?.checked_sub(1)?),
        ExprKind::Column(names) => {
            let [name] = names.as_slice() else {
                return None;
            };
            items.iter().find(|item| {
                let own = item.name.as_deref();
                own.is_some_and(|own| crate::name::same_name(own, &name.text, dialect))
            })
        }
        _ => None,
    }
}

/// Whether a value is the name of an item alone.
fn is_name_of(value: &Expr, items: &[Field], dialect: Dialect) -> bool {
    !is_number(value) && item_of(value, items, dialect).is_some()
}

/// Columns at the place of their `*`.
fn placed(fields: Vec<Field>, item: &SelectItem) -> impl Iterator<Item = Field> {
    let span = item.span;
    fields.into_iter().map(move |field| Field {
        value: Value {
            span,
            ..field.value
        },
        name: field.name,
    })
}

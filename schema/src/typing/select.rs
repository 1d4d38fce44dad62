//! One SELECT: what it reads, its conditions, its groups and its items.

use std::rc::Rc;

use super::checker::{Checker, Clause};
use super::grouping::Groups;
use super::names::NameKind;
use super::query::{Wanted, is_number};
use super::scope::{Common, Field, Fields, Scope};
use super::value::Value;
use crate::dialect::Dialect;
use crate::syntax::{
    Distinct, Expr, ExprKind, Group, Is, IsWhat, Item, ItemKind, Lock, Select, Sort, Window,
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
        scope.aliases = (&select.items, self.dialect == Dialect::Sqlite);
        self.sources(&select.from, &mut scope);
        for name in locks.iter().flat_map(|lock| &lock.of) {
            if scope
                .relation(std::slice::from_ref(name), self.dialect)
                .is_none()
            {
                let known = scope.relations.iter().filter_map(|one| one.name.clone());
                let known = known.collect();
                self.report_name(name, NameKind::Alias, known);
            }
        }
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
        scope.aliases.1 = self.dialect != Dialect::Postgres;
        let values = grouped_values(select);
        self.within(Clause::GroupBy, |checker| {
            checker.group_by(&values, select, &scope)
        });
        let groups =
            (is_grouped || is_whole).then(|| Groups::new(self, &values, select, &scope, is_whole));
        scope.aliases.1 = false;
        scope.all_nullable = sets || (is_whole && self.dialect != Dialect::Postgres);
        let fields = self.items(&select.items, &scope, wanted);
        scope.aliases.1 = self.dialect == Dialect::Mysql;
        if let Some(having) = &select.having {
            let mut seen = scope.clone();
            if self.dialect != Dialect::Postgres {
                seen.items = fields.clone().unwrap_or_default();
            }
            self.condition(having, &seen);
        }
        for (_, window) in &select.windows {
            self.window(window, &scope);
        }
        self.listed(select, order, &fields, &scope);
        if let Some(groups) = groups {
            self.check_groups(&groups, select, order, &scope);
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
            if !is_number(value) && item_named(value, select, scope, self).is_none() {
                self.expr(value, scope);
            }
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
        if self.dialect != Dialect::Postgres {
            seen.items.clone_from(&items);
        }
        let distinct: &[Expr] = match &select.distinct {
            Distinct::On(values) => values,
            Distinct::No | Distinct::Yes => &[],
        };
        let values = distinct.iter().chain(order.iter().map(|sort| &sort.value));
        for value in values {
            if is_number(value) || is_name_of(value, &items, self.dialect) {
                continue;
            }
            self.expr(value, &seen);
        }
    }

    /// The columns of a list of items.
    pub(super) fn items(
        &mut self,
        items: &[Item],
        scope: &Scope<'_>,
        wanted: Wanted<'_>,
    ) -> Option<Vec<Field>> {
        let mut fields = Vec::new();
        let mut is_open = false;
        for item in items {
            match &item.kind {
                ItemKind::All => {
                    self.has_star = true;
                    match scope.all_fields() {
                        Some(all) => fields.extend(placed(all, item)),
                        None => is_open = true,
                    }
                }
                ItemKind::AllOf(names) => {
                    self.has_star = true;
                    match self.all_of(names, scope) {
                        Some(all) => fields.extend(placed(all, item)),
                        None => is_open = true,
                    }
                }
                ItemKind::AllOfRow(value) => {
                    self.has_star = true;
                    match self.all_of_row(value, scope) {
                        Some(all) => fields.extend(placed(all, item)),
                        None => is_open = true,
                    }
                }
                ItemKind::Value(value, alias) => {
                    let mut typed = self.expr(value, scope);
                    if let Some(wanted) = wanted.and_then(|wanted| wanted.get(fields.len())) {
                        self.demand(&typed, wanted);
                    }
                    if wanted.is_none() && self.dialect == Dialect::Postgres {
                        let text = self.text_type();
                        self.demand_type(&typed, &text, None, value.span);
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
                self.report(super::findings::type_not_known(what, items[0].span));
            }
            return None;
        }
        Some(fields)
    }

    fn all_of(&mut self, names: &[crate::ast::Name], scope: &Scope<'_>) -> Option<Vec<Field>> {
        let mut next = Some(scope);
        while let Some(here) = next {
            if let Some(relation) = here.relation(names, self.dialect) {
                return here.fields_of(relation);
            }
            next = here.outer;
        }
        let table = names.last()?;
        let known = scope.relations.iter().filter_map(|one| one.name.clone());
        let known: Vec<String> = known.collect();
        self.report_name(table, NameKind::Alias, known);
        None
    }

    /// The columns of a row: of a table's, or of one that a function gives, which may be NULL.
    fn all_of_row(&mut self, value: &Expr, scope: &Scope<'_>) -> Option<Vec<Field>> {
        match &value.kind {
            ExprKind::Call(call) => {
                let fields = self.rows_of_call(call, value.span, scope)?;
                let fields = fields.into_iter().map(|field| Field {
                    value: field.value.or_null(true),
                    ..field
                });
                Some(fields.collect())
            }
            ExprKind::Column(names) if self.place_of(value, scope).is_none() => {
                self.all_of(names, scope)
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
            ExprKind::Query(query) if self.dialect == Dialect::Postgres => {
                let fields = self.query(query, Some(scope), &scope.common, None)?;
                fields.first()?.name.clone()
            }
            _ if self.dialect == Dialect::Postgres => figured_name(value),
            _ => None,
        }
    }

    /// The values of a window. MariaDB's may name items.
    pub(super) fn window(&mut self, window: &Window, scope: &Scope<'_>) {
        let mut scope = scope.clone();
        scope.aliases.1 |= self.dialect == Dialect::Mysql;
        let scope = &scope;
        let order = window.order.iter().map(|sort| &sort.value);
        for value in window.partition.iter().chain(order) {
            self.expr(value, scope);
        }
        if let Some(frame) = &window.frame {
            for bound in &frame.bounds {
                let value = self.expr(bound, scope);
                if frame.counts {
                    let ty = self.count_type();
                    self.demand_type(&value, &ty, None, bound.span);
                }
            }
        }
    }

    /// Whether an aggregate makes one row of all.
    fn aggregates(&self, select: &Select, order: &[Sort]) -> bool {
        select.having.is_some()
            || select.items.iter().any(|item| self.item_aggregates(item))
            || order.iter().any(|sort| self.has_aggregate(&sort.value))
    }

    pub(super) fn item_aggregates(&self, item: &Item) -> bool {
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
            conjuncts(&chain.first).into_iter().chain(rest).collect()
        }
        _ => vec![condition],
    }
}

/// All values of GROUP BY, those of sets too.
fn grouped_values(select: &Select) -> Vec<&Expr> {
    let values = select.group.iter().flat_map(|group| match group {
        Group::Value(value) => std::slice::from_ref(value),
        Group::Sets(values, _) => values,
    });
    let values = values.flat_map(|value| match &value.kind {
        ExprKind::Row(values) => values.as_slice(),
        _ => std::slice::from_ref(value),
    });
    values.collect()
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
        ItemKind::Value(value, None) if checker.dialect == Dialect::Postgres => figured_name(value)
            .is_some_and(|own| is(&own))
            .then_some(value),
        _ => None,
    })
}

/// Whether a value is the name of an item alone.
fn is_name_of(value: &Expr, items: &[Field], dialect: Dialect) -> bool {
    let ExprKind::Column(names) = &value.kind else {
        return false;
    };
    let [name] = names.as_slice() else {
        return false;
    };
    items.iter().any(|item| {
        let own = item.name.as_deref();
        own.is_some_and(|own| crate::name::same_name(own, &name.text, dialect))
    })
}

/// Columns at the place of their `*`.
fn placed(fields: Vec<Field>, item: &Item) -> impl Iterator<Item = Field> {
    let span = item.span;
    fields.into_iter().map(move |field| Field {
        value: Value {
            span,
            ..field.value
        },
        name: field.name,
    })
}

//! Calls of functions: how they are found, and where aggregates may stand. What a call gives is the matter of its dialect.

mod others;
mod postgres;
mod rows;

pub(super) use rows::field;

use super::checker::{Checker, Clause};
use super::findings;
use super::grammar::is_function;
use super::literal::written_number;
use super::postgres::{FunctionKind, overloads};
use super::query::columns_in;
use super::scope::Scope;
use super::table::TablePart;
use super::value::Value;
use crate::ast::CreateFunction;
use crate::lists::IntoVec as _;
use crate::model::{Index, IndexKey, StorageEngine};
use crate::name::same_name;
use crate::source::Span;
use crate::syntax::{Argument, Call, Expr, ExprKind};

/// Functions of MySQL whose second argument may be an `INTERVAL`.
const MOVES: [&str; 4] = ["date_add", "date_sub", "adddate", "subdate"];

/// Functions that are computed of the rows beside one.
const WINDOW_FUNCTIONS: [&str; 11] = [
    "cume_dist",
    "dense_rank",
    "first_value",
    "lag",
    "last_value",
    "lead",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
];

impl Checker<'_> {
    pub(super) fn call(&mut self, call: &Call, scope: &Scope<'_>, span: Span) -> Value {
        if let [home, function] = call.name.as_slice()
            && home.text == "sqlc"
        {
            let what = format!("`sqlc.{}`", function.text);
            let help = "write `sqlc.arg(name)`, `sqlc.narg(name)`, `IN (sqlc.slice(names))`, and `sqlc.embed(users)` as a whole column";
            self.report(findings::not_checked(&what, span, help));
            return Value::wrong(span);
        }
        let aggregates = self.is_aggregate(call);
        if aggregates {
            self.check_place(call, span);
        } else if call.over.is_some() {
            self.check_one_row("a window function", span);
        }
        if call.function() == "count"
            && call.arguments.is_empty()
            && !call.star
            && call.name.len() == 1
            && !self.facts.calls.empty_count
        {
            let takes = ["count(*)".to_owned(), "count(value)".to_owned()];
            self.report(findings::no_such_call("count()", &takes, span));
        }
        self.check_pairs(call, span);
        self.check_texts(call);
        self.check_search_table(call, scope);
        self.check_chance(call);
        self.check_window_of(call, span);
        let inner = match self.clause {
            _ if aggregates => Clause::Aggregate,
            Clause::Items if call.over.is_some() => Clause::Window,
            clause => clause,
        };
        let outside = (scope, std::mem::take(&mut self.grouped));
        let mut of_rows = scope.clone();
        of_rows.all_nullable = false;
        let is_of_rows = aggregates && self.facts.calls.aggregates_see_rows;
        let scope = if is_of_rows { &of_rows } else { scope };
        if !is_of_rows {
            self.grouped.clone_from(&outside.1);
        }
        let arguments: Vec<Value> = self.within(inner, |checker| {
            let moves = MOVES.contains(&call.function());
            let intervals = checker.facts.calls.moved_by_interval;
            let values = call.arguments.iter().map(|argument| &argument.value);
            let values = values.enumerate().map(|(at, value)| match &value.kind {
                ExprKind::Column(_) if checker.is_word(call, at) => Value::open(value.span),
                ExprKind::Interval(count, unit) if moves => {
                    checker.interval(count, unit, scope);
                    Value::open(value.span)
                }
                _ if at == 1 && intervals.contains(&call.function()) => {
                    let takes = [format!("{}(value, INTERVAL 1 DAY)", call.function())];
                    let finding = findings::no_such_call(call.function(), &takes, value.span);
                    checker.report(finding);
                    Value::wrong(value.span)
                }
                ExprKind::Row(values) if !checker.facts.values.rows => {
                    checker.report(findings::several_values(values.len(), value.span));
                    Value::wrong(value.span)
                }
                _ => checker.expr(value, scope),
            });
            values.into_vec()
        });
        self.beside(call, scope);
        if self.facts.calls.match_needs_index && call.function() == "match" {
            self.check_full_text(call, scope, span);
        }
        let scope = outside.0;
        self.grouped = outside.1;
        match self.facts.grammar {
            None => self.call_of_postgres(call, arguments, scope, span),
            Some(grammar) => {
                let within = call.within.iter();
                let within = within.map(|sort| self.expr(&sort.value, scope));
                let arguments: Vec<Value> = arguments.into_iter().chain(within).into_vec();
                self.call_of_others(grammar, call, &arguments, span)
            }
        }
    }

    /// Names and values of a document stand in pairs.
    fn check_pairs(&mut self, call: &Call, span: Span) {
        let mut pairs = self.facts.calls.pairs.iter();
        let Some((_, takes)) = pairs.find(|(name, _)| *name == call.function()) else {
            return;
        };
        let is_odd = takes.matches(',').count() % 2 == 0;
        let is_variadic = call.arguments.last().is_some_and(|last| last.variadic);
        if !is_variadic && (call.arguments.len() % 2 == 1) != is_odd {
            let takes = [format!("{}({takes})", call.function())];
            self.report(findings::no_such_call(call.function(), &takes, span));
        }
    }

    /// The fraction of `likelihood(a, 0.1)`, and of a percentile.
    fn check_chance(&mut self, call: &Call) {
        let mut fractions = self.facts.calls.fractions.iter();
        let found = fractions.find(|(name, ..)| *name == call.function());
        let Some((_, at, is_constant)) = found else {
            return;
        };
        let Some(chance) = call.arguments.get(*at) else {
            return;
        };
        let number = written_number(&chance.value);
        if !number.map_or(!is_constant, |number| (0.0..=1.0).contains(&number)) {
            let finding = findings::no_chance(call.function(), chance.value.span);
            self.report(finding);
        }
    }

    /// `MATCH` finds by an index of exactly its columns.
    fn check_full_text(&mut self, call: &Call, scope: &Scope<'_>, span: Span) {
        let Some((searched, columns)) = call.arguments.split_last() else {
            return;
        };
        let mut named = Vec::new();
        columns_in(&searched.value, &mut named);
        if !named.is_empty() {
            self.report(findings::column_in_search(searched.value.span));
        }
        let source = |argument: &Argument| {
            let (relation, at) = self.place_of(&argument.value, scope)?;
            let fields = scope.relations[relation].fields.as_ref()?;
            fields.get(at)?.value.source
        };
        let Some(columns) = columns.iter().map(source).collect::<Option<Vec<_>>>() else {
            return;
        };
        let Some(table) = columns.first().map(|(table, _)| self.model.table(*table)) else {
            return;
        };
        let is_innodb = table
            .storage_engine
            .as_ref()
            .is_none_or(StorageEngine::is_innodb);
        let is_of = |index: &Index| {
            let keys = index.parts.iter().map(|part| &part.key);
            let has = |key: &IndexKey| match key {
                IndexKey::Column(id) => columns.iter().any(|(_, column)| column == id),
                IndexKey::Expression(_) => false,
            };
            let is_full_text = index.method.as_deref() == Some("fulltext");
            is_full_text && keys.len() == columns.len() && keys.into_iter().all(has)
        };
        if is_innodb && table.view.is_none() && !table.indexes.iter().any(is_of) {
            let name = table.name.name.clone();
            self.report(findings::no_full_text(&name, span));
        }
    }

    /// Whether an argument is no value: the form of `normalize(a, NFC)`, a sequence.
    fn is_word(&self, call: &Call, at: usize) -> bool {
        self.facts.calls.words.contains(&(call.function(), at))
    }

    /// Order, filter and window.
    fn beside(&mut self, call: &Call, scope: &Scope<'_>) {
        for sort in &call.order {
            self.within(Clause::Aggregate, |checker| {
                checker.expr(&sort.value, scope)
            });
        }
        if let Some(filter) = &call.filter {
            self.within(Clause::Aggregate, |checker| {
                checker.condition(filter, scope)
            });
        }
        if let Some(window) = &call.over {
            self.window(window, scope);
        }
    }

    /// Whether a call makes one value of many rows.
    pub(super) fn is_aggregate(&self, call: &Call) -> bool {
        if call.over.is_some() {
            return false;
        }
        let name = call.function();
        if self.facts.have_catalogue() {
            let kinds = overloads(name);
            return kinds.iter().any(|one| {
                matches!(
                    one.kind,
                    FunctionKind::Aggregate
                        | FunctionKind::Ordered { .. }
                        | FunctionKind::Hypothetical { .. }
                )
            }) && (!call.within.is_empty()
                || kinds.iter().all(|one| one.kind == FunctionKind::Aggregate));
        }
        let upper = name.to_uppercase();
        let scalar = self.facts.calls.least_of_arguments
            && matches!(name, "min" | "max")
            && call.arguments.len() > 1;
        others::AGGREGATES.contains(&upper.as_str()) && !scalar
    }

    /// Whether an aggregate of this query, not of one within, stands in an expression.
    pub(super) fn has_aggregate(&self, expr: &Expr) -> bool {
        if let ExprKind::Call(call) = &expr.kind
            && self.is_aggregate(call)
        {
            return true;
        }
        expr.children()
            .into_iter()
            .any(|child| self.has_aggregate(child))
    }

    /// The place of a window function, and the words of aggregates beside others.
    fn check_window_of(&mut self, call: &Call, span: Span) {
        let name = call.function();
        if call.name.len() > 1 || !self.own_functions(name).is_empty() {
            return;
        }
        let is_plain = call.over.is_none() && call.within.is_empty();
        if is_plain && WINDOW_FUNCTIONS.contains(&name) {
            self.report(findings::without_window(name, span));
        }
        if call.over.is_some() {
            self.check_over(call, span);
        }
        let is_window_function = call.over.is_some() && WINDOW_FUNCTIONS.contains(&name);
        let is_over = call.over.is_some() && !is_window_function;
        let is_passed_over = self.facts.calls.distinct_of_one_row && call.over.is_none();
        let words = [
            ("OVER", is_over),
            ("FILTER", call.filter.is_some()),
            ("DISTINCT", call.distinct && !is_passed_over),
        ];
        let written = words.into_iter().find(|(_, is_written)| *is_written);
        if let Some((word, _)) = written
            && (self.is_of_one_row(name) || is_window_function)
        {
            self.report(findings::no_aggregate(word, name, span));
        }
    }

    /// Whether it is a function of the database that makes no value of many rows.
    pub(super) fn is_of_one_row(&self, name: &str) -> bool {
        if self.facts.have_catalogue() {
            let kinds = overloads(name);
            let mut plain = kinds.iter();
            return !kinds.is_empty()
                && plain
                    .all(|one| matches!(one.kind, FunctionKind::Scalar | FunctionKind::Window));
        }
        is_function(self.dialect, name) && !others::AGGREGATES.contains(&&*name.to_uppercase())
    }

    /// The clause that is computed before rows are grouped; `None` among the items.
    pub(super) fn clause_before_groups(&self) -> Option<&'static str> {
        Some(match self.clause {
            Clause::Items | Clause::Having | Clause::Window | Clause::Table(_) => return None,
            Clause::Where => "WHERE",
            Clause::GroupBy => "GROUP BY",
            Clause::From => "FROM",
            Clause::On => "a join's condition",
            Clause::Values => "VALUES",
            Clause::Set => "SET",
            Clause::Returning => "RETURNING",
            Clause::Limit => "LIMIT",
            Clause::Aggregate => "another aggregate",
        })
    }

    fn check_place(&mut self, call: &Call, span: Span) {
        if let Some(clause) = self.clause_before_groups() {
            self.report(findings::aggregate_in(clause, call.function(), span));
        }
        match self.clause {
            // A function of the program's own may have the name.
            Clause::Table(_) if !is_function(self.dialect, call.function()) => {}
            Clause::Table(TablePart::Default(_)) if self.facts.tables.defaults_are_late => {}
            Clause::Table(_) => {
                let what = format!("the aggregate `{}`", call.function());
                self.check_one_row(&what, span);
            }
            Clause::Items
            | Clause::Where
            | Clause::GroupBy
            | Clause::Having
            | Clause::Window
            | Clause::From
            | Clause::On
            | Clause::Values
            | Clause::Set
            | Clause::Returning
            | Clause::Limit
            | Clause::Aggregate => {}
        }
    }

    /// The functions of the schema of this name.
    pub(super) fn own_functions(&self, name: &str) -> Vec<&CreateFunction> {
        let functions = self.model.functions.iter();
        let of_name = functions.filter(|one| same_name(&one.name.name.text, name, self.dialect));
        of_name.into_vec()
    }

    /// Whether an aggregate may be computed of nothing.
    fn may_have_no_rows(&self, call: &Call) -> bool {
        if call.filter.is_some() {
            return true;
        }
        match &call.over {
            // The row itself is in its frame, unless the frame is written.
            Some(window) => window.frame.is_some() || window.name.is_some(),
            None => !self.groups_have_rows,
        }
    }
}

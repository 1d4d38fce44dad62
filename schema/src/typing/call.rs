//! Calls of functions.

use std::borrow::Cow;

use super::checker::{Checker, Clause};
use super::findings;
use super::grammar::{self, Gives, grammar};
use super::mysql;
use super::postgres::{self, Failure, Kind, Null, PgType};
use super::scope::{Field, Scope};
use super::value::{Constant, Ty, Value};
use crate::ast::{ArgumentMode, CreateFunction, Returns, TypeName};
use crate::column_type::{ColumnType, TypeClass};
use crate::dialect::Dialect;
use crate::name::same_name;
use crate::parse::query::AGGREGATES;
use crate::source::Span;
use crate::syntax::{Call, Expr, ExprKind};

/// Functions of PostgreSQL that are called without parentheses.
fn bare_type(name: &str) -> Option<PgType> {
    Some(match name {
        "current_date" => PgType::DATE,
        "current_time" => PgType::TIMETZ,
        "current_timestamp" => PgType::TIMESTAMPTZ,
        "localtime" => PgType::TIME,
        "localtimestamp" => PgType::TIMESTAMP,
        "current_user" | "current_role" | "current_catalog" | "current_schema" | "session_user"
        | "user" => PgType::named("name")?,
        _ => return None,
    })
}

impl Checker<'_> {
    pub(super) fn call(&mut self, call: &Call, scope: &Scope<'_>, span: Span) -> Value {
        let aggregates = self.is_aggregate(call);
        if aggregates {
            self.check_place(call, span);
        }
        if call.function() == "count"
            && call.arguments.is_empty()
            && !call.star
            && call.name.len() == 1
        {
            let takes = ["count(*)".to_owned(), "count(value)".to_owned()];
            self.report(findings::no_such_call("count()", &takes, span));
        }
        let inner = if aggregates {
            Clause::Aggregate
        } else {
            self.clause
        };
        let arguments: Vec<Value> = self.within(inner, |checker| {
            let values = call.arguments.iter().map(|argument| &argument.value);
            values.map(|value| checker.expr(value, scope)).collect()
        });
        self.beside(call, scope);
        match self.dialect {
            Dialect::Postgres => self.call_of_postgres(call, arguments, scope, span),
            Dialect::Sqlite | Dialect::Mysql => self.call_of_others(call, &arguments, span),
        }
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
        if self.dialect == Dialect::Postgres {
            let kinds = postgres::overloads(name);
            return kinds.iter().any(|one| {
                matches!(
                    one.kind,
                    Kind::Aggregate | Kind::Ordered { .. } | Kind::Hypothetical { .. }
                )
            }) && (!call.within.is_empty()
                || kinds.iter().all(|one| one.kind == Kind::Aggregate));
        }
        let upper = name.to_uppercase();
        let scalar = self.dialect == Dialect::Sqlite
            && matches!(name, "min" | "max")
            && call.arguments.len() > 1;
        AGGREGATES.contains(&upper.as_str()) && !scalar
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

    fn check_place(&mut self, call: &Call, span: Span) {
        let clause = match self.clause {
            Clause::Items => return,
            Clause::Where => "WHERE",
            Clause::GroupBy => "GROUP BY",
            Clause::On => "a join's condition",
            Clause::Values => "VALUES",
            Clause::Limit => "LIMIT",
            Clause::Aggregate => "another aggregate",
        };
        self.report(findings::aggregate_in(clause, call.function(), span));
    }

    fn call_of_postgres(
        &mut self,
        call: &Call,
        arguments: Vec<Value>,
        scope: &Scope<'_>,
        span: Span,
    ) -> Value {
        let name = call.function();
        if call.bare
            && let Some(ty) = bare_type(name)
        {
            return Value::new(Ty::Postgres(ty), false, span);
        }
        if let Some(value) = self.form_of_postgres(call, &arguments, span) {
            return value;
        }
        match self.function_of_postgres(call, &arguments, scope, span) {
            Some(found) => {
                let nullable = self.is_nullable(call, &found, &arguments);
                Value::new(Ty::Postgres(found.result), nullable, span)
            }
            None if arguments.iter().any(|one| one.ty == Ty::Open) => Value::open(span),
            None if self.own_overloads(name).is_none() => Value::open(span),
            None => Value::wrong(span),
        }
    }

    /// Forms that look like functions and are none.
    fn form_of_postgres(&mut self, call: &Call, arguments: &[Value], span: Span) -> Option<Value> {
        let all: Vec<&Value> = arguments.iter().collect();
        Some(match call.function() {
            "coalesce" => {
                for argument in arguments {
                    self.may_be_null(argument);
                }
                let nullable = arguments.iter().all(|value| value.nullable);
                self.common(&all, "`coalesce`", span)
                    .derived(nullable, span)
            }
            "greatest" | "least" => {
                let nullable = arguments.iter().all(|value| value.nullable);
                let what = format!("`{}`", call.function());
                self.common(&all, &what, span).derived(nullable, span)
            }
            "nullif" => {
                let [one, other] = arguments else {
                    self.report(findings::no_such_call(
                        "nullif",
                        &["nullif(a, b)".to_owned()],
                        span,
                    ));
                    return Some(Value::wrong(span));
                };
                self.compared("=", one, other, span);
                self.compared_type(one, other).derived(true, span)
            }
            "grouping" => Value::new(Ty::Postgres(PgType::INT4), false, span),
            "xmlelement" | "xmlforest" | "xmlconcat" | "xmlparse" | "xmlroot" | "xmlserialize"
            | "treat" | "normalize" => Value::open(span),
            _ => return None,
        })
    }

    /// The function that a call means; what is wrong is reported.
    fn function_of_postgres(
        &mut self,
        call: &Call,
        arguments: &[Value],
        scope: &Scope<'_>,
        span: Span,
    ) -> Option<postgres::Function> {
        let mut values = arguments.to_vec();
        for sort in &call.within {
            values.push(self.expr(&sort.value, scope));
        }
        let mut name = call.function();
        if name == "extract" {
            let field = Value::constant(Ty::Postgres(PgType::TEXT), Constant::Text, span);
            values.insert(0, field);
        } else if name == "trim" {
            name = "btrim";
        } else if name == "position" {
            values.reverse();
        }
        if values
            .iter()
            .any(|value| matches!(value.ty, Ty::Open | Ty::Wrong))
        {
            return self.only_result(name, &values);
        }
        let types: Vec<PgType> = values.iter().filter_map(Value::postgres).collect();
        let names: Vec<&str> = call
            .arguments
            .iter()
            .filter_map(|argument| argument.name.as_ref())
            .map(|name| name.text.as_str())
            .collect();
        let called = postgres::Call {
            arguments: &types,
            names: &names,
            is_variadic: call.arguments.last().is_some_and(|last| last.variadic),
            is_literal: values.len() == 1
                && values[0].ty == Ty::Untyped
                && values[0].cell.is_none(),
        };
        let own = self.own_overloads(name)?;
        let found = if own.is_empty() {
            postgres::resolve_function(name, &called)
        } else {
            let all = own
                .into_iter()
                .chain(postgres::overloads(name).iter().cloned());
            postgres::resolve_among(name, &all.collect::<Vec<_>>(), &called)
        };
        match found {
            Ok(found) => {
                for (value, wanted) in values.iter().zip(&found.arguments) {
                    self.demand_postgres(value, *wanted, None);
                }
                Some(found)
            }
            Err(failure) => {
                self.report_call(call, name, &values, failure, span);
                None
            }
        }
    }

    /// Of arguments that are not known, a result that all overloads have.
    fn only_result(&self, name: &str, values: &[Value]) -> Option<postgres::Function> {
        let among = postgres::overloads(name);
        let first = among.first()?;
        let same = among.iter().all(|one| one.result == first.result);
        let plain = same && !first.result.name().starts_with("any");
        plain.then(|| postgres::Function {
            arguments: vec![PgType::UNKNOWN; values.len()],
            result: first.result,
            columns: first.columns.clone(),
            kind: first.kind,
            is_strict: first.is_strict,
            returns_set: first.returns_set,
            null: Null::Maybe,
        })
    }

    /// The functions of the schema of this name.
    fn own_functions(&self, name: &str) -> Vec<&CreateFunction> {
        let functions = self.model.functions.iter();
        let of_name = functions.filter(|one| same_name(&one.name.name.text, name, self.dialect));
        of_name.collect()
    }

    /// The functions of the schema of this name, as PostgreSQL chooses among them; `None` where a type in them is not known.
    fn own_overloads(&self, name: &str) -> Option<Vec<postgres::Overload>> {
        let own = self.own_functions(name).into_iter();
        own.map(|one| self.own_overload(one)).collect()
    }

    fn own_overload(&self, function: &CreateFunction) -> Option<postgres::Overload> {
        let ty = |written: &TypeName| match self.type_of_name(written) {
            Some(Ty::Postgres(ty)) => Some(ty),
            _ => None,
        };
        let all = function.arguments.iter();
        let goes_in = all.clone().filter(|one| one.mode != ArgumentMode::Out);
        let arguments = goes_in.map(|one| {
            Some(postgres::Argument {
                name: Cow::Owned(
                    one.name
                        .as_ref()
                        .map_or_else(String::new, |name| name.text.clone()),
                ),
                arg_type: ty(&one.type_name)?,
                has_default: one.has_default,
            })
        });
        let mut columns: Vec<(Cow<'static, str>, PgType)> = Vec::new();
        for one in all.filter(|one| matches!(one.mode, ArgumentMode::Out | ArgumentMode::InOut)) {
            let name = one
                .name
                .as_ref()
                .map_or("column", |name| name.text.as_str());
            columns.push((Cow::Owned(name.to_owned()), ty(&one.type_name)?));
        }
        let (result, returns_set) = match &function.returns {
            Returns::Value(value) => (ty(value)?, false),
            Returns::Set(value) => match ty(value) {
                Some(ty) => (ty, true),
                None => {
                    columns = self.columns_of_row(value)?;
                    (PgType::RECORD, true)
                }
            },
            Returns::Rows(rows) => {
                for (name, written) in rows {
                    columns.push((Cow::Owned(name.text.clone()), ty(written)?));
                }
                (PgType::RECORD, true)
            }
            Returns::Nothing => (PgType::VOID, false),
        };
        let result = match columns.as_slice() {
            [(_, only)] if result == PgType::VOID => *only,
            [_, _, ..] => PgType::RECORD,
            _ => result,
        };
        let is_variadic = function
            .arguments
            .iter()
            .any(|one| one.mode == ArgumentMode::Variadic);
        Some(postgres::Overload {
            name: Cow::Owned(function.name.name.text.clone()),
            arguments: arguments.collect::<Option<_>>()?,
            is_variadic,
            result,
            columns: if columns.len() > 1 || result == PgType::RECORD {
                columns
            } else {
                Vec::new()
            },
            kind: if function.is_aggregate {
                Kind::Aggregate
            } else {
                Kind::Scalar
            },
            is_strict: false,
            returns_set,
        })
    }

    /// The columns of a table whose rows a function gives.
    fn columns_of_row(&self, row: &TypeName) -> Option<Vec<(Cow<'static, str>, PgType)>> {
        let mut tables = self.model.table_ids();
        let id = tables.find(|id| {
            let table = self.model.table(*id);
            let hosted = table
                .engines
                .iter()
                .any(|engine| self.engines.contains(engine));
            hosted && table.name.name == row.name
        })?;
        let columns = self.model.table(id).columns.iter().enumerate();
        let columns = columns.map(|(at, column)| {
            let ty = self.value_of_column(id, at).postgres()?;
            Some((Cow::Owned(column.name.clone()), ty))
        });
        columns.collect()
    }

    fn report_call(
        &mut self,
        call: &Call,
        name: &str,
        values: &[Value],
        failure: Failure,
        span: Span,
    ) {
        let place = call.name.last().map_or(span, |name| name.span);
        let shown: Vec<String> = values.iter().map(|value| self.shown(value)).collect();
        let shown = format!("{name}({})", shown.join(", "));
        let finding = match failure {
            Failure::UnknownName(near) => findings::unknown_function(name, near, place),
            Failure::NoneTakes(takes) => findings::no_such_call(&shown, &takes, span),
            Failure::Ambiguous(_) => findings::ambiguous_call(&shown, span),
            Failure::Undetermined | Failure::Unlike => findings::no_such_call(&shown, &[], span),
        };
        self.report(finding);
    }

    fn is_nullable(&self, call: &Call, found: &postgres::Function, arguments: &[Value]) -> bool {
        let any = arguments.iter().any(|value| value.nullable);
        if found.returns_set && found.kind == Kind::Scalar {
            // Beside another such function it is filled up with NULL.
            return true;
        }
        match found.null {
            Null::Never => false,
            Null::Argument => any,
            Null::NoRows => self.may_have_no_rows(call) || any,
            Null::Maybe => true,
        }
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

    fn call_of_others(&mut self, call: &Call, arguments: &[Value], span: Span) -> Value {
        let name = call.function().to_owned();
        if let Some(value) = self.form_of_others(&name, call, arguments, span) {
            return value;
        }
        let measured = (self.dialect == Dialect::Mysql)
            .then(|| mysql::function(&name))
            .flatten();
        if let Some(measured) = measured
            && !measured.takes(arguments.len())
            && !call.star
        {
            let shown: Vec<String> = arguments.iter().map(|value| self.shown(value)).collect();
            let shown = format!("{name}({})", shown.join(", "));
            self.report(findings::no_such_call(&shown, &[], span));
            return Value::wrong(span);
        }
        let Some(gives) = grammar(self.dialect).function(&name) else {
            return match measured {
                Some(measured) => self.measured(measured, call, arguments, span),
                None => self.unknown_call(&name, call, span),
            };
        };
        if let Gives::Type(ty, _) = gives
            && grammar::is_text(ty)
            && takes_texts(&name)
        {
            let text = self.text_type();
            for argument in arguments {
                self.demand_type(argument, &text, None, span);
            }
        }
        self.given(gives, call, arguments, span)
    }

    /// A function of MariaDB by what was measured of it.
    fn measured(
        &self,
        function: mysql::Function,
        call: &Call,
        arguments: &[Value],
        span: Span,
    ) -> Value {
        let classes = arguments
            .iter()
            .map(|value| mysql::Class::of_type(value.column_type()?));
        let Some(classes) = classes.collect::<Option<Vec<_>>>() else {
            return Value::open(span);
        };
        // Of one row there is no sample.
        let any = arguments.iter().any(|value| value.nullable)
            || matches!(call.function(), "stddev_samp" | "var_samp");
        let nullable = match function.null(&classes) {
            mysql::Null::Never => false,
            mysql::Null::Argument if function.kind == mysql::Kind::Aggregate => {
                any || self.may_have_no_rows(call)
            }
            mysql::Null::Argument => any || function.kind == mysql::Kind::Window,
            mysql::Null::Maybe => true,
        };
        let ty = function
            .result(&classes)
            .and_then(mysql::Class::column_type);
        ty.map_or_else(
            || Value::open(span),
            |ty| Value::new(Ty::Of(ty), nullable, span),
        )
    }

    fn unknown_call(&mut self, name: &str, call: &Call, span: Span) -> Value {
        if let Some(own) = self.own_functions(name).first() {
            let ty = own.value().and_then(|value| self.type_of_name(value));
            return Value::new(ty.unwrap_or(Ty::Open), true, span);
        }
        let known = grammar::is_known_call(self.dialect, name)
            || grammar::is_optional(self.dialect, name)
            || call.name.len() > 1;
        if !known {
            let place = call.name.last().map_or(span, |name| name.span);
            let near = grammar::near_function(self.dialect, name);
            self.report(findings::unknown_function(name, near, place));
            return Value::wrong(span);
        }
        Value::open(span)
    }

    fn form_of_others(
        &mut self,
        name: &str,
        call: &Call,
        arguments: &[Value],
        span: Span,
    ) -> Option<Value> {
        let mysql = self.dialect == Dialect::Mysql;
        let integer = |nullable| Value::new(Ty::Of(ColumnType::I64), nullable, span);
        let any = arguments.iter().any(|value| value.nullable);
        Some(match name {
            "convert" if call.word.is_none() => arguments.first()?.clone(),
            "extract" if mysql => integer(true),
            "date_add" | "date_sub" | "adddate" | "subdate" if mysql => {
                let unit = call
                    .arguments
                    .get(1)
                    .and_then(|argument| match &argument.value.kind {
                        ExprKind::Interval(_, unit) => Some(unit.text.clone()),
                        _ => None,
                    });
                self.moved_by(arguments.first()?, unit.as_deref().unwrap_or("day"), span)
            }
            "match" if mysql => Value::new(Ty::Of(ColumnType::F64), any, span),
            "values" if mysql => arguments.first()?.derived(true, span),
            "count" => integer(false),
            "min" | "max" if self.dialect == Dialect::Sqlite && arguments.len() > 1 => {
                let all: Vec<&Value> = arguments.iter().collect();
                self.common(&all, &format!("`{name}`"), span)
                    .derived(any, span)
            }
            "json_array_length" | "sign" | "json_valid" => integer(true),
            _ => return None,
        })
    }

    /// What the table of functions says.
    fn given(&mut self, gives: &Gives, call: &Call, arguments: &[Value], span: Span) -> Value {
        let dialect = self.dialect;
        let any = arguments.iter().any(|value| value.nullable);
        let first = arguments.first();
        let empty = self.may_have_no_rows(call);
        let aggregates = self.is_aggregate(call) || is_aggregate_over(call);
        let of = |rule: fn(&ColumnType) -> Option<ColumnType>, nullable: bool| {
            let ty = first.and_then(Value::column_type).and_then(rule);
            ty.map_or_else(
                || Value::open(span),
                |ty| Value::new(Ty::Of(ty), nullable, span),
            )
        };
        match gives {
            Gives::Type(ty, null) => {
                let nullable = match null {
                    grammar::Null::Never => false,
                    grammar::Null::Argument => any,
                    grammar::Null::Maybe => !aggregates || empty || any,
                };
                Value::new(Ty::Of(ty.clone()), nullable, span)
            }
            Gives::Argument(at, null) => {
                let Some(argument) = arguments.get(*at) else {
                    return Value::open(span);
                };
                let nullable = match null {
                    grammar::Null::Never => false,
                    grammar::Null::Argument => argument.nullable,
                    grammar::Null::Maybe => !aggregates || empty || argument.nullable,
                };
                let keeps = aggregates;
                let source = argument.source.filter(|_| keeps);
                let value = sizeless(argument, nullable, span);
                Value { source, ..value }
            }
            Gives::Truncated | Gives::Cased | Gives::Array => Value::open(span),
            Gives::Coalesced => {
                for argument in arguments {
                    self.may_be_null(argument);
                }
                let all: Vec<&Value> = arguments.iter().collect();
                let nullable = arguments.iter().all(|value| value.nullable);
                let what = format!("`{}`", call.function());
                self.common(&all, &what, span).derived(nullable, span)
            }
            Gives::Common(from) => {
                let all: Vec<&Value> = arguments.iter().skip(*from).collect();
                let nullable = all.iter().any(|value| value.nullable);
                let what = format!("`{}`", call.function());
                self.common(&all, &what, span).derived(nullable, span)
            }
            Gives::Sum => of(grammar(dialect).sum, empty || any),
            Gives::Average => of(grammar(dialect).average, empty || any),
            Gives::Rounded => of(grammar(dialect).rounded, any),
            Gives::Absolute => of(grammar(dialect).absolute, any),
        }
    }

    /// The rows of a function in FROM; `None` where its columns are not known.
    pub(super) fn rows_of_call(
        &mut self,
        call: &Call,
        span: Span,
        scope: &Scope<'_>,
    ) -> Option<Vec<Field>> {
        let values = call.arguments.iter().map(|argument| &argument.value);
        let arguments: Vec<Value> = values.map(|value| self.expr(value, scope)).collect();
        let name = call.function();
        if self.dialect == Dialect::Sqlite {
            return self.rows_of_sqlite(name, &arguments, span);
        }
        if self.dialect == Dialect::Mysql {
            return None;
        }
        if call.bare {
            let ty = bare_type(name)?;
            return Some(vec![field(name, Value::new(Ty::Postgres(ty), false, span))]);
        }
        if name == "unnest" && arguments.len() > 1 {
            let fields = arguments.iter().map(|array| {
                let element = array.postgres().and_then(PgType::element);
                let ty = element.map_or(Ty::Open, Ty::Postgres);
                field(name, Value::new(ty, true, span))
            });
            return Some(fields.collect());
        }
        let found = self.function_of_postgres(call, &arguments, scope, span)?;
        let never = matches!(
            name,
            "generate_series" | "json_object_keys" | "jsonb_object_keys"
        );
        if !found.columns.is_empty() {
            let columns = found.columns.iter();
            let columns = columns.map(|(column, ty)| {
                let is_key = matches!(column, Cow::Borrowed("key"))
                    || column == "key" && name.starts_with("json");
                field(column, Value::new(Ty::Postgres(*ty), !is_key, span))
            });
            return Some(columns.collect());
        }
        if found.result == PgType::RECORD {
            return None;
        }
        let nullable = !never && (found.returns_set || self.is_nullable(call, &found, &arguments));
        let value = Value::new(Ty::Postgres(found.result), nullable, span);
        Some(vec![field(name, value)])
    }

    /// SQLite's table-valued functions.
    fn rows_of_sqlite(
        &mut self,
        name: &str,
        arguments: &[Value],
        span: Span,
    ) -> Option<Vec<Field>> {
        let text = self.text_type();
        for argument in arguments {
            self.demand_type(argument, &text, None, span);
        }
        if !matches!(name, "json_each" | "json_tree") {
            return None;
        }
        let of = |name: &str, ty: Ty, nullable: bool| field(name, Value::new(ty, nullable, span));
        let integer = || Ty::Of(ColumnType::I64);
        Some(vec![
            of("key", Ty::Open, true),
            of("value", Ty::Open, true),
            of("type", text.clone(), false),
            of("atom", Ty::Open, true),
            of("id", integer(), false),
            of("parent", integer(), true),
            of("fullkey", text.clone(), false),
            of("path", text, false),
        ])
    }
}

/// Functions of texts that give a text.
fn takes_texts(name: &str) -> bool {
    matches!(
        name,
        "lower"
            | "upper"
            | "lcase"
            | "ucase"
            | "trim"
            | "ltrim"
            | "rtrim"
            | "replace"
            | "reverse"
            | "concat"
            | "concat_ws"
    )
}

/// Aggregates over a window.
fn is_aggregate_over(call: &Call) -> bool {
    call.over.is_some() && AGGREGATES.contains(&call.function().to_uppercase().as_str())
}

/// A function keeps what kind of text or number it is, not how long.
fn sizeless(value: &Value, nullable: bool, span: Span) -> Value {
    let ty = match value.column_type() {
        Some(of) if grammar::is_text(of) => {
            Ty::Of(ColumnType::Text(crate::column_type::LobSize::Unbounded))
        }
        Some(of) if of.class() == TypeClass::Decimal => Ty::Of(ColumnType::Decimal(None)),
        _ => value.ty.clone(),
    };
    Value::new(ty, nullable, span)
}

fn field(name: &str, value: Value) -> Field {
    Field {
        name: Some(name.to_owned()),
        value,
    }
}

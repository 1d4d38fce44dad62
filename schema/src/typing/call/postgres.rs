//! Calls on PostgreSQL: of its own functions, of those of the schema, and forms that look like calls.

use crate::lists::IntoVec as _;
use std::borrow::Cow;

use crate::ast::{ArgumentMode, CreateFunction, Name, ObjectName, Returns, TypeName};
use crate::source::Span;
use crate::syntax::{Call, Expr, ExprKind, IsWhat, sequence_argument, sequence_name};
use crate::typing::checker::{Checker, Clause};
use crate::typing::findings;
use crate::typing::names::Named;
use crate::typing::postgres::{self, Failure, FunctionKind, Null, PgType};
use crate::typing::scope::Scope;
use crate::typing::select::conjuncts;
use crate::typing::value::{Constant, Ty, Value};

/// The columns of a function's rows.
type Columns = Vec<(Cow<'static, str>, PgType)>;

impl Checker<'_> {
    pub(in crate::typing) fn call_of_postgres(
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
        if let ([row], [argument]) = (arguments.as_slice(), call.arguments.as_slice())
            && row.ty == Ty::Postgres(PgType::RECORD)
            && let ExprKind::Column(names) = &argument.value.kind
            && self.is_no_function(name)
        {
            // `id(b)` is `b.id`: section "Using Composite Types in Queries".
            let names: Vec<Name> = names.iter().chain(&call.name).cloned().into_vec();
            return self.column(&names, scope, span).value;
        }
        match self.function_of_postgres(call, &arguments, scope, span) {
            Some(found) => {
                self.check_parts(call);
                if found.returns_set {
                    self.check_place_of_rows(name, span);
                }
                let is_of_order = matches!(
                    found.kind,
                    FunctionKind::Ordered { .. } | FunctionKind::Hypothetical { .. }
                );
                if is_of_order && call.within.is_empty() {
                    let takes = [format!("{name}(…) WITHIN GROUP (ORDER BY value)")];
                    self.report(findings::no_such_call(name, &takes, span));
                }
                let nullable = self.is_nullable(call, &found, &arguments);
                let is_filled = self.is_filled(call, &arguments);
                Value::new(Ty::Postgres(found.result), nullable, span).filled(is_filled)
            }
            None if arguments.iter().any(|one| one.ty == Ty::Open) => Value::open(span),
            None if self.own_overloads(name).is_none() => Value::open(span),
            None => Value::wrong(span),
        }
    }

    fn is_no_function(&self, name: &str) -> bool {
        postgres::overloads(name).is_empty() && self.own_functions(name).is_empty()
    }

    /// A function of several rows stands among the items, or what is computed of them.
    fn check_place_of_rows(&mut self, name: &str, span: Span) {
        let clause = match self.clause {
            Clause::Where => "WHERE",
            Clause::Having => "HAVING",
            Clause::On => "a join's condition",
            Clause::From => "an argument in FROM",
            Clause::Set => "SET",
            Clause::Returning => "RETURNING",
            Clause::Limit => "LIMIT",
            Clause::Aggregate => "an aggregate",
            Clause::Items
            | Clause::GroupBy
            | Clause::Values
            | Clause::Window
            | Clause::Table(_) => return,
        };
        self.report(findings::rows_in(clause, name, span));
    }

    /// One value of several is given: none of them is several rows.
    pub(in crate::typing) fn check_no_rows(&mut self, form: &str, value: &Expr) {
        if let ExprKind::Call(call) = &value.kind {
            let kinds = postgres::overloads(call.function());
            if !kinds.is_empty() && kinds.iter().all(|one| one.returns_set) {
                let finding = findings::rows_in(form, call.function(), value.span);
                return self.report(finding);
            }
        }
        for child in value.children() {
            self.check_no_rows(form, child);
        }
    }

    /// The words for parts of dates and times.
    fn check_parts(&mut self, call: &Call) {
        if let (Some(word), "extract") = (&call.word, call.function()) {
            return self.check_part(&word.text, false, word.span);
        }
        if let (Some(format), "encode" | "decode") = (call.arguments.get(1), call.function())
            && let ExprKind::Text(text) = &format.value.kind
            && !["base64", "escape", "hex"].contains(&text.to_lowercase().as_str())
        {
            self.report(findings::no_encoding(text, format.value.span));
        }
        let is_unit = call.function() == "date_trunc";
        let first = call.arguments.first().map(|first| &first.value);
        if let Some(ExprKind::Text(text)) = first.map(|first| &first.kind)
            && (is_unit || call.function() == "date_part")
        {
            let span = call.arguments[0].value.span;
            self.check_part(text, is_unit, span);
        }
    }

    /// Whether no element of the array that a function gives is NULL, as far as that is known.
    pub(super) fn is_filled(&self, call: &Call, arguments: &[Value]) -> bool {
        match call.function() {
            "array_agg" => {
                let argument = call.arguments.first().map(|argument| &argument.value);
                arguments.iter().all(Value::is_whole)
                    || argument.is_some_and(|argument| self.leaves_null_out(call, argument))
            }
            "array_append" | "array_cat" | "array_fill" | "array_prepend" | "array_remove"
            | "array_replace" | "array_reverse" | "array_sample" | "array_shuffle"
            | "array_sort" | "percentile_cont" | "percentile_disc" | "trim_array" => {
                arguments.iter().all(Value::is_whole)
            }
            "string_to_array" => arguments.len() < 3,
            // A group that may match nothing gives NULL.
            "regexp_match" | "regexp_matches" => {
                let pattern = call.arguments.get(1).map(|argument| &argument.value.kind);
                matches!(pattern, Some(ExprKind::Text(text)) if !text.contains(['|', '?', '*', '{', '\\']))
            }
            "akeys"
            | "array_positions"
            | "current_schemas"
            | "enum_range"
            | "parse_ident"
            | "regexp_split_to_array"
            | "tsvector_to_array" => true,
            // The schema's declaration is taken at its word, as a column is.
            name => !self.own_functions(name).is_empty(),
        }
    }

    /// `FILTER (WHERE a IS NOT NULL)` for `array_agg(a)`.
    fn leaves_null_out(&self, call: &Call, argument: &Expr) -> bool {
        let conditions = call.filter.as_ref().map(conjuncts);
        conditions.into_iter().flatten().any(|condition| {
            let ExprKind::Is(is) = &condition.kind else {
                return false;
            };
            let excludes = is.negated && matches!(is.what, IsWhat::Null);
            excludes && self.text_at(is.operand.span) == self.text_at(argument.span)
        })
    }

    /// Forms that look like functions and are none.
    pub(in crate::typing) fn form_of_postgres(
        &mut self,
        call: &Call,
        arguments: &[Value],
        span: Span,
    ) -> Option<Value> {
        let all: Vec<&Value> = arguments.iter().into_vec();
        let name = call.function();
        if matches!(name, "coalesce" | "greatest" | "least") && arguments.is_empty() {
            let takes = [format!("{name}(a, b)")];
            self.report(findings::no_such_call(name, &takes, span));
            return Some(Value::wrong(span));
        }
        Some(match name {
            "coalesce" => {
                for argument in arguments {
                    self.may_be_null(argument);
                }
                for argument in &call.arguments {
                    self.check_no_rows("`coalesce`", &argument.value);
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
    pub(in crate::typing) fn function_of_postgres(
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
        let name = as_function(call.function(), &mut values, span);
        if values
            .iter()
            .any(|value| matches!(value.ty, Ty::Open | Ty::Wrong))
        {
            return self.only_result(name, &values);
        }
        let types: Vec<PgType> = values.iter().filter_map(Value::postgres).into_vec();
        let names: Vec<&str> = call
            .arguments
            .iter()
            .filter_map(|argument| argument.name.as_ref())
            .map(|name| name.text.as_str())
            .into_vec();
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
            postgres::resolve_among(name, &all.into_vec(), &called)
        };
        match found {
            Ok(found) => {
                for (value, wanted) in values.iter().zip(&found.arguments) {
                    self.demand_postgres(value, *wanted, None);
                }
                self.check_sequence(call);
                Some(found)
            }
            Err(failure) => {
                self.report_call(call, name, &values, failure, span);
                None
            }
        }
    }

    /// The name of a sequence in a query: one that the schema makes, or that comes with a column. A migration of bindery renames the
    /// latter with its table; one that a person wrote leaves it as it was, and the model knows both.
    fn check_sequence(&mut self, call: &Call) {
        let is_query = !matches!(self.clause, Clause::Table(_));
        let is_named = matches!(call.function(), "nextval" | "currval" | "setval");
        let Some((text, span)) = sequence_argument(call).filter(|_| is_query && is_named) else {
            return;
        };
        let Some(name) = sequence_name(text) else {
            return;
        };
        let known = self.model.sequence_names().into_iter();
        let known: Vec<String> = known.map(|one| one.name).into_vec();
        if !known.contains(&name) {
            self.report(findings::no_sequence(&name, &known, span));
        }
    }

    /// Of arguments that are not known, a result that all overloads have.
    pub(in crate::typing) fn only_result(
        &self,
        name: &str,
        values: &[Value],
    ) -> Option<postgres::Function> {
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

    /// The functions of the schema of this name, as PostgreSQL chooses among them; `None` where a type in them is not known.
    pub(in crate::typing) fn own_overloads(&self, name: &str) -> Option<Vec<postgres::Overload>> {
        let own = self.own_functions(name).into_iter();
        own.map(|one| self.own_overload(one)).collect()
    }

    fn own_overload(&self, function: &CreateFunction) -> Option<postgres::Overload> {
        let arguments = function.arguments.iter();
        let goes_in = arguments.filter(|one| one.mode != ArgumentMode::Out);
        let goes_in = goes_in.map(|one| {
            let name = one.name.as_ref().map(|name| name.text.clone());
            Some(postgres::Argument {
                name: Cow::Owned(name.unwrap_or_default()),
                arg_type: self.own_type(&one.type_name)?,
                has_default: one.has_default,
            })
        });
        let (value, columns) = self.own_result(function)?;
        let is_row = columns.len() > 1 || value == Some(PgType::RECORD);
        let result = match columns.as_slice() {
            _ if is_row => PgType::RECORD,
            [(_, only)] => value.unwrap_or(*only),
            _ => value.unwrap_or(PgType::VOID),
        };
        let mut arguments = function.arguments.iter();
        Some(postgres::Overload {
            name: Cow::Owned(function.name.name.text.clone()),
            arguments: goes_in.collect::<Option<_>>()?,
            is_variadic: arguments.any(|one| one.mode == ArgumentMode::Variadic),
            result,
            columns: if is_row { columns } else { Vec::new() },
            kind: if function.is_aggregate {
                FunctionKind::Aggregate
            } else {
                FunctionKind::Scalar
            },
            is_strict: false,
            returns_set: matches!(function.returns, Returns::Set(_) | Returns::Rows(_)),
            volatility: None,
        })
    }

    /// The value that a function of the schema gives, and the columns of its rows.
    fn own_result(&self, function: &CreateFunction) -> Option<(Option<PgType>, Columns)> {
        let arguments = function.arguments.iter();
        let comes_out =
            arguments.filter(|one| matches!(one.mode, ArgumentMode::Out | ArgumentMode::InOut));
        let comes_out = comes_out.map(|one| {
            let name = one.name.as_ref().map(|name| name.text.clone());
            let name = Cow::Owned(name.unwrap_or_else(|| "column".to_owned()));
            Some((name, self.own_type(&one.type_name)?))
        });
        let columns = comes_out.collect::<Option<Columns>>()?;
        Some(match &function.returns {
            Returns::Nothing => (None, columns),
            Returns::Value(value) => (Some(self.own_type(value)?), columns),
            Returns::Set(value) => match self.own_type(value) {
                Some(value) => (Some(value), columns),
                None => (Some(PgType::RECORD), self.columns_of_row(value)?),
            },
            Returns::Rows(rows) => {
                let rows = rows.iter().map(|(name, written)| {
                    Some((Cow::Owned(name.text.clone()), self.own_type(written)?))
                });
                (Some(PgType::RECORD), rows.collect::<Option<Columns>>()?)
            }
        })
    }

    fn own_type(&self, written: &TypeName) -> Option<PgType> {
        match self.type_of_name(written) {
            Some(Ty::Postgres(ty)) => Some(ty),
            _ => None,
        }
    }

    /// The columns of a table whose rows a function gives.
    pub(in crate::typing) fn columns_of_row(&self, row: &TypeName) -> Option<Columns> {
        let name = ObjectName {
            schema: row.schema.clone(),
            name: Name {
                text: row.name.clone(),
                span: row.span,
            },
            in_public: false,
            path: row.path.clone(),
        };
        let Named::Table(id) = self.names.table(&name) else {
            return None;
        };
        let columns = self.model.table(id).columns.iter().enumerate();
        let columns = columns.map(|(at, column)| {
            let ty = self.value_of_column(id, at).postgres()?;
            Some((Cow::Owned(column.name.clone()), ty))
        });
        columns.collect()
    }

    pub(in crate::typing) fn report_call(
        &mut self,
        call: &Call,
        name: &str,
        values: &[Value],
        failure: Failure,
        span: Span,
    ) {
        let has_count = |one: &postgres::Overload| one.arguments.len() == values.len();
        let is_of_server = matches!(failure, Failure::NoneTakes(_))
            && postgres::overloads(name).iter().any(has_count);
        if matches!(self.clause, Clause::Table(_)) && !is_of_server {
            return;
        }
        let place = call.name.last().map_or(span, |name| name.span);
        let shown: Vec<String> = values.iter().map(|value| self.shown(value)).into_vec();
        let shown = format!("{name}({})", shown.join(", "));
        let finding = match failure {
            Failure::UnknownName(near) => findings::unknown_function(name, near, place),
            Failure::NoneTakes(takes) => findings::no_such_call(&shown, &takes, span),
            Failure::Ambiguous(_) => findings::ambiguous_call(&shown, span),
            Failure::Undetermined | Failure::Unlike => findings::no_such_call(&shown, &[], span),
        };
        self.report(finding);
    }

    pub(in crate::typing) fn is_nullable(
        &self,
        call: &Call,
        found: &postgres::Function,
        arguments: &[Value],
    ) -> bool {
        let any = arguments.iter().any(|value| value.nullable);
        if found.returns_set && found.kind == FunctionKind::Scalar {
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
}

/// Functions of PostgreSQL that are called without parentheses.
pub(super) fn bare_type(name: &str) -> Option<PgType> {
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

/// The function that a form of the language calls, whose arguments stand in another order.
fn as_function<'n>(name: &'n str, values: &mut Vec<Value>, span: Span) -> &'n str {
    match name {
        "extract" => {
            let field = Value::constant(Ty::Postgres(PgType::TEXT), Constant::Text, span);
            values.insert(0, field);
        }
        "position" => values.reverse(),
        "trim" => return "btrim",
        _ => {}
    }
    name
}

//! Calls on SQLite, MySQL and MariaDB.

use crate::column_type::{ColumnType, TypeClass};
use crate::lists::IntoVec as _;
use crate::source::Span;
use crate::syntax::Call;
use crate::typing::checker::Checker;
use crate::typing::findings;
use crate::typing::grammar::{self, Gives, Grammar};
use crate::typing::mysql;
use crate::typing::value::{Ty, Value};

/// Functions of SQLite, MySQL and MariaDB that make one value of many rows.
pub(super) const AGGREGATES: &[&str] = &[
    "AVG",
    "ANY_VALUE",
    "ARRAY_AGG",
    "BIT_AND",
    "BIT_OR",
    "BIT_XOR",
    "BOOL_AND",
    "BOOL_OR",
    "CORR",
    "COUNT",
    "EVERY",
    "GROUP_CONCAT",
    "JSONB_AGG",
    "JSONB_OBJECT_AGG",
    "JSON_AGG",
    "JSON_ARRAYAGG",
    "JSON_GROUP_ARRAY",
    "JSON_GROUP_OBJECT",
    "JSON_OBJECTAGG",
    "JSON_OBJECT_AGG",
    "MAX",
    "MIN",
    "MODE",
    "PERCENTILE_CONT",
    "PERCENTILE_DISC",
    "RANGE_AGG",
    "STD",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "STRING_AGG",
    "SUM",
    "TOTAL",
    "VARIANCE",
    "VAR_POP",
    "VAR_SAMP",
    "XMLAGG",
];

impl Checker<'_> {
    pub(in crate::typing) fn call_of_others(
        &mut self,
        grammar: &Grammar,
        call: &Call,
        arguments: &[Value],
        span: Span,
    ) -> Value {
        let name = call.function().to_owned();
        self.product_of_call(call, span);
        self.check_character_set(call);
        if call.star && name != "count" {
            return self.no_such_call(&name, arguments, span);
        }
        if !call.bare && !call.star && !grammar.takes(&name, arguments.len()) {
            return self.no_such_call(&name, arguments, span);
        }
        let counts_once =
            call.distinct && self.facts.calls.distinct_takes_one && !self.is_of_one_row(&name);
        if counts_once && arguments.len() != 1 {
            self.report(findings::several_values(arguments.len(), span));
            return Value::wrong(span);
        }
        if name == "count" && arguments.len() > 1 && !call.distinct {
            return self.no_such_call(&name, arguments, span);
        }
        self.demand_arguments(grammar, &name, arguments, span);
        let typed: Vec<Value> = arguments.iter().map(|one| self.refreshed(one)).into_vec();
        let arguments = typed.as_slice();
        if let Some(value) = self.form_of_others(grammar, call, arguments, span) {
            return value;
        }
        if !(grammar.takes_call)(call, arguments.len()) {
            return self.no_such_call(&name, arguments, span);
        }
        let measured = (grammar.measured)(&name);
        let is_bytes =
            |value: &Value| value.column_type().map(ColumnType::class) == Some(TypeClass::Bytes);
        if let Some(measured) = measured.filter(|measured| measured.keeps_bytes())
            && arguments.iter().any(is_bytes)
        {
            return self.measured(measured, call, arguments, span);
        }
        let Some(gives) = grammar.function(&name) else {
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
        self.given((grammar, gives), call, arguments, span)
    }

    /// MySQL's `CONVERT(a USING utf8mb4)`.
    fn check_character_set(&mut self, call: &Call) {
        if let (Some(set), "convert" | "char") = (&call.word, call.function())
            && !mysql::is_character_set(&set.text.to_lowercase())
        {
            self.report(findings::no_collation(set));
        }
    }

    /// The types of parameters among the arguments of functions that take texts and numbers alone.
    fn demand_arguments(&mut self, grammar: &Grammar, name: &str, arguments: &[Value], span: Span) {
        let Some(letters) = grammar.arguments_of(name) else {
            return;
        };
        let last = letters.chars().last();
        let letters = letters
            .chars()
            .chain(std::iter::repeat_with(|| last.unwrap_or('-')));
        for (argument, letter) in arguments.iter().zip(letters) {
            let ty = match letter {
                't' => self.text_type(),
                'i' => Ty::Of(ColumnType::I64),
                _ => continue,
            };
            self.demand_type(argument, &ty, None, span);
        }
    }

    fn no_such_call(&mut self, name: &str, arguments: &[Value], span: Span) -> Value {
        let shown: Vec<String> = arguments.iter().map(|value| self.shown(value)).into_vec();
        let shown = format!("{name}({})", shown.join(", "));
        self.report(findings::no_such_call(&shown, &[], span));
        Value::wrong(span)
    }

    /// A function of MariaDB by what was measured of it.
    pub(in crate::typing) fn measured(
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
            mysql::Null::Argument if function.kind == mysql::FunctionKind::Aggregate => {
                any || self.may_have_no_rows(call)
            }
            mysql::Null::Argument => any || function.kind == mysql::FunctionKind::Window,
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

    pub(in crate::typing) fn unknown_call(&mut self, name: &str, call: &Call, span: Span) -> Value {
        if let Some(own) = self.own_functions(name).first() {
            let ty = own.value().and_then(|value| self.type_of_name(value));
            return Value::new(ty.unwrap_or(Ty::Open), true, span);
        }
        if let Some((_, class)) = self.home_of(name) {
            let ty = class.and_then(mysql::Class::column_type);
            return Value::new(ty.map_or(Ty::Open, Ty::Of), true, span);
        }
        let known = grammar::is_function(self.dialect, name)
            || grammar::is_optional(self.dialect, name)
            || call.name.len() > 1;
        if !known {
            let place = call.name.last().map_or(span, |name| name.span);
            let near = self.facts.grammar;
            let near = near.and_then(|grammar| grammar::near_function(grammar, name));
            self.report(findings::unknown_function(name, near, place));
            return Value::wrong(span);
        }
        Value::open(span)
    }

    /// A call that the table of functions does not describe.
    fn form_of_others(
        &mut self,
        grammar: &Grammar,
        call: &Call,
        arguments: &[Value],
        span: Span,
    ) -> Option<Value> {
        match call.function() {
            "convert" if call.word.is_none() => Some(arguments.first()?.clone()),
            "count" => Some(Value::new(Ty::Of(ColumnType::I64), false, span)),
            _ => (grammar.form)(self, call, arguments, span),
        }
    }

    /// The result by the table of functions.
    pub(in crate::typing) fn given(
        &mut self,
        (grammar, gives): (&Grammar, &Gives),
        call: &Call,
        arguments: &[Value],
        span: Span,
    ) -> Value {
        let any = arguments.iter().any(|value| value.nullable);
        let first = arguments.first();
        let empty = self.may_have_no_rows(call);
        let aggregates = self.is_aggregate(call) || is_aggregate_over(call);
        let value_by = |rule: fn(&ColumnType) -> Option<ColumnType>, nullable: bool| {
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
            Gives::Coalesced => {
                for argument in arguments {
                    self.may_be_null(argument);
                }
                let all: Vec<&Value> = arguments.iter().into_vec();
                let nullable = arguments.iter().all(|value| value.nullable);
                let what = format!("`{}`", call.function());
                self.common(&all, &what, span).derived(nullable, span)
            }
            Gives::Common(from) => {
                let all: Vec<&Value> = arguments.iter().skip(*from).into_vec();
                let nullable = all.iter().any(|value| value.nullable);
                let what = format!("`{}`", call.function());
                self.common(&all, &what, span).derived(nullable, span)
            }
            Gives::Sum => value_by(grammar.sum, empty || any),
            Gives::Average => value_by(grammar.average, empty || any),
            Gives::Rounded => value_by(grammar.rounded, any),
            Gives::Absolute => value_by(grammar.absolute, any),
        }
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

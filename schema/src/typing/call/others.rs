//! Calls on SQLite, MySQL and MariaDB.

use crate::column_type::{ColumnType, TypeClass};
use crate::dialect::Dialect;
use crate::source::Span;
use crate::syntax::{Call, ExprKind};
use crate::typing::checker::Checker;
use crate::typing::findings;
use crate::typing::grammar::{self, Gives, Grammar, grammar};
use crate::typing::mysql::{self, Construct};
use crate::typing::value::{Constant, Ty, Value};

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
        if !call.bare && !call.star && !grammar::takes(self.dialect, &name, arguments.len()) {
            return self.no_such_call(&name, arguments, span);
        }
        let counts_once =
            call.distinct && self.dialect == Dialect::Sqlite && !self.is_of_one_row(&name);
        if counts_once && arguments.len() != 1 {
            self.report(findings::several_values(arguments.len(), span));
            return Value::wrong(span);
        }
        if name == "count" && arguments.len() > 1 && !call.distinct {
            return self.no_such_call(&name, arguments, span);
        }
        self.demand_arguments(&name, arguments, span);
        let typed: Vec<Value> = arguments.iter().map(|one| self.refreshed(one)).collect();
        let arguments = typed.as_slice();
        if let Some(value) = self.form_of_others(&name, call, arguments, span) {
            return value;
        }
        let measured = (self.dialect == Dialect::Mysql)
            .then(|| mysql::function(&name))
            .flatten();
        let has_default = matches!(&*name, "lag" | "lead") && arguments.len() == 3;
        let has_digits = arguments.len() == 1 && TIMES_OF_DAY.contains(&&*name);
        let digits = call.arguments.first().map(|argument| &argument.value.kind);
        let too_many = matches!(digits, Some(ExprKind::Number(digits)) if digits.as_str() > "6");
        if self.dialect == Dialect::Mysql && has_digits && too_many {
            return self.no_such_call(&name, arguments, span);
        }
        if let Some(measured) = measured
            && !measured.takes(arguments.len())
            && !has_default
            && !has_digits
            && !call.star
            // `TRIM(LEADING a FROM b)`.
            && name != "trim"
        {
            return self.no_such_call(&name, arguments, span);
        }
        let is_bytes =
            |value: &Value| value.column_type().map(ColumnType::class) == Some(TypeClass::Bytes);
        if let Some(measured) = measured.filter(|measured| measured.keeps_bytes())
            && arguments.iter().any(is_bytes)
        {
            return self.measured(measured, call, arguments, span);
        }
        let grammar = grammar(self.dialect);
        let gives = grammar.and_then(|grammar| Some((grammar, grammar.function(&name)?)));
        let Some((grammar, gives)) = gives else {
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
    fn demand_arguments(&mut self, name: &str, arguments: &[Value], span: Span) {
        let Some(letters) = grammar::arguments_of(self.dialect, name) else {
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
        let shown: Vec<String> = arguments.iter().map(|value| self.shown(value)).collect();
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
        let home = (self.dialect == Dialect::Mysql)
            .then(|| mysql::home_of(name))
            .flatten();
        if let Some((_, class)) = home {
            let ty = class.and_then(mysql::Class::column_type);
            return Value::new(ty.map_or(Ty::Open, Ty::Of), true, span);
        }
        let known = grammar::is_function(self.dialect, name)
            || grammar::is_optional(self.dialect, name)
            || call.name.len() > 1;
        if !known {
            let place = call.name.last().map_or(span, |name| name.span);
            let near = grammar(self.dialect);
            let near = near.and_then(|grammar| grammar::near_function(grammar, name));
            self.report(findings::unknown_function(name, near, place));
            return Value::wrong(span);
        }
        Value::open(span)
    }

    pub(in crate::typing) fn form_of_others(
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
            "str_to_date" if mysql => {
                let format = self.text_at(arguments.get(1)?.span);
                if arguments[1].constant != Constant::Text {
                    return None;
                }
                let has = |letters: &str| {
                    letters
                        .chars()
                        .any(|one| format.contains(&format!("%{one}")))
                };
                let ty = match (has("YyMmDdbcejUuVvWwXx"), has("HhIiklpSsTr"), has("f")) {
                    (true, false, false) => ColumnType::Date,
                    (false, true, false) => ColumnType::Time(0),
                    (false, _, true) => ColumnType::Time(6),
                    (true, _, true) => ColumnType::DateTime(6),
                    (true, true, false) => ColumnType::DateTime(0),
                    (false, false, false) => return None,
                };
                Value::new(Ty::Of(ty), true, span)
            }
            "unix_timestamp" if mysql => {
                let ty = match arguments.first().map(Value::column_type) {
                    None => ColumnType::I64,
                    Some(of) => match of? {
                        ColumnType::Date | ColumnType::DateTime(0) | ColumnType::Timestamp(0) => {
                            ColumnType::I64
                        }
                        _ => ColumnType::Decimal(None),
                    },
                };
                Value::new(Ty::Of(ty), !arguments.is_empty(), span)
            }
            "timestampadd" if mysql => {
                let unit = call.word.as_ref().map_or("day", |unit| &unit.text);
                self.moved_by(arguments.get(1)?, unit, span)
            }
            "from_unixtime" if mysql => {
                let ty = match arguments.len() {
                    1 => Ty::Of(ColumnType::DateTime(6)),
                    _ => self.text_type(),
                };
                Value::new(ty, true, span)
            }
            "mod" if mysql => self.arithmetic("%", arguments.first()?, arguments.get(1)?, span),
            "ceil" | "ceiling" | "floor" if mysql => match arguments.first()?.column_type() {
                // Of a number as it is written, too.
                Some(ColumnType::Decimal(None))
                    if arguments.first()?.constant == Constant::Number =>
                {
                    integer(any)
                }
                // A whole number that fits 64 bits is one.
                Some(ColumnType::Decimal(Some(size))) if size.precision - size.scale < 18 => {
                    integer(any)
                }
                _ => return None,
            },
            "greatest" | "least" if mysql && mixes_moments(arguments) => {
                self.of_product(Construct::MixedMoments(name), span);
                let moments: Vec<&Value> = arguments.iter().filter(|one| is_moment(one)).collect();
                let others = arguments.iter().filter(|one| !is_moment(one));
                let mut types = others.map(Value::column_type);
                if !types.all(|of| of.is_some_and(grammar::is_text)) {
                    return Some(Value::open(span));
                }
                let what = format!("`{name}`");
                self.common(&moments, &what, span).derived(true, span)
            }
            "percentile_cont" | "percentile_disc" | "median" if mysql => {
                self.of_product(Construct::Percentile(name), span);
                if call.over.is_none() {
                    self.report(findings::without_window(name, span));
                }
                if call.within.is_empty() && name != "median" {
                    let takes = [format!("{name}(0.5) WITHIN GROUP (ORDER BY value) OVER ()")];
                    self.report(findings::no_such_call(name, &takes, span));
                }
                match arguments.last().and_then(Value::column_type) {
                    Some(of) if name == "percentile_disc" => {
                        Value::new(Ty::Of(of.clone()), true, span)
                    }
                    _ => Value::new(Ty::Of(ColumnType::F64), true, span),
                }
            }
            "substr" | "substring"
                if !mysql
                    && arguments.first()?.column_type().map(ColumnType::class)
                        == Some(TypeClass::Bytes) =>
            {
                // No bytes of none are NULL.
                arguments.first()?.derived(true, span)
            }
            "json_extract" if !mysql => Value::new(Ty::Of(ColumnType::Any), true, span),
            "match" if mysql => {
                let text = self.text_type();
                for argument in arguments {
                    self.demand_type(argument, &text, None, span);
                }
                Value::new(Ty::Of(ColumnType::F64), any, span)
            }
            "values" if mysql => arguments.first()?.derived(true, span),
            "count" => integer(false),
            "min" | "max" if self.dialect == Dialect::Sqlite && arguments.len() > 1 => {
                let all: Vec<&Value> = arguments.iter().collect();
                self.common(&all, &format!("`{name}`"), span)
                    .derived(any, span)
            }
            "json_array_length" | "sign" | "json_valid" if !mysql => integer(true),
            _ => return None,
        })
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
            Gives::Sum => value_by(grammar.sum, empty || any),
            Gives::Average => value_by(grammar.average, empty || any),
            Gives::Rounded => value_by(grammar.rounded, any),
            Gives::Absolute => value_by(grammar.absolute, any),
        }
    }
}

/// Functions of MySQL that take the number of digits of a second.
const TIMES_OF_DAY: [&str; 8] = [
    "current_time",
    "current_timestamp",
    "curtime",
    "localtime",
    "now",
    "sysdate",
    "utc_time",
    "utc_timestamp",
];

fn is_moment(value: &Value) -> bool {
    matches!(
        value.column_type().map(ColumnType::class),
        Some(TypeClass::Date | TypeClass::Time | TypeClass::DateTime | TypeClass::Timestamp)
    )
}

/// Whether there are dates or times and values of another type: MariaDB compares them as dates, MySQL as texts.
fn mixes_moments(arguments: &[Value]) -> bool {
    arguments.iter().any(is_moment) && !arguments.iter().all(is_moment)
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

//! Operators.

use super::checker::{Checker, Clause};
use super::document::is_document;
use super::findings;
use super::grammar::{self, grammar};
use super::literal::{days_of_month, plain_text};
use super::parameters::is_text_constant;
use super::postgres::{self, Null, PgType, resolve_operator};
use super::scope::Scope;
use super::table::TablePart;
use super::value::{Constant, Ty, Value};
use crate::ast::Name;
use crate::column_type::{ColumnType, LobSize, TypeClass};
use crate::dialect::Dialect;
use crate::model::EnumId;
use crate::source::Span;
use crate::syntax::{Chain, Expr, ExprKind, Operator};
use bindery_core::dialect::Flavour;

impl Checker<'_> {
    /// Operators of one rank, from the left.
    pub(super) fn chain(&mut self, chain: &Chain, scope: &Scope<'_>, span: Span) -> Value {
        let mut left = None;
        let mut before = &chain.first;
        if let (ExprKind::Interval(count, unit), [(operator, moved)]) =
            (&chain.first.kind, chain.rest.as_slice())
            && operator.text == "+"
        {
            self.interval(count, unit, scope);
            let moved = self.expr(moved, scope);
            return self.moved_by(&moved, &unit.text, span);
        }
        for (operator, right) in &chain.rest {
            if let (None, ExprKind::Row(_)) = (&left, &before.kind) {
                self.rows_compared(before, right, scope);
                left = Some(Value::new(self.condition_type(), true, span));
                continue;
            }
            let value = match left.take() {
                Some(value) => value,
                None => self.expr(before, scope),
            };
            let here = Span {
                end: right.span.end,
                ..chain.first.span
            };
            left = Some(match &right.kind {
                ExprKind::Interval(count, unit) if matches!(&*operator.text, "+" | "-") => {
                    self.interval(count, unit, scope);
                    self.moved_by(&value, &unit.text, here)
                }
                ExprKind::Row(values) if self.dialect != Dialect::Postgres => {
                    self.report(findings::number_of_values(1, values.len(), right.span));
                    Value::wrong(here)
                }
                _ => {
                    let right = self.expr(right, scope);
                    self.binary(operator, &value, &right, here)
                }
            });
            before = right;
        }
        let value = left.unwrap_or_else(|| Value::open(span));
        Value { span, ..value }
    }

    /// The count of MySQL's `INTERVAL 1 DAY`.
    pub(super) fn interval(&mut self, count: &Expr, unit: &Name, scope: &Scope<'_>) {
        let count = self.expr(count, scope);
        // Others are texts of several numbers: `DAY_HOUR`.
        if !unit.text.contains('_') {
            self.demand_type(&count, &Ty::Of(ColumnType::I64), None, count.span);
        }
    }

    /// `(a, b) = (1, 2)`.
    pub(super) fn rows_compared(&mut self, left: &Expr, right: &Expr, scope: &Scope<'_>) {
        let ExprKind::Row(lefts) = &left.kind else {
            return;
        };
        let lefts: Vec<Value> = lefts.iter().map(|part| self.expr(part, scope)).collect();
        let rights: Vec<Value> = match &right.kind {
            ExprKind::Row(rights) => rights.iter().map(|part| self.expr(part, scope)).collect(),
            ExprKind::Query(query) => {
                let fields = self.query(query, Some(scope), &scope.common, None);
                let fields = fields.iter().flat_map(|fields| fields.iter());
                fields.map(|field| field.value.clone()).collect()
            }
            _ => vec![self.expr(right, scope)],
        };
        if lefts.len() != rights.len() {
            self.report(findings::number_of_values(
                lefts.len(),
                rights.len(),
                right.span,
            ));
            return;
        }
        for (left, right) in lefts.iter().zip(&rights) {
            self.compared("=", left, right, right.span);
        }
    }

    fn binary(&mut self, operator: &Operator, left: &Value, right: &Value, span: Span) -> Value {
        let text = operator.text.as_str();
        match text {
            "and" | "or" | "xor" | "&&" | "||"
                if self.dialect == Dialect::Mysql || matches!(text, "and" | "or") =>
            {
                self.is_condition(left);
                self.is_condition(right);
                let nullable = left.nullable || right.nullable;
                Value::new(self.condition_type(), nullable, span)
            }
            "=" | "==" | "<" | ">" | "<=" | ">=" | "<>" | "!=" => {
                if right.constant == Constant::Null || left.constant == Constant::Null {
                    let place = if right.constant == Constant::Null {
                        right
                    } else {
                        left
                    };
                    self.report(findings::compared_with_null(text, place.span));
                    return Value::new(self.condition_type(), true, span);
                }
                self.compared(text, left, right, span)
            }
            "<=>" => {
                self.compared("=", left, right, span);
                Value::new(self.condition_type(), false, span)
            }
            "member of" => {
                self.of_product("`MEMBER OF`", Flavour::Mysql, operator.span);
                Value::new(self.condition_type(), true, span)
            }
            "overlaps" | "sounds like" => Value::new(self.condition_type(), true, span),
            _ => match self.dialect {
                Dialect::Postgres => self.postgres_operator(text, Some(left), right, span),
                Dialect::Sqlite | Dialect::Mysql => self.computed(text, left, right, span),
            },
        }
    }

    /// A comparison, whose operands become each other's types.
    pub(super) fn compared(
        &mut self,
        operator: &str,
        left: &Value,
        right: &Value,
        span: Span,
    ) -> Value {
        if self.dialect == Dialect::Postgres {
            return self.postgres_operator(operator, Some(left), right, span);
        }
        self.demand(left, right);
        self.demand(right, left);
        if let (Some(one), Some(other)) = (left.column_type(), right.column_type())
            && are_unlike(one, other)
            && !is_text_constant(left)
            && !is_text_constant(right)
            && left.constant != Constant::Null
        {
            let (one, other) = (self.shown(left), self.shown(right));
            self.report(findings::no_such_operator(
                operator,
                Some(&one),
                &other,
                span,
            ));
        }
        let nullable = left.nullable || right.nullable;
        Value::new(self.condition_type(), nullable, span)
    }

    /// An operator of PostgreSQL's catalogue.
    fn postgres_operator(
        &mut self,
        symbol: &str,
        left: Option<&Value>,
        right: &Value,
        span: Span,
    ) -> Value {
        let values = [left, Some(right)];
        let mut values = values.into_iter().flatten();
        let is_condition = matches!(symbol, "=" | "<" | ">" | "<=" | ">=" | "<>" | "!=");
        if values.clone().any(|value| value.ty == Ty::Wrong) {
            for value in values {
                self.demand_type(value, &Ty::Wrong, None, span);
            }
            return Value::wrong(span);
        }
        let is_row = |value: &Value| value.ty == Ty::Postgres(PgType::RECORD);
        let is_typed = |value: &Value| !value.is_silent();
        // A row is compared with rows alone.
        let joins = symbol == "||" && !values.clone().all(is_row);
        if values.clone().any(is_row)
            && values.clone().all(is_typed)
            && !joins
            && !(is_condition && values.clone().all(is_row))
        {
            self.report_operator(symbol, left, right, span);
            return Value::wrong(span);
        }
        if values
            .clone()
            .any(|value| value.ty == Ty::Open || (is_row(value) && !joins))
        {
            return if is_condition {
                Value::new(self.condition_type(), true, span)
            } else {
                Value::open(span)
            };
        }
        let nullable = values.any(|value| value.nullable);
        let given = left.map(|left| left.postgres().unwrap_or(PgType::UNKNOWN));
        let other = right.postgres().unwrap_or(PgType::UNKNOWN);
        match resolve_operator(symbol, given, other) {
            Ok(found) => {
                if let (Some(left), Some(wanted)) = (left, found.left) {
                    self.demand_postgres(left, wanted, Some(right));
                }
                self.demand_postgres(right, found.right, left);
                let nullable = match found.null {
                    Null::Never => false,
                    Null::Argument => nullable,
                    Null::NoRows | Null::Maybe => true,
                };
                let is_filled = right.is_whole() && left.is_none_or(Value::is_whole);
                Value::new(Ty::Postgres(found.result), nullable, span).filled(is_filled)
            }
            Err(_) => {
                self.report_operator(symbol, left, right, span);
                Value::wrong(span)
            }
        }
    }

    /// An operator that does not take these values; of a parameter, the use that gave it its type is shown.
    fn report_operator(&mut self, operator: &str, left: Option<&Value>, right: &Value, span: Span) {
        let shown = left.map(|left| self.shown(left));
        let other = self.shown(right);
        let uses = left
            .into_iter()
            .flat_map(|left| [(left, right), (right, left)]);
        for (value, beside) in uses {
            let cell = value.cell.map(|cell| self.cells[cell].clone());
            if let Some(cell) = cell
                && let Some(decided) = cell.decided
                && !beside.is_silent()
            {
                let (own, second) = (self.shown(value), self.shown(beside));
                let finding = findings::parameter_of_two_types(
                    &super::parameters::shown(&cell.parameter),
                    (&own, decided),
                    (&second, beside.span),
                );
                return self.report(finding);
            }
        }
        self.report(findings::no_such_operator(
            operator,
            shown.as_deref(),
            &other,
            span,
        ));
    }

    /// A value as it is compared with another: a `varchar` as a text.
    pub(super) fn compared_type(&self, left: &Value, right: &Value) -> Value {
        let left = self.refreshed(left);
        let (Some(one), Some(other)) = (left.postgres(), right.postgres()) else {
            return left;
        };
        match resolve_operator("=", Some(one), other) {
            Ok(found) => match found.left {
                Some(wanted) if wanted != one => Value {
                    ty: Ty::Postgres(wanted),
                    source: None,
                    ..left
                },
                _ => left,
            },
            Err(_) => left,
        }
    }

    /// The type that a value without one has for an operator or a function; the column beside it says more of the same type.
    pub(super) fn demand_postgres(
        &mut self,
        value: &Value,
        wanted: PgType,
        beside: Option<&Value>,
    ) {
        if wanted == PgType::UNKNOWN {
            return;
        }
        self.check_constant(value, wanted);
        let same = |beside: &&Value| beside.ty == Ty::Postgres(wanted);
        let source = beside.filter(same).and_then(|beside| beside.source);
        self.demand_type(value, &Ty::Postgres(wanted), source, value.span);
    }

    /// A constant text, which the server reads as a value of the type.
    pub(super) fn check_constant(&mut self, value: &Value, wanted: PgType) {
        if value.ty != Ty::Untyped || value.constant != Constant::Text {
            return;
        }
        let written = self.text_at(value.span);
        let inner = written
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''));
        // That of a default is reported by itself.
        let is_default = matches!(self.clause, Clause::Table(TablePart::Default(_)));
        if let (Some(inner), PgType::Enum(id), false) = (inner, wanted, is_default) {
            self.check_enum_value(inner, id, value.span);
        }
        if inner.is_some_and(|inner| !is_value_of(inner.trim(), wanted)) {
            self.report(findings::no_value_of(&wanted.name(), value.span));
        }
    }

    /// A constant that is to be a value of an enum.
    pub(super) fn check_enum_value(&mut self, text: &str, id: EnumId, span: Span) {
        let found = self.model.enum_type(id);
        let known: Vec<&str> = found.values.iter().map(|one| &*one.value).collect();
        if !known.contains(&text) {
            let finding = findings::no_enum_value(text, &found.name, &known, span);
            self.report(finding);
        }
    }

    /// An operator of SQLite and MySQL that computes.
    fn computed(&mut self, operator: &str, left: &Value, right: &Value, span: Span) -> Value {
        let nullable = left.nullable || right.nullable;
        if matches!(operator, "->" | "->>") {
            self.of_product(format!("`{operator}`"), Flavour::Mysql, span);
        }
        match operator {
            "||" => {
                let text = self.text_type();
                self.demand_type(left, &text, None, span);
                self.demand_type(right, &text, None, span);
                Value::new(text, nullable, span)
            }
            "->" => match self.dialect {
                Dialect::Sqlite => Value::new(self.text_type(), true, span),
                _ => Value::new(Ty::Of(ColumnType::Json { binary: false }), true, span),
            },
            "->>" => match self.dialect {
                Dialect::Sqlite => Value::new(Ty::Of(ColumnType::Any), true, span),
                _ => Value::new(self.text_type(), true, span),
            },
            "&" | "|" | "<<" | ">>" | "^" => {
                let ty = match self.dialect {
                    Dialect::Mysql => ColumnType::U64,
                    _ => ColumnType::I64,
                };
                self.demand_type(left, &Ty::Of(ColumnType::I64), None, span);
                self.demand_type(right, &Ty::Of(ColumnType::I64), None, span);
                Value::new(Ty::Of(ty), nullable, span)
            }
            _ => self.arithmetic(operator, left, right, span),
        }
    }

    pub(super) fn arithmetic(
        &mut self,
        operator: &str,
        left: &Value,
        right: &Value,
        span: Span,
    ) -> Value {
        self.demand(left, right);
        self.demand(right, left);
        let left = self.refreshed(left);
        let right = self.refreshed(right);
        self.check_operands(operator, &left, &right, span);
        // A division by zero is NULL.
        let divides = matches!(operator, "/" | "%" | "div" | "mod");
        let nullable = left.nullable || right.nullable || divides;
        let (Some(one), Some(other)) = (left.column_type(), right.column_type()) else {
            return Value::open(span);
        };
        if operator == "div" {
            let ty = if grammar::is_unsigned(one) || grammar::is_unsigned(other) {
                ColumnType::U64
            } else {
                ColumnType::I64
            };
            return Value::new(Ty::Of(ty), nullable, span);
        }
        let sign = match operator {
            "mod" => '%',
            other => other.chars().next().unwrap_or('+'),
        };
        let number = |of: &ColumnType| match of {
            // SQLite makes an integer or a real of it.
            ColumnType::Any => ColumnType::Decimal(None),
            // MySQL counts with its digits: 20260131.
            ColumnType::Date | ColumnType::DateTime(0) | ColumnType::Time(0)
                if self.dialect == Dialect::Mysql =>
            {
                ColumnType::I64
            }
            ColumnType::Bit(_) if self.dialect == Dialect::Mysql => ColumnType::U64,
            ColumnType::Enum(_) | ColumnType::Set(_) => ColumnType::I64,
            of if grammar::is_text(of) => ColumnType::F64,
            of => of.clone(),
        };
        let rule = grammar(self.dialect).map(|grammar| grammar.arithmetic);
        let (one, other) = (number(one), number(other));
        let is_number =
            |of: &ColumnType| grammar::rank(of).is_some() || of.class() == TypeClass::Year;
        let found = (is_number(&one) && is_number(&other))
            .then(|| rule.and_then(|rule| rule(&one, sign, &other)))
            .flatten();
        found.map_or_else(
            || Value::open(span),
            |ty| Value::new(Ty::Of(ty), nullable, span),
        )
    }

    /// A constant text that is no number is none to compute with either: the databases take it for 0, and refuse to write that.
    fn check_operands(&mut self, operator: &str, left: &Value, right: &Value, span: Span) {
        let is_wrong = |value: &&Value| {
            let text = plain_text(self.text_at(value.span));
            let is_text = value.constant == Constant::Text && value.cell.is_none();
            is_text && text.is_some_and(|text| text.trim().parse::<f64>().is_err())
        };
        if [left, right].iter().any(is_wrong) {
            let (one, other) = (self.shown(left), self.shown(right));
            self.report(findings::no_such_operator(
                operator,
                Some(&one),
                &other,
                span,
            ));
        }
    }

    /// A parameter as it is now.
    pub(super) fn refreshed(&self, value: &Value) -> Value {
        match value.cell {
            Some(cell) => Value {
                ty: self.cells[cell].ty.clone(),
                source: self.cells[cell].source,
                ..value.clone()
            },
            None => value.clone(),
        }
    }

    /// MySQL's `date + INTERVAL 1 DAY`, which is NULL for what is no date.
    pub(super) fn moved_by(&self, value: &Value, unit: &str, span: Span) -> Value {
        let whole_days = ["day", "week", "month", "quarter", "year", "year_month"].contains(&unit);
        let ty = match value.column_type().map(ColumnType::class) {
            Some(TypeClass::Date) if whole_days => ColumnType::Date,
            Some(TypeClass::Date) => ColumnType::DateTime(6),
            Some(TypeClass::DateTime | TypeClass::Timestamp) => ColumnType::DateTime(6),
            Some(TypeClass::Time) => ColumnType::Time(6),
            Some(TypeClass::Text) => ColumnType::Text(LobSize::Unbounded),
            _ => return Value::open(span),
        };
        Value::new(Ty::Of(ty), true, span)
    }

    /// An operator before its operand.
    pub(super) fn prefix(&mut self, operator: &Operator, operand: &Value, span: Span) -> Value {
        let text = operator.text.as_str();
        if matches!(text, "not") || (text == "!" && self.dialect == Dialect::Mysql) {
            self.is_condition(operand);
            return Value::new(self.condition_type(), operand.nullable, span);
        }
        if self.dialect == Dialect::Postgres {
            return self.postgres_operator(text, None, operand, span);
        }
        match text {
            "+" => operand.derived(operand.nullable, span),
            "-" => {
                let negative = grammar(self.dialect).map(|grammar| grammar.negative);
                let ty = operand.column_type().zip(negative);
                let ty = ty.and_then(|(of, negative)| negative(of));
                let constant = operand.constant;
                let value = ty.map_or_else(
                    || Value::open(span),
                    |ty| Value::new(Ty::Of(ty), operand.nullable, span),
                );
                Value { constant, ..value }
            }
            "~" => {
                let ty = match self.dialect {
                    Dialect::Mysql => ColumnType::U64,
                    _ => ColumnType::I64,
                };
                Value::new(Ty::Of(ty), operand.nullable, span)
            }
            "binary" => Value::new(
                Ty::Of(ColumnType::Blob(LobSize::Unbounded)),
                operand.nullable,
                span,
            ),
            _ => Value::open(span),
        }
    }

    /// A call of PostgreSQL's that a form of the language stands for; what is wrong is reported.
    pub(super) fn postgres_call(
        &mut self,
        name: &str,
        types: &[PgType],
        values: &[Value],
        span: Span,
    ) -> Option<Ty> {
        let call = postgres::Call {
            arguments: types,
            ..postgres::Call::default()
        };
        match postgres::resolve_function(name, &call) {
            Ok(found) => {
                for (value, wanted) in values.iter().zip(&found.arguments) {
                    self.demand_postgres(value, *wanted, None);
                }
                Some(Ty::Postgres(found.result))
            }
            Err(_) => {
                let shown: Vec<String> = values.iter().map(|value| self.shown(value)).collect();
                let call = format!("{name}({})", shown.join(", "));
                self.report(findings::no_such_call(&call, &[], span));
                None
            }
        }
    }
}

/// Whether a text is a value of PostgreSQL's type, as far as its characters show that.
pub(super) fn is_value_of(text: &str, pg_type: PgType) -> bool {
    let lower = text.to_ascii_lowercase();
    match pg_type {
        PgType::INT2 => lower.parse::<i16>().is_ok(),
        PgType::INT4 => lower.parse::<i32>().is_ok(),
        PgType::INT8 => lower.parse::<i64>().is_ok(),
        PgType::NUMERIC | PgType::FLOAT4 | PgType::FLOAT8 => lower.parse::<f64>().is_ok(),
        PgType::BOOL => {
            let words = ["true", "false", "yes", "no", "on", "off", "1", "0"];
            let begins = words.iter().any(|word| word.starts_with(&lower));
            begins && !lower.is_empty() && lower != "o"
        }
        PgType::DATE | PgType::TIME | PgType::TIMESTAMP | PgType::TIMESTAMPTZ => {
            let words = [
                "now",
                "today",
                "tomorrow",
                "yesterday",
                "epoch",
                "infinity",
                "-infinity",
                "allballs",
            ];
            let word = lower.trim_end_matches("()");
            if pg_type != PgType::TIME && !is_date_of_calendar(&lower) {
                return false;
            }
            let time = match pg_type {
                PgType::TIME => Some(lower.as_str()),
                _ => (lower.split_once([' ', 't']))
                    .map(|(_, time)| time)
                    .filter(|time| time.contains(':')),
            };
            if time.is_some_and(|time| !is_time_of_day(time)) {
                return false;
            }
            lower.bytes().any(|byte| byte.is_ascii_digit()) || words.contains(&word)
        }
        PgType::INTERVAL => super::literal::is_interval(&lower),
        PgType::UUID => lower.bytes().filter(u8::is_ascii_hexdigit).count() == 32,
        PgType::JSON | PgType::JSONB => is_document(text),
        array if array.element().is_some() => {
            let is_value = |one: &str| {
                let one = one.trim();
                let element = array.element();
                one == "null" || element.is_none_or(|element| is_value_of(one, element))
            };
            let is_flat = !lower.contains(['"', '\\', '[']) && lower.matches('{').count() == 1;
            let inner = lower
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            let elements = inner.filter(|inner| is_flat && !inner.trim().is_empty());
            is_array(&lower) && elements.is_none_or(|elements| elements.split(',').all(is_value))
        }
        _ => true,
    }
}

/// Whether a text has the parentheses of an array, `{a,b}`; before them may be its bounds.
fn is_array(text: &str) -> bool {
    let plain = !text.contains(['"', '\\']);
    let count = |sign: char| text.matches(sign).count();
    text.starts_with(['{', '[']) && text.ends_with('}') && (!plain || count('{') == count('}'))
}

/// Whether a text that begins as `10:30` names a time of the day; others are left to the server.
fn is_time_of_day(text: &str) -> bool {
    let begins = text.starts_with(|sign: char| sign.is_ascii_digit());
    let mut parts = text.split(':');
    let hour = parts.next().map(str::parse::<u32>);
    let minute = parts
        .next()
        .and_then(|part| part.get(..2))
        .map(str::parse::<u32>);
    match (hour, minute) {
        (Some(Ok(hour)), Some(Ok(minute))) => hour <= 24 && minute < 60,
        _ => !begins || !text.contains(|sign: char| "'\\\"".contains(sign)),
    }
}

/// Whether a text that begins as `2026-01-31` names a day that there is.
fn is_date_of_calendar(text: &str) -> bool {
    let date = text.split(|sign: char| sign != '-' && !sign.is_ascii_digit());
    let parts: Vec<&str> = date.take(1).flat_map(|date| date.split('-')).collect();
    let [year, month, day] = parts.as_slice() else {
        return true;
    };
    let (Ok(of_year), Ok(month), Ok(day)) = (year.parse::<u32>(), month.parse(), day.parse())
    else {
        return true;
    };
    let days = days_of_month(of_year, month);
    year.len() != 4 || ((1..=12).contains(&month) && (1..=days).contains(&day))
}

/// A number and a text: the databases compare them, each by rules of its own.
fn are_unlike(one: &ColumnType, other: &ColumnType) -> bool {
    let is_number = |of: &ColumnType| {
        grammar::rank(of).is_some() && !matches!(of.class(), TypeClass::Boolean | TypeClass::Year)
    };
    (is_number(one) && grammar::is_text(other)) || (grammar::is_text(one) && is_number(other))
}

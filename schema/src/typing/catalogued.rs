//! Operators and calls of PostgreSQL's catalogue, and what they make of their values.

use super::checker::{Checker, Clause};
use super::findings;
use super::postgres::{self, Null, PgType, resolve_operator};
use super::table::TablePart;
use super::texts::is_value_of;
use super::value::{Constant, Ty, Value};
use crate::lists::IntoVec as _;
use crate::model::EnumId;
use crate::source::Span;

impl Checker<'_> {
    /// An operator of PostgreSQL's catalogue.
    pub(super) fn postgres_operator(
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
        let Some(inner) = inner.map(|inner| inner.replace("''", "'")) else {
            return;
        };
        if wanted.name() == "regconfig" {
            self.check_configuration(inner.trim(), value.span);
        } else if !is_value_of(inner.trim(), wanted) {
            self.report(findings::no_value_of(&wanted.name(), value.span));
        }
    }

    /// A constant that is to be a value of an enum.
    pub(super) fn check_enum_value(&mut self, text: &str, id: EnumId, span: Span) {
        let found = self.model.enum_type(id);
        let known: Vec<&str> = found.values.iter().map(|one| &*one.value).into_vec();
        if !known.contains(&text) {
            let finding = findings::no_enum_value(text, &found.name, &known, span);
            self.report(finding);
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
                let shown: Vec<String> = values.iter().map(|value| self.shown(value)).into_vec();
                let call = format!("{name}({})", shown.join(", "));
                self.report(findings::no_such_call(&call, &[], span));
                None
            }
        }
    }
}

//! `value::type`, `CAST(value AS type)` and `DATE '2026-11-20'`.

use super::call::is_now;
use super::{Carried, Carrier};
use crate::ast::{TypeArgument, TypeName};
use crate::portable::{CastType, Function, Portable};
use crate::resolve::facts::Facts;
use crate::source::Span;
use crate::syntax::{Cast, Expr, ExprKind};

impl Carrier<'_> {
    pub(super) fn cast(&self, cast: &Cast, depth: usize) -> Carried {
        if !Facts::of(self.dialect()).portable.casts {
            return Err("the function `CAST`".to_owned());
        }
        let value = self.of(&cast.operand, depth)?;
        Ok(self.converted(value, cast_type(&cast.to)?))
    }

    /// `'now'::date` is today, and so is `now()::date`.
    fn converted(&self, value: Portable, to: CastType) -> Portable {
        let is_now = self.is_default && is_now(&value);
        match to {
            CastType::Date if is_now => Portable::Call(Function::Today, Vec::new()),
            CastType::DateTime if is_now => Portable::Call(Function::Now, Vec::new()),
            to => Portable::Cast(Box::new(value), to),
        }
    }

    /// `now() AT TIME ZONE 'utc'`: connections are in UTC anyway.
    pub(super) fn in_utc(&self, value: &Expr, zone: Option<&Expr>, depth: usize) -> Carried {
        let is_utc = zone.is_some_and(|zone| match &zone.kind {
            ExprKind::Text(text) => text.eq_ignore_ascii_case("utc"),
            ExprKind::Cast(cast) => {
                matches!(&cast.operand.kind, ExprKind::Text(text) if text.eq_ignore_ascii_case("utc"))
            }
            _ => false,
        });
        let value = self.of(value, depth)?;
        if self.is_default && is_utc && is_now(&value) {
            Ok(value)
        } else {
            Err("`AT TIME ZONE`".to_owned())
        }
    }

    /// `DATE '2026-11-20'`.
    pub(super) fn typed(&self, of: &TypeName, text: &str, span: Span) -> Carried {
        let to = match of.name.as_str() {
            "date" => CastType::Date,
            "timestamp" => CastType::DateTime,
            _ => return Err(self.stopped(span.start)),
        };
        Ok(Portable::Cast(
            Box::new(Portable::Text(text.to_owned())),
            to,
        ))
    }
}

/// A type after `::`, arrays included: of those only the element counts, as only `ANY` takes them.
fn cast_type(to: &TypeName) -> Result<CastType, String> {
    let length = match to.arguments.as_slice() {
        [] => None,
        [TypeArgument::Number(number)] => number.parse().ok(),
        _ => return Err(format!("the type `{}`", to.written)),
    };
    let zone = to.suffix == "with time zone";
    Ok(match (to.name.as_str(), length) {
        ("text", None) => CastType::Text(None),
        ("character varying" | "varchar" | "bpchar" | "character" | "char", length) => {
            CastType::Text(length)
        }
        ("smallint" | "integer" | "bigint" | "int" | "int2" | "int4" | "int8", None) => {
            CastType::Integer
        }
        (
            "numeric" | "decimal" | "real" | "double precision" | "float" | "float4" | "float8",
            None,
        ) => CastType::Decimal,
        ("boolean" | "bool", None) => CastType::Bool,
        ("date", None) => CastType::Date,
        ("timestamp", None | Some(6)) if !zone => CastType::DateTime,
        (name, _) => CastType::Named(name.to_owned()),
    })
}

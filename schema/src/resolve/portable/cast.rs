//! `value::type`, `CAST(value AS type)` and `DATE '2026-11-20'`.

use super::call::is_now;
use super::{Read, Reader};
use crate::ast::PieceKind;
use crate::dialect::Dialect;
use crate::portable::{CastType, Function, Portable};

/// A value is converted so often at most.
const CASTS: usize = 8;

impl Reader<'_> {
    pub(super) fn cast(&mut self) -> Read<Portable> {
        let mut found = self.operand()?;
        for _ in 0..CASTS {
            if self.is_default && self.eat_words(&["AT", "TIME", "ZONE"]) {
                found = self.in_utc(found)?;
            } else if self.eat_symbol("::") {
                let to = self.cast_type()?;
                found = self.converted(found, to);
            } else {
                return Ok(found);
            }
        }
        Err("this many nested casts".to_owned())
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
    fn in_utc(&mut self, value: Portable) -> Read<Portable> {
        let zone = self.tokens.get(self.at);
        let is_utc = zone.is_some_and(|piece| {
            piece.kind == PieceKind::Text && piece.text.eq_ignore_ascii_case("utc")
        });
        if !is_utc || !is_now(&value) {
            return Err("`AT TIME ZONE`".to_owned());
        }
        self.at += 1;
        Ok(value)
    }

    /// `CAST(value AS type)`, after its name.
    pub(super) fn cast_call(&mut self) -> Read<Portable> {
        if self.dialect() != Dialect::Postgres {
            return Err("the function `CAST`".to_owned());
        }
        self.expect("(")?;
        let found = self.deeper(Self::any)?;
        if !self.eat_word("AS") {
            return Err(self.stopped());
        }
        let to = self.cast_type()?;
        self.expect(")")?;
        Ok(self.converted(found, to))
    }

    /// Reads `DATE '2026-11-20'`.
    pub(super) fn typed_constant(&mut self) -> Option<Portable> {
        let to = if self.is_word(0, "DATE") {
            CastType::Date
        } else if self.is_word(0, "TIMESTAMP") {
            CastType::DateTime
        } else {
            return None;
        };
        let text = self
            .tokens
            .get(self.at + 1)
            .filter(|piece| piece.kind == PieceKind::Text)?;
        self.at += 2;
        Some(Portable::Cast(
            Box::new(Portable::Text(text.text.clone())),
            to,
        ))
    }

    /// A type after `::`, arrays included: of those only the element counts, as only `ANY` takes them.
    pub(super) fn cast_type(&mut self) -> Read<CastType> {
        let name = self.type_name()?;
        let length = self.type_length()?;
        let zone = self.eat_words(&["WITH", "TIME", "ZONE"]);
        self.eat_words(&["WITHOUT", "TIME", "ZONE"]);
        while self.eat_symbols(&["[", "]"]) {}
        Ok(match (name.as_str(), length) {
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
            _ => CastType::Named(name),
        })
    }

    fn type_name(&mut self) -> Read<String> {
        let mut name = self.type_word()?;
        while self.eat_symbol(".") {
            name = self.type_word()?;
        }
        for (first, second) in [
            ("character", "varying"),
            ("double", "precision"),
            ("bit", "varying"),
        ] {
            if name == first && self.eat_word(second) {
                name = format!("{first} {second}");
            }
        }
        Ok(name)
    }

    fn type_word(&mut self) -> Read<String> {
        let name = match self.tokens.get(self.at) {
            Some(piece) if piece.kind == PieceKind::Word => piece.text.to_lowercase(),
            Some(piece) if piece.kind == PieceKind::DoubleQuoted => format!("\"{}\"", piece.text),
            Some(_) | None => return Err(self.stopped()),
        };
        self.at += 1;
        Ok(name)
    }

    /// The one argument of a type; of several, as `numeric(10,2)` has, none is understood.
    fn type_length(&mut self) -> Read<Option<u32>> {
        if !self.eat_symbol("(") {
            return Ok(None);
        }
        let number = match self.tokens.get(self.at) {
            Some(piece) if piece.kind == PieceKind::Number => piece.text.parse().ok(),
            Some(_) | None => None,
        };
        self.at += 1;
        self.expect(")")?;
        number.map(Some).ok_or_else(|| self.stopped())
    }
}

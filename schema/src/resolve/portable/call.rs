//! Functions, by the names each dialect has for them.

use super::{Read, Reader};
use crate::ast::{ExpressionPiece, PieceKind};
use crate::dialect::Dialect;
use crate::portable::{CastType, Function, Portable};

impl Reader<'_> {
    /// A function's call or a word that stands for one; `None`: it is neither.
    pub(super) fn call(&mut self, piece: &ExpressionPiece) -> Read<Option<Portable>> {
        if let Some(constant) = self.typed_constant() {
            return Ok(Some(constant));
        }
        let name = piece.text.to_ascii_lowercase();
        if !self.is_symbol(1, "(") {
            return Ok(self.moment_word(&name));
        }
        self.at += 1;
        let found = match name.as_str() {
            "cast" => self.cast_call()?,
            "extract" | "date_part" | "strftime" => self.unix_seconds(&name)?,
            "concat" if self.dialect() == Dialect::Mysql => Portable::Concat(self.arguments()?),
            "floor" if self.is_default => self.floor()?,
            _ => self.plain_call(&name)?,
        };
        Ok(Some(found))
    }

    fn plain_call(&mut self, name: &str) -> Read<Portable> {
        let unknown = || format!("the function `{name}`");
        let function = self.function(name).ok_or_else(unknown)?;
        let arguments = self.arguments()?;
        if takes(function, arguments.len()) {
            Ok(Portable::Call(function, arguments))
        } else {
            Err(unknown())
        }
    }

    fn function(&self, name: &str) -> Option<Function> {
        let dialect = self.dialect();
        let in_default = |function| self.is_default.then_some(function);
        match (name, dialect) {
            ("lower", _) | ("lcase", Dialect::Mysql) => Some(Function::Lower),
            ("upper", _) | ("ucase", Dialect::Mysql) => Some(Function::Upper),
            ("length", Dialect::Mysql) => Some(Function::OctetLength),
            ("octet_length", _) => Some(Function::OctetLength),
            ("length", Dialect::Postgres | Dialect::Sqlite) => Some(Function::CharLength),
            ("char_length" | "character_length", Dialect::Postgres | Dialect::Mysql) => {
                Some(Function::CharLength)
            }
            ("trim", _) | ("btrim", Dialect::Postgres) => Some(Function::Trim),
            ("abs", _) => Some(Function::Absolute),
            ("coalesce", _) | ("ifnull", Dialect::Mysql | Dialect::Sqlite) => {
                Some(Function::Coalesce)
            }
            ("nullif", _) => Some(Function::NullIf),
            ("unixepoch", Dialect::Sqlite) | ("unix_timestamp", Dialect::Mysql) => {
                in_default(Function::UnixSeconds)
            }
            ("now", Dialect::Postgres | Dialect::Mysql) => in_default(Function::Now),
            ("curdate", Dialect::Mysql) => in_default(Function::Today),
            _ => None,
        }
    }

    fn arguments(&mut self) -> Read<Vec<Portable>> {
        self.expect("(")?;
        if self.eat_symbol(")") {
            return Ok(Vec::new());
        }
        let mut found = vec![self.deeper(Self::any)?];
        while self.eat_symbol(",") {
            found.push(self.deeper(Self::any)?);
        }
        self.expect(")")?;
        Ok(found)
    }

    /// `CURRENT_TIMESTAMP` and `CURRENT_DATE`.
    fn moment_word(&mut self, name: &str) -> Option<Portable> {
        let function = match name {
            "current_timestamp" | "localtimestamp" => Function::Now,
            "current_date" => Function::Today,
            _ => return None,
        };
        if !self.is_default {
            return None;
        }
        self.at += 1;
        Some(Portable::Call(function, Vec::new()))
    }

    /// `EXTRACT(epoch FROM now())`, `date_part('epoch', now())`, `strftime('%s', 'now')`.
    fn unix_seconds(&mut self, name: &str) -> Read<Portable> {
        let unknown = Err(format!("the function `{name}`"));
        if !self.is_default {
            return unknown;
        }
        self.expect("(")?;
        let asked = match self.tokens.get(self.at) {
            Some(piece) if matches!(piece.kind, PieceKind::Word | PieceKind::Text) => {
                piece.text.to_ascii_lowercase()
            }
            Some(_) | None => return unknown,
        };
        self.at += 1;
        while self.eat_symbol("::") {
            self.cast_type()?;
        }
        let wanted = if name == "strftime" { "%s" } else { "epoch" };
        if asked != wanted || !(self.eat_symbol(",") || self.eat_word("FROM")) {
            return unknown;
        }
        let moment = self.deeper(Self::any)?;
        self.expect(")")?;
        if is_now(&moment) {
            Ok(Portable::Call(Function::UnixSeconds, Vec::new()))
        } else {
            unknown
        }
    }

    /// Whole seconds stay what they are.
    fn floor(&mut self) -> Read<Portable> {
        let arguments = self.arguments()?;
        if arguments == [Portable::Call(Function::UnixSeconds, Vec::new())] {
            Ok(Portable::Call(Function::UnixSeconds, Vec::new()))
        } else {
            Err("the function `floor`".to_owned())
        }
    }
}

/// `now()`, or the text that means it as a moment.
pub(super) fn is_now(moment: &Portable) -> bool {
    if let Portable::Cast(inner, CastType::Text(None)) = moment {
        return is_now(inner);
    }
    *moment == Portable::Call(Function::Now, Vec::new())
        || *moment == Portable::Text("now".to_owned())
}

/// Returns how many arguments a function takes.
fn takes(function: Function, count: usize) -> bool {
    match function {
        Function::Lower
        | Function::Upper
        | Function::CharLength
        | Function::OctetLength
        | Function::Trim
        | Function::Absolute => count == 1,
        Function::Coalesce => count >= 2,
        Function::NullIf => count == 2,
        Function::UnixSeconds | Function::Now | Function::Today => count == 0,
    }
}

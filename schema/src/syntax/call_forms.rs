//! Functions whose parentheses have a grammar of their own: `extract(year FROM t)`, `trim(BOTH 'a' FROM t)`.

use super::call::plain;
use super::cursor::Read;
use super::operand::UNITS;
use super::reader::Reader;
use super::tree::{Call, ExprKind};
use crate::ast::name::Name;
use bindery_core::dialect::Dialect;

impl Reader<'_> {
    /// Forms with a syntax of their own; the others are read by their arguments.
    pub(super) fn special(&mut self, call: &mut Call) -> Read<bool> {
        if call.name.len() > 1 || self.dialect == Dialect::Sqlite {
            return Ok(false);
        }
        let name = call.function().to_owned();
        let mysql = self.dialect == Dialect::Mysql;
        match name.as_str() {
            "extract" => self.extract(call)?,
            "position" => {
                call.arguments = self.enclosed(|reader| {
                    let part =
                        plain(reader.above(super::precedence::of_match(reader.dialect) + 1)?);
                    reader.expect(&["IN"])?;
                    Ok(vec![part, plain(reader.expr()?)])
                })?;
            }
            "substring" | "substr" | "mid" | "overlay" => self.substring(call)?,
            "trim" => self.trim(call)?,
            "convert" if mysql => self.convert(call)?,
            "char" if mysql => self.char(call)?,
            "match" if mysql => self.match_against(call)?,
            "timestampdiff" | "timestampadd" if mysql => self.of_unit(call)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn extract(&mut self, call: &mut Call) -> Read<()> {
        let (word, value) = self.enclosed(|reader| {
            let text = reader.is_text(0);
            let word = if text {
                let span = reader.here();
                let text = reader.text_constant()?.to_lowercase();
                Name { text, span }
            } else {
                let is_unit = reader.is_any_word(0, UNITS);
                if reader.dialect == Dialect::Mysql && !is_unit {
                    return Err(reader.unexpected("a unit, as `DAY`"));
                }
                reader.unit()?
            };
            reader.expect(&["FROM"])?;
            Ok((word, reader.expr()?))
        })?;
        call.word = Some(word);
        call.arguments = vec![plain(value)];
        Ok(())
    }

    /// `substring(a FROM 1 FOR 2)`, `overlay(a PLACING b FROM 1)`, or arguments with commas.
    fn substring(&mut self, call: &mut Call) -> Read<()> {
        let (arguments, word) = self.enclosed(|reader| {
            let mut arguments = vec![plain(reader.expr()?)];
            let mut word = None;
            loop {
                let here = reader.here();
                let next = ["FROM", "FOR", "PLACING", "SIMILAR", "ESCAPE"];
                let found = next.into_iter().find(|next| reader.is_word(0, next));
                if let Some(found) = found {
                    reader.advance(1);
                    let text = found.to_lowercase();
                    word.get_or_insert(Name { text, span: here });
                } else if !reader.eat_symbol(",") {
                    return Ok((arguments, word));
                }
                arguments.push(plain(reader.expr()?));
            }
        })?;
        call.arguments = arguments;
        call.word = word;
        Ok(())
    }

    /// `trim(BOTH 'x' FROM a)`.
    fn trim(&mut self, call: &mut Call) -> Read<()> {
        call.arguments = self.enclosed(|reader| {
            reader.eat_any(&["BOTH", "LEADING", "TRAILING"]);
            if reader.eat(&["FROM"]) {
                return Ok(vec![plain(reader.expr()?)]);
            }
            let mut arguments = vec![plain(reader.expr()?)];
            if reader.eat(&["FROM"]) {
                arguments.insert(0, plain(reader.expr()?));
            }
            while reader.dialect == Dialect::Postgres && reader.eat_symbol(",") {
                arguments.push(plain(reader.expr()?));
            }
            Ok(arguments)
        })?;
        Ok(())
    }

    /// MySQL's `CONVERT(a, type)` and `CONVERT(a USING utf8)`.
    fn convert(&mut self, call: &mut Call) -> Read<()> {
        let (value, word) = self.enclosed(|reader| {
            let value = reader.expr()?;
            if reader.eat(&["USING"]) {
                return Ok((value, Some(reader.unit()?)));
            }
            reader.expect_symbol(",")?;
            let first = value.span;
            let to = reader.cast_type()?;
            let cast = super::tree::Cast { operand: value, to };
            Ok((reader.node(first, ExprKind::Cast(Box::new(cast))), None))
        })?;
        call.word = word;
        call.arguments = vec![plain(value)];
        Ok(())
    }

    /// MySQL's `CHAR(77, 121 USING utf8mb4)`.
    fn char(&mut self, call: &mut Call) -> Read<()> {
        let (arguments, word) = self.enclosed(|reader| {
            let arguments = reader.list(|reader| reader.expr().map(plain))?;
            let word = if reader.eat(&["USING"]) {
                Some(reader.unit()?)
            } else {
                None
            };
            Ok((arguments, word))
        })?;
        call.arguments = arguments;
        call.word = word;
        Ok(())
    }

    /// MySQL's `MATCH (a, b) AGAINST ('text' IN BOOLEAN MODE)`.
    fn match_against(&mut self, call: &mut Call) -> Read<()> {
        call.arguments = self.enclosed(|reader| reader.list(|reader| reader.expr().map(plain)))?;
        self.expect(&["AGAINST"])?;
        let text = self.enclosed(|reader| {
            let text = reader.above(super::precedence::of_match(Dialect::Mysql) + 1)?;
            let _ = reader.eat(&["IN", "BOOLEAN", "MODE"])
                || reader.eat(&["IN", "NATURAL", "LANGUAGE", "MODE"]);
            reader.eat(&["WITH", "QUERY", "EXPANSION"]);
            Ok(text)
        })?;
        call.arguments.push(plain(text));
        Ok(())
    }

    /// `TIMESTAMPDIFF(DAY, a, b)`.
    fn of_unit(&mut self, call: &mut Call) -> Read<()> {
        let (word, arguments) = self.enclosed(|reader| {
            if !reader.is_any_word(0, UNITS) && !reader.is_word(0, "SQL_TSI_DAY") {
                return Err(reader.unexpected("a unit, as `DAY`"));
            }
            let word = reader.unit()?;
            reader.expect_symbol(",")?;
            let arguments = reader.list(|reader| reader.expr().map(plain))?;
            Ok((word, arguments))
        })?;
        call.word = Some(word);
        call.arguments = arguments;
        Ok(())
    }
}

//! Functions whose parentheses have a grammar of their own.

use super::UNITS;
use crate::syntax::call::plain;
use crate::syntax::cursor::Read;
use crate::syntax::reader::Reader;
use crate::syntax::tree::{Call, Cast, ExprKind};

impl Reader<'_> {
    /// `CONVERT(a, type)` and `CONVERT(a USING utf8)`.
    pub(in crate::syntax) fn convert(&mut self, call: &mut Call) -> Read<()> {
        let (value, word) = self.enclosed(|reader| {
            let value = reader.expr()?;
            if reader.eat(&["USING"]) {
                return Ok((value, Some(reader.unit()?)));
            }
            reader.expect_symbol(",")?;
            let first = value.span;
            let to = reader.cast_type()?;
            let cast = Cast { operand: value, to };
            Ok((reader.node(first, ExprKind::Cast(Box::new(cast))), None))
        })?;
        call.word = word;
        call.arguments = vec![plain(value)];
        Ok(())
    }

    /// `CHAR(77, 121 USING utf8mb4)`.
    pub(in crate::syntax) fn char(&mut self, call: &mut Call) -> Read<()> {
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

    /// `MATCH (a, b) AGAINST ('text' IN BOOLEAN MODE)`.
    pub(in crate::syntax) fn match_against(&mut self, call: &mut Call) -> Read<()> {
        call.arguments = self.enclosed(|reader| reader.list(|reader| reader.expr().map(plain)))?;
        self.expect(&["AGAINST"])?;
        let text = self.enclosed(|reader| {
            let text = reader.above(reader.grammar.operators.matching + 1)?;
            let _ = reader.eat(&["IN", "BOOLEAN", "MODE"])
                || reader.eat(&["IN", "NATURAL", "LANGUAGE", "MODE"]);
            reader.eat(&["WITH", "QUERY", "EXPANSION"]);
            Ok(text)
        })?;
        call.arguments.push(plain(text));
        Ok(())
    }

    /// `TIMESTAMPDIFF(DAY, a, b)`.
    pub(in crate::syntax) fn of_unit(&mut self, call: &mut Call) -> Read<()> {
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

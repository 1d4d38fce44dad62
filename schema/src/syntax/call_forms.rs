//! Functions whose parentheses have a grammar of their own: `extract(year FROM t)`, `trim(BOTH 'a' FROM t)`.

use super::call::plain;
use super::cursor::Read;
use super::grammar::CallForm;
use super::mysql::UNITS;
use super::reader::Reader;
use super::tree::Call;
use crate::ast::name::Name;

impl Reader<'_> {
    /// Forms with a syntax of their own; the others are read by their arguments.
    pub(super) fn special(&mut self, call: &mut Call) -> Read<bool> {
        let mut forms = self.grammar.calls.forms.iter();
        let found = forms.find(|(name, _)| *name == call.function());
        let Some((_, form)) = found.filter(|_| call.name.len() == 1) else {
            return Ok(false);
        };
        match form {
            CallForm::Extract => self.extract(call)?,
            CallForm::Position => self.position(call)?,
            CallForm::Substring => self.substring(call)?,
            CallForm::Trim => self.trim(call)?,
            CallForm::Convert => self.convert(call)?,
            CallForm::Char => self.char(call)?,
            CallForm::Match => self.match_against(call)?,
            CallForm::OfUnit => self.of_unit(call)?,
        }
        Ok(true)
    }

    /// `position(a IN b)`.
    fn position(&mut self, call: &mut Call) -> Read<()> {
        let above = self.grammar.operators.matching + 1;
        call.arguments = self.enclosed(|reader| {
            let part = plain(reader.above(above)?);
            reader.expect(&["IN"])?;
            Ok(vec![part, plain(reader.expr()?)])
        })?;
        Ok(())
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
                if reader.grammar.calls.extract_of_units && !is_unit {
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
            while reader.grammar.calls.trim_list && reader.eat_symbol(",") {
                arguments.push(plain(reader.expr()?));
            }
            Ok(arguments)
        })?;
        Ok(())
    }
}

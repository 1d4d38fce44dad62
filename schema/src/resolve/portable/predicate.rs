//! Reads the predicates that may follow a value.

use super::{Read, Reader};
use crate::ast::PieceKind;
use crate::dialect::Dialect;
use crate::portable::{IsTest, Operator, Portable};

impl Reader<'_> {
    /// A value, and at most one condition: of two, the dialects disagree about which comes first.
    pub(super) fn predicate(&mut self) -> Read<Portable> {
        let value = self.sum()?;
        if self.eat_word("IS") {
            return self.state(value);
        }
        if self.eat_word("ISNULL") {
            return Ok(is(value, IsTest::Null, false));
        }
        if self.eat_word("NOTNULL") || self.eat_words(&["NOT", "NULL"]) {
            return Ok(is(value, IsTest::Null, true));
        }
        let negated = self.eat_word("NOT");
        if self.eat_word("IN") {
            return self.list(value, negated);
        }
        if self.eat_word("BETWEEN") {
            return self.between(value, negated);
        }
        if self.eat_word("LIKE") || (!negated && self.eat_symbols(&["~", "~"])) {
            return self.like(value, negated);
        }
        if negated {
            return Err(self.stopped());
        }
        if self.eat_symbols(&["!", "~", "~"]) {
            return self.like(value, true);
        }
        self.comparison(value)
    }

    fn state(&mut self, value: Portable) -> Read<Portable> {
        let negated = self.eat_word("NOT");
        let state = if self.eat_word("NULL") {
            IsTest::Null
        } else if self.eat_word("TRUE") {
            IsTest::True
        } else if self.eat_word("FALSE") {
            IsTest::False
        } else {
            return Err(self.stopped());
        };
        Ok(is(value, state, negated))
    }

    fn list(&mut self, value: Portable, negated: bool) -> Read<Portable> {
        self.expect("(")?;
        let list = self.deeper(|reader| reader.values(")"))?;
        Ok(one_of(value, list, negated))
    }

    /// Values up to the closing parenthesis or bracket.
    fn values(&mut self, close: &str) -> Read<Vec<Portable>> {
        let mut list = vec![self.sum()?];
        while self.eat_symbol(",") {
            list.push(self.sum()?);
        }
        self.expect(close)?;
        Ok(list)
    }

    fn between(&mut self, value: Portable, negated: bool) -> Read<Portable> {
        let low = self.sum()?;
        if !self.eat_word("AND") {
            return Err(self.stopped());
        }
        let ends = Box::new((low, self.sum()?));
        Ok(Portable::Between {
            value: Box::new(value),
            ends,
            negated,
        })
    }

    /// SQLite's LIKE makes no difference between `a` and `A`, and the pattern needs to be known for that of others.
    fn like(&mut self, value: Portable, negated: bool) -> Read<Portable> {
        let start = self.at;
        let pattern = constant(self.sum()?).ok_or("a pattern of LIKE that is not a constant")?;
        let folds_case = self.dialect() == Dialect::Sqlite;
        if self.is_word(0, "ESCAPE")
            || (folds_case && pattern.bytes().any(|byte| byte.is_ascii_alphabetic()))
        {
            self.at = start;
            return Err("`LIKE`".to_owned());
        }
        let pattern = if folds_case {
            pattern.replace('\\', "\\\\")
        } else {
            pattern
        };
        Ok(Portable::Like {
            value: Box::new(value),
            pattern,
            negated,
        })
    }

    fn comparison(&mut self, value: Portable) -> Read<Portable> {
        let Some(operator) = self.operator() else {
            return Ok(value);
        };
        let every = self.is_word(0, "ALL");
        if every || self.is_word(0, "ANY") || self.is_word(0, "SOME") {
            self.at += 1;
            return self.array(value, operator, every);
        }
        let other = self.sum()?;
        Ok(Portable::Binary(operator, Box::new(value), Box::new(other)))
    }

    fn operator(&mut self) -> Option<Operator> {
        let signs: [(&[&str], Operator); 8] = [
            (&["=", "="], Operator::Equal),
            (&["="], Operator::Equal),
            (&["<>"], Operator::NotEqual),
            (&["!="], Operator::NotEqual),
            (&["<="], Operator::AtMost),
            (&["<"], Operator::Less),
            (&[">="], Operator::AtLeast),
            (&[">"], Operator::Greater),
        ];
        // `<=>` and `>>` are other operators.
        let (signs, operator) = signs
            .into_iter()
            .find(|(signs, _)| (0..signs.len()).all(|ahead| self.is_symbol(ahead, signs[ahead])))?;
        let behind = self.tokens.get(self.at + signs.len())?;
        let is_longer =
            behind.kind == PieceKind::Symbol && !matches!(behind.text.as_str(), "(" | "-" | "+");
        if is_longer {
            return None;
        }
        self.at += signs.len();
        Some(operator)
    }

    /// `= ANY (ARRAY[…])` as PostgreSQL prints `IN (…)`, and `<> ALL (ARRAY[…])`.
    fn array(&mut self, value: Portable, operator: Operator, every: bool) -> Read<Portable> {
        let negated = every && operator == Operator::NotEqual;
        if !negated && (every || operator != Operator::Equal) {
            return Err("a comparison with an array".to_owned());
        }
        let mut open = 0;
        while self.eat_symbol("(") {
            open += 1;
        }
        if open == 0 || !self.eat_word("ARRAY") {
            return Err("a comparison with an array".to_owned());
        }
        self.expect("[")?;
        let list = self.deeper(|reader| reader.values("]"))?;
        for _ in 0..open {
            while self.eat_symbol("::") {
                self.cast_type()?;
            }
            self.expect(")")?;
        }
        Ok(one_of(value, list, negated))
    }
}

/// A text, with or without a cast.
fn constant(value: Portable) -> Option<String> {
    if let Portable::Text(text) = value {
        Some(text)
    } else if let Portable::Cast(inner, _) = value {
        constant(*inner)
    } else {
        None
    }
}

fn is(value: Portable, state: IsTest, negated: bool) -> Portable {
    Portable::Is {
        value: Box::new(value),
        state,
        negated,
    }
}

fn one_of(value: Portable, list: Vec<Portable>, negated: bool) -> Portable {
    Portable::In {
        value: Box::new(value),
        list,
        negated,
    }
}

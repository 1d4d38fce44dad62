//! Operands: variables and intervals.

use crate::syntax::cursor::Read;
use crate::syntax::reader::Reader;
use crate::syntax::tree::{Expr, ExprKind};

/// Units of time.
pub(in crate::syntax) const UNITS: &[&str] = &[
    "MICROSECOND",
    "SECOND",
    "MINUTE",
    "HOUR",
    "DAY",
    "WEEK",
    "MONTH",
    "QUARTER",
    "YEAR",
    "SECOND_MICROSECOND",
    "MINUTE_MICROSECOND",
    "MINUTE_SECOND",
    "HOUR_MICROSECOND",
    "HOUR_SECOND",
    "HOUR_MINUTE",
    "DAY_MICROSECOND",
    "DAY_SECOND",
    "DAY_MINUTE",
    "DAY_HOUR",
    "YEAR_MONTH",
];

impl Reader<'_> {
    /// `@name`, `@@session.name`, and `@name := value`.
    pub(in crate::syntax) fn variable(&mut self) -> Read<Expr> {
        let first = self.here();
        self.advance(1);
        self.eat_symbol("@");
        self.name_behind_point("a variable's name")?;
        while self.eat_symbol(".") {
            self.name_behind_point("a variable's name")?;
        }
        let variable = self.node(first, ExprKind::Variable);
        if let Some((":=", tokens)) = self.symbols() {
            self.advance(tokens);
            return self.expr();
        }
        Ok(variable)
    }

    /// `INTERVAL 1 DAY`, rather than the function `INTERVAL(1, 2)`.
    pub(in crate::syntax) fn is_interval(&self) -> bool {
        if !self.is_symbol(1, "(") {
            return true;
        }
        let mut depth = 0_usize;
        let mut ahead = 1;
        while let Some(token) = self.token(ahead) {
            match self.raw(token) {
                "(" => depth += 1,
                ")" if depth <= 1 => break,
                ")" => depth -= 1,
                "," if depth == 1 => return false,
                _ => {}
            }
            ahead += 1;
        }
        true
    }

    pub(in crate::syntax) fn interval(&mut self) -> Read<Expr> {
        let first = self.here();
        self.advance(1);
        let count = self.expr()?;
        if !self.is_any_word(0, UNITS) {
            return Err(self.unexpected("a unit, as `DAY`"));
        }
        let unit = self.unit()?;
        Ok(self.node(first, ExprKind::Interval(Box::new(count), unit)))
    }
}

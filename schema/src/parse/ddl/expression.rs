//! Expressions among the tokens of a statement: where they end.

use crate::ast::Expression;
use crate::diagnostic::Diagnostic;
use crate::syntax::{Cursor, Problem, Read};

impl Cursor<'_> {
    /// Skips one token, or everything up to the matching parenthesis or bracket (`ARRAY['a', 'b']`).
    pub(crate) fn skip_one(&mut self) -> Read<()> {
        if self.is_symbol(0, "(") {
            return self.parenthesized().map(drop);
        }
        if self.is_symbol(0, "[") {
            return self.enclosed("[", "]").map(drop);
        }
        self.advance(1);
        Ok(())
    }

    /// Reads the text between the parenthesis here and the one that closes it.
    pub(crate) fn parenthesized(&mut self) -> Read<Expression> {
        self.enclosed("(", ")")
    }

    /// Reads the text between the character here and the one that closes it.
    fn enclosed(&mut self, opens: &str, closes: &str) -> Read<Expression> {
        let open = self.clone();
        self.expect_symbol(opens)?;
        let first = self.at;
        let mut depth = 0_usize;
        while !self.at_end() {
            if self.is_symbol(0, closes) {
                if depth == 0 {
                    let expression = self.expression(first);
                    self.advance(1);
                    return Ok(expression);
                }
                depth -= 1;
            } else if self.is_symbol(0, opens) {
                depth += 1;
            }
            self.advance(1);
        }
        Err(self.unclosed(&open))
    }

    /// The problem of a parenthesis that nothing closes.
    pub(crate) fn unclosed(&self, open: &Self) -> Problem {
        let span = if open.at_end() {
            self.here()
        } else {
            open.here()
        };
        let (what, closes) = if open.is_symbol(0, "[") {
            ("bracket", "]")
        } else {
            ("parenthesis", ")")
        };
        let message = format!("cannot read this `{}`: a {what} is never closed", self.kind);
        Box::new(
            Diagnostic::error("B0008", message)
                .at(span, "opened here")
                .help(format!(
                    "close it with `{closes}` before the statement's end"
                )),
        )
    }

    /// Everything up to a comma or closing parenthesis of this level, or where `stops` returns true (never at the first
    /// token).
    pub(crate) fn expression_until(&mut self, stops: impl Fn(&Self) -> bool) -> Read<Expression> {
        let first = self.at;
        while !self.at_end() && !self.is_symbol(0, ",") && !self.is_symbol(0, ")") {
            if self.at > first && stops(self) {
                break;
            }
            self.skip_one()?;
        }
        if self.at == first {
            Err(self.unexpected("a value"))
        } else {
            Ok(self.expression(first))
        }
    }

    /// The tokens from `first` up to here as an expression.
    pub(crate) fn expression(&self, first: usize) -> Expression {
        let span = if self.at > first {
            self.span_from(first)
        } else {
            self.here()
        };
        let sql = self.written(first);
        Expression { sql, span }
    }
}

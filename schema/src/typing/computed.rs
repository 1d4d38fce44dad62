//! Operators of SQLite and MySQL that compute.

use super::checker::Checker;
use super::findings;
use super::grammar::Grammar;
use super::literal::plain_text;
use super::mysql::Construct;
use super::value::{Constant, Ty, Value};
use crate::column_type::ColumnType;
use crate::source::Span;

impl Checker<'_> {
    /// An operator of SQLite and MySQL that computes.
    pub(super) fn computed(
        &mut self,
        grammar: &Grammar,
        (left, operator, right): (&Value, &str, &Value),
        span: Span,
    ) -> Value {
        let nullable = left.nullable || right.nullable;
        if matches!(operator, "->" | "->>") {
            self.of_product(Construct::PartOfDocument(operator), span);
        }
        match operator {
            "||" => {
                let text = self.text_type();
                self.demand_type(left, &text, None, span);
                self.demand_type(right, &text, None, span);
                Value::new(text, nullable, span)
            }
            "->" => Value::new(Ty::Of(grammar.element.clone()), true, span),
            "->>" => Value::new(Ty::Of(grammar.element_value.clone()), true, span),
            "&" | "|" | "<<" | ">>" | "^" => {
                self.demand_type(left, &Ty::Of(ColumnType::I64), None, span);
                self.demand_type(right, &Ty::Of(ColumnType::I64), None, span);
                Value::new(Ty::Of(grammar.bits.clone()), nullable, span)
            }
            _ => self.arithmetic(grammar, (left, operator, right), span),
        }
    }

    /// A constant text that is no number is none to compute with either: the databases take it for 0, and refuse to write that.
    pub(super) fn check_operands(
        &mut self,
        operator: &str,
        left: &Value,
        right: &Value,
        span: Span,
    ) {
        let is_wrong = |value: &&Value| {
            let text = plain_text(self.text_at(value.span));
            let is_text = value.constant == Constant::Text && value.cell.is_none();
            is_text && text.is_some_and(|text| text.trim().parse::<f64>().is_err())
        };
        if [left, right].iter().any(is_wrong) {
            let (one, other) = (self.shown(left), self.shown(right));
            self.report(findings::no_such_operator(
                operator,
                Some(&one),
                &other,
                span,
            ));
        }
    }
}

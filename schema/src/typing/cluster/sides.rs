//! The sides of equalities: keys, and values that are known before any row is read.

use super::flow::Flow;
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, In, InList, Node, Parameter, walk_from};
use crate::typing::postgres::{Volatility, volatility};

/// A value that is the same in all rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fixed {
    Parameter(Parameter),
    /// `?`, by its place.
    At(Span),
    /// An expression without columns, as it is written.
    Text(String),
}

/// One side of an equality.
pub(super) enum Side {
    /// A key, and the number of queries around the one whose table it is of.
    Key(Span, usize),
    Fixed(Fixed),
}

impl Flow<'_> {
    /// The key or the value that an expression is.
    pub(super) fn side(&self, expr: &Expr) -> Option<Side> {
        if let ExprKind::Column(_) = &expr.kind {
            let noted = self.notes.columns.get(&expr.span)?;
            let key = noted.key?;
            self.table(key)?;
            let key = if self.opaque.contains(&key) {
                made(key)
            } else {
                key
            };
            return Some(Side::Key(key, noted.depth));
        }
        self.fixed(expr).map(Side::Fixed)
    }

    /// The value of an expression that has one before any row is read.
    fn fixed(&self, expr: &Expr) -> Option<Fixed> {
        match &expr.without_casts().kind {
            ExprKind::Parameter(Parameter::Next) => return Some(Fixed::At(expr.span)),
            ExprKind::Parameter(parameter) => return Some(Fixed::Parameter(parameter.clone())),
            _ => {}
        }
        let mut is_fixed = true;
        walk_from(Node::Expr(expr), |node| {
            is_fixed &= match node {
                Node::Expr(expr) => match &expr.kind {
                    ExprKind::Column(_) | ExprKind::Variable | ExprKind::Null => false,
                    ExprKind::Parameter(parameter) => *parameter != Parameter::Next,
                    ExprKind::Call(call) => {
                        volatility(call.function()) == Some(Volatility::Immutable)
                    }
                    _ => true,
                },
                _ => false,
            };
        });
        let written = &self.text[expr.span.start as usize..expr.span.end as usize];
        let written = written.split_whitespace().collect();
        is_fixed.then_some(Fixed::Text(written))
    }
}

/// The column of rows that are made before, which no server has by the key that it was.
pub(super) fn made(key: Span) -> Span {
    Span {
        start: key.end,
        end: key.start,
        ..key
    }
}

/// The pairs of values that a condition says to be equal.
pub(super) fn equalities(condition: &Expr) -> Vec<(&Expr, &Expr)> {
    match &condition.kind {
        ExprKind::Chain(chain) => match chain.rest.as_slice() {
            [(operator, right)] if operator.text == "=" => pairs(&chain.first, right),
            _ => Vec::new(),
        },
        ExprKind::In(list) if !list.negated => match one_of(list) {
            Some(value) => pairs(&list.operand, value),
            None => Vec::new(),
        },
        ExprKind::Quantified(one) if !one.all && one.operator.text == "=" => {
            match &one.of.without_casts().kind {
                ExprKind::Array(values) => match values.as_slice() {
                    [value] => pairs(&one.operand, value),
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// The value of a list of one.
fn one_of(list: &In) -> Option<&Expr> {
    match &list.list {
        InList::Values(values) => match values.as_slice() {
            [value] => Some(value),
            _ => None,
        },
        InList::Query(_) | InList::Table(_) | InList::Parameter(..) => None,
    }
}

fn pairs<'e>(left: &'e Expr, right: &'e Expr) -> Vec<(&'e Expr, &'e Expr)> {
    match (&left.kind, &right.kind) {
        (ExprKind::Row(left), ExprKind::Row(right)) => left.iter().zip(right).collect(),
        _ => vec![(left, right)],
    }
}

//! Puts an expression of one dialect into words that all have. Where there is none it says what stands in the way.

mod call;
mod cast;
mod condition;

use crate::ast::Name;
use crate::dialect::Dialect;
use crate::draft::DraftTable;
use crate::lower::column_index;
use crate::portable::{Operator, Portable};
use crate::resolve::facts::Facts;
use crate::source::Span;
use crate::syntax::{self, Chain, Expr, ExprKind, Text, has_more_words, shown_at};

/// Parts of parts so deep at most.
const DEEPEST: usize = 48;
/// Operands of one sum or product at most; AND and OR have no such limit.
const LONGEST: usize = 48;

/// The expression, or the construct that has no equivalent elsewhere.
type Carried = Result<Portable, String>;

/// Puts the expressions of a table into such words.
pub(super) struct Carrier<'a> {
    table: &'a DraftTable,
    /// The current time may stand in it.
    is_default: bool,
    text: &'a Text<'a>,
}

/// The meaning of a text that is an expression of a table, or what no other database has.
pub(super) fn portable(sql: &str, table: &DraftTable, is_default: bool) -> Carried {
    let found = syntax::look_at_expression(sql, table.dialect, |text, expr| {
        let carrier = Carrier {
            table,
            is_default,
            text,
        };
        carrier.of(expr, 0)
    });
    found.unwrap_or_else(|problem| {
        let at = problem.labels.first().map_or(0, |label| label.span.start);
        Err(shown_at(sql, table.dialect, at))
    })
}

impl Carrier<'_> {
    fn dialect(&self) -> Dialect {
        self.table.dialect
    }

    fn text_at(&self, span: Span) -> &str {
        self.text.at(span.start, span.end)
    }

    fn stopped(&self, at: u32) -> String {
        shown_at(self.text.text, self.dialect(), at)
    }

    fn of(&self, expr: &Expr, depth: usize) -> Carried {
        if depth > DEEPEST {
            return Err("an expression that is nested this deep".to_owned());
        }
        if has_more_words(self.text, expr) && !is_field(expr) {
            return Err(self.stopped(expr.span.start));
        }
        let inner = depth + 1;
        match &expr.kind {
            ExprKind::Null => Ok(Portable::Null),
            ExprKind::Bool(value) => Ok(Portable::Bool(*value)),
            ExprKind::Number(number) if is_decimal(number) => Ok(Portable::Number(number.clone())),
            ExprKind::Text(text) => Ok(Portable::Text(text.clone())),
            ExprKind::Column(names) => self.column(names, expr.span),
            ExprKind::Chain(chain) => self.chain(chain, inner),
            ExprKind::Prefix(operator, operand) => match operator.text.as_str() {
                "not" => Ok(Portable::Not(Box::new(self.of(operand, inner)?))),
                "-" => Ok(Portable::Negative(Box::new(self.of(operand, inner)?))),
                "+" => self.of(operand, inner),
                other => Err(format!("the operator `{other}`")),
            },
            ExprKind::Is(is) => self.is(is, inner),
            ExprKind::Between(between) => self.between(between, inner),
            ExprKind::In(list) => self.in_list(list, inner),
            ExprKind::Match(matching) => self.matching(matching, inner),
            ExprKind::Quantified(quantified) => self.quantified(quantified, inner),
            ExprKind::Cast(cast) => self.cast(cast, inner),
            ExprKind::Typed(of, text) => self.typed(of, text, expr.span),
            ExprKind::AtZone(value, zone) => self.in_utc(value, zone.as_deref(), inner),
            ExprKind::Call(call) => self.call(call, expr.span, inner),
            ExprKind::Collate(..) => Err("`COLLATE`".to_owned()),
            ExprKind::Subscript(_) => Err("the operator `[`".to_owned()),
            ExprKind::Query(_) | ExprKind::ArrayOf(_) => Err("a query".to_owned()),
            ExprKind::Number(_)
            | ExprKind::Bytes
            | ExprKind::Bits
            | ExprKind::Default
            | ExprKind::Variable
            | ExprKind::Parameter(_)
            | ExprKind::Exists(_)
            | ExprKind::Array(_)
            | ExprKind::Row(_)
            | ExprKind::Field(..)
            | ExprKind::Case(_)
            | ExprKind::Interval(..) => Err(self.stopped(expr.span.start)),
        }
    }

    fn all(&self, values: &[Expr], depth: usize) -> Result<Vec<Portable>, String> {
        values.iter().map(|value| self.of(value, depth)).collect()
    }

    /// A column, with or without its table's name.
    fn column(&self, names: &[Name], span: Span) -> Carried {
        let table = self.table;
        let Some(name) = names.last() else {
            return Err(self.stopped(span.start));
        };
        let found = column_index(&table.columns, &name.text, table.dialect);
        let words_are_texts = Facts::of(table.dialect).defaults.words_are_texts;
        let is_text = words_are_texts && self.text_at(name.span).starts_with('"');
        match found {
            Some(index) => Ok(Portable::Column(table.columns[index].name.text.clone())),
            None if is_text => Ok(Portable::Text(name.text.clone())),
            None => Err(self.stopped(name.span.start)),
        }
    }

    fn chain(&self, chain: &Chain, depth: usize) -> Carried {
        let operators = || {
            chain
                .rest
                .iter()
                .map(|(operator, _)| operator.text.as_str())
        };
        let facts = &Facts::of(self.dialect()).portable;
        let is_or = |operator: &str| facts.or.contains(&operator);
        let is_and = |operator: &str| facts.and.contains(&operator);
        if operators().all(is_or) {
            return self.operands(chain, depth).map(Portable::Any);
        }
        if operators().all(is_and) {
            return self.operands(chain, depth).map(Portable::All);
        }
        if operators().all(|operator| operator == "||") {
            return self.operands(chain, depth).map(Portable::Concat);
        }
        if let [(operator, right)] = chain.rest.as_slice()
            && let Some(found) = self.comparison(&chain.first, operator, right, depth)
        {
            return found;
        }
        self.computed(chain, depth)
    }

    fn operands(&self, chain: &Chain, depth: usize) -> Result<Vec<Portable>, String> {
        let rest = chain.rest.iter().map(|(_, operand)| operand);
        let all = std::iter::once(&chain.first).chain(rest);
        all.map(|operand| self.of(operand, depth)).collect()
    }

    /// A sum or a product, from the left.
    fn computed(&self, chain: &Chain, depth: usize) -> Carried {
        let mut found = self.of(&chain.first, depth)?;
        if chain.rest.len() > LONGEST {
            let kind = if chain.rest[0].0.text == "*" {
                "product"
            } else {
                "sum"
            };
            return Err(format!("a {kind} this long"));
        }
        for (operator, right) in &chain.rest {
            let operator = match operator.text.as_str() {
                "+" => Operator::Plus,
                "-" => Operator::Minus,
                "*" => Operator::Times,
                _ => return Err(format!("the operator `{}`", self.text_at(operator.span))),
            };
            let right = self.of(right, depth)?;
            found = Portable::Binary(operator, Box::new(found), Box::new(right));
        }
        Ok(found)
    }
}

/// `EXTRACT(field FROM value)`, whose words its tree has.
fn is_field(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call(call) if call.word.is_some())
}

/// Digits with a point and an exponent: what every database reads alike.
fn is_decimal(number: &str) -> bool {
    number
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
}

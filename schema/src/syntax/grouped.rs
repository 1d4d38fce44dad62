//! Expressions with all of their grouping written: parentheses around each part that is made of parts, and nowhere else. Two texts
//! that a dialect reads as one tree have one such text, but for the case of their words.
//!
//! Queries within an expression are written as they stand.

use super::text::Text;
use super::tree::{Expr, ExprKind};
use crate::sorting::sort_by_key;
use crate::source::Span;
use bindery_core::statements::lex::Token;

/// The expression with all of its grouping in parentheses, as the tree has it; comments are left out, blanks are one. `text` is the
/// one that it was read from.
pub(crate) fn grouped(text: &Text<'_>, expr: &Expr) -> String {
    let mut writer = Writer {
        text,
        written: String::new(),
        last: None,
    };
    writer.expr(expr);
    writer.written
}

struct Writer<'a> {
    text: &'a Text<'a>,
    written: String,
    /// The end of the last token that was written.
    last: Option<u32>,
}

impl Writer<'_> {
    /// Writes an expression without parentheses of its own. How deep it nests is bounded by its reader.
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Chain(chain) = &expr.kind {
            // From the left: the parts up to here are one operand of the next operator.
            for _ in 1..chain.rest.len() {
                self.sign("(");
            }
            self.part(&chain.first, true);
            for (at, (operator, right)) in chain.rest.iter().enumerate() {
                self.tokens(operator.span);
                self.part(right, true);
                if at + 1 < chain.rest.len() {
                    self.sign(")");
                }
            }
            return;
        }
        let inner = self.without_parentheses(expr);
        let mut children = expr.children();
        sort_by_key(&mut children, |child| child.span.start);
        let mut at = inner.start;
        for child in children {
            self.tokens(Span {
                start: at,
                end: child.span.start,
                ..inner
            });
            self.part(child, !is_enclosed(expr));
            at = child.span.end;
        }
        self.tokens(Span { start: at, ..inner });
    }

    /// Writes a part, in parentheses where it is made of parts.
    fn part(&mut self, part: &Expr, groups: bool) {
        if groups && (is_made_of_parts(part) || self.is_row_of_field(part)) {
            self.sign("(");
            self.expr(part);
            self.sign(")");
        } else {
            self.expr(part);
        }
    }

    /// `(row).field`, which is no column of a table.
    fn is_row_of_field(&self, part: &Expr) -> bool {
        let begins = self.tokens_in(part.span).first();
        let tokens = self.text.tokens;
        let behind = tokens.partition_point(|token| token.start < part.span.end);
        let is =
            |token: Option<&Token>, sign: &str| token.is_some_and(|one| self.raw(*one) == sign);
        is(tokens.get(behind), ".") && is(begins, "(")
    }

    /// The place of an expression within the parentheses that only group it.
    fn without_parentheses(&self, expr: &Expr) -> Span {
        let mut span = expr.span;
        // Those parentheses are their own.
        if matches!(expr.kind, ExprKind::Query(_) | ExprKind::Row(_)) {
            return span;
        }
        let starts = expr.children().into_iter().map(|child| child.span.start);
        let first_child = starts.min().unwrap_or(span.end);
        while let [first, next, .., before, last] | [first, next @ before, last] =
            self.tokens_in(span)
        {
            let groups = self.raw(*first) == "(" && self.raw(*last) == ")";
            if !groups || first_child <= first.start {
                break;
            }
            (span.start, span.end) = (next.start, before.end);
        }
        span
    }

    fn tokens_in(&self, span: Span) -> &[Token] {
        let tokens = self.text.tokens;
        let first = tokens.partition_point(|token| token.start < span.start);
        let end = tokens.partition_point(|token| token.end <= span.end);
        &tokens[first..end.max(first)]
    }

    fn raw(&self, token: Token) -> &str {
        &self.text.text[token.start as usize..token.end as usize]
    }

    /// Writes the tokens of a range. Those that stood apart are one blank apart.
    fn tokens(&mut self, span: Span) {
        for token in self.tokens_in(span).to_vec() {
            let raw = self.raw(token).to_owned();
            let is_apart = self.last.is_none_or(|last| last != token.start);
            let glues = self.written.ends_with(char::is_alphanumeric)
                && raw.starts_with(char::is_alphanumeric);
            if (is_apart || glues) && !self.written.is_empty() && !self.written.ends_with('(') {
                self.written.push(' ');
            }
            self.written.push_str(&raw);
            self.last = Some(token.end);
        }
    }

    /// Writes a parenthesis that groups.
    fn sign(&mut self, sign: &str) {
        if sign == "(" && !self.written.is_empty() && !self.written.ends_with('(') {
            self.written.push(' ');
        }
        self.written.push_str(sign);
        self.last = None;
    }
}

/// Whether each part stands between commas or words of its own.
fn is_enclosed(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Call(_) | ExprKind::Array(_) | ExprKind::Row(_) | ExprKind::Case(_)
    )
}

fn is_made_of_parts(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Chain(_)
        | ExprKind::Prefix(..)
        | ExprKind::Is(_)
        | ExprKind::Between(_)
        | ExprKind::In(_)
        | ExprKind::Match(_)
        | ExprKind::Quantified(_)
        | ExprKind::Subscript(_)
        | ExprKind::Field(..)
        | ExprKind::Cast(_)
        | ExprKind::Collate(..)
        | ExprKind::AtZone(..) => true,
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Text(_)
        | ExprKind::Bytes
        | ExprKind::Bits
        | ExprKind::Default
        | ExprKind::Column(_)
        | ExprKind::Variable
        | ExprKind::Parameter(_)
        | ExprKind::Exists(_)
        | ExprKind::Query(_)
        | ExprKind::Array(_)
        | ExprKind::ArrayOf(_)
        | ExprKind::Row(_)
        | ExprKind::Case(_)
        | ExprKind::Call(_)
        | ExprKind::Typed(..)
        | ExprKind::Interval(..) => false,
    }
}

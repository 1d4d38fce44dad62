//! Stretches of a text that a tree keeps as they are written: words that mean nothing but themselves.

use super::form::Form;
use super::pieces::pieces;
use crate::lists::IntoVec as _;
use crate::sorting::sort_by_key;
use crate::source::Span;
use crate::syntax::Expr;

impl Form<'_> {
    /// The words and signs of a place, in one form.
    pub(super) fn written(&self, span: Span) -> String {
        self.words(span.start, span.end).join(" ")
    }

    pub(super) fn words(&self, start: u32, end: u32) -> Vec<String> {
        let dialect = self.text.dialect;
        let pieces = pieces(self.text.at(start, end), dialect);
        pieces.iter().map(|piece| piece.form(dialect)).into_vec()
    }

    /// The same with the parts that the tree has of it in their own forms.
    pub(super) fn with_parts<'e>(
        &self,
        span: Span,
        parts: impl IntoIterator<Item = &'e Expr>,
    ) -> Vec<String> {
        let mut parts: Vec<&Expr> = parts.into_iter().into_vec();
        sort_by_key(&mut parts, |part| part.span.start);
        let (mut words, mut at) = (Vec::new(), span.start);
        for part in parts {
            words.extend(self.words(at, part.span.start));
            words.push(self.of(part));
            at = part.span.end;
        }
        words.extend(self.words(at, span.end));
        words
    }

    /// An expression that has words which its tree does not have, without parentheses that only group it.
    pub(super) fn by_words(&self, expr: &Expr) -> String {
        let words = self.with_parts(expr.span, expr.children());
        let mut words = words.as_slice();
        while let [first, inner @ .., last] = words {
            if first != "(" || last != ")" {
                break;
            }
            words = inner;
        }
        words.join(" ")
    }
}

//! Words of an expression that its tree does not have.

use crate::lists::IntoVec as _;
use bindery_core::statements::lex::TokenKind;

use super::text::Text;
use super::tree::{Expr, ExprKind};
use crate::source::Span;

/// The words of a call's clauses, all of which its tree has.
const OF_CLAUSES: &str = "all and asc between by current desc distinct exclude filter first following group groups last no nulls \
    order others over partition preceding range row rows separator ties unbounded using variadic where within";

/// Whether words stand in the expression itself that its tree does not have: `TRIM(LEADING …)`, `INTERVAL '1' DAY`, `USING utf8`. Two
/// such expressions may differ though their trees do not.
pub(crate) fn has_more_words(text: &Text<'_>, expr: &Expr) -> bool {
    let mut parts: Vec<Span> = expr.children().iter().map(|part| part.span).into_vec();
    let (from, clauses) = match &expr.kind {
        ExprKind::Call(call) if call.bare => return false,
        ExprKind::Call(call) => {
            let names = call.arguments.iter().filter_map(|one| one.name.as_ref());
            let window = call.over.iter().filter_map(|over| over.name.as_ref());
            parts.extend(names.chain(window).map(|name| name.span));
            let name = call.name.last().map_or(expr.span, |name| name.span);
            (name.end, OF_CLAUSES)
        }
        ExprKind::Typed(of, _) => (of.span.end, ""),
        ExprKind::Cast(cast) => (cast.to.span.end, ""),
        _ => return false,
    };
    let mut own = text.tokens.iter().filter(|token| {
        let is_here = token.start >= from && token.end <= expr.span.end;
        let is_in = |part: &Span| part.start <= token.start && token.end <= part.end;
        is_here && token.kind == TokenKind::Word && !parts.iter().any(is_in)
    });
    own.any(|token| {
        let word = text.at(token.start, token.end);
        let mut clauses = clauses.split(' ');
        !clauses.any(|known| known.eq_ignore_ascii_case(word))
    })
}

//! The text that PostgreSQL makes of its own: where it is not the one that it was given.

use crate::lists::IntoVec as _;
use crate::sorting::sort_by_key;
use std::ops::Range;

use bindery_core::dialect::Dialect;

use crate::syntax::{Expr, ExprKind, Node, look_at_expression, walk_from};

/// The expression as PostgreSQL writes it from the second time on. What it has printed as the cast of an array, `ARRAY['a'::varchar]::text[]`,
/// it reads as an array of casts, and prints `ARRAY['a'::varchar::text]`.
///
/// ```
/// use bindery_schema::diff::settled_expression;
///
/// let printed = "kind::text = ANY (ARRAY['a'::character varying, 'b'::character varying]::text[])";
/// let settled = "kind::text = ANY (ARRAY['a'::character varying::text, 'b'::character varying::text])";
/// assert_eq!(settled_expression(printed), settled);
/// assert_eq!(settled_expression(settled), settled);
/// assert_eq!(settled_expression("ARRAY[]::text[]"), "ARRAY[]::text[]");
/// ```
pub fn settled_expression(sql: &str) -> String {
    let edits = look_at_expression(sql, Dialect::Postgres, |_, expr| {
        let mut edits = Vec::new();
        walk_from(Node::Expr(expr), |node| {
            if let Node::Expr(expr) = node {
                edits.extend(cast_of_array(sql, expr).into_iter().flatten());
            }
        });
        edits
    });
    let mut edits = edits.unwrap_or_default();
    sort_by_key(&mut edits, |(place, _)| place.start);
    let mut settled = sql.to_owned();
    for (place, text) in edits.into_iter().rev() {
        settled.replace_range(place, &text);
    }
    settled
}

/// The places of the cast and of the ends of its elements, each with what stands there then.
fn cast_of_array(sql: &str, expr: &Expr) -> Option<Vec<(Range<usize>, String)>> {
    let ExprKind::Cast(cast) = &expr.kind else {
        return None;
    };
    let ExprKind::Array(values) = &cast.operand.kind else {
        return None;
    };
    let is_plain = |one: &Expr| matches!(one.kind, ExprKind::Cast(_) | ExprKind::Text(_));
    let behind = cast.operand.span.end as usize..expr.span.end as usize;
    let of_element = sql[behind.clone()].strip_suffix("[]")?;
    // An empty array has its type by the cast alone.
    if values.is_empty() || !of_element.starts_with("::") || !values.iter().all(is_plain) {
        return None;
    }
    let ends = values.iter().map(|one| one.span.end as usize);
    let ends = ends.map(|end| (end..end, of_element.to_owned()));
    Some(ends.chain([(behind, String::new())]).into_vec())
}

//! Which values become which: `find_coercion_pathway` and `can_coerce_type` of the server's `parse_coerce.c`.

use super::catalog::cast;
use super::polymorphic;
use super::types::{Category, PgType};

/// What makes a value another type: each allows what those before it do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Context {
    /// An argument of a function or operator, a branch of CASE.
    Implicit,
    /// The value of a column that is written.
    Assignment,
    /// `::type`, `CAST`.
    Explicit,
}

/// How a value becomes another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pathway {
    /// It stays as it is stored.
    Relabel,
    /// By a function of the server.
    Function,
    /// Each element of an array by itself.
    Elements,
    /// Through its text form.
    Text,
}

/// Returns whether a value of one type may become the other: also whether a function's arguments of that type do.
pub(crate) fn can_cast(from: PgType, to: PgType, context: Context) -> bool {
    can_coerce(&[from], &[to], context)
}

/// Returns whether each value becomes the type of its place, and polymorphic ones go together.
pub(super) fn can_coerce(from: &[PgType], to: &[PgType], context: Context) -> bool {
    let one = |(from, to): (&PgType, &PgType)| {
        *to == PgType::ANY
            || *from == PgType::UNKNOWN
            || polymorphic::is_polymorphic(*to)
            || pathway(*from, *to, context).is_some()
    };
    from.iter().zip(to).all(one)
        && (!to.iter().any(|to| polymorphic::is_polymorphic(*to))
            || polymorphic::go_together(from, to))
}

pub(super) fn pathway(from: PgType, to: PgType, context: Context) -> Option<Pathway> {
    if from == to {
        return Some(Pathway::Relabel);
    }
    if let Some(cast) = cast(from, to) {
        let way = if cast.is_relabel {
            Pathway::Relabel
        } else if cast.is_text {
            Pathway::Text
        } else {
            Pathway::Function
        };
        return (context >= cast.context).then_some(way);
    }
    by_elements(from, to, context).or_else(|| by_text(from, to, context))
}

fn by_elements(from: PgType, to: PgType, context: Context) -> Option<Pathway> {
    if to == PgType::INT2VECTOR || to == PgType::OIDVECTOR {
        return None;
    }
    pathway(from.element()?, to.element()?, context).map(|_| Pathway::Elements)
}

/// Every type has a text form, to which and from which it may be cast.
fn by_text(from: PgType, to: PgType, context: Context) -> Option<Pathway> {
    let is_text = |one: PgType| one.category() == Category::String;
    let is_way = context >= Context::Assignment && is_text(to)
        || context >= Context::Explicit && is_text(from);
    is_way.then_some(Pathway::Text)
}

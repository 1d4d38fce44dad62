//! Which values become which: `find_coercion_pathway` and `can_coerce_type` of the server's `parse_coerce.c`.

use super::catalog::{Cast, casts};
use super::polymorphic;
use super::types::{Category, PgType};
use crate::lists::IntoVec as _;

/// The reason why a value becomes another type: each allows what those before it do.
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
    let sources: Vec<_> = from.iter().copied().map(Source::new).into_vec();
    can_all_coerce(&sources, from, to, context)
}

/// The same for sources that are coerced to many types.
pub(super) fn can_all_coerce(
    sources: &[Source],
    from: &[PgType],
    to: &[PgType],
    context: Context,
) -> bool {
    sources
        .iter()
        .zip(to)
        .all(|(source, to)| source.becomes(*to, context))
        && (!to.iter().any(|to| polymorphic::is_polymorphic(*to))
            || polymorphic::go_together(from, to))
}

/// A type with all that it becomes.
pub(super) struct Source {
    from: PgType,
    casts: &'static [(PgType, Cast)],
    element: Option<PgType>,
}

impl Source {
    pub(super) fn new(from: PgType) -> Self {
        Self {
            from,
            casts: casts(from),
            element: from.element(),
        }
    }

    fn becomes(&self, to: PgType, context: Context) -> bool {
        self.from == PgType::UNKNOWN
            || self.from == to
            || to == PgType::ANY
            || polymorphic::is_polymorphic(to)
            || self.pathway(to, context).is_some()
    }

    fn pathway(&self, to: PgType, context: Context) -> Option<Pathway> {
        if self.from == to {
            return Some(Pathway::Relabel);
        }
        if let Some((_, cast)) = self.casts.iter().find(|(target, _)| *target == to) {
            let way = if cast.is_relabel {
                Pathway::Relabel
            } else if cast.is_text {
                Pathway::Text
            } else {
                Pathway::Function
            };
            return (context >= cast.context).then_some(way);
        }
        let elements = self
            .element
            .and_then(|element| by_elements(element, to, context));
        elements.or_else(|| by_text(self.from, to, context))
    }
}

pub(super) fn pathway(from: PgType, to: PgType, context: Context) -> Option<Pathway> {
    Source::new(from).pathway(to, context)
}

fn by_elements(element: PgType, to: PgType, context: Context) -> Option<Pathway> {
    if to == PgType::INT2VECTOR || to == PgType::OIDVECTOR {
        return None;
    }
    pathway(element, to.element()?, context).map(|_| Pathway::Elements)
}

/// Every type has a text form, to which and from which it may be cast.
fn by_text(from: PgType, to: PgType, context: Context) -> Option<Pathway> {
    let is_text = |one: PgType| one.category() == Category::String;
    let is_way = context >= Context::Assignment && is_text(to)
        || context >= Context::Explicit && is_text(from);
    is_way.then_some(Pathway::Text)
}

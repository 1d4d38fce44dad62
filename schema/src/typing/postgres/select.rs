//! The choice among overloads that take the arguments of a call: `func_select_candidate` of the server's `parse_func.c`,
//! sections 10.2 and 10.3 of the manual, step by step.

use super::coercion::{Context, Source, can_all_coerce, can_coerce};
use super::types::{Category, PgType};
use crate::lists::IntoVec as _;

/// A function or operator that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The types of the places that the call fills, in its order.
    pub(super) arguments: Vec<PgType>,
    /// Which one it is; `None`: several take exactly these, none before the others.
    pub(super) index: Option<usize>,
}

/// The outcome of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    One(usize),
    None,
    Several,
}

/// Chooses among the candidates, none of which has exactly the types of the arguments.
pub(super) fn choose(arguments: &[PgType], mut candidates: Vec<Candidate>) -> Choice {
    let sources: Vec<_> = arguments.iter().copied().map(Source::new).into_vec();
    let takes =
        |it: &Candidate| can_all_coerce(&sources, arguments, &it.arguments, Context::Implicit);
    candidates.retain(takes);
    let steps = [keep_exact, keep_preferred, keep_category];
    for step in steps {
        if candidates.len() < 2 {
            break;
        }
        step(arguments, &mut candidates);
    }
    if candidates.len() > 1 {
        keep_alike(arguments, &mut candidates);
    }
    match candidates.as_slice() {
        [] => Choice::None,
        [one] => one.index.map_or(Choice::Several, Choice::One),
        _ => Choice::Several,
    }
}

/// Keeps those with the most arguments of exactly the type.
fn keep_exact(arguments: &[PgType], candidates: &mut Vec<Candidate>) {
    keep_best(candidates, |candidate| {
        known(arguments, candidate)
            .filter(|(given, taken)| given == taken)
            .count()
    });
}

/// Keeps those that take most arguments exactly or as the preferred type of their category.
fn keep_preferred(arguments: &[PgType], candidates: &mut Vec<Candidate>) {
    keep_best(candidates, |candidate| {
        let is_good = |(given, taken): &(PgType, PgType)| {
            given == taken || taken.is_preferred() && taken.category() == given.category()
        };
        known(arguments, candidate).filter(is_good).count()
    });
}

fn known(arguments: &[PgType], candidate: &Candidate) -> impl Iterator<Item = (PgType, PgType)> {
    let both = arguments
        .iter()
        .copied()
        .zip(candidate.arguments.iter().copied());
    both.filter(|(given, _)| *given != PgType::UNKNOWN)
}

fn keep_best(candidates: &mut Vec<Candidate>, points: impl Fn(&Candidate) -> usize) {
    let best = candidates.iter().map(&points).max();
    candidates.retain(|candidate| Some(points(candidate)) == best);
}

/// Keeps those that take, at each place of an untyped argument, a text where one of them does, else the category that all
/// have; of these the preferred types where one has such. Where they have several categories, or none is left, all stay.
fn keep_category(arguments: &[PgType], candidates: &mut Vec<Candidate>) {
    let untyped = (0..arguments.len()).filter(|at| arguments[*at] == PgType::UNKNOWN);
    let mut demands = Vec::new();
    for at in untyped {
        let Some((category, is_preferred)) = category_at(at, candidates) else {
            return;
        };
        demands.push((at, category, is_preferred));
    }
    let fits = |candidate: &Candidate| {
        demands.iter().all(|(at, category, is_preferred)| {
            let taken = candidate.arguments[*at];
            taken.category() == *category && (!is_preferred || taken.is_preferred())
        })
    };
    if candidates.iter().any(fits) {
        candidates.retain(fits);
    }
}

fn category_at(at: usize, candidates: &[Candidate]) -> Option<(Category, bool)> {
    let taken = || candidates.iter().map(|candidate| candidate.arguments[at]);
    let first = taken().next()?.category();
    let category = if taken().any(|one| one.category() == Category::String) {
        Category::String
    } else if taken().all(|one| one.category() == first) {
        first
    } else {
        return None;
    };
    let is_preferred = taken().any(|one| one.category() == category && one.is_preferred());
    Some((category, is_preferred))
}

/// Keeps the one that takes the untyped arguments as the type that all typed ones have.
fn keep_alike(arguments: &[PgType], candidates: &mut Vec<Candidate>) {
    let mut typed = arguments.iter().filter(|one| **one != PgType::UNKNOWN);
    let Some(first) = typed
        .next()
        .filter(|_| arguments.contains(&PgType::UNKNOWN))
    else {
        return;
    };
    if typed.any(|one| one != first) {
        return;
    }
    let alike = vec![*first; arguments.len()];
    let takes = |it: &Candidate| can_coerce(&alike, &it.arguments, Context::Implicit);
    if candidates.iter().filter(|it| takes(it)).count() == 1 {
        candidates.retain(takes);
    }
}

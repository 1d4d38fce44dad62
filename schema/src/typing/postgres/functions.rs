//! The function that a call means: section 10.3 of the manual, `func_get_detail` of the server's `parse_func.c`.

use crate::lists::IntoVec as _;
use std::borrow::Cow;

use super::Failure;
use super::catalog::{FunctionKind, Overload, function_names, overloads};
use super::coercion::{Context, Pathway, pathway};
use super::nulls::{self, Null};
use super::polymorphic;
use super::select::{Candidate, Choice, choose};
use super::types::{Category, PgType};
use crate::name::suggest;

/// The arguments of a call. Those after WITHIN GROUP (ORDER BY …) follow the others; `count(*)` has none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Call<'a> {
    pub(crate) arguments: &'a [PgType],
    /// The names of the last arguments, where they are passed by name (`days => 10`).
    pub(crate) names: &'a [&'a str],
    /// The last argument is an array of those that there may be any number of: `VARIADIC`.
    pub(crate) is_variadic: bool,
    /// The only argument is an untyped literal or NULL, no parameter: then the name of a type is a cast.
    pub(crate) is_literal: bool,
}

/// A function with the types that the arguments of a call become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    /// In the order of the call, as they are passed. [`PgType::UNKNOWN`] is left where any type is taken: a literal is a text
    /// then, and a parameter has no type, which the server refuses (42P18).
    pub(crate) arguments: Vec<PgType>,
    pub(crate) result: PgType,
    /// The columns in a FROM; without them there is one, named after the function, and a `record` needs a list of columns.
    pub(crate) columns: Vec<(Cow<'static, str>, PgType)>,
    pub(crate) kind: FunctionKind,
    pub(crate) is_strict: bool,
    pub(crate) returns_set: bool,
    /// When the result may be NULL; of a function of the schema this is not known.
    pub(crate) null: Null,
}

/// Returns the server's function that a call means.
///
/// # Errors
/// There is none, or several are meant equally.
pub(crate) fn resolve_function(name: &str, call: &Call<'_>) -> Result<Function, Failure> {
    resolve_among(name, overloads(name), call)
}

/// Returns the function that a call means among these, which are all of its name.
///
/// # Errors
/// As [`resolve_function`].
pub(crate) fn resolve_among(
    name: &str,
    among: &[Overload],
    call: &Call<'_>,
) -> Result<Function, Failure> {
    let candidates = candidates(among, call);
    let exact = candidates.iter().find(|it| it.arguments == call.arguments);
    if exact.is_none()
        && let Some(cast) = as_cast(name, call)
    {
        return Ok(cast);
    }
    let choice = match exact {
        Some(exact) => exact.index.map_or(Choice::Several, Choice::One),
        None => choose(call.arguments, candidates.clone()),
    };
    let all = || among.iter().map(Overload::signature).into_vec();
    match choice {
        Choice::One(index) => {
            let declared = candidates.iter().find(|it| it.index == Some(index));
            let declared = declared.map_or(&[][..], |it| &it.arguments);
            settle(&among[index], declared, call)
        }
        Choice::None if among.is_empty() => {
            Err(Failure::UnknownName(suggest(name, function_names())))
        }
        Choice::None => Err(Failure::NoneTakes(all())),
        Choice::Several => Err(Failure::Ambiguous(all())),
    }
}

fn settle(overload: &Overload, declared: &[PgType], call: &Call<'_>) -> Result<Function, Failure> {
    let is_any = declared.last() == Some(&PgType::ANY);
    let has_array = call
        .arguments
        .last()
        .is_some_and(|last| last.element().is_some());
    if call.is_variadic && is_any && !has_array {
        return Err(Failure::Unlike);
    }
    let settled = polymorphic::settle(call.arguments, declared)?;
    let column = |(name, declared): &(Cow<'static, str>, PgType)| {
        Ok((name.clone(), settled.result(*declared)?))
    };
    Ok(Function {
        result: settled.result(overload.result)?,
        columns: overload
            .columns
            .iter()
            .map(column)
            .collect::<Result<_, _>>()?,
        kind: overload.kind,
        is_strict: overload.is_strict,
        returns_set: overload.returns_set,
        null: nulls::of_function(overload, call.arguments.len()),
        arguments: settled.arguments,
    })
}

/// A type's name called with one argument is a cast, where it needs no function: `date('2026-11-27')`.
fn as_cast(name: &str, call: &Call<'_>) -> Option<Function> {
    let [from] = *call.arguments else {
        return None;
    };
    let to = PgType::of_catalogue(name).filter(|_| call.names.is_empty())?;
    let is_row = from == PgType::RECORD && to.category() == Category::String;
    let is_cast = match pathway(from, to, Context::Explicit) {
        _ if from == PgType::UNKNOWN && call.is_literal => true,
        Some(Pathway::Relabel) => true,
        Some(Pathway::Text) => !is_row,
        Some(Pathway::Function | Pathway::Elements) | None => false,
    };
    is_cast.then(|| Function {
        arguments: vec![to],
        result: to,
        columns: Vec::new(),
        kind: FunctionKind::Scalar,
        is_strict: true,
        returns_set: false,
        null: Null::Argument,
    })
}

/// The functions that a call may mean by the number and the names of its arguments.
fn candidates(among: &[Overload], call: &Call<'_>) -> Vec<Candidate> {
    let mut found: Vec<(Candidate, bool)> = Vec::new();
    for (index, overload) in among.iter().enumerate() {
        let Some((arguments, is_expanded)) = overload.places(call) else {
            continue;
        };
        let new = Candidate {
            arguments,
            index: Some(index),
        };
        let same = found
            .iter_mut()
            .find(|(it, _)| it.arguments == new.arguments);
        match same {
            None => found.push((new, is_expanded)),
            // One without VARIADIC goes before one with it; else nothing says which is meant.
            Some((_, false)) if is_expanded => {}
            Some(slot) if slot.1 && !is_expanded => *slot = (new, false),
            Some((slot, _)) => slot.index = None,
        }
    }
    found.into_iter().map(|(candidate, _)| candidate).into_vec()
}

impl Overload {
    /// Returns the declared types of the places that a call fills, in its order, and whether the last is taken several times.
    fn places(&self, call: &Call<'_>) -> Option<(Vec<PgType>, bool)> {
        if call.names.is_empty() {
            self.by_position(call)
        } else {
            Some((self.by_name(call)?, false))
        }
    }

    fn by_position(&self, call: &Call<'_>) -> Option<(Vec<PgType>, bool)> {
        let (given, taken) = (call.arguments.len(), self.arguments.len());
        let mut places: Vec<_> = self.arguments.iter().map(|it| it.arg_type).into_vec();
        if self.is_variadic && !call.is_variadic && given >= taken {
            let last = places.pop()?;
            places.resize(given, last.element().unwrap_or(last));
            return Some((self.elements_of(places, taken - 1), true));
        }
        let has_rest = self.arguments.get(given..)?.iter().all(|it| it.has_default);
        places.truncate(given);
        has_rest.then_some((places, false))
    }

    /// An array of a polymorphic type has elements of the polymorphic type.
    fn elements_of(&self, mut places: Vec<PgType>, first: usize) -> Vec<PgType> {
        for place in &mut places[first..] {
            *place = match *place {
                PgType::ANY_ARRAY => PgType::ANY_ELEMENT,
                PgType::ANY_COMPATIBLE_ARRAY => PgType::ANY_COMPATIBLE,
                other => other,
            };
        }
        places
    }

    fn by_name(&self, call: &Call<'_>) -> Option<Vec<PgType>> {
        if self.is_variadic && !call.is_variadic || call.arguments.len() > self.arguments.len() {
            return None;
        }
        let positional = call.arguments.len().checked_sub(call.names.len())?;
        let mut filled: Vec<usize> = (0..positional).into_vec();
        for name in call.names {
            let at = self.arguments.iter().position(|it| it.name == *name)?;
            if filled.contains(&at) {
                return None;
            }
            filled.push(at);
        }
        let mut left_out = (0..self.arguments.len()).filter(|at| !filled.contains(at));
        let types = filled.iter().map(|at| self.arguments[*at].arg_type);
        left_out
            .all(|at| self.arguments[at].has_default)
            .then(|| types.into_vec())
    }
}

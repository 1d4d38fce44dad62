//! The contract between `#[derive(Model)]` and `databases!`, and the checks of a derive on types it cannot see. Called
//! by generated code only.

use crate::driver::TableSql;
use crate::link::engine::Engine;
use crate::model::key::Key;
use crate::model::lives_on::LivesOn;
use bindery_core::program::{ModelInfo, compiled_text};

/// A model's tag whose struct was derived.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`databases!` lists `{Self}`, but no struct derives it",
    label = "no `#[derive(Model)]` is on a struct of this name",
    note = "derive `bindery::Model` on the struct, or take it off the list"
)]
pub trait Derived {
    /// The facts of this model that were compiled in.
    const INFO: &'static ModelInfo;
    /// Tables its foreign keys refer to.
    const REFERS_TO: &'static [&'static str];
}

/// A key that a foreign key on engine `E` can refer to.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a foreign key on `{E}` cannot refer to a `{Self}`",
    label = "this row lives somewhere else",
    note = "keep the reference without a foreign key: `#[link_to(…)]` instead of `#[references(…)]`"
)]
pub trait ReachedFrom<E: Engine> {
    /// The statements of the model that it is of.
    const TABLE: &'static TableSql;
}

impl<M: TableOn<E>, E: Engine, T> ReachedFrom<E> for Key<M, E, T> {
    const TABLE: &'static TableSql = M::TABLE;
}

/// A key, by which a derive finds the model that it is of.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a foreign key cannot be a `{Self}`",
    label = "not the key of a model",
    note = "give the field the key's type, such as `UserId`"
)]
pub trait KeyOf {
    /// The model that has the key.
    type Model;
}

impl<M, E, T> KeyOf for Key<M, E, T> {
    type Model = M;
}

/// The statements of a derived model on an engine, for those that refer to it.
#[doc(hidden)]
pub trait TableOn<E: Engine>: LivesOn<E> {
    /// The statements.
    const TABLE: &'static TableSql;
}

/// A key whose value is a `T`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a `{Self}` does not hold `{T}`, as this column does",
    label = "the key holds another type",
    note = "declare the column like the key it refers to: `#[column(type = \"…\")]`"
)]
pub trait Holds<T> {}

impl<M, E, T> Holds<T> for Key<M, E, T> {}

/// Compiles if a `K` holds a `T`.
#[doc(hidden)]
pub const fn assert_key<K: Holds<T>, T>() {}

/// A model and the tables it refers to.
#[doc(hidden)]
pub type Listed = (&'static ModelInfo, &'static [&'static str]);

/// Returns the entry of a model in the list.
#[doc(hidden)]
pub const fn listed<M: Derived>() -> Listed {
    (M::INFO, M::REFERS_TO)
}

/// The models in an order in which their tables can be created, otherwise as listed: a derive sees one struct, so only the
/// compiler knows all of them.
#[doc(hidden)]
pub const fn in_creation_order<const N: usize>(models: &[Listed; N]) -> [&'static ModelInfo; N] {
    let waits = waiting(models);
    let mut order = [&ModelInfo::NONE; N];
    let mut taken = [false; N];
    let mut at = 0;
    while at < N {
        let next = next(&waits, &taken);
        taken[next] = true;
        order[at] = models[next].0;
        at += 1;
    }
    order
}

/// Returns which model waits for which.
const fn waiting<const N: usize>(models: &[Listed; N]) -> [[bool; N]; N] {
    let mut waits = [[false; N]; N];
    let mut model = 0;
    while model < N {
        let referred = models[model].1;
        let mut other = 0;
        while other < N {
            waits[model][other] =
                other != model && contains(referred, compiled_text(&models[other].0.table));
            other += 1;
        }
        model += 1;
    }
    waits
}

/// The first model that waits for none that is not taken; in a circle the first of all.
const fn next<const N: usize>(waits: &[[bool; N]; N], taken: &[bool; N]) -> usize {
    let mut first = N;
    let mut model = 0;
    while model < N {
        if !taken[model] {
            if !waits_for_any(&waits[model], taken) {
                return model;
            }
            if first == N {
                first = model;
            }
        }
        model += 1;
    }
    first
}

const fn waits_for_any<const N: usize>(waits: &[bool; N], taken: &[bool; N]) -> bool {
    let mut other = 0;
    while other < N {
        if waits[other] && !taken[other] {
            return true;
        }
        other += 1;
    }
    false
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut at = 0;
    while at < names.len() {
        if equal(names[at].as_bytes(), name.as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

const fn equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    const fn model(table: &'static str) -> ModelInfo {
        ModelInfo {
            table: Cow::Borrowed(table),
            ..ModelInfo::NONE
        }
    }

    static A: ModelInfo = model("a");
    static B: ModelInfo = model("b");
    static C: ModelInfo = model("c");

    fn order<const N: usize>(models: [Listed; N]) -> Vec<&'static str> {
        in_creation_order(&models)
            .iter()
            .map(|model| &*model.table)
            .collect()
    }

    #[test]
    fn referred_tables_come_first() {
        assert_eq!(
            order([(&A, &["c"]), (&B, &["b", "elsewhere"]), (&C, &["b"])]),
            ["b", "c", "a"]
        );
        assert_eq!(order([(&C, &[]), (&A, &[]), (&B, &[])]), ["c", "a", "b"]);
        assert_eq!(order([]), Vec::<&str>::new());
    }

    #[test]
    fn a_circle_is_broken_at_its_first() {
        assert_eq!(
            order([(&A, &["b"]), (&B, &["c"]), (&C, &["a"])]),
            ["a", "c", "b"]
        );
    }
}

//! Rust names of enums and of their values. Enums of one name and with the same values are one Rust type where they live on
//! engines of their own; others get the name of their engine or schema before theirs. What is ambiguous all the same is
//! reported by `check`.

use crate::lists::IntoVec as _;
use std::collections::{HashMap, HashSet};

use crate::model::{EngineId, EnumId, EnumType, Model, add_engines};
use crate::name;

/// Settles all of them; the names of models are settled.
pub(super) fn settle(model: &mut Model) {
    let mut engines = model.engines_of_enums();
    share(model, &mut engines);
    tell_apart(model, |model, one, others| {
        engine_name(model, &engines, one, others)
    });
    tell_apart(model, schema_name);
    beside_models(model);
    for one in &mut model.enums {
        variants(one);
    }
    for at in 0..model.enums.len() {
        if let Some(first) = model.enums[at].shares {
            model.enums[at].type_name = model.enum_type(first).type_name.clone();
        }
    }
}

/// Enums that are one Rust type; the first of them then lives where any of them does.
fn share(model: &mut Model, engines: &mut [Vec<EngineId>]) {
    let mut known: HashMap<String, Vec<usize>> = HashMap::new();
    for at in 0..model.enums.len() {
        let alike = known.entry(model.enums[at].type_name.clone()).or_default();
        let is_alike = |first: &usize| {
            are_apart(&engines[*first], &engines[at])
                && is_one_type(&model.enums[*first], &model.enums[at])
        };
        match alike.iter().copied().find(is_alike) {
            Some(first) => {
                model.enums[at].shares = Some(EnumId(first as u32));
                let more = engines[at].clone();
                add_engines(&mut engines[first], &more);
            }
            None => alike.push(at),
        }
    }
}

fn are_apart(one: &[EngineId], other: &[EngineId]) -> bool {
    !one.iter().any(|id| other.contains(id))
}

/// The same name and values; not twice in one file, where no database takes the second.
fn is_one_type(one: &EnumType, two: &EnumType) -> bool {
    let values = |of: &EnumType| -> Vec<String> {
        of.values.iter().map(|value| value.value.clone()).into_vec()
    };
    let is_again = one.named && two.named && one.span.file == two.span.file;
    one.name == two.name && !is_again && values(one) == values(two)
}

/// Puts what `prefix` gives before the names of enums that would be one type; it is given the enum and the others.
fn tell_apart(model: &mut Model, prefix: impl Fn(&Model, usize, &[usize]) -> Option<String>) {
    let mut same: HashMap<String, Vec<usize>> = HashMap::new();
    let own = |(_, one): &(usize, &EnumType)| one.shares.is_none();
    for (at, one) in model.enums.iter().enumerate().filter(own) {
        same.entry(one.type_name.clone()).or_default().push(at);
    }
    let mut named: Vec<(usize, String)> = Vec::new();
    for (at, one) in model.enums.iter().enumerate().filter(own) {
        let plain = &one.type_name;
        let group = same[plain].iter().copied();
        let others: Vec<usize> = group.filter(|other| *other != at).into_vec();
        if !others.is_empty() {
            let found = prefix(model, at, &others);
            named.extend(found.map(|found| (at, name::variant(&format!("{found}_{plain}")))));
        }
    }
    for (at, name) in named {
        model.enums[at].type_name = name;
    }
}

/// The first engine of an enum that has no engine in common with the others; those on `default` keep the plain name.
fn engine_name(
    model: &Model,
    engines: &[Vec<EngineId>],
    one: usize,
    others: &[usize],
) -> Option<String> {
    let apart = |other: &usize| are_apart(&engines[one], &engines[*other]);
    let mut names = engines[one].iter().map(|id| &model.engine(*id).name);
    if !others.iter().all(apart) || names.clone().any(|name| name == "default") {
        return None;
    }
    names.next().cloned()
}

/// The schema of an enum, where the others are not all of it.
fn schema_name(model: &Model, one: usize, others: &[usize]) -> Option<String> {
    let schema = model.enums[one].schema.as_ref()?;
    let elsewhere = |other: &usize| model.enums[*other].schema.as_ref() != Some(schema);
    others.iter().any(elsewhere).then(|| schema.clone())
}

/// An enum beside a model of its name is called `ColorEnum`.
fn beside_models(model: &mut Model) {
    let tables = model.tables.iter();
    let models: HashSet<String> = tables.map(|one| one.model_name.clone()).collect();
    for one in &mut model.enums {
        if models.contains(&one.type_name) {
            one.type_name.push_str("Enum");
        }
    }
}

/// Values that would be one variant are counted: `Read`, `Read2`.
fn variants(one: &mut EnumType) {
    let mut taken: HashSet<String> = HashSet::new();
    for value in &mut one.values {
        value.variant = counted(&value.variant, &taken);
        taken.insert(value.variant.clone());
    }
}

/// The name, or with the first number from 2 on that makes it free.
fn counted(name: &str, taken: &HashSet<String>) -> String {
    if !taken.contains(name) {
        return name.to_owned();
    }
    let plain = name.trim_start_matches("r#");
    let mut numbered = (2_usize..).map(|number| format!("{plain}{number}"));
    let free = numbered.find(|name| !taken.contains(name));
    free.unwrap_or_else(|| name.to_owned())
}

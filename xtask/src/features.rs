//! `cargo xtask features`: the published crates with each feature alone and with each pair of features.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use serde_json::Value;

use crate::Failure;
use crate::arguments::EqualPart;
use crate::interrupt::Interrupt;
use crate::output::print;
use crate::step::{Report, Step};
use crate::workspace::cargo;

/// The features of a crate, each with those that it turns on.
pub(crate) type Features = BTreeMap<String, BTreeSet<String>>;

/// Checks a part of the sets; the exit code is that of the first that fails, or that has a warning.
pub(crate) fn run(part: EqualPart, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let crates = published()?;
    let sets = crates.iter().flat_map(|(name, features)| {
        let sets = sets(features).into_iter();
        sets.map(move |set| (name.as_str(), set))
    });
    let sets: Vec<(&str, String)> = sets.collect();
    let steps: Vec<Step> = part.of(&sets).map(|(name, set)| check(name, set)).collect();
    let count = format!("{} of {} sets of features", steps.len(), sets.len());
    let report = Report::run_all(steps, interrupt)?;
    report.print();
    print(&count);
    Ok(report.exit_code())
}

/// The library alone, so that no dependency of tests turns on a feature.
fn check(package: &str, features: &str) -> Step {
    let mut command = cargo();
    command
        .args(["rustc", "--quiet", "--lib", "--profile", "check"])
        .args(["--package", package, "--no-default-features"])
        .args(["--features", features, "--", "-D", "warnings"]);
    Step::new(format!("{package} with features [{features}]"), command)
}

/// The crates that have features, the runtime first.
pub(crate) fn published() -> Result<Vec<(String, Features)>, Failure> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let published = packages.filter(|package| package["publish"].is_null());
    let crates = published.filter_map(|package| {
        let features = features(&package["features"]);
        let name = package["name"].as_str()?.to_owned();
        (!features.is_empty()).then_some((name, features))
    });
    let mut crates: Vec<(String, Features)> = crates.collect();
    crates.sort_by_key(|(name, _)| (name != "bindery", name.clone()));
    Ok(crates)
}

fn features(table: &Value) -> Features {
    let all = table.as_object().into_iter().flatten();
    let all = all.filter(|(name, _)| *name != "default");
    let features = all.map(|(name, list)| {
        let list = list.as_array().into_iter().flatten();
        let turned_on = list.filter_map(Value::as_str).map(str::to_owned);
        (name.clone(), turned_on.collect())
    });
    features.collect()
}

/// No feature, each alone, and each pair, as cargo takes them; of those that turn on the same features the first.
fn sets(features: &Features) -> Vec<String> {
    let names: Vec<&str> = features.keys().map(String::as_str).collect();
    let alone = names.iter().map(|&name| vec![name]);
    let pairs = names.iter().enumerate().flat_map(|(at, &one)| {
        let others = names[at + 1..].iter();
        others.map(move |&other| vec![one, other])
    });
    let all = std::iter::once(Vec::new()).chain(alone).chain(pairs);
    let mut seen = BTreeSet::new();
    let distinct = all.filter(|set| seen.insert(with_implied(features, set)));
    distinct.map(|set| set.join(",")).collect()
}

/// A set with all features that it turns on.
pub(crate) fn with_implied<'f>(features: &'f Features, set: &[&'f str]) -> BTreeSet<&'f str> {
    let mut open = set.to_vec();
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some((name, turned_on)) = features.get_key_value(name)
            && found.insert(name.as_str())
        {
            open.extend(turned_on.iter().map(String::as_str));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_turn_on_the_same_are_checked_once() {
        let table = serde_json::json!({
            "default": ["mysql"],
            "ed25519": ["mysql", "dep:curve"],
            "json": ["dep:serde_json"],
            "mysql": [],
        });
        assert_eq!(
            sets(&features(&table)),
            ["", "ed25519", "json", "mysql", "ed25519,json", "json,mysql"]
        );
    }

    #[test]
    fn parts_hold_each_set_once() {
        let sets: Vec<u32> = (0..10).collect();
        let parts = (1..=3).flat_map(|number| {
            let part = EqualPart { number, of: 3 };
            part.of(&sets).copied().collect::<Vec<_>>()
        });
        let mut all: Vec<u32> = parts.collect();
        all.sort_unstable();
        assert_eq!(all, sets);
    }

    #[test]
    fn the_runtime_has_pairs_of_every_feature() -> Result<(), Failure> {
        let crates = published()?;
        let (name, features) = &crates[0];
        assert_eq!(name, "bindery");
        let sets = sets(features);
        for pair in ["bigdecimal,json", "derive,ed25519", "json,uuid"] {
            assert!(sets.iter().any(|set| set == pair), "{pair}: {sets:?}");
        }
        Ok(())
    }
}

//! The manifest of a generated crate: bindery, and the crates that Rust types of the schema's own words are of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bindery_schema::config::{Config, CrateConfig};
use bindery_schema::model::{FieldType, Model};

use super::way::relative;
use crate::emit::{HEADER, crates_of, features};
use crate::error::CompileError;

/// The crates that a configuration names.
#[derive(Debug, Clone, Default)]
pub(super) struct ConfiguredCrates {
    crates: Vec<CrateConfig>,
    /// Their paths start here.
    folder: PathBuf,
}

impl ConfiguredCrates {
    pub(super) fn from_config(config: &Config) -> Self {
        Self {
            crates: config.crates.clone(),
            folder: config.folder.clone(),
        }
    }

    /// The crate that is this in Rust.
    fn get(&self, name: &str) -> Option<&CrateConfig> {
        let mut crates = self.crates.iter();
        crates.find(|known| known.name.replace('-', "_") == name)
    }
}

/// The text of `Cargo.toml` for the crate `name` in `folder`.
///
/// # Errors
/// A type is of a crate that the configuration does not name.
pub(super) fn manifest(
    model: &Model,
    name: &str,
    folder: &Path,
    known: &ConfiguredCrates,
) -> Result<String, CompileError> {
    let features: Vec<_> = features(model)
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect();
    let mut text = format!(
        "{header}\n\n[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\nrust-version = \"{rust}\"\n\
         publish = false\nautobins = false\n\n[dependencies]\n\
         bindery = {{ version = \"={version}\", default-features = false, features = [{features}] }}\n",
        header = HEADER.replacen("//", "#", 1),
        rust = env!("CARGO_PKG_RUST_VERSION"),
        version = env!("CARGO_PKG_VERSION"),
        features = features.join(", "),
    );
    let mut unknown = Vec::new();
    for (of, path) in crates(model) {
        match known.get(of) {
            Some(found) => text += &dependency(found, folder, &known.folder),
            None => unknown.push(refusal(of, path)),
        }
    }
    if unknown.is_empty() {
        Ok(text)
    } else {
        Err(CompileError::new(unknown.join("\n\n")))
    }
}

/// The crates of types, derives and modules that generated code names, each with one of those.
fn crates(model: &Model) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    for table in &model.tables {
        for column in table.columns.iter().filter(|column| !column.skip) {
            if let FieldType::Custom(path) = &column.field_type {
                let crates = crates_of(path).into_iter();
                found.extend(crates.map(|name| (name, path.as_str())));
            }
            let with = column.serde.with.as_ref();
            if let Some(path) = with.filter(|_| model.derives.has_serde(&table.model_name)) {
                let crates = crates_of(&path.text).into_iter();
                found.extend(crates.map(|name| (name, path.text.as_str())));
            }
        }
    }
    for path in model.derives.paths() {
        found.extend(crates_of(path).into_iter().map(|name| (name, path)));
    }
    found
}

fn refusal(of: &str, path: &str) -> String {
    match of {
        "crate" | "self" | "super" => format!(
            "error: `{path}` is in the crate that uses it, and a generated crate is one of its own\n  = help: put the type into \
             a crate that both depend on, and name it in `bindery.toml`: `[crates]` `shop-types = {{ path = \"shop-types\" }}`"
        ),
        _ => format!(
            "error: `{path}` is of the crate `{of}`, which the generated crate does not depend on\n  = help: name it in \
             `bindery.toml`: `[crates]` `{of} = \"1\"`, or `{of} = {{ path = \"…\" }}`"
        ),
    }
}

/// One line below `[dependencies]`. Paths start at the generated crate there.
fn dependency(of: &CrateConfig, folder: &Path, config: &Path) -> String {
    let path = of
        .path
        .as_ref()
        .map(|path| relative(folder, &config.join(path)));
    let features = of.features.iter().map(|name| quoted(name));
    let features: Vec<String> = features.collect();
    let parts = [
        of.version
            .as_ref()
            .map(|version| format!("version = {}", quoted(version))),
        path.map(|path| format!("path = {}", quoted(&path))),
        (!features.is_empty()).then(|| format!("features = [{}]", features.join(", "))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{} = {{ {} }}\n", of.name, parts.join(", "))
}

/// A text as TOML has it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            _ if letter.is_control() => quoted += &format!("\\u{:04X}", u32::from(letter)),
            _ => quoted.push(letter),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_within_their_quotes() {
        assert_eq!(quoted("1\"\n[x]\\"), "\"1\\\"\\u000A[x]\\\\\"");
    }
}

//! The crate that the schema becomes: its folder, its name and its files.

use std::path::{Component, Path};

use bindery_codegen::Standalone;

use super::cargo::{Lines, MANIFEST, has_dependency, package_name};
use crate::failure::Failure;

/// The other use that the program has of the name of a crate.
fn taken_by(name: &str) -> Option<&'static str> {
    let module = name.replace('-', "_");
    let is_there = |end: &str| Path::new(&format!("src/{module}{end}")).is_file();
    if package_name().as_deref() == Some(name) {
        return Some("the package here");
    }
    if has_dependency(name) {
        return Some("a dependency of the package here");
    }
    (is_there(".rs") || is_there("/mod.rs")).then_some("a module of the package here")
}

/// A crate below the folder of the program. It is compiled when the schema changes, and never because the program does.
pub(super) struct SchemaCrate {
    /// With `/`, whatever the system.
    folder: String,
    name: String,
}

impl SchemaCrate {
    /// The one in this folder.
    pub(super) fn in_folder(path: &Path) -> Result<Self, Failure> {
        let parts = path.components().map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        });
        let parts: Vec<&str> = parts.collect::<Option<_>>().unwrap_or_default();
        let Some(name) = parts.last() else {
            let failure = Failure::new(format!("`{}` is no folder below this one", path.display()));
            return Err(failure.help("name one as `--crate models`, or `--no-crate`"));
        };
        Standalone::new(path, name).map_err(Failure::from)?;
        if let Some(taken) = taken_by(name) {
            let failure = Failure::new(format!(
                "{taken} is called `{name}` as the crate of the models would be; nothing was written"
            ));
            return Err(failure.help(format!("name another one: `--crate {name}-of-schema`")));
        }
        Ok(Self {
            folder: parts.join("/"),
            name: (*name).to_owned(),
        })
    }

    /// As a manifest names it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// As the program's manifest names it.
    pub(super) fn folder(&self) -> &str {
        &self.folder
    }

    /// The line of a program that uses it.
    pub(super) fn use_line(&self) -> String {
        format!("use {}::*;", self.name.replace('-', "_"))
    }

    /// Its files, for a schema that needs these features and a configuration in the program's folder.
    pub(super) fn files(&self, features: &[&str], config: &str) -> [(String, String); 3] {
        let (folder, name) = (&self.folder, &self.name);
        let up = "../".repeat(folder.split('/').count());
        let dependencies = Lines::of_schema(features).text();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n{dependencies}"
        );
        let build = format!(
            "fn main() -> Result<(), bindery_codegen::CompileError> {{\n    \
             bindery_codegen::Config::new()\n        .config_file(\"{up}{config}\")\n        .compile()\n}}\n"
        );
        let library = "//! The models of the program and their repositories, compiled from its schema.\n\n\
                       bindery::include_schema!();\n";
        [
            (format!("{folder}/{MANIFEST}"), manifest),
            (format!("{folder}/build.rs"), build),
            (format!("{folder}/src/lib.rs"), library.to_owned()),
        ]
    }
}

//! The door for build scripts: compiles a schema into `OUT_DIR` and tells cargo what to look at again.

use std::io::Write;
use std::path::{Path, PathBuf};

use bindery_schema::config::process_environment;
use bindery_schema::project::Paths;

use crate::emit::{EmitOptions, emit};
use crate::error::CompileError;
use crate::output::write_if_changed;
use crate::project::{self, Compiled, Watched};

/// The file that `bindery::include_schema!()` includes.
const OUTPUT: &str = "bindery.rs";

/// Compiles a schema file in a build script; `bindery.toml` beside it is read where it is there, but for the schema files
/// it names: [`Config::new`] reads those.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), bindery_codegen::CompileError> {
///     bindery_codegen::compile("schema.sql")
/// }
/// ```
///
/// # Errors
/// A file cannot be read or written, or the schema or the configuration is wrong: then the error shows every finding.
pub fn compile(schema: impl AsRef<Path>) -> Result<(), CompileError> {
    Config::new().schema(schema).compile()
}

/// What a build script can say beside the schema file.
///
/// ```no_run
/// # fn main() -> Result<(), bindery_codegen::CompileError> {
/// bindery_codegen::Config::new()
///     .config_file("config/bindery.toml")
///     .schema("schema/shop.sql")
///     .schema("schema/stock.sql")
///     .compile()
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Config {
    paths: Paths,
    out_dir: Option<PathBuf>,
}

impl Config {
    /// `bindery.toml` where it is there, the schema files it names, else `schema.sql`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads this configuration, which then has to be there.
    #[must_use]
    pub fn config_file(mut self, path: impl AsRef<Path>) -> Self {
        self.paths.config = Some(path.as_ref().to_owned());
        self
    }

    /// Reads this schema file; with several calls all of them. Those of the configuration are not read then.
    #[must_use]
    pub fn schema(mut self, path: impl AsRef<Path>) -> Self {
        self.paths.schema.push(path.as_ref().to_owned());
        self
    }

    /// Writes to this folder rather than to `OUT_DIR`.
    #[must_use]
    pub fn out_dir(mut self, path: impl AsRef<Path>) -> Self {
        self.out_dir = Some(path.as_ref().to_owned());
        self
    }

    /// Compiles.
    ///
    /// # Errors
    /// As [`compile`].
    pub fn compile(&self) -> Result<(), CompileError> {
        let (compiled, watched) = project::compile(&self.paths, &process_environment);
        // Also where it failed: cargo then runs the script again once one of these has changed.
        let mut lines = rerun_lines(&watched);
        let outcome = compiled.and_then(|compiled| {
            lines.extend(
                compiled
                    .warnings
                    .iter()
                    .map(|text| format!("cargo::warning={text}")),
            );
            self.write(&compiled)
        });
        tell_cargo(&lines)?;
        outcome
    }

    fn write(&self, compiled: &Compiled) -> Result<(), CompileError> {
        let folder = self.folder()?;
        for file in emit(&compiled.model, &EmitOptions::default()) {
            write_if_changed(&folder.join(OUTPUT), &file.text)?;
        }
        Ok(())
    }

    fn folder(&self) -> Result<PathBuf, CompileError> {
        let set = || std::env::var_os("OUT_DIR").map(PathBuf::from);
        self.out_dir.clone().or_else(set).ok_or_else(|| {
            CompileError::new(
                "error: the variable `OUT_DIR` is not set\n  = help: call this in a build script, or name a folder: \
                 `Config::new().out_dir(\"…\")`",
            )
        })
    }
}

fn rerun_lines(watched: &Watched) -> Vec<String> {
    let files = watched.files.iter();
    let files = files.map(|path| format!("cargo::rerun-if-changed={}", path.display()));
    let variables = watched.variables.iter();
    let variables = variables.map(|name| format!("cargo::rerun-if-env-changed={name}"));
    files.chain(variables).collect()
}

/// Cargo reads what a build script prints.
fn tell_cargo(lines: &[String]) -> Result<(), CompileError> {
    let mut out = std::io::stdout().lock();
    lines
        .iter()
        .try_for_each(|line| writeln!(out, "{line}"))
        .and_then(|()| out.flush())
        .map_err(|error| {
            CompileError::new(format!(
                "error: cargo cannot be told what to watch: {error}"
            ))
        })
}

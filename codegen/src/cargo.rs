//! The door for build scripts: compiles a schema into `OUT_DIR` and gives cargo the files to watch.

use bindery_schema::lists::IntoVec as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use bindery_schema::config::process_environment;
use bindery_schema::project::Paths;

use crate::emit::emit_with;
use crate::error::CompileError;
use crate::inputs;
use crate::kept::Kept;
use crate::output::write_if_changed;
use crate::project::{self, Compiled, Watched};

/// The file that `bindery::include_schema!()` includes.
const OUTPUT: &str = "bindery.rs";

/// Compiles a schema file in a build script; `bindery.toml` is read where it is there. One that names schema files of its
/// own is an error: [`Config::new`] reads those.
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

/// The settings of a build script beside the schema file.
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

    /// Reads this schema file; with several calls all of them. The configuration may not name others.
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
        lines.extend(self.output_line());
        let outcome = compiled.and_then(|compiled| {
            lines.extend(
                compiled
                    .warnings
                    .iter()
                    .map(|text| format!("cargo::warning={text}")),
            );
            lines.extend(self.write(&compiled)?.iter().map(|path| damaged_line(path)));
            Ok(())
        });
        tell_cargo(&lines)?;
        outcome
    }

    /// Returns the files of the last run that were not as it left them.
    fn write(&self, compiled: &Compiled) -> Result<Vec<PathBuf>, CompileError> {
        let folder = self.folder()?;
        let mut kept = Kept::open(&folder, generator());
        let text = emit_with(&compiled.model, &mut kept);
        let damaged = kept.write(&folder.join(OUTPUT), &text)?;
        // Of code that is there.
        let list = inputs::list(&self.paths, compiled.fingerprint);
        write_if_changed(&folder.join(inputs::FILE), &list)?;
        Ok(damaged)
    }

    /// Tells `bindery::include_schema!()` what to include; it finds out by this line that there is a build script.
    fn output_line(&self) -> Option<String> {
        let folder = self.out_dir.is_none().then(|| self.folder().ok())??;
        let output = folder.join(OUTPUT);
        Some(format!(
            "cargo::rustc-env=BINDERY_SCHEMA={}",
            output.display()
        ))
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

/// Identifies the generator of the code: the build script, by its time and size, as it changes with the generator.
/// `None`: that cannot be known, and nothing is kept.
fn generator() -> Option<String> {
    let program = std::env::current_exe().ok()?.metadata().ok()?;
    let changed = program.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let (version, length) = (env!("CARGO_PKG_VERSION"), program.len());
    Some(format!("{version} {} {length}", changed.as_nanos()))
}

/// Nothing of the file is taken, so that the build goes on; but disks and other programs that change files are worth knowing of.
fn damaged_line(path: &Path) -> String {
    format!(
        "cargo::warning=`{}` is not as the last build left it, and was written anew; changes belong into the schema",
        path.display()
    )
}

fn rerun_lines(watched: &Watched) -> Vec<String> {
    let files = watched.files.iter();
    let files = files.map(|path| format!("cargo::rerun-if-changed={}", path.display()));
    let variables = watched.variables.iter();
    let variables = variables.map(|name| format!("cargo::rerun-if-env-changed={name}"));
    files.chain(variables).into_vec()
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
                "error: cargo cannot be given the files to watch: {error}"
            ))
        })
}

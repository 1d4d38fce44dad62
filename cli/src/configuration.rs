//! Finds the configuration, and reports a missing one and unused variables.

use std::env;
use std::path::{Path, PathBuf};

use bindery_schema::config::{Config, UnreadVariable, process_environment};
use bindery_schema::project::DEFAULT_CONFIG;

use crate::failure::Failure;

/// The variable that names the configuration, as the running program has it.
const CONFIG_VARIABLE: &str = "BINDERY_CONFIG";

/// The file given, else what the variable names, as the running program looks; else the usual file of this folder or the next one
/// above it. `None`: there is none.
pub(crate) fn path(given: Option<&Path>) -> Result<Option<PathBuf>, Failure> {
    let variable = process_environment(CONFIG_VARIABLE);
    match (given, variable) {
        (Some(path), _) => Ok(Some(path.to_owned())),
        (None, Some(path)) if path.is_empty() => {
            Err(Failure::new(format!("`{CONFIG_VARIABLE}` is empty")))
        }
        (None, Some(path)) => Ok(Some(PathBuf::from(path))),
        (None, None) => Ok(above()),
    }
}

/// In the folders above this one, up to that of the repository. One in this folder itself needs no path.
fn above() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    let mut way = PathBuf::new();
    for folder in here.ancestors() {
        if folder.join(DEFAULT_CONFIG).exists() {
            return (!way.as_os_str().is_empty()).then(|| way.join(DEFAULT_CONFIG));
        }
        if folder.join(".git").exists() {
            return None;
        }
        way.push("..");
    }
    None
}

/// Says where a configuration was looked for; empty where there is one.
pub(crate) fn missing(named: Option<&Path>) -> String {
    let here = env::current_dir().unwrap_or_default();
    if named.is_some() || here.join(DEFAULT_CONFIG).exists() {
        return String::new();
    }
    format!(
        "note: there is no `{DEFAULT_CONFIG}` in `{}` or a folder above it; another is named by `--config FILE`\n",
        here.display()
    )
}

/// Says which variables of the form `BINDERY_…_URL` are for no engine.
pub(crate) fn unknown_variables(config: &Config) -> String {
    let engines: Vec<&str> = config.engines.iter().map(|one| one.name.as_str()).collect();
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let line = |unread: &UnreadVariable| {
        let near = unread.near(&engines);
        let near = near.map(|near| format!("  = help: write `{near}`\n"));
        let near = near.unwrap_or_default();
        format!("warning: {}\n{near}", unread.message(&engines))
    };
    let unread = UnreadVariable::among(names, &engines, config);
    unread.iter().map(line).collect()
}

//! Finds the configuration, and reports a missing one and unused variables.

use std::env;
use std::path::{Path, PathBuf};

use bindery_schema::config::{Config, override_variable, process_environment};
use bindery_schema::name::suggest;
use bindery_schema::project::DEFAULT_CONFIG;

use crate::failure::Failure;

/// The variable that names the configuration, as the running program has it.
const CONFIG_VARIABLE: &str = "BINDERY_CONFIG";
/// The variables of the test servers are not for engines.
const OF_TESTS: &str = "TEST_";

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
    let mut unknown: Vec<(String, String)> = names
        .filter(|name| !config.reads_url(name))
        .filter_map(|name| Some((engine_of(&name)?, name)))
        .collect();
    unknown.sort();
    let line = |(engine, name): &(String, String)| {
        let all = engines.iter().map(|one| format!("`{one}`"));
        let all = all.collect::<Vec<_>>().join(", ");
        let near = suggest(engine, engines.iter().copied());
        let near = near.map(|near| format!("  = help: write `{}`\n", override_variable(near)));
        format!(
            "warning: `{name}` is set, and there is no engine `{engine}`: the engines are {all}\n{}",
            near.unwrap_or_default()
        )
    };
    unknown.iter().map(line).collect()
}

/// The engine whose URL the variable is.
fn engine_of(variable: &str) -> Option<String> {
    let name = variable.strip_prefix("BINDERY_")?.strip_suffix("_URL")?;
    (!name.is_empty() && !name.starts_with(OF_TESTS)).then(|| name.to_ascii_lowercase())
}

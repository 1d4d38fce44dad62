//! The list of what a build script compiled, beside the code that it wrote: by it the macros find the schema.
//!
//! A fingerprint of all texts stands in the first line, so that the list changes with any of them.

use bindery_schema::project::Paths;

/// The name of the list.
pub(crate) const FILE: &str = "bindery.inputs";

const CONFIG: &str = "config ";
const SCHEMA: &str = "schema ";

/// The list of these paths, which are as the build script has them.
pub(crate) fn list(paths: &Paths, fingerprint: u64) -> String {
    let config = paths.config.iter().map(|path| (CONFIG, path));
    let schema = paths.schema.iter().map(|path| (SCHEMA, path));
    let lines = config.chain(schema);
    let lines = lines.map(|(word, path)| format!("{word}{}\n", path.display()));
    format!("{fingerprint:016x}\n{}", lines.collect::<String>())
}

/// The paths of a list.
#[cfg(feature = "derive")]
pub(crate) fn paths(list: &str) -> Paths {
    let entries = |word: &'static str| list.lines().filter_map(move |line| line.strip_prefix(word));
    Paths {
        config: entries(CONFIG).next().map(Into::into),
        schema: entries(SCHEMA).map(Into::into).collect(),
    }
}

//! The derives of items: those that they always have, and those that the configuration adds.

use bindery_schema::derives::AllDerives;
use bindery_schema::lists::IntoVec as _;

use super::types::crates_of;

/// Paths of derives that the configuration adds to the items of a model.
#[derive(Debug, Default, Hash)]
pub(crate) struct ItemDerives<'m> {
    pub(crate) row: Vec<&'m str>,
    pub(crate) new: Vec<&'m str>,
    pub(crate) patch: Vec<&'m str>,
    pub(crate) key: Vec<&'m str>,
}

impl<'m> ItemDerives<'m> {
    /// Those of a model.
    pub(crate) fn for_model(derives: &'m AllDerives, model: &str) -> Self {
        Self {
            row: derives.paths_for(model, |derives| &derives.rows),
            new: derives.paths_for(model, |derives| &derives.new),
            patch: derives.paths_for(model, |derives| &derives.patches),
            key: derives.paths_for(model, |derives| &derives.keys),
        }
    }

    /// Returns the paths of the items beside the row, where that is the program's own struct.
    #[cfg(feature = "derive")]
    pub(crate) fn beside_row(&self) -> impl Iterator<Item = &'m str> {
        let lists = [&self.new, &self.patch, &self.key];
        lists.into_iter().flatten().copied()
    }
}

/// Returns the derives of an item: those it always has, then what the configuration adds to it. Of the standard
/// library's a second time would be an error.
pub(crate) fn derives<'d>(always: &[&'d str], added: &[&'d str]) -> Vec<&'d str> {
    let more = added
        .iter()
        .filter(|path| !always.contains(&derived_name(path)));
    always.iter().chain(more).copied().into_vec()
}

/// The name of a derive of the standard library, else the path.
pub(crate) fn derived_name(path: &str) -> &str {
    match path.trim_start_matches("::").split_once("::") {
        Some(("core" | "std", rest)) => rest.rsplit("::").next().unwrap_or(rest),
        Some(_) | None => path,
    }
}

/// Whether the configuration adds a derive of `serde`: the runtime's types must have it then.
pub(crate) fn derives_serde<'d>(mut paths: impl Iterator<Item = &'d str>) -> bool {
    paths.any(|path| crates_of(path).contains(&"serde"))
}

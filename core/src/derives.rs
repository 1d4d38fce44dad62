//! `[derives]` of the configuration: what generated structs and enums derive beside what they always do.

use crate::source::Span;

/// Paths of derives, by what they are put on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Derives {
    /// On rows.
    pub rows: Vec<String>,
    /// On `New…`.
    pub new: Vec<String>,
    /// On `…Patch`.
    pub patches: Vec<String>,
    /// On the structs of keys of several columns.
    pub keys: Vec<String>,
    /// On enums.
    pub enums: Vec<String>,
}

impl Derives {
    /// All of them.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let lists = [
            &self.rows,
            &self.new,
            &self.patches,
            &self.keys,
            &self.enums,
        ];
        lists.into_iter().flatten().map(String::as_str)
    }
}

/// The derives of one model beside those of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelDerives {
    /// The model's name.
    pub model: String,
    /// Its derives; none for enums, which belong to no model.
    pub derives: Derives,
    /// The name in the file.
    pub span: Span,
}

/// The whole section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllDerives {
    /// On the items of every model, and on enums.
    pub all: Derives,
    /// On those of single models.
    pub models: Vec<ModelDerives>,
}

impl AllDerives {
    /// One list for a model: what all derive, then what it does itself, each once.
    pub fn paths_for<'d>(&'d self, model: &str, list: fn(&Derives) -> &[String]) -> Vec<&'d str> {
        let own = self.models.iter().filter(|own| own.model == model);
        let lists = std::iter::once(&self.all).chain(own.map(|own| &own.derives));
        let mut found: Vec<&str> = Vec::new();
        for path in lists.flat_map(list).map(String::as_str) {
            if !found.contains(&path) {
                found.push(path);
            }
        }
        found
    }

    /// The paths of the whole section.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let models = self.models.iter().flat_map(|own| own.derives.paths());
        self.all.paths().chain(models)
    }
}

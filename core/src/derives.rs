//! `[derives]` of the configuration: what generated structs and enums derive beside what they always do.

use crate::source::Span;

/// Paths of derives, by what they are put on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Derives {
    /// Traits that rows derive.
    pub rows: Vec<String>,
    /// On `New…`.
    pub new: Vec<String>,
    /// On `…Patch`.
    pub patches: Vec<String>,
    /// On the structs of keys of several columns.
    pub keys: Vec<String>,
    /// Traits that enums derive.
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

/// The traits of serde among derives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SerdeDerives {
    /// They derive `Serialize`.
    pub writes: bool,
    /// They derive `Deserialize`.
    pub reads: bool,
}

impl SerdeDerives {
    /// Those among paths: `serde::Serialize`, `::serde::Deserialize`.
    pub fn among<'d>(paths: impl IntoIterator<Item = &'d str>) -> Self {
        let mut found = Self::default();
        for path in paths {
            match path.trim_start_matches("::") {
                "serde::Serialize" => found.writes = true,
                "serde::Deserialize" => found.reads = true,
                _ => {}
            }
        }
        found
    }

    /// Returns whether one of them is there; then attributes of serde may stand on the item.
    pub fn is_any(self) -> bool {
        self.writes || self.reads
    }
}

impl AllDerives {
    /// The traits of serde that an item of a model derives.
    pub fn serde_for(&self, model: &str, list: fn(&Derives) -> &[String]) -> SerdeDerives {
        SerdeDerives::among(self.paths_for(model, list))
    }

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

    /// Returns whether an item of a model derives a trait of serde.
    pub fn has_serde(&self, model: &str) -> bool {
        let lists: [fn(&Derives) -> &[String]; 4] = [
            |derives| &derives.rows,
            |derives| &derives.new,
            |derives| &derives.patches,
            |derives| &derives.keys,
        ];
        let mut items = lists.into_iter();
        items.any(|list| self.serde_for(model, list).is_any())
    }

    /// The paths of the whole section.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let models = self.models.iter().flat_map(|own| own.derives.paths());
        self.all.paths().chain(models)
    }
}

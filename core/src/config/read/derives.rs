//! `[derives]`: paths of derives, for all models and for single ones.

use crate::lists::IntoVec as _;
use toml::de::DeTable;

use crate::config::keys::Section;
use crate::config::toml_reader::{Entry, Reader};
use crate::derives::{AllDerives, Derives, ModelDerives};
use crate::name::is_path;

impl Reader<'_> {
    pub(super) fn derives(&mut self, table: &DeTable<'_>) -> AllDerives {
        let Some(section) = self.table(table, "derives") else {
            return AllDerives::default();
        };
        // Whatever is a table is a model; whether there is one of that name is known when the schema is read.
        let (models, lists): (Vec<_>, Vec<_>) = self
            .entries(section)
            .into_iter()
            .partition(|entry| entry.value.as_table().is_some());
        for entry in &lists {
            self.refuse_unknown_key((entry.key, entry.key_span), Section::Derives, "`[derives]`");
        }
        AllDerives {
            all: self.lists(section),
            models: models
                .into_iter()
                .filter_map(|entry| self.model_derives(entry))
                .into_vec(),
        }
    }

    fn model_derives(&mut self, entry: Entry<'_>) -> Option<ModelDerives> {
        let table = entry.value.as_table()?;
        if entry.key.contains(':') || !is_path(entry.key) {
            let message = "a table of `[derives]` has a name that no model has".to_owned();
            self.bad_value(
                entry.key_span,
                message,
                "write for example `[derives.User]`",
            );
            return None;
        }
        self.refuse_unknown(
            table,
            Section::Derives,
            &format!("`[derives.{}]`", entry.key),
        );
        if let Some(enums) = self.get(table, "enums") {
            let message = format!(
                "`[derives.{}]` has `enums`, which are no model's",
                entry.key
            );
            let help = "write `enums` in `[derives]`, for all enums";
            self.bad_value(enums.key_span, message, help);
        }
        Some(ModelDerives {
            model: entry.key.to_owned(),
            derives: self.lists(table),
            span: entry.key_span,
        })
    }

    fn lists(&mut self, table: &DeTable<'_>) -> Derives {
        Derives {
            rows: self.paths(table, "rows"),
            new: self.paths(table, "new"),
            patches: self.paths(table, "patches"),
            keys: self.paths(table, "keys"),
            enums: self.paths(table, "enums"),
        }
    }

    fn paths(&mut self, table: &DeTable<'_>, key: &str) -> Vec<String> {
        if self
            .get(table, key)
            .is_some_and(|entry| entry.value.as_table().is_some())
        {
            return Vec::new();
        }
        let mut paths = Vec::new();
        for text in self.texts(table, key).unwrap_or_default() {
            let path = text.value.trim();
            if is_path(path) {
                paths.push(path.to_owned());
            } else {
                let message = format!("`{key}` needs the paths of derives");
                let help = format!("write for example `{key} = [\"serde::Serialize\"]`");
                self.bad_value(text.span, message, help);
            }
        }
        paths
    }
}

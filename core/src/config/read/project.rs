//! Reads the parts of the file about the program as a whole: its schema files, Rust types and their crates.

use crate::lists::IntoVec as _;
use toml::de::DeTable;

use super::DIALECTS;
use crate::config::keys::Section;
use crate::config::toml_reader::{Entry, Reader, is_shown, quoted};
use crate::config::{CrateConfig, QueryPath, SchemaFile, TypeMapping};
use crate::json_names::RenameRule;
use crate::name::{is_crate_name, is_type_path};
use crate::sorting::sort_by;

impl Reader<'_> {
    pub(super) fn schema(&mut self, table: &DeTable<'_>) -> (Vec<SchemaFile>, Vec<QueryPath>) {
        let Some(section) = self.table(table, "schema") else {
            return (Vec::new(), Vec::new());
        };
        self.refuse_unknown(section, Section::Schema, "`[schema]`");
        let elements = self.array(section, "files").unwrap_or_default();
        let files = elements
            .into_iter()
            .filter_map(|element| self.schema_file(element))
            .into_vec();
        let queries = self.texts(section, "queries").unwrap_or_default();
        let queries = queries.into_iter().map(|text| QueryPath {
            path: text.value,
            span: text.span,
        });
        (files, queries.into_vec())
    }

    fn schema_file(&mut self, element: Entry<'_>) -> Option<SchemaFile> {
        let Some(table) = element.value.as_table() else {
            let path = self.entry_text(element)?;
            return Some(SchemaFile {
                path: path.value,
                dialect: None,
                engines: Vec::new(),
                serde_rename: None,
                span: path.span,
            });
        };
        self.refuse_unknown(table, Section::SchemaFile, "a schema file");
        let Some(path) = self.text(table, "path") else {
            let help = "add `path = \"schema.sql\"`";
            self.bad_value(
                element.value_span,
                "a schema file needs a path".to_owned(),
                help,
            );
            return None;
        };
        let engines = self.texts(table, "engines");
        if engines.as_ref().is_some_and(Vec::is_empty) {
            self.bad_value(
                element.value_span,
                "`engines` is empty".to_owned(),
                "name an engine, `engines = [\"default\"]`, or leave the key out",
            );
        }
        let engines = engines
            .unwrap_or_default()
            .into_iter()
            .map(|text| text.value)
            .into_vec();
        Some(SchemaFile {
            path: path.value,
            dialect: self.word(table, "dialect", DIALECTS),
            engines,
            serde_rename: self.word(table, "serde-rename", &RenameRule::ALL),
            span: path.span,
        })
    }

    pub(super) fn types(&mut self, table: &DeTable<'_>) -> Vec<TypeMapping> {
        let Some(section) = self.table(table, "types") else {
            return Vec::new();
        };
        let entries = self.entries(section);
        entries
            .into_iter()
            .filter_map(|entry| self.type_mapping(entry))
            .into_vec()
    }

    fn type_mapping(&mut self, entry: Entry<'_>) -> Option<TypeMapping> {
        if !is_shown(entry.key) {
            let message = "this is neither a SQL type nor a column".to_owned();
            let help = "write for example `citext`, `\"binary(16)\"` or `\"orders.state\"`";
            self.bad_value(entry.key_span, message, help);
            return None;
        }
        if entry.value.as_table().is_some() {
            // `orders.state = "…"` without quotes is TOML for a table in a table.
            let message = format!("`{}` is a table, not the path of a Rust type", entry.key);
            let help = "write the key in quotes: `\"orders.state\" = \"crate::State\"`";
            self.bad_value(entry.key_span, message, help);
            return None;
        }
        let text = self.entry_text(entry)?;
        let path = text.value.trim();
        if !is_type_path(path) {
            let message = format!("`{}` needs the path of a Rust type", entry.key);
            let help = format!("write for example `\"{}\" = \"crate::Email\"`", entry.key);
            self.bad_value(text.span, message, help);
            return None;
        }
        Some(TypeMapping {
            key: entry.key.trim().to_owned(),
            rust_type: path.to_owned(),
            span: entry.key_span,
        })
    }

    pub(super) fn crates(&mut self, table: &DeTable<'_>) -> Vec<CrateConfig> {
        let Some(section) = self.table(table, "crates") else {
            return Vec::new();
        };
        let entries = self.entries(section);
        let mut crates: Vec<_> = entries
            .into_iter()
            .filter_map(|entry| self.one_crate(entry))
            .into_vec();
        sort_by(&mut crates, |a, b| a.name.cmp(&b.name));
        crates
    }

    /// A version, or a table as a `Cargo.toml` has it.
    fn one_crate(&mut self, entry: Entry<'_>) -> Option<CrateConfig> {
        if !is_crate_name(entry.key) {
            let message = format!("{} cannot be the name of a crate", quoted(entry.key));
            self.bad_value(
                entry.key_span,
                message,
                "write it as in a `Cargo.toml`: `shop-types`",
            );
            return None;
        }
        let mut found = CrateConfig {
            name: entry.key.to_owned(),
            version: None,
            path: None,
            features: Vec::new(),
            span: entry.key_span,
        };
        if let Some(table) = entry.value.as_table() {
            self.refuse_unknown(table, Section::Crate, &format!("crate `{}`", entry.key));
            found.version = self.text(table, "version").map(|text| text.value);
            found.path = self.text(table, "path").map(|text| text.value);
            let features = self.texts(table, "features").unwrap_or_default();
            found.features = features.into_iter().map(|text| text.value).into_vec();
        } else {
            found.version = Some(self.entry_text(entry)?.value);
        }
        if found.version.is_none() && found.path.is_none() {
            let message = format!("crate `{}` has neither a version nor a path", entry.key);
            let help = "write `version = \"1\"`, or `path = \"../shop-types\"`";
            self.bad_value(entry.key_span, message, help);
        }
        Some(found)
    }
}

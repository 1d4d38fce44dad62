//! Reads `[shards]`.

use crate::lists::IntoVec as _;
use toml::de::DeTable;

use crate::config::ShardsConfig;
use crate::config::keys::Section;
use crate::config::toml_reader::{Entry, Reader, is_shown};
use crate::sorting::sort_by;

impl Reader<'_> {
    pub(super) fn shards(&mut self, table: &DeTable<'_>) -> Vec<ShardsConfig> {
        let Some(section) = self.table(table, "shards") else {
            return Vec::new();
        };
        let entries = self.entries(section);
        let mut sets: Vec<_> = entries
            .into_iter()
            .filter_map(|entry| self.shard_set(entry))
            .into_vec();
        sort_by(&mut sets, |a, b| a.name.cmp(&b.name));
        sets
    }

    fn shard_set(&mut self, entry: Entry<'_>) -> Option<ShardsConfig> {
        if !is_shown(entry.key) {
            let message = "this cannot be the name of a set of shards".to_owned();
            self.bad_value(
                entry.key_span,
                message,
                "write for example `[shards.customers]`",
            );
            return None;
        }
        let table = self.entry_table(entry)?;
        let place = format!("shards `{}`", entry.key);
        self.refuse_unknown(table, Section::Shards, &place);
        let engines = self.texts(table, "engines").unwrap_or_default();
        let engines = engines.into_iter().map(|text| (text.value, text.span));
        let mut named = |key: &str| self.text(table, key).map(|text| (text.value, text.span));
        let (by, map) = (named("by"), named("map"));
        Some(ShardsConfig {
            name: entry.key.to_owned(),
            engines: engines.into_vec(),
            by,
            map,
            slots: self.count(table, "slots", 1),
            span: entry.key_span,
        })
    }
}

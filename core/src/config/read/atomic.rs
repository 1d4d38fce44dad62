//! Reads `[atomic]`.

use crate::lists::IntoVec as _;
use toml::de::DeTable;

use crate::config::AtomicConfig;
use crate::config::keys::Section;
use crate::config::toml_reader::{Entry, Reader, is_shown};
use crate::sorting::sort_by;

impl Reader<'_> {
    pub(super) fn atomic(&mut self, table: &DeTable<'_>) -> Vec<AtomicConfig> {
        let Some(section) = self.table(table, "atomic") else {
            return Vec::new();
        };
        let entries = self.entries(section);
        let mut groups: Vec<_> = entries
            .into_iter()
            .filter_map(|entry| self.atomic_group(entry))
            .into_vec();
        sort_by(&mut groups, |a, b| a.name.cmp(&b.name));
        groups
    }

    fn atomic_group(&mut self, entry: Entry<'_>) -> Option<AtomicConfig> {
        if !is_shown(entry.key) {
            let message = "this cannot be the name of an atomic group".to_owned();
            let help = "write for example `[atomic.checkout]`";
            self.bad_value(entry.key_span, message, help);
            return None;
        }
        let table = self.entry_table(entry)?;
        let place = format!("group `{}`", entry.key);
        self.refuse_unknown(table, Section::Atomic, &place);
        let engines = self.texts(table, "engines").unwrap_or_default();
        let engines = engines.into_iter().map(|text| (text.value, text.span));
        let home = self.text(table, "home").map(|text| (text.value, text.span));
        Some(AtomicConfig {
            name: entry.key.to_owned(),
            engines: engines.into_vec(),
            home,
            span: entry.key_span,
        })
    }
}

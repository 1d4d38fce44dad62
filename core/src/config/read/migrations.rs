//! Reads `[migrations]`.

use crate::lists::IntoVec as _;
use toml::de::DeTable;

use crate::config::keys::Section;
use crate::config::toml_reader::Reader;
use crate::config::{MigrationsCheck, MigrationsConfig};

const CHECKS: &[(&str, MigrationsCheck)] = &[
    ("error", MigrationsCheck::Error),
    ("warn", MigrationsCheck::Warn),
    ("off", MigrationsCheck::Off),
];

impl Reader<'_> {
    pub(super) fn migrations(&mut self, table: &DeTable<'_>) -> MigrationsConfig {
        let Some(section) = self.table(table, "migrations") else {
            return MigrationsConfig::default();
        };
        self.refuse_unknown(section, Section::Migrations, "`[migrations]`");
        let entry = self.get(section, "engines").map(|entry| entry.value_span);
        let engines = self.texts(section, "engines");
        if let (Some(span), Some([])) = (entry, engines.as_deref()) {
            let help = "name an engine, `engines = [\"default\"]`, or leave the key out";
            self.bad_value(span, "`engines` is empty".to_owned(), help);
        }
        let engines = engines.unwrap_or_default().into_iter();
        MigrationsConfig {
            check: self.word(section, "check", CHECKS).unwrap_or_default(),
            engines: engines.map(|text| (text.value, text.span)).into_vec(),
            span: self.get(section, "check").map(|entry| entry.key_span),
        }
    }
}

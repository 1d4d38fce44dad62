//! `[lints]`: a level for each code. Whether there is such a code is known when the schema is read.

use crate::lists::IntoVec as _;
use toml::de::DeTable;

use crate::config::toml_reader::{Entry, Reader, is_shown, quoted};
use crate::lints::{LintEntry, LintLevel};
use crate::name::suggest;

const LEVELS: [(&str, LintLevel); 3] = [
    ("allow", LintLevel::Allow),
    ("warn", LintLevel::Warn),
    ("deny", LintLevel::Deny),
];

impl Reader<'_> {
    pub(super) fn lints(&mut self, table: &DeTable<'_>) -> Vec<LintEntry> {
        let Some(section) = self.table(table, "lints") else {
            return Vec::new();
        };
        self.entries(section)
            .into_iter()
            .filter_map(|entry| self.lint(entry))
            .into_vec()
    }

    fn lint(&mut self, entry: Entry<'_>) -> Option<LintEntry> {
        if !is_shown(entry.key) {
            let message = "a key of `[lints]` is not a code".to_owned();
            let help = "write for example `B0412 = \"allow\"`";
            self.bad_value(entry.key_span, message, help);
            return None;
        }
        let Some(word) = entry.value.as_str() else {
            let help = format!(
                "write `{0} = \"allow\"`, or `\"warn\"` or `\"deny\"`",
                entry.key
            );
            self.wrong_type(entry, "a string", &help);
            return None;
        };
        let level = LEVELS.iter().find(|(known, _)| *known == word);
        if level.is_none() {
            let message = format!("there is no level {}", quoted(word));
            let help = match suggest(word, LEVELS.map(|(known, _)| known)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "the levels are `allow`, `warn` and `deny`".to_owned(),
            };
            self.bad_value(entry.value_span, message, help);
        }
        level.map(|&(_, level)| LintEntry {
            code: entry.key.to_owned(),
            level,
            span: entry.key_span,
        })
    }
}

//! The rules by which serde names fields in JSON, called as serde calls them.

/// A rule for the names of all fields of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RenameRule {
    /// As they are: fields are in lower case.
    Lower,
    /// `BORN_ON`.
    Upper,
    /// `BornOn`.
    Pascal,
    /// `bornOn`.
    Camel,
    /// As they are: fields are in snake case.
    Snake,
    /// `BORN_ON`.
    ScreamingSnake,
    /// `born-on`.
    Kebab,
    /// `BORN-ON`.
    ScreamingKebab,
}

impl RenameRule {
    /// All of them, by their words.
    pub const ALL: [(&'static str, Self); 8] = [
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
        ("PascalCase", Self::Pascal),
        ("camelCase", Self::Camel),
        ("snake_case", Self::Snake),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
        ("SCREAMING-KEBAB-CASE", Self::ScreamingKebab),
    ];

    /// Its word, in `bindery.toml` and in `#[serde(rename_all = "…")]`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lower => "lowercase",
            Self::Upper => "UPPERCASE",
            Self::Pascal => "PascalCase",
            Self::Camel => "camelCase",
            Self::Snake => "snake_case",
            Self::ScreamingSnake => "SCREAMING_SNAKE_CASE",
            Self::Kebab => "kebab-case",
            Self::ScreamingKebab => "SCREAMING-KEBAB-CASE",
        }
    }

    /// Returns the name of a field in JSON, as `serde_derive` makes it (`internals/case.rs`, `apply_to_field`).
    ///
    /// ```
    /// use bindery_core::json_names::RenameRule;
    /// assert_eq!(RenameRule::Camel.apply("born_on"), "bornOn");
    /// assert_eq!(RenameRule::ScreamingKebab.apply("born_on"), "BORN-ON");
    /// ```
    pub fn apply(self, field: &str) -> String {
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => pascal(field),
            Self::Camel => camel(field),
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn pascal(field: &str) -> String {
    let words = field.split('_').map(|word| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    });
    words.collect()
}

/// serde makes the first byte lower case, which of a name of another script it cannot.
fn camel(field: &str) -> String {
    let pascal = pascal(field);
    let mut characters = pascal.chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::RenameRule;

    #[test]
    fn every_rule_is_found_by_its_word() {
        for (word, rule) in RenameRule::ALL {
            assert_eq!(rule.word(), word);
        }
    }

    #[test]
    fn names_are_those_of_serde() {
        let named = RenameRule::ALL.map(|(_, rule)| rule.apply("_at_2_x"));
        assert_eq!(
            named,
            [
                "_at_2_x", "_AT_2_X", "At2X", "at2X", "_at_2_x", "_AT_2_X", "-at-2-x", "-AT-2-X"
            ]
        );
    }
}

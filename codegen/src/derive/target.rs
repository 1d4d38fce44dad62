//! The target of `#[references("users(id)")]` and `#[link_to("users(id)")]`: a table and one of its columns.

/// A column of another table, perhaps with the table's schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) schema: Option<String>,
    pub(super) table: String,
    pub(super) column: String,
}

impl Target {
    /// Reads `users(id)` or `auth.users(id)`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (table, rest) = text.trim().split_once('(')?;
        let column = rest.strip_suffix(')')?.trim();
        let (schema, table) = match table.trim().split_once('.') {
            Some((schema, table)) => (Some(schema), table),
            None => (None, table.trim()),
        };
        let all_names = [Some(table), schema, Some(column)]
            .into_iter()
            .flatten()
            .all(is_name);
        all_names.then(|| Self {
            schema: schema.map(str::to_owned),
            table: table.to_owned(),
            column: column.to_owned(),
        })
    }
}

/// Letters, digits and underscores, not a digit first.
pub(super) fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_table_and_a_column() {
        let target = |schema: Option<&str>, table: &str, column: &str| Target {
            schema: schema.map(str::to_owned),
            table: table.to_owned(),
            column: column.to_owned(),
        };
        assert_eq!(
            Target::parse("users(id)"),
            Some(target(None, "users", "id"))
        );
        assert_eq!(
            Target::parse(" auth.users ( id ) "),
            Some(target(Some("auth"), "users", "id"))
        );
        for wrong in [
            "",
            "users",
            "users(id",
            "users()",
            "(id)",
            "users(id) --",
            "a.b.c(d)",
            "users(a, b)",
        ] {
            assert_eq!(Target::parse(wrong), None, "{wrong}");
        }
    }
}

//! The names of a table in what one of its shards refuses. A worker of a Citus cluster knows the shard `members_102008` and its key
//! `members_email_key_102008`, and the coordinator passes on state and message alone, without the fields that name them (13.2,
//! `ReportResultError` in `connection/remote_commands.c`). It has the fields, with the names of the shard, where that is on the coordinator.

use super::{ServerError, class};

/// The states of what a row violates, by the words of the messages where the servers do not translate them; the constraint's name follows.
const VIOLATIONS: [(&str, &str); 4] = [
    ("23505", "violates unique constraint \""),
    ("23503", "violates foreign key constraint \""),
    ("23514", "violates check constraint \""),
    ("23P01", "violates exclusion constraint \""),
];
const NOT_NULL: (&str, &str) = ("23502", "null value in column \"");
/// Words before the name of a table, which is the last of them: a DELETE names the table that has the row first.
const TABLES: [&str; 2] = ["relation \"", "on table \""];
/// Of a COPY the coordinator passes on no state, either (13.2, `ReportCopyError` in `commands/multi_copy.c`).
const NO_STATE: &str = "XX000";

impl ServerError {
    /// Has the names of the table in place of those of its shard.
    pub(in super::super) fn name_table(&mut self) {
        let constraint = VIOLATIONS.iter().find_map(|(state, words)| {
            let name = self.name_after(words)?;
            Some((*state, name))
        });
        let column = self.name_after(NOT_NULL.1);
        if self.code == NO_STATE {
            let state = constraint.as_ref().map(|(state, _)| *state);
            let state = state.or(column.is_some().then_some(NOT_NULL.0));
            self.code = state.unwrap_or(NO_STATE).to_owned();
        }
        if class(&self.code) != "23" || !self.is_of_shard() {
            return;
        }
        // A COPY gives each shard some of the rows, which it counts from the first.
        self.row = None;
        let constraint = constraint.map(|(_, name)| name);
        let table = TABLES
            .iter()
            .filter_map(|words| self.message.rfind(words).zip(Some(words)));
        let table = table.max().and_then(|(_, words)| self.name_after(words));
        let of_table = |name: String| {
            split_number(&name)
                .map_or(name.as_str(), |(of, _)| of)
                .to_owned()
        };
        self.constraint = self.constraint.take().or(constraint).map(of_table);
        self.table = self.table.take().or(table).map(of_table);
        self.column = self.column.take().or(column);
    }

    /// Whether it is of a worker, which leaves no fields, or of a shard on the coordinator, whose names end with one number.
    fn is_of_shard(&self) -> bool {
        let number = |name: &Option<String>| {
            let (_, number) = split_number(name.as_deref()?)?;
            Some(number.to_owned())
        };
        match (&self.table, &self.constraint) {
            (None, None) => true,
            (table, constraint) => number(table).is_some_and(|of| number(constraint) == Some(of)),
        }
    }

    /// The name that follows these words, where they are there last.
    fn name_after(&self, words: &str) -> Option<String> {
        let at = self.message.rfind(words)?;
        let (name, _) = self.message[at + words.len()..].split_once('"')?;
        Some(name.to_owned())
    }
}

/// The name of a table or of a key, and the number of the shard. A longer name than 63 bytes is cut, and has a hash, too.
fn split_number(name: &str) -> Option<(&str, &str)> {
    let (of_table, number) = name.rsplit_once('_')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some((of_table, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_has_the_names_of_its_table() {
        for (message, constraint, table, column) in [
            (
                "duplicate key value violates unique constraint \"members_email_key_102008\"",
                Some("members_email_key"),
                None,
                None,
            ),
            (
                "insert or update on table \"lines_102050\" violates foreign key constraint \"lines_order_fkey_102050\"",
                Some("lines_order_fkey"),
                Some("lines"),
                None,
            ),
            (
                "update or delete on table \"orders_102018\" violates foreign key constraint \"lines_order_fkey_102050\" on table \"lines_102050\"",
                Some("lines_order_fkey"),
                Some("lines"),
                None,
            ),
            (
                "null value in column \"title\" of relation \"blogs_102008\" violates not-null constraint",
                None,
                Some("blogs"),
                Some("title"),
            ),
            (
                "new row for relation \"blogs_102008\" violates check constraint \"blogs_stars_check_102008\"",
                Some("blogs_stars_check"),
                Some("blogs"),
                None,
            ),
        ] {
            let mut said = ServerError {
                code: NO_STATE.to_owned(),
                message: message.to_owned(),
                ..ServerError::default()
            };
            said.name_table();
            assert_eq!(class(&said.code), "23", "{message}");
            let found = [&said.constraint, &said.table, &said.column];
            assert_eq!(
                found.map(Option::as_deref),
                [constraint, table, column],
                "{message}"
            );
        }
    }

    #[test]
    fn fields_are_of_the_table_too() {
        let mut said = ServerError {
            code: "23505".to_owned(),
            constraint: Some("members_email_key_102008".to_owned()),
            table: Some("members_102008".to_owned()),
            ..ServerError::default()
        };
        said.name_table();
        assert_eq!(said.constraint.as_deref(), Some("members_email_key"));
        assert_eq!(said.table.as_deref(), Some("members"));
        assert_eq!(split_number("members_"), None);
    }

    #[test]
    fn a_table_of_the_coordinator_keeps_its_name() {
        let mut said = ServerError {
            code: "23505".to_owned(),
            constraint: Some("orders_2024_pkey".to_owned()),
            table: Some("orders_2024".to_owned()),
            row: Some(3),
            ..ServerError::default()
        };
        said.name_table();
        assert_eq!(said.constraint.as_deref(), Some("orders_2024_pkey"));
        assert_eq!(said.table.as_deref(), Some("orders_2024"));
        assert_eq!(said.row, Some(3));
    }
}

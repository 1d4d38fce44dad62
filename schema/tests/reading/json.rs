//! `@serde` of a column where other tables and views have it too.

use bindery_schema::dialect::Dialect;
use bindery_schema::model::Model;

use super::support::compile;

const SCHEMA: &str = r#"
CREATE TABLE users (
    id bigint PRIMARY KEY,
    -- @serde rename "mail"
    email text NOT NULL,
    -- @serde skip
    pass text NOT NULL
);
CREATE TABLE admins (level int NOT NULL) INHERITS (users);
CREATE VIEW shown AS SELECT id, email, pass AS secret, length(pass) AS size FROM users;
CREATE VIEW shown_again AS SELECT secret FROM shown;
CREATE VIEW open AS SELECT
    -- @serde rename "pass"
    pass
FROM users;
"#;

/// The names of a table's columns in JSON.
fn in_json(model: &Model, name: &str) -> Vec<String> {
    let mut tables = model.tables.iter();
    let table = tables
        .find(|table| table.name.name == name)
        .expect("it has a model");
    let columns = table.columns.iter().filter(|column| column.is_in_json());
    columns
        .map(|column| column.json_name(table.serde_rename))
        .collect()
}

#[test]
fn a_skipped_column_is_skipped_where_it_is_shown_or_inherited() {
    let (_, model, found) = compile(SCHEMA.as_bytes(), Dialect::Postgres);
    assert!(!found.has_errors(), "{found:?}");
    for (table, names) in [
        ("users", &["id", "mail"] as &[&str]),
        ("admins", &["id", "mail", "level"]),
        ("shown", &["id", "email", "size"]),
        ("shown_again", &[]),
        ("open", &["pass"]),
    ] {
        assert_eq!(in_json(&model, table), names, "{table}");
    }
}

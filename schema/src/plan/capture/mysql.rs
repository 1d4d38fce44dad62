//! MySQL and MariaDB.

use super::{Capture, EVENTS, Form, KeyForm, Writer, named, quoted};

pub(super) static FORM: Form = Form {
    id: "BIGINT AUTO_INCREMENT PRIMARY KEY",
    name: "VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    key: "TEXT CHARACTER SET ascii COLLATE ascii_bin",
    end: " ENGINE = InnoDB",
    now: "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
    part,
    joined: |parts| match parts {
        [only] => only.clone(),
        parts => format!("CONCAT_WS(',', {})", parts.join(", ")),
    },
    triggers,
};

fn triggers(writer: &Writer<'_>, capture: &mut Capture) {
    for (event, when, operation, row) in EVENTS {
        let body = writer.insert(operation, row);
        let name = named(event, &body);
        let table = quoted(&writer.table.name, writer.dialect);
        capture.create.push(format!(
            "CREATE TRIGGER `{name}` {when} ON {table} FOR EACH ROW {body}"
        ));
        capture.triggers.push(name);
    }
}

fn part(value: &str, form: Option<KeyForm>) -> String {
    match form {
        Some(KeyForm::Boolean | KeyForm::Integer | KeyForm::Unsigned) => {
            format!("CONCAT('i', {value})")
        }
        Some(KeyForm::Bytes) => format!("CONCAT('b', HEX({value}))"),
        Some(KeyForm::Text | KeyForm::Uuid) | None => {
            format!("CONCAT('t', HEX(CONVERT({value} USING utf8mb4)))")
        }
    }
}

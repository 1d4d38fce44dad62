//! SQLite.

use super::{Capture, EVENTS, Form, INSERT, Writer, identifier, named, quoted};
use crate::lists::IntoVec as _;

pub(super) static FORM: Form = Form {
    id: "INTEGER PRIMARY KEY AUTOINCREMENT",
    name: "VARCHAR(191)",
    key: "TEXT",
    end: "",
    now: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    part: |value, _| part(value),
    joined: |parts| parts.join(" || ',' || "),
    triggers,
};

fn triggers(writer: &Writer<'_>, capture: &mut Capture) {
    let replaced = writer.replaced();
    let mut trigger = |event: &str, when: &str, body: &str| {
        let table = quoted(&writer.table.name, writer.dialect);
        let rest = format!("{when} ON {table} BEGIN {body}; END");
        let name = named(event, &rest);
        capture
            .create
            .push(format!("CREATE TRIGGER \"{name}\" {rest}"));
        capture.triggers.push(name);
    };
    if let Some(condition) = replaced {
        for (event, when, own) in [
            ("bi", "BEFORE INSERT", "NEW"),
            ("bu", "BEFORE UPDATE", "OLD"),
        ] {
            let body = writer.hint(&condition, own);
            trigger(event, when, &body);
        }
    }
    for (event, when, operation, row) in EVENTS {
        trigger(event, when, &writer.insert(operation, row));
    }
}

impl Writer<'_> {
    /// REPLACE deletes rows without a word where a unique key refuses the new one, unless `recursive_triggers` is on. The rows that
    /// would go are noted as changed, whether or not they do: readers look at the row that there is.
    fn hint(&self, condition: &str, own: &str) -> String {
        let found = self.key_of("o");
        format!(
            "{INSERT} SELECT {}, 'U', {found}, NULL, {} FROM {} AS o WHERE ({condition}) AND {found} IS NOT {}",
            self.name(),
            self.form.now,
            quoted(&self.table.name, self.dialect),
            self.key_of(own),
        )
    }

    /// The condition of rows `o` that a new row takes the place of, by another key than the primary one.
    fn replaced(&self) -> Option<String> {
        let unique = |unique: &crate::model::Unique| {
            let same = unique.columns.iter().map(|id| {
                let name = identifier(&self.table.column(*id).name, self.dialect);
                format!("o.{name} = NEW.{name}")
            });
            same.into_vec().join(" AND ")
        };
        let all: Vec<String> = self.table.uniques.iter().map(unique).into_vec();
        (!all.is_empty()).then(|| all.join(" OR "))
    }
}

/// A value is kept as it was written, whatever the column is declared as.
fn part(value: &str) -> String {
    format!(
        "(CASE typeof({value}) WHEN 'integer' THEN 'i' || {value} WHEN 'text' THEN 't' || hex({value}) WHEN 'blob' THEN 'b' || hex({value}) \
         WHEN 'real' THEN 'r' || {value} END)"
    )
}

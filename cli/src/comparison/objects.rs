//! Sequences, domains and the like, of which a server keeps more or other words than it was given.

use std::collections::{BTreeMap, BTreeSet};

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{ColumnChange, ColumnShape, ObjectShape, Structure};

use super::text::{has_same_parts, is_same_text};
use super::{Comparison, Finding};

/// The word of a column that has a sequence of its own.
const SERIAL: &str = "serial";

/// An object that is declared in other words.
pub(super) fn changed(
    found: &ObjectShape,
    expected: &ObjectShape,
    dialect: Dialect,
    result: &mut Comparison,
) {
    let statements = |object: &ObjectShape| object.create.join(" ");
    if is_same_text(&statements(found), &statements(expected), dialect) {
        return;
    }
    if expected.kind == "SEQUENCE" {
        if options(&statements(found)) != options(&statements(expected)) {
            result.differences.push(Finding::object(expected, found));
        }
    } else if has_same_parts(&statements(found), &statements(expected), dialect)
        || expected.kind == "FUNCTION"
    {
        result.notes.push(Finding::object(expected, found));
    } else {
        result.differences.push(Finding::object(expected, found));
    }
}

/// The options of a sequence that are not the usual ones.
fn options(create: &str) -> BTreeMap<String, String> {
    let text = create.to_lowercase().replace("no cycle", "nocycle");
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == ';' || c == '=')
        .filter(|word| !word.is_empty())
        .collect();
    let mut options = BTreeMap::new();
    for (at, word) in words.iter().enumerate() {
        let next = |ahead: usize| words.get(at + ahead).copied().unwrap_or_default();
        let value = if matches!(next(1), "with" | "by") {
            next(2)
        } else {
            next(1)
        };
        let is_usual = match *word {
            "start" | "increment" | "minvalue" => matches!(value, "1" | "minvalue"),
            "maxvalue" => value.len() >= 18,
            "cache" => matches!(value, "1" | "1000"),
            "cycle" => false,
            _ => true,
        };
        if !is_usual && next(0) != "no" && words.get(at.wrapping_sub(1)) != Some(&"no") {
            let value = if *word == "cycle" { "" } else { value };
            options.insert((*word).to_owned(), value.to_owned());
        }
    }
    options
}

/// Whether an object of this kind and name is there, or a column that brings it along. A schema counts where both sides say it.
pub(super) fn has_object(structure: &Structure, object: &ObjectShape) -> bool {
    let mut objects = structure.objects.iter().chain(&structure.idle_objects);
    let has_same_schema = |one: &ObjectShape| {
        let schemas = (&one.name.schema, &object.name.schema);
        schemas.0.is_none() || schemas.1.is_none() || schemas.0 == schemas.1
    };
    objects.any(|one| {
        one.kind == object.kind && one.name.name == object.name.name && has_same_schema(one)
    }) || serial_sequences(structure).contains(&object.name.to_string())
}

/// The sequences that the server makes for `serial` columns, by the names it gives them.
fn serial_sequences(structure: &Structure) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for table in &structure.tables {
        let serial = table
            .columns
            .iter()
            .filter(|column| column.generated == SERIAL);
        for column in serial {
            names.insert(format!("{}_{}_seq", table.name, column.name));
        }
    }
    names
}

/// `serial` is a default and a sequence under the name that PostgreSQL gives it: dumps write them apart.
pub(super) fn is_serial_beside_sequence(
    change: ColumnChange,
    found: &ColumnShape,
    expected: &ColumnShape,
) -> bool {
    let counts = |column: &ColumnShape| {
        let default = column.default.as_deref().unwrap_or_default();
        column.generated == SERIAL || default.to_lowercase().contains("nextval(")
    };
    matches!(change, ColumnChange::Default | ColumnChange::Generated)
        && (found.generated == SERIAL) != (expected.generated == SERIAL)
        && counts(found)
        && counts(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_options_of_sequences_are_not_compared() {
        let written = "CREATE SEQUENCE s START WITH 10 CYCLE";
        let shown = "create sequence s start with 10 minvalue 1 maxvalue 9223372036854775806 increment by 1 cache 1000 cycle ENGINE=InnoDB";
        assert_eq!(options(written), options(shown));
        assert_ne!(
            options(written),
            options("CREATE SEQUENCE s START 11 CYCLE")
        );
        assert_eq!(
            options("CREATE SEQUENCE s NO MINVALUE NO MAXVALUE CACHE 1"),
            BTreeMap::new()
        );
    }
}

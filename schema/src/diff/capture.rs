//! Triggers that record changes, as statements make and drop them. Their names hold a number made of what they do, so one that a
//! side lacks by name is missing there, whatever else it has.

use bindery_core::statements::cut::cut;

use super::facts::Facts;
use super::triggers::{TableTrigger, triggers};
use crate::dialect::{Dialect, Flavour};
use crate::model::TableName;
use crate::plan::capture::{PREFIX, is_ours, tables};
use crate::sql_writer::SqlWriter;

/// A trigger that records the changes of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureTrigger {
    /// The table whose changes it records.
    pub table: TableName,
    /// The name of the trigger.
    pub name: String,
    /// The function (PostgreSQL) and the trigger, and what switches it on.
    create: Vec<String>,
}

/// The triggers that are there after the statements of a text.
pub(super) fn captures_of_text(
    text: &str,
    dialect: Dialect,
    flavour: Option<Flavour>,
) -> Vec<CaptureTrigger> {
    if !text.contains(PREFIX) {
        return Vec::new();
    }
    let statements = cut(text, dialect, flavour).statements.into_iter();
    let texts = statements.map(|one| &text[one.start as usize..one.end as usize]);
    captures(&triggers(texts, dialect))
}

/// Those of these triggers that record changes.
pub(super) fn captures(triggers: &[TableTrigger]) -> Vec<CaptureTrigger> {
    let ours = triggers
        .iter()
        .filter(|one| is_ours(&one.name) && !one.is_off());
    let capture = |one: &TableTrigger| CaptureTrigger {
        table: one.table.clone(),
        name: one.name.clone(),
        create: one.made_with_function(),
    };
    ours.map(capture).collect()
}

/// The statements that make triggers. One of the same name may be there, and switched off.
pub(super) fn create(
    triggers: &[CaptureTrigger],
    may_be_there: bool,
    dialect: Dialect,
) -> Vec<String> {
    let mut statements = tables(dialect);
    for trigger in triggers {
        if may_be_there {
            statements.push(drop_trigger(trigger, dialect));
        }
        for sql in &trigger.create {
            if !statements.contains(sql) {
                statements.push(sql.clone());
            }
        }
    }
    statements
}

/// The statements that remove triggers, and functions that nothing else calls.
pub(super) fn remove(triggers: &[CaptureTrigger], dialect: Dialect) -> Vec<String> {
    let mut statements: Vec<String> = triggers
        .iter()
        .map(|trigger| drop_trigger(trigger, dialect))
        .collect();
    if Facts::of(dialect).triggers.are_of_tables {
        let rows = triggers
            .iter()
            .filter_map(|one| one.name.strip_prefix(PREFIX)?.strip_prefix("r_"));
        statements
            .extend(rows.map(|number| format!("DROP FUNCTION IF EXISTS \"{PREFIX}f_{number}\"()")));
    }
    statements
}

fn drop_trigger(trigger: &CaptureTrigger, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.push("DROP TRIGGER IF EXISTS ")
        .identifier(&trigger.name);
    if Facts::of(dialect).triggers.are_of_tables {
        sql.push(" ON ").table(&trigger.table);
    }
    sql.finish()
}

//! Changes as statements of a dialect.

mod mysql;
mod postgres;
mod sqlite;

pub(super) use self::mysql::{render as mysql, set_of_table};
pub(super) use self::postgres::rename_key as rename_postgres_key;
pub(super) use self::postgres::{
    columns_of, is_compared_otherwise, is_converted, is_enum_made_anew, needs_using,
};
pub(super) use self::postgres::{drop_not_null, render as postgres, unvalidate_key};
pub(super) use self::sqlite::{rename_in_sqlite, render as sqlite};
use super::capture;
use super::change::Change;
use super::facts::Facts;
use super::key::{Key, KeyKind};
use super::order::held_back;
use super::rename::Rename;
use super::structure::{ColumnShape, Structure, TableShape};
use super::subject::Subject;
use super::triggers::TableTrigger;
use crate::dialect::Dialect;
use crate::model::TableName;
use crate::sql_writer::SqlWriter;

/// Statements that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// Sentences for whoever reads the file.
    pub remarks: Vec<String>,
    /// In their order, without delimiters.
    pub statements: Vec<String>,
    /// Data is lost: it is written, and not executed unless a person removes the comment signs.
    pub commented: bool,
    /// PostgreSQL: it can wait for a file without a transaction, so that the table stays in use meanwhile.
    pub online: bool,
    /// The parts of the database that it makes, drops or declares anew: the step of the other direction has the same.
    pub(super) about: Vec<Subject>,
}

impl Step {
    pub(super) fn of(statements: impl IntoIterator<Item = String>) -> Self {
        Self {
            statements: statements.into_iter().collect(),
            ..Self::default()
        }
    }

    pub(super) fn online(statements: impl IntoIterator<Item = String>) -> Self {
        Self {
            online: true,
            ..Self::of(statements)
        }
    }

    /// The same as a step about what the change is about.
    fn about(mut self, change: &Change) -> Self {
        self.about.extend(Subject::of(change));
        self
    }

    /// A comment until others are meant.
    fn held_back(self, why: &str) -> Self {
        Self {
            commented: true,
            ..self.remark(why)
        }
    }

    fn remark(mut self, text: impl Into<String>) -> Self {
        self.remarks.push(text.into());
        self
    }
}

/// The inputs that rendering needs beside the changes.
pub(super) struct Context<'c> {
    /// The structure that the changes are applied to.
    pub(super) from: &'c Structure,
    /// The structure that they make.
    pub(super) to: &'c Structure,
    /// Triggers of SQLite's tables, which a table that is made anew loses, and those of PostgreSQL that are bound to columns.
    pub(super) triggers: &'c [TableTrigger],
    /// Statements that lose data are commented out.
    pub(super) keeps_data: bool,
    /// Large tables stay in use meanwhile.
    pub(super) online: bool,
}

impl Context<'_> {
    /// Whether the table is to stay in use, and its server knows how. Nothing is in a table that the same migration makes.
    fn is_online(&self, table: &TableName) -> bool {
        let known = self.from.table(table).zip(self.to.table(table));
        self.online && known.is_some_and(|(from, to)| !from.changes_block && !to.changes_block)
    }
}

/// Makes a part of a table, or drops it.
fn partitions(context: &Context<'_>, change: &Change, dialect: Dialect) -> Vec<Step> {
    if let Change::AddPartition { partition, .. } = change {
        vec![Step::of([partition.create.clone()])]
    } else if let Change::DropPartition { table, partition } = change {
        let mut statements = vec![drop_table(&partition.name, dialect)];
        // A foreign key to the table keeps its parts from being dropped (PostgreSQL's error 2BP01).
        if partition.parent == *table {
            let part = quoted_table(&partition.name, dialect);
            let detached = altered(table, dialect, &format!("DETACH PARTITION {part}"));
            statements.insert(0, detached);
        }
        vec![loss(context, change, statements)]
    } else {
        Vec::new()
    }
}

/// Makes triggers, or drops them.
fn captures(context: &Context<'_>, change: &Change, dialect: Dialect) -> Vec<Step> {
    let statements = if let Change::AddCapture { table, triggers } = change {
        capture::create(triggers, context.from.table(table).is_some(), dialect)
    } else if let Change::DropCapture { triggers, .. } = change {
        capture::remove(triggers, dialect)
    } else {
        return Vec::new();
    };
    vec![Step::of(statements)]
}

/// The statements of all changes, in the order in which the database takes them.
pub(super) fn render(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    (Facts::of(context.to.dialect).render)(context, changes)
}

/// All steps; those that a database refuses as long as one before them is commented out are comments, too.
fn with_held_back(
    context: &Context<'_>,
    groups: &[Vec<Change>],
    mut steps: Vec<Vec<Step>>,
) -> Vec<Step> {
    let is_commented = |steps: &Vec<Step>| steps.iter().any(|step| step.commented);
    let commented: Vec<bool> = steps.iter().map(is_commented).collect();
    let sides = (context.from, context.to);
    for (steps, why) in steps.iter_mut().zip(held_back(sides, groups, &commented)) {
        if let Some(why) = why {
            *steps = std::mem::take(steps)
                .into_iter()
                .map(|step| step.held_back(why))
                .collect();
        }
    }
    steps.concat()
}

/// The steps of a change, which are about what that is about. A changed column may have steps that lose nothing, so those say it
/// for themselves.
fn about(change: &Change, steps: Vec<Step>) -> Vec<Step> {
    if matches!(change, Change::ChangeColumn { .. }) {
        return steps;
    }
    steps.into_iter().map(|step| step.about(change)).collect()
}

/// RENAME of a table or column.
pub(super) fn rename(rename: &Rename, dialect: Dialect) -> String {
    let mut sql = alter(rename.table_before(), dialect);
    match rename {
        Rename::Table { to, .. } => {
            sql.push(" RENAME TO ");
            match Facts::of(dialect).tables.rename_names_schema {
                true => sql.table(to),
                false => sql.identifier(&to.name),
            };
        }
        Rename::Column { from, to, .. } => {
            sql.push(" RENAME COLUMN ").identifier(from);
            sql.push(" TO ").identifier(to);
        }
    }
    sql.finish()
}

/// `ALTER TABLE t`.
fn alter(table: &TableName, dialect: Dialect) -> SqlWriter {
    let mut sql = SqlWriter::new(dialect);
    sql.push("ALTER TABLE ").table(table);
    sql
}

/// `ALTER TABLE t …`.
fn altered(table: &TableName, dialect: Dialect, words: &str) -> String {
    let mut sql = alter(table, dialect);
    sql.push(" ").push(words);
    sql.finish()
}

fn quoted(name: &str, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.identifier(name);
    sql.finish()
}

fn quoted_table(name: &TableName, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.table(name);
    sql.finish()
}

fn text_literal(value: &str, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.text_literal(value);
    sql.finish()
}

/// A table with everything after it, but foreign keys that are made later.
fn create_table(table: &TableShape, dialect: Dialect) -> Vec<String> {
    let mut statements = vec![table.create.clone()];
    statements.extend(indexes(&table.keys));
    statements.extend(table.after.iter().cloned());
    if !dialect.capabilities(None).comments_in_table {
        statements.extend(
            table
                .comment
                .iter()
                .map(|comment| comment_on(&table.name, None, Some(comment), dialect)),
        );
        for column in &table.columns {
            let comment = column.comment.iter();
            statements.extend(comment.map(|comment| {
                comment_on(&table.name, Some(&column.name), Some(comment), dialect)
            }));
        }
    }
    statements
}

/// CREATE INDEX of those that are statements of their own.
fn indexes(keys: &[Key]) -> impl Iterator<Item = String> + '_ {
    let keys = keys.iter().filter(|key| key.is_statement);
    keys.map(|key| key.sql.clone())
}

fn comment_on(
    table: &TableName,
    column: Option<&str>,
    comment: Option<&String>,
    dialect: Dialect,
) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.push(if column.is_some() {
        "COMMENT ON COLUMN "
    } else {
        "COMMENT ON TABLE "
    });
    sql.table(table);
    if let Some(column) = column {
        sql.push(".").identifier(column);
    }
    sql.push(" IS ");
    match comment {
        Some(comment) => sql.text_literal(comment),
        None => sql.push("NULL"),
    };
    sql.finish()
}

fn drop_table(table: &TableName, dialect: Dialect) -> String {
    format!("DROP TABLE {}", quoted_table(table, dialect))
}

fn drop_column(table: &TableName, column: &ColumnShape, dialect: Dialect) -> String {
    altered(
        table,
        dialect,
        &format!("DROP COLUMN {}", quoted(&column.name, dialect)),
    )
}

pub(super) fn drop_view(view: &super::ViewShape, dialect: Dialect) -> String {
    let kind = if view.materialized {
        "MATERIALIZED VIEW"
    } else {
        "VIEW"
    };
    format!("DROP {kind} {}", quoted_table(&view.name, dialect))
}

/// Drops a key of PostgreSQL that was added online.
pub(super) fn drop_online(table: &TableName, key: &Key) -> String {
    let dropped = postgres::drop_key(table, key);
    match key.is_statement {
        true => dropped.replacen("DROP INDEX ", "DROP INDEX CONCURRENTLY ", 1),
        false => dropped,
    }
}

/// Drops a key of a table that goes, so that its name is free: an index of SQLite, a foreign key of MySQL.
pub(super) fn free_name(table: &TableName, key: &Key, dialect: Dialect) -> String {
    let name = key.known_name.as_deref().unwrap_or_default();
    let name = quoted(name, dialect);
    match key.kind {
        KeyKind::ForeignKey => altered(table, dialect, &format!("DROP FOREIGN KEY {name}")),
        KeyKind::PrimaryKey
        | KeyKind::Unique
        | KeyKind::Index
        | KeyKind::Exclusion
        | KeyKind::Check => format!("DROP INDEX {name}"),
    }
}

/// The view with its indexes.
fn create_view(view: &super::ViewShape) -> Vec<String> {
    [view.create.clone()]
        .into_iter()
        .chain(indexes(&view.keys))
        .collect()
}

/// A step that loses data.
fn loss(context: &Context<'_>, change: &Change, statements: Vec<String>) -> Step {
    let step = Step::of(statements).about(change);
    if !context.keeps_data {
        return step;
    }
    Step {
        commented: true,
        ..step.remark(format!("{change}, with its data"))
    }
}

/// A column that rows have no value for: NULL and no default would be refused.
fn lacks_value(column: &ColumnShape) -> bool {
    !column.nullable && column.default.is_none() && column.generated.is_empty()
}

/// Adds it in three steps, the second of which a person writes.
fn add_without_value(
    table: &TableName,
    column: &ColumnShape,
    dialect: Dialect,
    set_not_null: Step,
) -> Vec<Step> {
    let name = quoted(&column.name, dialect);
    let nullable = column.line.replacen(" NOT NULL", "", 1);
    let update = format!("UPDATE {} SET {name} = …", quoted_table(table, dialect));
    vec![
        Step::of([altered(table, dialect, &format!("ADD COLUMN {nullable}"))]),
        set_not_null.remark(format!(
            "rows that are there need a value for `{}`: write it here, `{update};`",
            column.name
        )),
    ]
}

/// Whether it was dropped for a change of another part: that kept others from the table already.
fn is_made_again(context: &Context<'_>, table: &TableName, key: &Key) -> bool {
    let known = context.from.table(table).map_or(&[][..], |one| &one.keys);
    known.iter().any(|one| one.does_the_same(key))
}

/// A change that is left to a person.
fn by_hand(change: &Change) -> Step {
    Step::default().remark(format!(
        "{change}: bindery does not write this change, write it here"
    ))
}

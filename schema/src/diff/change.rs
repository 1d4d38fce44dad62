//! One difference, as a change that makes the one side like the other.

use std::fmt;

use super::capture::CaptureTrigger;
use super::key::Key;
use super::mysql::Partitioning;
use super::structure::{
    ColumnShape, DistributionShape, EnumShape, ObjectShape, PartitionShape, TableShape, ViewShape,
};
use crate::model::TableName;

/// A change of a database. Names are those after all renames.
#[derive(Debug, Clone)]
pub enum Change {
    /// An object that tables need, other than an enum.
    CreateObject(ObjectShape),
    /// The same, which nothing needs any longer.
    DropObject(ObjectShape),
    /// An object that is declared in another way; which of its changes a database can make is not known.
    ChangeObject {
        /// As it is.
        from: ObjectShape,
        /// As it shall be.
        to: ObjectShape,
    },
    /// An enum type.
    CreateEnum(EnumShape),
    /// An enum type that no column has any longer.
    DropEnum(EnumShape),
    /// Other values of an enum type.
    ChangeEnum {
        /// As it is.
        from: EnumShape,
        /// As it shall be.
        to: EnumShape,
    },
    /// A table with its columns, and its keys but those that are made later.
    CreateTable(TableShape),
    /// A table with its rows.
    DropTable(TableShape),
    /// A column that the table lacks.
    AddColumn {
        /// The table that gets it.
        table: TableName,
        /// The column as it shall be.
        column: ColumnShape,
    },
    /// A column with its values.
    DropColumn {
        /// The table that loses it.
        table: TableName,
        /// The column as it is.
        column: ColumnShape,
    },
    /// A column that is declared in another way.
    ChangeColumn {
        /// The table of the column.
        table: TableName,
        /// As it is.
        from: Box<ColumnShape>,
        /// As it shall be.
        to: Box<ColumnShape>,
        /// In which respects.
        changes: Vec<ColumnChange>,
    },
    /// A key, index, foreign key or check.
    AddKey {
        /// Its table, or the materialized view.
        table: TableName,
        /// The key as it shall be.
        key: Key,
    },
    /// The same, which shall be there no longer.
    DropKey {
        /// Its table, or the materialized view.
        table: TableName,
        /// The key as it is.
        key: Key,
    },
    /// A key under another name.
    RenameKey {
        /// Its table, or the materialized view.
        table: TableName,
        /// As it is.
        from: Key,
        /// As it shall be.
        to: Key,
    },
    /// A constraint that was `NOT VALID` (PostgreSQL): rows that were there before shall meet it, too.
    ValidateKey {
        /// The table whose rows are read.
        table: TableName,
        /// The constraint, under the name that it has then.
        key: Key,
    },
    /// The text after the table: `STRICT`, `ENGINE=InnoDB`, `PARTITION BY …`.
    ChangeOptions {
        /// The table that has the options.
        table: TableName,
        /// As they are.
        from: String,
        /// As they shall be.
        to: String,
    },
    /// How MySQL divides the rows of a table.
    ChangePartitioning {
        /// The table whose rows are divided.
        table: TableName,
        /// As they are; `None` where they are all in one place.
        from: Option<Partitioning>,
        /// As they shall be.
        to: Option<Partitioning>,
    },
    /// The comment of a table.
    ChangeComment {
        /// The table that has the comment.
        table: TableName,
        /// As it is.
        from: Option<String>,
        /// As it shall be.
        to: Option<String>,
    },
    /// A partition that the table lacks.
    AddPartition {
        /// The table that it is a part of, or a part of a part.
        table: TableName,
        /// The partition as it shall be.
        partition: PartitionShape,
    },
    /// A partition with its rows.
    DropPartition {
        /// The table that it is a part of, or a part of a part.
        table: TableName,
        /// The partition as it is.
        partition: PartitionShape,
    },
    /// Other servers of a cluster have the rows of a table.
    ChangeDistribution {
        /// The table whose rows move.
        table: TableName,
        /// Where they are; `None` is the coordinator alone.
        from: Option<DistributionShape>,
        /// Where they shall be.
        to: Option<DistributionShape>,
    },
    /// Triggers that record the changes of a table.
    AddCapture {
        /// The table whose changes are recorded.
        table: TableName,
        /// The triggers that it lacks.
        triggers: Vec<CaptureTrigger>,
    },
    /// Triggers that record the changes of a table, and shall be there no longer.
    DropCapture {
        /// The table whose changes were recorded.
        table: TableName,
        /// The triggers that it has.
        triggers: Vec<CaptureTrigger>,
    },
    /// A view that is missing.
    CreateView(ViewShape),
    /// A view that shall be there no longer, or stands in the way of another change and is made again after it.
    DropView(ViewShape),
}

/// One respect in which a column is declared in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnChange {
    /// Its type.
    Type,
    /// Whether it takes NULL.
    Null,
    /// Its default.
    Default,
    /// How the database makes its values.
    Generated,
    /// Its collation.
    Collation,
    /// Its comment.
    Comment,
    /// `ON UPDATE`, `INVISIBLE` and other words.
    Words,
    /// A check that is declared with the column (MariaDB).
    Check,
}

impl Change {
    /// The table or view that it is about.
    pub fn table(&self) -> Option<&TableName> {
        match self {
            Self::CreateObject(_)
            | Self::DropObject(_)
            | Self::ChangeObject { .. }
            | Self::CreateEnum(_)
            | Self::DropEnum(_)
            | Self::ChangeEnum { .. } => None,
            Self::CreateTable(table) | Self::DropTable(table) => Some(&table.name),
            Self::CreateView(view) | Self::DropView(view) => Some(&view.name),
            Self::AddColumn { table, .. }
            | Self::DropColumn { table, .. }
            | Self::ChangeColumn { table, .. }
            | Self::AddKey { table, .. }
            | Self::DropKey { table, .. }
            | Self::RenameKey { table, .. }
            | Self::ValidateKey { table, .. }
            | Self::ChangeOptions { table, .. }
            | Self::ChangePartitioning { table, .. }
            | Self::ChangeComment { table, .. }
            | Self::AddPartition { table, .. }
            | Self::DropPartition { table, .. }
            | Self::ChangeDistribution { table, .. }
            | Self::AddCapture { table, .. }
            | Self::DropCapture { table, .. } => Some(table),
        }
    }

    /// The column that it is about; of a key its first.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::AddColumn { column, .. } | Self::DropColumn { column, .. } => Some(&column.name),
            Self::ChangeColumn { to, .. } => Some(&to.name),
            Self::AddKey { key, .. }
            | Self::DropKey { key, .. }
            | Self::ValidateKey { key, .. } => key.columns.first().map(String::as_str),
            Self::RenameKey { to, .. } => to.columns.first().map(String::as_str),
            Self::CreateObject(_)
            | Self::DropObject(_)
            | Self::ChangeObject { .. }
            | Self::CreateEnum(_)
            | Self::DropEnum(_)
            | Self::ChangeEnum { .. }
            | Self::CreateTable(_)
            | Self::DropTable(_)
            | Self::ChangeOptions { .. }
            | Self::ChangePartitioning { .. }
            | Self::ChangeComment { .. }
            | Self::AddPartition { .. }
            | Self::DropPartition { .. }
            | Self::ChangeDistribution { .. }
            | Self::AddCapture { .. }
            | Self::DropCapture { .. }
            | Self::CreateView(_)
            | Self::DropView(_) => None,
        }
    }
}

/// A sentence without a full stop, for messages and for comments in migrations.
impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateObject(object) => {
                write!(out, "new {} `{}`", object.kind.to_lowercase(), object.name)
            }
            Self::DropObject(object) => {
                write!(
                    out,
                    "the {} `{}` goes",
                    object.kind.to_lowercase(),
                    object.name
                )
            }
            Self::ChangeObject { to, .. } => {
                write!(out, "the {} `{}` changes", to.kind.to_lowercase(), to.name)
            }
            Self::CreateEnum(values) => write!(out, "new enum type `{}`", values.name),
            Self::DropEnum(values) => write!(out, "the enum type `{}` goes", values.name),
            Self::ChangeEnum { from, to } => values_change(out, from, to),
            Self::CreateTable(table) => write!(out, "new table `{}`", table.name),
            Self::DropTable(table) => write!(out, "the table `{}` goes", table.name),
            Self::AddColumn { table, column } => {
                write!(out, "new column `{table}.{}`", column.name)
            }
            Self::DropColumn { table, column } => {
                write!(out, "the column `{table}.{}` goes", column.name)
            }
            Self::ChangeColumn {
                table,
                from,
                to,
                changes,
            } => {
                for (at, change) in changes.iter().enumerate() {
                    if at > 0 {
                        out.write_str("; ")?;
                    }
                    column_change(out, (at == 0).then_some(table), from, to, *change)?;
                }
                Ok(())
            }
            Self::AddKey { table, key } => write!(out, "new {} of `{table}`", key.described()),
            Self::DropKey { table, key } => {
                write!(out, "the {} of `{table}` goes", key.described())
            }
            Self::RenameKey { table, from, to } => {
                let name = to.known_name.as_deref().unwrap_or_default();
                write!(
                    out,
                    "the {} of `{table}` becomes `{name}`",
                    from.described()
                )
            }
            Self::ValidateKey { table, key } => {
                write!(out, "the {} of `{table}` becomes valid", key.described())
            }
            Self::ChangeOptions { table, from, to } => {
                let shown = |text: &str| if text.is_empty() { "none" } else { text }.to_owned();
                write!(
                    out,
                    "the options of `{table}` become `{}`, from `{}`",
                    shown(to),
                    shown(from)
                )
            }
            Self::ChangePartitioning { table, from, to } => match (from, to) {
                (None, Some(_)) => write!(out, "the rows of `{table}` are divided into partitions"),
                (_, None) => write!(out, "the rows of `{table}` are no longer divided"),
                (Some(_), Some(_)) => {
                    write!(out, "the rows of `{table}` are divided in another way")
                }
            },
            Self::ChangeComment { table, .. } => {
                write!(out, "the comment of the table `{table}` changes")
            }
            Self::AddPartition { table, partition } => {
                write!(out, "new partition `{}` of `{table}`", partition.name)
            }
            Self::DropPartition { table, partition } => {
                write!(out, "the partition `{}` of `{table}` goes", partition.name)
            }
            Self::ChangeDistribution { table, from, to } => {
                distribution_change(out, table, (from.as_ref(), to.as_ref()))
            }
            Self::AddCapture { table, .. } => {
                write!(out, "new triggers that record the changes of `{table}`")
            }
            Self::DropCapture { table, .. } => {
                write!(out, "the triggers that record the changes of `{table}` go")
            }
            Self::CreateView(view) => write!(out, "new view `{}`", view.name),
            Self::DropView(view) => write!(out, "the view `{}` goes", view.name),
        }
    }
}

fn distribution_change(
    out: &mut fmt::Formatter<'_>,
    table: &TableName,
    (from, to): (Option<&DistributionShape>, Option<&DistributionShape>),
) -> fmt::Result {
    match to {
        None => write!(out, "the rows of `{table}` are on the coordinator alone"),
        Some(DistributionShape { column: None, .. }) => {
            write!(out, "each server has all rows of `{table}`")
        }
        Some(DistributionShape {
            column: Some(column),
            first,
            ..
        }) => {
            write!(out, "the rows of `{table}` are sharded by `{column}`")?;
            match first {
                Some(first) if first == table => out.write_str(", in a group of their own")?,
                Some(first) => write!(out, ", beside those of `{first}`")?,
                None => {}
            }
            match from.and_then(|from| from.column.as_ref()) {
                Some(old) if old != column => write!(out, ", and no longer by `{old}`"),
                Some(_) | None => Ok(()),
            }
        }
    }
}

fn values_change(out: &mut fmt::Formatter<'_>, from: &EnumShape, to: &EnumShape) -> fmt::Result {
    let lacking = |one: &EnumShape, other: &EnumShape| {
        let missing = other
            .values
            .iter()
            .filter(|value| !one.values.contains(value));
        let quoted: Vec<String> = missing.map(|value| format!("`{value}`")).collect();
        quoted.join(", ")
    };
    let (added, gone) = (lacking(from, to), lacking(to, from));
    write!(out, "the enum type `{}` ", to.name)?;
    match (added.is_empty(), gone.is_empty()) {
        (true, true) => out.write_str("orders its values in another way"),
        (false, true) => write!(out, "gets {added}"),
        (true, false) => write!(out, "loses {gone}"),
        (false, false) => write!(out, "gets {added} and loses {gone}"),
    }
}

fn column_change(
    out: &mut fmt::Formatter<'_>,
    table: Option<&TableName>,
    from: &ColumnShape,
    to: &ColumnShape,
    change: ColumnChange,
) -> fmt::Result {
    let of = match table {
        Some(table) => format!("of `{table}.{}`", to.name),
        None => String::new(),
    };
    let subject = match table {
        Some(table) => format!("`{table}.{}`", to.name),
        None => "it".to_owned(),
    };
    let spaced = |word: &str| format!("the {word} {of}").trim_end().to_owned();
    let shown = |text: Option<&String>| text.map_or("none".to_owned(), |text| format!("`{text}`"));
    match change {
        ColumnChange::Type => write!(
            out,
            "{} becomes `{}`, from `{}`",
            spaced("type"),
            to.type_sql,
            from.type_sql
        ),
        ColumnChange::Null if to.nullable => write!(out, "{subject} takes NULL"),
        ColumnChange::Null => write!(out, "{subject} no longer takes NULL"),
        ColumnChange::Default => write!(
            out,
            "{} becomes {}, from {}",
            spaced("default"),
            shown(to.default.as_ref()),
            shown(from.default.as_ref())
        ),
        ColumnChange::Generated if to.generated.is_empty() => {
            write!(out, "{subject} is no longer made by the database")
        }
        ColumnChange::Generated if from.generated.is_empty() => {
            write!(out, "{subject} is made by the database")
        }
        ColumnChange::Generated => write!(out, "{subject} is made by the database in another way"),
        ColumnChange::Collation => write!(
            out,
            "{} becomes {}, from {}",
            spaced("collation"),
            shown(to.collation.as_ref()),
            shown(from.collation.as_ref())
        ),
        ColumnChange::Comment => write!(out, "{} changes", spaced("comment")),
        ColumnChange::Words => write!(
            out,
            "{subject} is declared with `{}`, from `{}`",
            to.words.join(" "),
            from.words.join(" ")
        ),
        ColumnChange::Check => write!(out, "{} changes", spaced("check")),
    }
}

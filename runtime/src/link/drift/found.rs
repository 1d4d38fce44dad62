//! Databases whose tables are not as the program was compiled for: what an error reports of them. They are compared in
//! `link::drift`.

use std::fmt;

/// The differences of an engine from what was compiled in. Its text has a line for each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SchemaDrift {
    /// The tables that differ, in the order of the schema.
    pub tables: Vec<TableDrift>,
    /// Another schema that the tables were made for, where `schema-check` is `strict`. They may fit all the same.
    pub made_for: Option<RecordedSchema>,
    /// The last migration, where `schema-check` is `at-head` and it is not applied.
    pub pending: Option<PendingHead>,
}

/// The migration without which a program does not work on an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PendingHead {
    /// The engine's name.
    pub engine: &'static str,
    /// Its version; `None` where the code was generated without one.
    pub version: Option<&'static str>,
}

/// The schema that the tables of an engine were made for, or last looked at by `create_missing`: not the program's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedSchema {
    /// The engine's name in both programs.
    pub engine: &'static str,
    /// Of the names and types of all its columns, and of keys, indexes, references, checks and defaults.
    pub hash: String,
    /// The version of bindery in the other program.
    pub bindery: String,
    /// When, in UTC: `2026-01-31 12:00:00`.
    pub made_at: String,
}

/// The differences of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableDrift {
    /// The name of the model.
    pub model: &'static str,
    /// The table, with its schema where one is written.
    pub table: String,
    /// The differences; never empty.
    pub differences: Vec<TableDifference>,
}

/// One difference. Names and types are the database's own; values are never in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableDifference {
    /// There is no table or view of this name.
    Missing,
    /// There is a view of this name, and the model is written to.
    View,
    /// There is no such column.
    MissingColumn {
        /// The name of the column that is missing.
        column: String,
    },
    /// A column's type does not keep the values of its field as they are.
    OtherType {
        /// The name of the column.
        column: String,
        /// The kind that the program was compiled for, in a word.
        expected: &'static str,
        /// The type in the database.
        found: String,
    },
    /// A column keeps fewer digits after the point than the program was compiled for, and would round the rest away.
    FewerDigits {
        /// The name of the column.
        column: String,
        /// The number that it keeps.
        found: u32,
    },
    /// A column may be NULL that was compiled in as NOT NULL.
    Nullable {
        /// The name of the column.
        column: String,
    },
    /// A column is NOT NULL that was compiled in as one that may be NULL.
    NotNull {
        /// The name of the column.
        column: String,
    },
    /// A column that the program does not know is NOT NULL and has no default: no row can be inserted.
    Required {
        /// The name of the column.
        column: String,
    },
}

impl TableDifference {
    /// Whether the difference matters also where nothing is written.
    pub(crate) fn hinders_reading(&self) -> bool {
        match self {
            Self::Missing
            | Self::MissingColumn { .. }
            | Self::OtherType { .. }
            | Self::Nullable { .. } => true,
            Self::View
            | Self::FewerDigits { .. }
            | Self::NotNull { .. }
            | Self::Required { .. } => false,
        }
    }
}

impl fmt::Display for TableDifference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => out.write_str("it is not there"),
            Self::View => out.write_str("it is a view, and rows are written to it"),
            Self::MissingColumn { column } => write!(out, "no column `{column}`"),
            Self::OtherType {
                column,
                expected,
                found,
            } => write!(out, "`{column}` is `{found}`, compiled for {expected}"),
            Self::FewerDigits { column, found } => write!(
                out,
                "`{column}` keeps {found} digits after the point, compiled for more"
            ),
            Self::Nullable { column } => {
                write!(out, "`{column}` may be NULL, compiled as NOT NULL")
            }
            Self::NotNull { column } => write!(out, "`{column}` is NOT NULL, compiled as NULL"),
            Self::Required { column } => write!(
                out,
                "`{column}` is not known to the program, is NOT NULL and has no default"
            ),
        }
    }
}

/// `table `blogs`: no column `stars`; `title` is `integer`, compiled for text`.
impl fmt::Display for TableDrift {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "table `{}`: ", self.table)?;
        for (index, difference) in self.differences.iter().enumerate() {
            if index > 0 {
                out.write_str("; ")?;
            }
            difference.fmt(out)?;
        }
        Ok(())
    }
}

/// `its tables were made for another schema than the program's (hash 0011223344556677, by bindery 0.1.0, 2026-01-31 12:00:00 UTC)`.
/// Any program that may write the table may have put anything in.
impl fmt::Display for RecordedSchema {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "its tables were made for another schema than the program's (hash {}, by bindery {}, {} UTC)",
            self.hash.escape_debug(),
            self.bindery.escape_debug(),
            self.made_at.escape_debug()
        )
    }
}

/// `migration 20240131120000 is not applied`, with what to do.
impl fmt::Display for PendingHead {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engine = self.engine;
        match self.version {
            Some(version) => write!(
                out,
                "migration {version} is not applied, or its record cannot be read\napply it with `bindery migrate run --engine {engine}`"
            ),
            None => write!(
                out,
                "the code was generated without its last migration\nwrite `schema-check = \"at-head\"` for engine `{engine}` in `bindery.toml` and build again"
            ),
        }
    }
}

impl fmt::Display for SchemaDrift {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the database is not as the program was compiled for")?;
        if let Some(pending) = &self.pending {
            write!(out, "\n  {pending}")?;
        }
        for table in &self.tables {
            write!(out, "\n  {table}")?;
        }
        if let Some(other) = &self.made_for {
            write!(
                out,
                "\n  {other}\nrun programs of one schema, or make this one's the database's by \
                 `DELETE FROM _bindery_schema WHERE engine = '{}'`",
                other.engine
            )?;
        }
        if self.tables.is_empty() {
            return Ok(());
        }
        out.write_str(
            "\nbring the database up to date, or generate the code anew; `schema-check = \"warn\"` lets the program run",
        )
    }
}

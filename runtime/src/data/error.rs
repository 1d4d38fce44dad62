//! Rows in text form that cannot be loaded or dumped: what an error reports of them.

use std::fmt;

/// Why rows were not loaded. Nothing of them is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DataError {
    /// The file, where there is one.
    pub file: Option<String>,
    /// The name of the table that the rows are of.
    pub table: String,
    /// The line of the file at which the row begins, from 1.
    pub line: Option<u64>,
    /// The name of the column; `None` where the problem is not of one value.
    pub column: Option<String>,
    /// The problem, without any value of the row.
    pub problem: DataProblem,
}

/// The problem of rows in text form. It holds none of their values.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataProblem {
    /// The text is not of the format.
    Syntax(&'static str),
    /// The value is not one of the column's type.
    Value(&'static str),
    /// The row is longer than a row may be.
    TooLong {
        /// The bytes that it may have.
        limit: usize,
    },
    /// The row has another number of fields than the file has columns.
    Fields {
        /// The number of columns of the file.
        expected: usize,
        /// The number of fields of the row.
        found: usize,
    },
    /// The columns are not those of the table.
    Columns {
        /// Those that the table does not have, or that cannot be written to.
        unknown: Vec<String>,
        /// Those that the rows have to give.
        missing: Vec<String>,
    },
    /// The database refused the row, or the value; the source is its error.
    Refused,
    /// Rows refer to rows that are not there, after all were loaded.
    Dangling {
        /// The foreign key: its name, or its table's.
        constraint: String,
    },
    /// The table has rows already.
    NotEmpty,
    /// The storage engine of the table has no transactions (MySQL, MariaDB), so a load of it could not be undone.
    NotTransactional,
    /// An upsert finds rows by the primary key, and there is none.
    NoKey,
    /// The values of the column are to be replaced, and the snapshot does not replace values.
    Unredacted,
    /// The file cannot be read.
    Input(std::io::ErrorKind),
    /// A value that is too long for memory cannot be kept in the folder for temporary files until its row is stored.
    Temporary(std::io::ErrorKind),
}

impl DataError {
    /// The problem of a table, wherever it is.
    pub fn new(table: impl Into<String>, problem: DataProblem) -> Self {
        Self {
            file: None,
            table: table.into(),
            line: None,
            column: None,
            problem,
        }
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "table `{}`", self.table)?;
        if let Some(file) = &self.file {
            write!(out, ", file `{file}`")?;
        }
        if let Some(line) = self.line {
            write!(out, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(out, ", column `{column}`")?;
        }
        write!(out, ": {}", self.problem)
    }
}

impl fmt::Display for DataProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(why) | Self::Value(why) => out.write_str(why),
            Self::TooLong { limit } => write!(out, "the row has more than {limit} bytes"),
            Self::Fields { expected, found } => write!(
                out,
                "the row has another number of fields ({found}) than the file has columns ({expected})"
            ),
            Self::Columns { unknown, missing } => fmt_columns(out, unknown, missing),
            Self::Refused => out.write_str("the database refused the row"),
            Self::Dangling { constraint } => write!(
                out,
                "rows refer to rows that are not there (foreign key `{constraint}`)"
            ),
            Self::NotEmpty => out.write_str("the table has rows already"),
            Self::NotTransactional => out.write_str(
                "its storage engine has no transactions, so the load could not be undone: convert it by `ALTER TABLE … ENGINE = InnoDB`",
            ),
            Self::NoKey => out.write_str("it has no primary key to find the rows by"),
            Self::Unredacted => out.write_str("its values are to be replaced, and this snapshot replaces none"),
            Self::Input(kind) => write!(out, "the file cannot be read: {kind}"),
            Self::Temporary(kind) => write!(
                out,
                "a value that is too long for memory cannot be kept in a temporary file: {kind}; `TMPDIR` names the folder"
            ),
        }
    }
}

fn fmt_columns(
    out: &mut fmt::Formatter<'_>,
    unknown: &[String],
    missing: &[String],
) -> fmt::Result {
    let list = |names: &[String]| format!("`{}`", names.join("`, `"));
    match (unknown, missing) {
        ([], missing) => write!(out, "no value is given for {}", list(missing)),
        (unknown, []) => write!(out, "there is no column {} to load", list(unknown)),
        (unknown, missing) => write!(
            out,
            "there is no column {} to load, and no value is given for {}",
            list(unknown),
            list(missing)
        ),
    }
}

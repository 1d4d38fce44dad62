//! The forms of rows in files, as they are typed and as files' names say them.

use std::path::Path;

use bindery::data::DataFormat;
use clap::ValueEnum;

/// The form of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DataForm {
    /// A line of names, then a line for each row
    Csv,
    /// A JSON object for each row
    Jsonl,
}

impl DataForm {
    pub(crate) fn format(self) -> DataFormat {
        match self {
            Self::Csv => DataFormat::Csv,
            Self::Jsonl => DataFormat::JsonLines,
        }
    }
}

/// The format that a file's name says.
pub(crate) fn format_of(path: &Path) -> Option<DataFormat> {
    DataFormat::from_extension(path.extension()?.to_str()?)
}

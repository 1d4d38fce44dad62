//! `manifest.json` of an engine's dump: what the files hold, and by which they are checked before anything is loaded.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use bindery::data::{DataFormat, DataTable};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::layout::{self, LONGEST_MANIFEST, file_name};
use super::record::Record;
use crate::failure::Failure;
use crate::report::document;

/// The form of dumps that this version writes; older ones are read for ever.
pub(crate) const FORMAT: u32 = 1;

/// The digits of a manifest's own checksum while it is computed.
const NO_CHECKSUM: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The manifest of an engine's dump. `cli/JSON.md` documents it. A field that is not known is refused: it may be the damaged name of the checksum.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The checksum of the manifest itself, with zeros in its place. Dumps that were written before there was one have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
    /// The form of the dump.
    pub(crate) format: u32,
    /// The version of bindery that wrote it.
    pub(crate) bindery: String,
    pub(crate) engine: String,
    pub(crate) dialect: String,
    /// When the snapshot was begun, in UTC. Each engine has a snapshot of its own.
    pub(crate) taken_at: String,
    /// A hash of the tables' names and columns.
    pub(crate) schema: String,
    /// The dump is of one record and what belongs to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) record: Option<Record>,
    /// The columns whose values were replaced, as `users.email`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) redacted: Vec<String>,
    pub(crate) tables: Vec<DumpedTable>,
}

/// One table of a dump.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DumpedTable {
    pub(crate) table: String,
    pub(crate) file: String,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) columns: Vec<DumpedColumn>,
}

/// One column of a dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DumpedColumn {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) value: String,
    pub(crate) nullable: bool,
}

/// The columns of a table as manifests have them.
pub(crate) fn columns(table: &DataTable) -> Vec<DumpedColumn> {
    let columns = table.columns().iter();
    columns
        .map(|column| DumpedColumn {
            name: column.name.clone(),
            value: column.value.to_string(),
            nullable: column.nullable,
        })
        .collect()
}

/// A hash of the tables' names and columns.
pub(crate) fn schema_hash<'t>(
    tables: impl Iterator<Item = (&'t str, &'t [DumpedColumn])>,
) -> String {
    let mut hash = Sha256::new();
    for (name, columns) in tables {
        hash.update(format!("{name:?}\n"));
        for column in columns {
            let line = format!("  {:?} {} {}\n", column.name, column.value, column.nullable);
            hash.update(line);
        }
    }
    hexadecimal(&hash.finalize())
}

/// Bytes as digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

impl Manifest {
    /// Returns the text of the file, with its checksum.
    pub(crate) fn sealed(&mut self) -> String {
        self.sha256 = Some(NO_CHECKSUM.to_owned());
        let text = document(self);
        let sum = hexadecimal(&Sha256::digest(&text));
        let sealed = text.replacen(NO_CHECKSUM, &sum, 1);
        self.sha256 = Some(sum);
        sealed
    }

    /// Compares a text with the checksum that was read of it.
    fn is_intact(&self, text: &[u8]) -> bool {
        let Some(sum) = &self.sha256 else {
            return true;
        };
        let text = String::from_utf8_lossy(text);
        // The first field of all; without its digits nothing is replaced.
        let unsealed = text.replacen(sum, NO_CHECKSUM, 1);
        hexadecimal(&Sha256::digest(unsealed.as_bytes())) == *sum
    }

    /// Reads the one in this file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let mut text = Vec::new();
        let read = layout::open(path)?
            .take(LONGEST_MANIFEST)
            .read_to_end(&mut text);
        read.map_err(|error| layout::cannot("read", path, &error))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Reads one, and refuses what this version does not know and every name that could lead elsewhere.
    pub(crate) fn parse(text: &[u8], place: &str) -> Result<Self, Failure> {
        let broken = |why: &dyn std::fmt::Display| {
            Failure::new(format!("`{place}` is not a manifest of a dump: {why}"))
                .help("the dump is damaged, or was not written by `bindery dump`")
        };
        let manifest: Self = serde_json::from_slice(text).map_err(|error| broken(&error))?;
        if manifest.format != FORMAT {
            let failure = Failure::new(format!(
                "the dump of `{place}` has form {}, and this version reads form {FORMAT}",
                manifest.format
            ));
            return Err(
                failure.help("load it with the version of bindery that wrote it, or a newer one")
            );
        }
        for (at, table) in manifest.tables.iter().enumerate() {
            let is_own = DataFormat::ALL
                .into_iter()
                .any(|format| table.file == file_name(&table.table, format));
            if !is_own {
                return Err(broken(&format_args!(
                    "`{}` is not the file of table `{}`",
                    table.file.escape_debug(),
                    table.table.escape_debug()
                )));
            }
            if manifest.tables[..at]
                .iter()
                .any(|other| other.table == table.table)
            {
                let name = table.table.escape_debug();
                return Err(broken(&format_args!("table `{name}` is in it twice")));
            }
        }
        if !manifest.is_intact(text) {
            let failure = Failure::new(format!(
                "`{place}` is not as it was dumped: its checksum is another"
            ));
            return Err(failure
                .help("a manifest is not edited; dump again, or take another copy of the dump"));
        }
        Ok(manifest)
    }
}

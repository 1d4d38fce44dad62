//! Enum types, and where they live.

use super::{EngineId, EnumId, Model};
use crate::column_type::ColumnType;
use crate::lists::IntoVec as _;
use crate::source::Span;

/// A domain: another name of a type.
#[derive(Debug, Clone)]
pub struct Domain {
    /// Its schema where one is written.
    pub schema: Option<String>,
    /// SQL name.
    pub name: String,
    /// The type of its values.
    pub column_type: ColumnType,
    /// The type that it is of, as the database writes it.
    pub sql_type: String,
    /// The text form of the value stands for it.
    pub as_text: bool,
    /// The place of its name.
    pub span: Span,
}

/// An enum type.
#[derive(Debug, Clone)]
pub struct EnumType {
    /// Its schema where one is written.
    pub schema: Option<String>,
    /// SQL name; for a MySQL column enum `table.column`.
    pub name: String,
    /// The name of the enum in Rust.
    pub type_name: String,
    /// An earlier enum of the same name and values, on other engines: both are its Rust type.
    pub shares: Option<EnumId>,
    /// Values in order.
    pub values: Vec<EnumValue>,
    /// Created by CREATE TYPE (PostgreSQL) rather than within one column.
    pub named: bool,
    /// Its place in the source.
    pub span: Span,
    /// `///` lines.
    pub docs: Vec<String>,
}

/// One value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// The value as it is stored.
    pub value: String,
    /// The name of the variant in Rust.
    pub variant: String,
}

impl Model {
    /// The engines of each enum: those of the rows that hold it. None where no row does; then it is no Rust type.
    pub fn engines_of_enums(&self) -> Vec<Vec<EngineId>> {
        let mut found = vec![Vec::new(); self.enums.len()];
        for table in &self.tables {
            let columns = table.columns.iter().filter(|column| !column.skip);
            for id in columns.filter_map(|column| column.column_type.enum_id()) {
                add_engines(&mut found[id.0 as usize], &table.engines);
            }
        }
        found
    }

    /// The enums that are Rust types, each once.
    pub fn rust_enums(&self) -> Vec<EnumId> {
        let mut is_type = vec![false; self.enums.len()];
        for (at, engines) in self.engines_of_enums().iter().enumerate() {
            let first = self.enums[at].shares.map_or(at, |id| id.0 as usize);
            is_type[first] |= !engines.is_empty();
        }
        let all = (0..self.enums.len() as u32).map(EnumId);
        all.filter(|id| is_type[id.0 as usize]).into_vec()
    }
}

/// Adds those that are not there yet; all stay sorted.
pub(crate) fn add_engines(engines: &mut Vec<EngineId>, more: &[EngineId]) {
    for id in more {
        if let Err(at) = engines.binary_search(id) {
            engines.insert(at, *id);
        }
    }
}

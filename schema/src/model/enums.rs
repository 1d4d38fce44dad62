//! Enum types, and where they live.

use std::collections::BTreeSet;

use super::{EngineId, EnumId, Model};
use crate::source::Span;

/// An enum type.
#[derive(Debug, Clone)]
pub struct EnumType {
    /// Its schema where one is written.
    pub schema: Option<String>,
    /// SQL name; for a MySQL column enum `table.column`.
    pub name: String,
    /// Rust name.
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
    /// As stored.
    pub value: String,
    /// Rust variant.
    pub variant: String,
}

impl Model {
    /// The engines of each enum: those of the rows that hold it. None where no row does; then it is no Rust type.
    pub fn engines_of_enums(&self) -> Vec<BTreeSet<EngineId>> {
        let mut found = vec![BTreeSet::new(); self.enums.len()];
        for table in &self.tables {
            let columns = table.columns.iter().filter(|column| !column.skip);
            for id in columns.filter_map(|column| column.column_type.enum_id()) {
                found[id.0 as usize].extend(&table.engines);
            }
        }
        found
    }

    /// The enums that are Rust types, each once.
    pub fn rust_enums(&self) -> BTreeSet<EnumId> {
        let engines = self.engines_of_enums();
        let all = (0..self.enums.len() as u32).map(EnumId);
        all.filter(|id| !engines[id.0 as usize].is_empty())
            .map(|id| self.enum_type(id).shares.unwrap_or(id))
            .collect()
    }
}

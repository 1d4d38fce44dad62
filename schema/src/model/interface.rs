//! Interfaces: fields that models of several engines have in common, under one name.

use super::{ColumnId, TableId};

/// A trait that the models with `@interface` implement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// The trait: `Contact`.
    pub name: String,
    /// The method of `Databases`: `contact`.
    pub accessor: String,
    /// Names of its fields, in the order in which the tables name them.
    pub fields: Vec<String>,
    /// Its tables in the order in which rows are looked for.
    pub places: Vec<InterfacePlace>,
}

/// A table of an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfacePlace {
    /// The table, which lives on one engine.
    pub table: TableId,
    /// For each field its column.
    pub columns: Vec<ColumnId>,
}

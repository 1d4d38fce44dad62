//! Which servers of a cluster keep the rows of a table, as calls of Citus' functions say it.

use super::{Name, ObjectName};

/// A call of a function of Citus that changes where the rows of a table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribute {
    /// The table.
    pub table: ObjectName,
    /// Where its rows are from then on.
    pub change: DistributionChange,
}

/// The functions that change where rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DistributionChange {
    /// `create_distributed_table`, also `…_concurrently`.
    Shard {
        /// The column by whose value a row is on one of the shards.
        column: Name,
        /// `colocate_with`.
        colocation: Colocation,
    },
    /// `create_reference_table`.
    Reference,
    /// `alter_distributed_table`.
    Alter {
        /// `distribution_column`, where it is another one.
        column: Option<Name>,
        /// `colocate_with`, where it is given.
        colocation: Option<Colocation>,
    },
    /// `undistribute_table`.
    Undistribute,
}

/// `colocate_with`: the tables whose equal values are on one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Colocation {
    /// `'default'`: those of the column's type.
    OfType,
    /// `'none'`: none so far.
    Alone,
    /// Those of this table.
    With(ObjectName),
}

//! How a table is made and removed, as generated code hands it over.

use std::fmt;

/// How one table is made and removed on one engine.
pub struct TableDdl {
    /// Position of the engine in the program's list.
    pub engine: usize,
    /// The schema it is in, where one is written.
    pub schema: Option<&'static str>,
    /// Its name, unquoted.
    pub table: &'static str,
    /// Statements that create it, with its types before and its indexes after.
    pub create: &'static [&'static str],
    /// Statements to run when all missing tables exist: foreign keys of tables that refer to each other.
    pub link: &'static [&'static str],
    /// Statements that drop it; none of a table that stays when the others are dropped.
    pub drop: &'static [&'static str],
}

/// Without its statements, which are not needed where an engine or a model is printed.
impl fmt::Debug for TableDdl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TableDdl")
            .field("engine", &self.engine)
            .field("schema", &self.schema)
            .field("table", &self.table)
            .finish_non_exhaustive()
    }
}

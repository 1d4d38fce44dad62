//! Statements that write.

/// `INSERT`, `UPDATE`, `DELETE`, `MERGE`.
pub(crate) struct Writes {
    /// `REPLACE INTO t`.
    pub(crate) replace: bool,
    /// `MERGE INTO t`.
    pub(crate) merge: bool,
    /// `INSERT OR REPLACE`, `UPDATE OR IGNORE`.
    pub(crate) resolutions: bool,
    /// `INSERT LOW_PRIORITY IGNORE t`, and the like of `UPDATE` and `DELETE`.
    pub(crate) priorities: bool,
    /// `INSERT INTO t AS a`.
    pub(crate) insert_alias: bool,
    /// `OVERRIDING SYSTEM VALUE`.
    pub(crate) overriding: bool,
    pub(crate) row_of_defaults: RowOfDefaults,
    /// `INSERT INTO t SET a = 1`.
    pub(crate) insert_set: bool,
    /// The words before rows.
    pub(crate) values: &'static [&'static str],
    /// `VALUES (1) AS new`.
    pub(crate) alias_of_values: bool,
    pub(crate) upsert: Upsert,
    /// `ON CONFLICT` may follow several times.
    pub(crate) several_conflicts: bool,
    /// `ON` after a table is `ON CONFLICT`, and never a join's condition: `INSERT INTO t SELECT a FROM u ON CONFLICT …`.
    pub(crate) conflict_after_table: bool,
    /// `ON CONFLICT ON CONSTRAINT a`.
    pub(crate) conflict_of_constraint: bool,
    /// `DO UPDATE` needs the key that it is about.
    pub(crate) conflict_needs_key: bool,
    /// `SET (a, b) = (1, 2)`.
    pub(crate) row_assignments: bool,
    /// Another sign for `=` after `SET`.
    pub(crate) other_assignment: Option<&'static str>,
    /// Columns that are written may have their table before them: `SET t.a = 1`.
    pub(crate) qualified_targets: bool,
    /// Joins are written: `UPDATE a JOIN b … SET`, `DELETE a FROM a JOIN b`; else other tables stand in `UPDATE a SET … FROM b`.
    pub(crate) joins: bool,
    /// `DELETE FROM a USING b`.
    pub(crate) delete_using: bool,
    /// `UPDATE … RETURNING`.
    pub(crate) update_returning: bool,
    /// `UPDATE … ORDER BY a LIMIT 1`.
    pub(crate) limits: bool,
    /// The alias of the written table needs no `AS`.
    pub(crate) bare_alias: bool,
}

/// How a row of defaults is inserted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowOfDefaults {
    /// `INSERT INTO t DEFAULT VALUES`.
    Words,
    /// `INSERT INTO t () VALUES ()`.
    EmptyLists,
}

/// The clause that updates a row that is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upsert {
    /// `ON CONFLICT (a) DO UPDATE SET …`.
    OnConflict,
    /// `ON DUPLICATE KEY UPDATE …`.
    OnDuplicateKey,
}

//! The order of changes.

use crate::diff::change::Change;

/// Changes by when they are executed.
#[derive(Default)]
pub(super) struct Parts {
    /// A column that a trigger reads cannot go.
    pub(super) drop_captures: Vec<Change>,
    pub(super) drop_views: Vec<Change>,
    pub(super) drop_foreign_keys: Vec<Change>,
    pub(super) drop_keys: Vec<Change>,
    pub(super) create_types: Vec<Change>,
    pub(super) columns: Vec<Change>,
    pub(super) add_keys: Vec<Change>,
    /// Indexes of MySQL: a foreign key may need one until another takes its place.
    pub(super) drop_indexes: Vec<Change>,
    pub(super) create_tables: Vec<Change>,
    pub(super) add_foreign_keys: Vec<Change>,
    pub(super) drop_columns: Vec<Change>,
    pub(super) drop_tables: Vec<Change>,
    pub(super) drop_types: Vec<Change>,
    pub(super) create_views: Vec<Change>,
    pub(super) add_captures: Vec<Change>,
}

impl Parts {
    pub(super) fn finish(self) -> Vec<Change> {
        [
            self.drop_captures,
            self.drop_views,
            self.drop_foreign_keys,
            self.drop_keys,
            self.create_types,
            self.columns,
            self.add_keys,
            self.drop_indexes,
            self.create_tables,
            self.add_foreign_keys,
            self.drop_columns,
            self.drop_tables,
            self.drop_types,
            self.create_views,
            self.add_captures,
        ]
        .concat()
    }
}

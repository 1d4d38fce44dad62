//! Paths: columns of the rows that a row refers to, as columns of its own model.

use super::column::Column;
use super::nullability::{Nullability, References};
use super::shape::ColumnPath;

impl<M, T, K: Nullability> Column<M, T, K> {
    /// A column of the row that this foreign key refers to, as a column of this model: it can be compared, ordered and
    /// grouped by, and selected: `post::author_id.to(user::name)`. Where the row is missing, it is NULL.
    pub const fn to<T2, K2: Nullability>(
        self,
        column: Column<K::Model, T2, K2>,
    ) -> Column<M, T2, K2::Behind<K::Plain>>
    where
        K: References,
    {
        column.behind(self.path, self.reference, K::NULLABLE)
    }

    /// The same column, seen from a model that refers to this one: by this reference of what `from` leads to.
    pub(crate) const fn behind<N, L>(
        self,
        from: ColumnPath,
        reference: u8,
        nullable: bool,
    ) -> Column<N, T, L> {
        let path = self.path.behind(from, reference, nullable);
        Column::of_path(path).refers(self.reference)
    }
}

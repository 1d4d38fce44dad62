//! Inserting rows, or updating those that are there by expressions of both.

use std::rc::Rc;

use super::assignment::{AssignmentWriter, Assignments};
use super::column::Column;
use super::condition::Predicate;
use super::expression::Expr;
use super::merge::UniqueKey;
use super::nullability::Nullability;
use super::placed::{self, Placed};
use super::render_change::render_insert_or_update;
use super::shape::op;
use super::tree::Tree;
use crate::driver::texts::{TextKey, address, try_text_of};
use crate::driver::{Physical, TableSql};
use crate::error::{Error, ErrorKind, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{Model, Writable};
use crate::repository::{OnConflict, Repository};
use crate::value::recorded::replay;
use crate::value::{ColumnSet, ParamWriter};

/// In what [`insert_or_update`](Repository::insert_or_update) sets: the value that the new row has in this column, where the
/// column itself is that of the row that is there. Anywhere else it is [`ErrorKind::Unsupported`].
pub fn excluded<M, T, K: Nullability>(column: Column<M, T, K>) -> Expr<M, T, K::Plain> {
    let mut predicate = Predicate::new();
    predicate.shape.push(op::EXCLUDED);
    predicate
        .shape
        .fixed((column.path.index() as u16).to_le_bytes());
    if !column.path.is_own() {
        let why = "`excluded` of a column of another model";
        predicate.keep(Err(Error::new(ErrorKind::Unsupported(why))));
    }
    Expr::new(predicate, column.path.is_binary())
}

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Inserts a row, or sets columns of the row with the same values in a unique key, which may be the primary key: to values,
    /// and to expressions of what is stored and of the new row ([`excluded`]). It returns the row. A version is incremented and
    /// a time of the last change is set, as by every update.
    ///
    /// ```
    /// # use bindery_cases::versions::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let unused = "mysql://nobody@localhost/nothing";
    /// # let config = bindery::Config::new().engine("default", unused).engine("proper", unused)
    /// #     .engine("p", "postgres://nobody@localhost/nothing").engine("lite", "sqlite::memory:");
    /// # let db = Databases::with_config(&config)?;
    /// # db.create_missing_on(engine::Lite)?;
    /// # let mut c = db.lite()?;
    /// use bindery::query::excluded;
    ///
    /// for line in ["one", "two"] {
    ///     let added = page::body.set_to(page::body.concat(", ").concat(excluded(page::body)));
    ///     c.pages().insert_or_update(page::path, NewPage::new("/log").body(line), added)?;
    /// }
    /// assert_eq!(c.pages().get_by_path("/log")?.body.as_deref(), Some("one, two"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the columns are no unique key, or where one of them is set; values of other rows are set; or
    /// `excluded` is of a column that `new` leaves to the database. `new` leaves out a column of the key; another constraint
    /// is violated; a key is of another engine; or the database fails.
    #[track_caller]
    pub fn insert_or_update(
        &mut self,
        by: impl UniqueKey<M>,
        new: M::New<E>,
        assignments: impl Assignments<M, E>,
    ) -> Result<M::Inserted<E>>
    where
        M: Writable,
        Self: CanWrite,
    {
        self.insert_or_change(&new, &Update::of(&by, assignments))
    }

    /// Inserts or updates all rows or none, each as [`insert_or_update`](Self::insert_or_update) does, in the order that they
    /// are given, and returns how many were given. The later of two rows with one key updates the earlier.
    ///
    /// # Errors
    /// As of [`insert_or_update`](Self::insert_or_update). Then nothing is changed. [`Error::row`] is the one that failed.
    #[track_caller]
    pub fn insert_or_update_many(
        &mut self,
        by: impl UniqueKey<M>,
        rows: impl IntoIterator<Item = M::New<E>>,
        assignments: impl Assignments<M, E>,
    ) -> Result<u64>
    where
        M: Writable,
        Self: CanWrite,
    {
        let update = Update::of(&by, assignments);
        self.insert_or_change_many(&mut rows.into_iter(), &update)
    }
}

/// The purpose of its texts, and what is added where they return the row.
const INSERT_OR_UPDATE: u64 = 18;
const RETURNING: u64 = 1;

/// The update of a row that is there by these columns.
struct Update {
    by: Vec<usize>,
    set: Predicate,
}

impl Update {
    fn of<M, E>(by: &impl UniqueKey<M>, assignments: impl Assignments<M, E>) -> Self {
        let mut set = Predicate::new();
        assignments.write(&mut AssignmentWriter(&mut set));
        Self {
            by: by.columns(),
            set,
        }
    }
}

impl<E: Engine> OnConflict<E> for Update {
    fn by(&self) -> &[usize] {
        &self.by
    }

    fn ensure(&self, sql: &'static TableSql, engine: E) -> Result<()> {
        self.set.ensure_assigned(engine, sql)?;
        Tree::read(self.set.shape.bytes()).ensure_assignable(sql)
    }

    fn text(
        &self,
        physical: &Physical,
        (sql, unique): (&'static TableSql, &'static [usize]),
        columns: &ColumnSet,
        returns: bool,
    ) -> Result<Rc<str>> {
        let (first, more) = columns.parts();
        placed::ensure_upsert_bound(physical.bound(), &self.set)?;
        let placed = Placed::given(physical);
        let kind = INSERT_OR_UPDATE + u64::from(returns) * RETURNING + (placed.code() << 8);
        let set = self.set.shape.bytes();
        let key = TextKey {
            numbers: [address(sql), kind, first, unique.as_ptr() as u64],
            words: [more, &[]],
            shapes: [set, &[], &[]],
        };
        try_text_of(&key, || {
            placed.ensure_upserted(sql)?;
            let dialect = physical.dialect();
            let text = render_insert_or_update(dialect, sql, (columns, unique), set)?;
            Ok(text + if returns { sql.returning } else { "" })
        })
    }

    fn write(&self, params: &mut ParamWriter<'_>) {
        replay(self.set.values.bytes(), params);
    }
}

//! Copies of tables that are kept up on another engine: which rows changed since the last run is read from a column of the
//! source or found by comparing both tables, and written by batches, each together with how far it brings the copy.

mod again;
pub(crate) mod apply;
mod capture;
mod compare;
pub(crate) mod error;
mod exchange;
mod form;
mod lock;
mod mark;
mod report;
mod run;
mod store;
mod summary;
mod taken;
mod turn;
mod verify;
pub(crate) mod wanted;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::databases::Registry;
use crate::error::{Operation, Result};
use crate::link::engine::{Engine, StaticEngine};
use crate::model::lives_on::Hosts;
use crate::model::row_of::RowOf;
use crate::model::{HasKey, Model};
use crate::query::{Column, NotNull};

use self::capture::Recording;
use self::mark::MarkColumn;
use self::wanted::Wanted;

#[doc(hidden)]
pub use self::capture::{CaptureSql, ChangedKeys, KeyForm, ReadChanges};
pub use self::capture::{
    Captured, Change, ChangeBatch, ChangeKind, ChangePosition, ChangeReader, Changes, NoPosition,
};
#[cfg(feature = "messages")]
pub(crate) use self::capture::{prune_unread, recorded_name, records_changes};
#[cfg(feature = "messages")]
pub(crate) use self::compare::key_of_new;
#[doc(hidden)]
pub use self::lock::NamedLock;
pub use self::mark::Watermark;
pub use self::report::{SyncCounts, SyncProgress, SyncReject, SyncReport};
#[cfg(feature = "messages")]
pub(crate) use self::run::{on_physical, rows_sql};
pub use self::summary::SyncSummary;
#[doc(hidden)]
pub use self::turn::{SyncHead, SyncTurn, TurnReject};
pub use self::verify::{Difference, DifferenceKind, VerifyReport};

/// Rows in a batch unless said.
const BATCH_SIZE: usize = 1_000;
/// How far before the watermark a run begins unless said.
const OVERLAP: Duration = Duration::from_secs(300);
/// Rejected rows that are kept at most unless said.
const MOST_REJECTS: usize = 10_000;

/// A row of a table that a sync can read or write: of a model with a key, on an engine that is known at compile time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be synced",
    label = "expected the row of a model with a primary key, on an engine that hosts it",
    note = "a row of a model on several engines names its engine: `Blog<engine::Analytics>`"
)]
pub trait SyncRow:
    RowOf<Model: HasKey, Engine: StaticEngine + Hosts<<Self as RowOf>::Model>>
{
}

#[diagnostic::do_not_recommend]
impl<R> SyncRow for R where R: RowOf<Model: HasKey, Engine: StaticEngine + Hosts<R::Model>> {}

/// The new row of the target that a mapping returns.
pub type NewRow<T> = <<T as RowOf>::Model as Model>::New<<T as RowOf>::Engine>;

/// Why a row cannot be mapped. The reason is stored and shown, so it should say what is wrong and hold no values of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    reason: Cow<'static, str>,
}

impl Reject {
    /// A row that is rejected for this reason.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: reason.into(),
        }
    }

    /// Returns the reason.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.reason)
    }
}

impl std::error::Error for Reject {}

/// The policy for rows that cannot be mapped, or that the target refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnReject {
    /// The run fails, and nothing of the row's batch is written.
    #[default]
    Stop,
    /// The row is kept in `_bindery_sync_rejects` with the reason, the others are written, and the next run tries it again.
    Skip,
}

type Mapping<'db, S, T> = Box<dyn Fn(&S) -> std::result::Result<Wanted<T>, Reject> + 'db>;

/// The way in which changed rows are found.
#[derive(Debug, Clone, Copy)]
enum Find {
    /// Both tables are compared.
    Full,
    /// From where the last run ended in the order of a column.
    By(MarkColumn),
    /// By the changes that triggers record.
    Captured(Recording),
}

/// A sync that does not say yet how changed rows are found: [`by`](Self::by) a column, by the changes that triggers record
/// ([`captured`](Self::captured)), or by a [`full`](Self::full) compare.
#[must_use = "a sync does nothing until it is run"]
pub struct SyncSource<'db, S: SyncRow, T: SyncRow> {
    registry: &'db Registry,
    mapping: Mapping<'db, S, T>,
}

/// A sync that can be run. Each run copies what was changed since the last one.
#[must_use = "a sync does nothing until `run`"]
pub struct SyncJob<'db, S: SyncRow, T: SyncRow> {
    registry: &'db Registry,
    mapping: Mapping<'db, S, T>,
    find: Find,
    name: String,
    batch_size: usize,
    on_reject: OnReject,
    most_rejects: usize,
    rows_per_second: Option<u32>,
    progress: Box<dyn FnMut(SyncProgress) + 'db>,
}

impl Registry {
    /// A sync of the rows of one model to those of another, on another engine or the same. `mapping` is a plain function of a
    /// row; the row that it returns must give the target's key.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// db.registry().create_sync_tables(engine::B)?;
    /// db.default()?.blogs().insert(NewBlog::new("one"))?;
    ///
    /// let copy = |blog: &Blog| Ok(NewBlog::new(blog.title.clone()).id(*blog.id.value()));
    /// let report = db.registry().sync::<Blog, Blog<engine::B>>(copy).full().run()?;
    /// assert_eq!(report.rows.inserted, 1);
    /// assert_eq!(db.registry().sync::<Blog, Blog<engine::B>>(copy).full().run()?.rows.written(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sync<'db, S: SyncRow, T: SyncRow>(
        &'db self,
        mapping: impl Fn(&S) -> std::result::Result<NewRow<T>, Reject> + 'db,
    ) -> SyncSource<'db, S, T> {
        SyncSource {
            registry: self,
            mapping: Box::new(move |row| mapping(row).map(Wanted::Mapped)),
        }
    }

    /// A sync that copies the columns which both models have by the same name in the database. `-- @sync` in the schema checks when the
    /// program is built that these are enough for a row of the target, and that it takes their values; a call in code does not, and a
    /// row that the target refuses is rejected.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # db.registry().create_sync_tables(engine::B)?;
    /// db.default()?.blogs().insert(NewBlog::new("one"))?;
    /// let report = db.registry().sync_columns::<Blog, Blog<engine::B>>().full().run()?;
    /// assert_eq!(report.rows.inserted, 1);
    /// assert!(db.registry().sync_columns::<Blog, Blog<engine::B>>().verify()?.is_equal());
    /// # Ok(())
    /// # }
    /// ```
    pub fn sync_columns<'db, S: SyncRow + 'db, T: SyncRow + 'db>(
        &'db self,
    ) -> SyncSource<'db, S, T> {
        SyncSource {
            registry: self,
            mapping: Box::new(wanted::by_names::<S, T>()),
        }
    }

    /// Makes the tables on a target of syncs that keep how far each is, its runs, and the rows it could not copy:
    /// `_bindery_sync`, `_bindery_sync_runs` and `_bindery_sync_rejects`. Does nothing where they are there.
    ///
    /// # Errors
    /// The engine cannot be reached, or its user may not create tables.
    pub fn create_sync_tables<E: Engine>(&self, engine: E) -> Result<()> {
        let mut connection = self.connect(engine)?;
        run::on_physical(&mut connection, store::create)
            .map_err(|error| error.during(Operation::Sync))
    }
}

impl<'db, S: SyncRow, T: SyncRow> SyncSource<'db, S, T> {
    /// Rows are read in the order of this column, from where the last run ended: a time that every change sets, or an integer
    /// that grows with every change. It should have an index. Rows that are deleted are not noticed:
    /// [`full`](Self::full) finds them.
    pub fn by<V: Watermark>(self, column: Column<S::Model, V, NotNull>) -> SyncJob<'db, S, T> {
        let overlap = V::IS_TIME.then(|| micros(OVERLAP));
        self.job(Find::By(MarkColumn {
            path: column.path,
            is_time: V::IS_TIME,
            overlap,
        }))
    }

    /// The rows are read that triggers recorded as changed since the last run (`-- @capture` above the table), whoever changed
    /// them; rows that were deleted are deleted on the target. The mapping has to keep the key. The first run compares both tables,
    /// and so does one whose position the source does not know, as it is another database or a restored backup.
    pub fn captured(self) -> SyncJob<'db, S, T>
    where
        S: RowOf<Model: Captured>,
    {
        self.job(Find::Captured(Recording::of::<S::Model>()))
    }

    /// All rows of both tables are read in the order of their keys and compared; what differs is written, and rows that the
    /// source does not have are deleted. Both keys must come in one order: integers and UUIDs do, text does in binary
    /// collations.
    pub fn full(self) -> SyncJob<'db, S, T> {
        self.job(Find::Full)
    }

    /// Compares all rows of both tables and writes nothing: how many differ, and the keys of the first of them. Each table is read
    /// once, in the order of its key, a page at a time. [`full`](Self::full) repairs what differs. Rows that others write
    /// meanwhile may be among those that differ.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let copy = |blog: &Blog| Ok(NewBlog::new(blog.title.clone()).id(*blog.id.value()));
    /// db.default()?.blogs().insert(NewBlog::new("one"))?;
    /// let report = db.registry().sync::<Blog, Blog<engine::B>>(copy).verify()?;
    /// assert_eq!((report.is_equal(), report.missing), (false, 1));
    /// assert_eq!(report.differences[0].key, "1");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// One of the engines fails, or its keys are not in the order of their values ([`SyncError::KeyOrder`]).
    ///
    /// [`SyncError::KeyOrder`]: crate::error::SyncError::KeyOrder
    pub fn verify(self) -> Result<VerifyReport> {
        verify::verify::<S, T>(self.registry, &self.mapping)
            .map_err(|error| error.during(Operation::Sync))
    }

    fn job(self, find: Find) -> SyncJob<'db, S, T> {
        let (source, target) = (S::Engine::default(), T::Engine::default());
        let (from, to) = (S::Model::NAME, T::Model::NAME);
        SyncJob {
            registry: self.registry,
            mapping: self.mapping,
            find,
            name: format!("{from} of {} to {to} of {}", source.name(), target.name()),
            batch_size: BATCH_SIZE,
            on_reject: OnReject::Stop,
            most_rejects: MOST_REJECTS,
            rows_per_second: None,
            progress: Box::new(|_| ()),
        }
    }
}

impl<'db, S: SyncRow, T: SyncRow> SyncJob<'db, S, T> {
    /// Sets the name, under which the target keeps how far the sync is: at most 191 characters. Unless said, it is made of both
    /// models and engines, so two syncs between the same tables need names.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets how far before the watermark a run begins: longer than any transaction that writes the source, and than its
    /// writers' clocks differ. Five minutes unless said. Rows within it are read again by each run, and written where they
    /// differ. For a column of times.
    pub fn overlap(self, overlap: Duration) -> Self {
        self.overlapping(true, micros(overlap))
    }

    /// The same for a column of integers, which has no overlap by itself: by how many numbers a transaction that commits later
    /// may be behind one that committed before.
    pub fn overlap_by(self, numbers: u32) -> Self {
        self.overlapping(false, numbers.into())
    }

    fn overlapping(mut self, is_time: bool, overlap: i64) -> Self {
        if let Find::By(column) = &mut self.find
            && column.is_time == is_time
        {
            column.overlap = Some(overlap);
        }
        self
    }

    /// Sets how many rows are read and written at a time, which is also how many are in memory: 1,000 unless said. After a
    /// timeout a batch is written in halves.
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.batch_size = rows.max(1);
        self
    }

    /// Sets what is done with a row that cannot be mapped, or that the target refuses.
    pub fn on_reject(mut self, policy: OnReject) -> Self {
        self.on_reject = policy;
        self
    }

    /// Sets how many rows may be rejected before the run fails, with [`OnReject::Skip`], or wait for the unique value of another row:
    /// 10,000 unless said. Their keys are in memory.
    pub fn most_rejects(mut self, rows: usize) -> Self {
        self.most_rejects = rows;
        self
    }

    /// Reads and writes no more than this number of rows in a second, so that others have the rest of both servers.
    pub fn rows_per_second(mut self, rows: u32) -> Self {
        self.rows_per_second = Some(rows.max(1));
        self
    }

    /// Calls this after each batch.
    pub fn on_progress(mut self, progress: impl FnMut(SyncProgress) + 'db) -> Self {
        self.progress = Box::new(progress);
        self
    }

    /// Copies what was changed since the last run. Each batch is committed on the target together with how far it brings the
    /// copy, so a run that is killed is continued by the next one.
    ///
    /// # Errors
    /// [`ErrorKind::Sync`](crate::ErrorKind::Sync): another run is at work, a row is rejected, the tables of syncs are missing.
    /// One of the engines fails; the error names it.
    pub fn run(self) -> Result<SyncReport> {
        run::run(self)
    }

    /// Compares both tables without writing, whatever the sync goes by: as [`SyncSource::verify`].
    ///
    /// # Errors
    /// As [`SyncSource::verify`].
    pub fn verify(self) -> Result<VerifyReport> {
        verify::verify::<S, T>(self.registry, &self.mapping)
            .map_err(|error| error.during(Operation::Sync))
    }
}

impl<S: SyncRow, T: SyncRow> fmt::Debug for SyncSource<'_, S, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SyncSource").finish_non_exhaustive()
    }
}

impl<S: SyncRow, T: SyncRow> fmt::Debug for SyncJob<'_, S, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SyncJob")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

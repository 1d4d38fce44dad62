//! The results of a run of a sync.

/// Rows of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SyncCounts {
    /// Rows that were read from the source. A row within the overlap is read by each run.
    pub read: u64,
    /// Rows that the target did not have.
    pub inserted: u64,
    /// Rows that the target had otherwise.
    pub updated: u64,
    /// Rows that the target had just so: nothing was written.
    pub unchanged: u64,
    /// Rows of the target that the source does not have: deleted by a full compare.
    pub deleted: u64,
    /// Rows that wait in `_bindery_sync_rejects` after this run tried them.
    pub rejected: u64,
}

impl SyncCounts {
    /// Rows that were inserted, updated or deleted.
    pub fn written(&self) -> u64 {
        self.inserted + self.updated + self.deleted
    }

    pub(super) fn all(&self) -> [u64; 6] {
        [
            self.read,
            self.inserted,
            self.updated,
            self.unchanged,
            self.deleted,
            self.rejected,
        ]
    }
}

impl std::ops::AddAssign for SyncCounts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.deleted += other.deleted;
        self.rejected += other.rejected;
    }
}

/// How far a run is, after each of its batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncProgress {
    /// Batches that are stored.
    pub batches: u64,
    /// Rows so far.
    pub rows: SyncCounts,
}

/// The result of a run that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncReport {
    /// The name of the sync.
    pub name: String,
    /// The number of the run, from 1: its row in `_bindery_sync_runs`.
    pub run: u64,
    /// The numbers of rows that were read, written and rejected.
    pub rows: SyncCounts,
    /// The value of the watermark's column up to which all rows are copied; `None` after a full compare, or where there are
    /// no rows.
    pub watermark: Option<String>,
    /// The first of the rows that were rejected, at most a hundred. All of them are in `_bindery_sync_rejects`.
    pub rejects: Vec<SyncReject>,
}

impl SyncReport {
    /// Returns whether every row is copied; `false` where some are rejected: the next run tries them again.
    pub fn is_complete(&self) -> bool {
        self.rows.rejected == 0
    }
}

/// A row that was not copied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncReject {
    /// The key of the source's row.
    pub key: String,
    /// The mapping's reason, or the kind of the database's error.
    pub reason: String,
}

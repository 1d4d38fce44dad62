//! The description of tables in a database's own catalogue. Which of it matters is decided in `drift`; how it is
//! queried, and which values a column of a type keeps unchanged, is each driver's.

/// The kind of a column's values, as generated code writes and reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoredKind {
    Bool,
    Integer,
    F32,
    F64,
    /// A decimal of any number of digits.
    Decimal,
    /// A decimal of up to 15 digits, which a float gives back as it was.
    Number,
    Text,
    Bytes,
    Date,
    Time,
    DateTime,
    Timestamp,
    Interval,
    Uuid,
    Json,
    Array,
}

/// A set of [`StoredKind`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds(u32);

impl Kinds {
    /// Of a type that is not known, so that nothing can be said against it.
    pub(crate) const ALL: Self = Self(u32::MAX);

    pub(crate) const fn from_kinds(kinds: &[StoredKind]) -> Self {
        let mut set = 0;
        let mut at = 0;
        while at < kinds.len() {
            set |= 1 << kinds[at] as u32;
            at += 1;
        }
        Self(set)
    }

    pub(crate) fn contains(self, kind: StoredKind) -> bool {
        self.0 & 1 << kind as u32 != 0
    }
}

/// A table's name as statements give it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) schema: Option<&'static str>,
    pub(crate) table: &'static str,
}

/// A table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relation {
    pub(crate) is_view: bool,
    /// The storage engine, where it keeps no transactions.
    pub(crate) without_transactions: Option<String>,
    /// None of a view that the database cannot describe.
    pub(crate) columns: Vec<StoredColumn>,
}

/// A column as the catalogue describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredColumn {
    pub(crate) name: String,
    /// The type in the database's own words.
    pub(crate) sql_type: String,
    /// The values that it keeps as they are given.
    pub(crate) kinds: Kinds,
    /// Digits after the point that it keeps, of decimals, floats and seconds; `None` for all.
    pub(crate) fraction: Option<u32>,
    /// Whether NULL is refused; `None` where that is not known, as of views and computed columns.
    pub(crate) not_null: Option<bool>,
    /// It has a value without being given one: a default, a counter, a computation.
    pub(crate) is_filled: bool,
}

/// Whether the two are the name of one column: MySQL and SQLite compare names without regard to case.
pub(crate) fn same_name(dialect: bindery_core::dialect::Dialect, left: &str, right: &str) -> bool {
    match dialect {
        bindery_core::dialect::Dialect::Postgres => left == right,
        bindery_core::dialect::Dialect::Sqlite | bindery_core::dialect::Dialect::Mysql => {
            left.to_lowercase() == right.to_lowercase()
        }
    }
}

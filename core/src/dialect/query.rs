//! How dialects differ in queries that are put together while the program runs, as data.

use super::Dialect;

/// The syntax of queries in one dialect. There is no default: a new field must be answered for every dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuerySyntax {
    /// How a list of values is given to `IN`.
    pub lists: Lists,
    /// `LIKE` folds case, and looks at a text up to the first NUL: texts are searched in another way.
    pub like_folds_case: bool,
    /// A text can have the character NUL.
    pub texts_have_nul: bool,
    /// NULL sorts before every value.
    pub nulls_are_least: bool,
    /// `NULLS FIRST` and `NULLS LAST`.
    pub nulls_words: bool,
    /// An UPDATE can return the rows as they are after it.
    pub updates_return: bool,
    /// The LIMIT of an OFFSET without one.
    pub no_limit: &'static str,
    /// Before the placeholder of a limit.
    pub limit: &'static str,
    /// A lock names the tables whose rows it locks, and has to where rows may be missing.
    pub locks_of_tables: bool,
    /// Around the column of a row that an INSERT could not store.
    pub excluded: (&'static str, &'static str),
    /// How an update computes values from rows of its own table.
    pub reads_of_changed: ReadsOfChanged,
    /// A subquery of an update or delete cannot read the changed table, unless it is within another.
    pub hides_changed_table: bool,
    /// After an expression that is made of values alone, and has the collation of the database: by bytes, as columns are compared.
    pub by_bytes: &'static str,
    /// The aggregate of texts with a separator between them.
    pub string_agg: &'static str,
    /// The word before its separator, where that is after its order, and no argument.
    pub separator_after_order: Option<&'static str>,
    /// A range of an index is found by a comparison of rows: `(a, b) > (?, ?)`.
    pub rows_are_ranges: bool,
    /// Rows with a place in a window are in its order, and are not sorted again by the same order.
    pub windows_order: bool,
    /// After the order of a window in which rows have places. PostgreSQL before 16 looks for rows that are equal in the order where there is
    /// no frame of rows; MariaDB takes no frame there.
    pub frame_of_places: &'static str,
    /// Counts of the rows that refer to each row of a table are faster where those are joined in groups than where each row has a
    /// subquery of its own.
    pub joins_groups: bool,
}

/// How an update gets the values of rows of its own table that were there before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadsOfChanged {
    /// By any subquery: it sees none of the changed rows.
    Subqueries,
    /// By a table that it makes of them first, in its FROM.
    From,
    /// By such a table that is joined to the changed one. `LIMIT` keeps the server from reading the changed table in its place.
    Join,
}

/// How a dialect takes a list of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    /// As one array.
    Array,
    /// As placeholders, the next power of two of them, up to this number; as one text of JSON beyond.
    Placeholders(usize),
}

/// How one list is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListForm {
    /// As one array.
    Array,
    /// As one text of JSON.
    Json,
    /// As this number of placeholders.
    Placeholders(usize),
}

impl Dialect {
    /// How it writes queries.
    pub const fn query_syntax(self) -> &'static QuerySyntax {
        match self {
            Self::Sqlite => &super::sqlite::QUERY_SYNTAX,
            Self::Postgres => &super::postgres::QUERY_SYNTAX,
            Self::Mysql => &super::mysql::QUERY_SYNTAX,
        }
    }

    /// How it takes a list of this number of values.
    pub fn list_form(self, count: usize) -> ListForm {
        let places = count.next_power_of_two();
        match self.query_syntax().lists {
            Lists::Array => ListForm::Array,
            Lists::Placeholders(most) if places <= most => ListForm::Placeholders(places),
            Lists::Placeholders(_) => ListForm::Json,
        }
    }

    /// The condition that a text has what is looked for, by case.
    pub const fn text_search(self, search: TextSearch) -> &'static [SearchPart] {
        match self {
            Self::Sqlite => super::sqlite::text_search(search),
            Self::Postgres | Self::Mysql => {
                use SearchPart::{Sql, Text, Value};
                &[Text, Sql(" LIKE "), Value, Sql(" ESCAPE '|'")]
            }
        }
    }
}

/// How a text is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum TextSearch {
    /// For a pattern of `LIKE`, whose escape is `|`.
    Pattern,
    /// For what it begins with.
    Start,
    /// For a part of it.
    Part,
    /// For what it ends with.
    End,
}

impl TextSearch {
    const ALL: [Self; 4] = [Self::Pattern, Self::Start, Self::Part, Self::End];

    /// The search of this number.
    pub fn of_number(number: u8) -> Self {
        let at = usize::from(number);
        Self::ALL.get(at).copied().unwrap_or(Self::Pattern)
    }
}

/// A part of the condition by which a text is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchPart {
    /// Text that is sent as it is.
    Sql(&'static str),
    /// The text that is searched.
    Text,
    /// The placeholder of a value.
    Value,
}

/// The kind of a list's values, by which its statement differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// Integers and booleans.
    Integer = 1,
    /// Integers that may be past the greatest signed one.
    Unsigned = 2,
    /// Floats.
    Float = 3,
    /// Texts.
    Text = 4,
    /// Bytes.
    Bytes = 5,
    /// Decimals.
    Decimal = 6,
    /// Dates.
    Date = 7,
    /// Times of day.
    Time = 8,
    /// Dates with times.
    DateTime = 9,
    /// Anything else.
    Other = 10,
}

impl ListKind {
    const ALL: [Self; 10] = [
        Self::Integer,
        Self::Unsigned,
        Self::Float,
        Self::Text,
        Self::Bytes,
        Self::Decimal,
        Self::Date,
        Self::Time,
        Self::DateTime,
        Self::Other,
    ];

    /// The kind of this number.
    pub fn of_number(number: u8) -> Self {
        let at = usize::from(number).saturating_sub(1);
        Self::ALL.get(at).copied().unwrap_or(Self::Other)
    }
}

impl Dialect {
    /// A query of the values of a JSON array, as text before and after its placeholder.
    pub const fn json_values(self, kind: ListKind) -> (&'static str, &'static str) {
        match self {
            Self::Sqlite => super::sqlite::json_values(kind),
            // It has arrays.
            Self::Postgres => ("SELECT jsonb_array_elements_text(", "::jsonb)"),
            Self::Mysql => super::mysql::json_values(kind),
        }
    }
}

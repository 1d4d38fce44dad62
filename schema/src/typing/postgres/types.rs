//! The types of PostgreSQL that it is built with, and the enums of the schema.

use crate::lists::IntoVec as _;
use std::collections::HashMap;
use std::sync::OnceLock;

use crate::model::EnumId;

/// A type of a value. Domains come as the type below them, rows as [`PgType::RECORD`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PgType {
    /// One that the server is built with, by its OID, which is the same on every server; an array of one, too.
    Known(u32),
    /// An enum of the schema.
    Enum(EnumId),
    /// An array of an enum of the schema.
    EnumArray(EnumId),
}

/// The kind of a type, by which overloads are chosen (`pg_type.typcategory`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    Array,
    Boolean,
    DateTime,
    Enum,
    Geometric,
    Network,
    Numeric,
    Pseudo,
    Range,
    String,
    Timespan,
    User,
    BitString,
    Unknown,
    Internal,
}

impl Category {
    fn of(letter: &str) -> Self {
        match letter {
            "A" => Self::Array,
            "B" => Self::Boolean,
            "D" => Self::DateTime,
            "E" => Self::Enum,
            "G" => Self::Geometric,
            "I" => Self::Network,
            "N" => Self::Numeric,
            "P" => Self::Pseudo,
            "R" => Self::Range,
            "S" => Self::String,
            "T" => Self::Timespan,
            "V" => Self::BitString,
            "X" => Self::Unknown,
            "Z" => Self::Internal,
            _ => Self::User,
        }
    }
}

/// A line of `types.txt`.
struct Row {
    oid: u32,
    /// Of the array of it; 0 where there is none.
    array: u32,
    /// As `pg_type` has it: `int4`.
    name: &'static str,
    category: Category,
    is_preferred: bool,
    /// By name: a range's values, a multirange's ranges, the elements of `int2vector` and `oidvector`; else `-`.
    link: &'static str,
    /// As `format_type` shows it, and as it may be written: `integer`.
    written: &'static str,
}

fn row(line: &'static str) -> Option<Row> {
    let mut words = line.splitn(6, ' ');
    let (oid, array) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let (name, category) = (words.next()?, words.next()?);
    Some(Row {
        oid,
        array,
        name,
        category: Category::of(category.trim_end_matches('!')),
        is_preferred: category.ends_with('!'),
        link: words.next()?,
        written: words.next()?,
    })
}

/// A type as one of the server: itself or the array of it.
#[derive(Clone, Copy)]
enum ServerType {
    Itself(&'static Row),
    ArrayOf(&'static Row),
}

/// The lines, and how they are found.
struct Table {
    rows: Vec<Row>,
    by_name: HashMap<&'static str, usize>,
    /// With whether it is the array of that line.
    by_oid: HashMap<u32, (usize, bool)>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let rows: Vec<_> = include_str!("types.txt").lines().filter_map(row).into_vec();
        let by_name = rows.iter().enumerate().map(|(at, row)| (row.name, at));
        let by_name = by_name.collect();
        let of_both = |(at, row): (usize, &Row)| [(row.oid, (at, false)), (row.array, (at, true))];
        let by_oid = rows.iter().enumerate().flat_map(of_both).collect();
        Table {
            rows,
            by_name,
            by_oid,
        }
    })
}

fn rows() -> &'static [Row] {
    &table().rows
}

/// Spellings of SQL beside the names of `pg_type` and those of `format_type`.
const ALIASES: &[(&str, PgType)] = &[
    ("bit varying", PgType::VARBIT),
    ("char", PgType::BPCHAR),
    ("char varying", PgType::VARCHAR),
    ("character", PgType::BPCHAR),
    ("dec", PgType::NUMERIC),
    ("decimal", PgType::NUMERIC),
    ("float", PgType::FLOAT8),
    ("int", PgType::INT4),
    ("national char", PgType::BPCHAR),
    ("national char varying", PgType::VARCHAR),
    ("national character", PgType::BPCHAR),
    ("national character varying", PgType::VARCHAR),
    ("nchar", PgType::BPCHAR),
    ("nchar varying", PgType::VARCHAR),
    ("time", PgType::TIME),
    ("timestamp", PgType::TIMESTAMP),
];

impl PgType {
    pub(crate) const BOOL: Self = Self::Known(16);
    pub(crate) const BYTEA: Self = Self::Known(17);
    pub(crate) const INT8: Self = Self::Known(20);
    pub(crate) const INT2: Self = Self::Known(21);
    pub(crate) const INT4: Self = Self::Known(23);
    pub(crate) const TEXT: Self = Self::Known(25);
    pub(crate) const OID: Self = Self::Known(26);
    pub(crate) const JSON: Self = Self::Known(114);
    pub(crate) const XML: Self = Self::Known(142);
    pub(crate) const FLOAT4: Self = Self::Known(700);
    pub(crate) const FLOAT8: Self = Self::Known(701);
    /// An untyped literal or parameter, and NULL.
    pub(crate) const UNKNOWN: Self = Self::Known(705);
    pub(crate) const BPCHAR: Self = Self::Known(1042);
    pub(crate) const VARCHAR: Self = Self::Known(1043);
    pub(crate) const DATE: Self = Self::Known(1082);
    pub(crate) const TIME: Self = Self::Known(1083);
    pub(crate) const TIMESTAMP: Self = Self::Known(1114);
    pub(crate) const TIMESTAMPTZ: Self = Self::Known(1184);
    pub(crate) const INTERVAL: Self = Self::Known(1186);
    pub(crate) const TIMETZ: Self = Self::Known(1266);
    pub(crate) const BIT: Self = Self::Known(1560);
    pub(crate) const VARBIT: Self = Self::Known(1562);
    pub(crate) const NUMERIC: Self = Self::Known(1700);
    /// A row, of a table or of `ROW(…)`.
    pub(crate) const RECORD: Self = Self::Known(2249);
    pub(crate) const VOID: Self = Self::Known(2278);
    pub(crate) const UUID: Self = Self::Known(2950);
    pub(crate) const JSONB: Self = Self::Known(3802);
    pub(crate) const JSONPATH: Self = Self::Known(4072);

    pub(super) const NAME: Self = Self::Known(19);
    pub(super) const CHAR: Self = Self::Known(18);
    pub(super) const INT2VECTOR: Self = Self::Known(22);
    pub(super) const OIDVECTOR: Self = Self::Known(30);
    pub(super) const ANY: Self = Self::Known(2276);
    pub(super) const ANY_ARRAY: Self = Self::Known(2277);
    pub(super) const ANY_ELEMENT: Self = Self::Known(2283);
    pub(super) const ANY_NON_ARRAY: Self = Self::Known(2776);
    pub(super) const ANY_ENUM: Self = Self::Known(3500);
    pub(super) const ANY_RANGE: Self = Self::Known(3831);
    pub(super) const ANY_MULTIRANGE: Self = Self::Known(4537);
    pub(super) const ANY_COMPATIBLE: Self = Self::Known(5077);
    pub(super) const ANY_COMPATIBLE_ARRAY: Self = Self::Known(5078);
    pub(super) const ANY_COMPATIBLE_NON_ARRAY: Self = Self::Known(5079);
    pub(super) const ANY_COMPATIBLE_RANGE: Self = Self::Known(5080);
    pub(super) const ANY_COMPATIBLE_MULTIRANGE: Self = Self::Known(4538);

    /// Returns the type of that name: as SQL spells it or as `pg_type` has it, in lower case, without lengths or with
    /// them (`numeric(12,2)`, `timestamp(3) with time zone`), with `[]` behind an array's.
    pub(crate) fn named(name: &str) -> Option<Self> {
        if let Some(element) = without_dimensions(name) {
            // Of any number of dimensions it is the same type.
            return Self::named(element)?.array();
        }
        let plain = without_lengths(name);
        let alias = ALIASES.iter().find(|(alias, _)| *alias == plain);
        if let Some((_, known)) = alias {
            return Some(*known);
        }
        if plain.starts_with("interval ") {
            return Some(Self::INTERVAL);
        }
        let written = rows().iter().find(|row| row.written == plain);
        let written = written.map(|row| Self::Known(row.oid));
        written.or_else(|| Self::of_catalogue(&plain))
    }

    /// Returns the type that `pg_type` has under this name: `int4`, `_int4`.
    pub(in crate::typing) fn of_catalogue(name: &str) -> Option<Self> {
        let (name, is_array) = match name.strip_prefix('_') {
            Some(element) => (element, true),
            None => (name, false),
        };
        let one = Self::Known(rows()[*table().by_name.get(name)?].oid);
        if is_array { one.array() } else { Some(one) }
    }

    fn found(self) -> Option<ServerType> {
        let Self::Known(oid) = self else {
            return None;
        };
        let (at, is_array) = *table().by_oid.get(&oid)?;
        let row = &rows()[at];
        Some(match is_array {
            true => ServerType::ArrayOf(row),
            false => ServerType::Itself(row),
        })
    }

    /// Returns its name as it may be written in SQL; of enums, whose names the schema has, only the kind.
    pub(crate) fn name(self) -> String {
        match (self, self.found()) {
            (_, Some(ServerType::Itself(row))) => row.written.to_owned(),
            (_, Some(ServerType::ArrayOf(row))) => format!("{}[]", row.written),
            (Self::EnumArray(_), None) => "enum[]".to_owned(),
            (Self::Enum(_) | Self::Known(_), None) => "enum".to_owned(),
        }
    }

    /// Returns the number by which clients name it; an enum has one on each server.
    pub(crate) fn oid(self) -> Option<u32> {
        if let Self::Known(oid) = self {
            Some(oid)
        } else {
            None
        }
    }

    pub(crate) fn category(self) -> Category {
        match (self, self.found()) {
            (_, Some(ServerType::Itself(row))) => row.category,
            (Self::Enum(_), None) => Category::Enum,
            (Self::EnumArray(_) | Self::Known(_), None) | (_, Some(ServerType::ArrayOf(_))) => {
                Category::Array
            }
        }
    }

    /// Returns whether values of the other types of its category are preferably made this.
    pub(crate) fn is_preferred(self) -> bool {
        matches!(self.found(), Some(ServerType::Itself(row)) if row.is_preferred)
    }

    /// Returns the type of an array's elements.
    pub(crate) fn element(self) -> Option<Self> {
        match (self, self.found()) {
            (Self::EnumArray(id), _) => Some(Self::Enum(id)),
            (_, Some(ServerType::ArrayOf(row))) => Some(Self::Known(row.oid)),
            (_, Some(ServerType::Itself(row))) if row.category == Category::Array => {
                Self::of_catalogue(row.link)
            }
            (Self::Enum(_) | Self::Known(_), _) => None,
        }
    }

    /// Returns the type of arrays of it.
    pub(crate) fn array(self) -> Option<Self> {
        match (self, self.found()) {
            (Self::Enum(id), _) => Some(Self::EnumArray(id)),
            (_, Some(ServerType::Itself(row))) => {
                (row.array != 0).then_some(Self::Known(row.array))
            }
            (Self::EnumArray(_) | Self::Known(_), _) => None,
        }
    }

    /// Returns the type of a range's bounds.
    pub(crate) fn bound(self) -> Option<Self> {
        let linked = self.linked()?;
        (!linked.is_range()).then_some(linked)
    }

    /// Returns the type of a multirange's ranges.
    pub(crate) fn range(self) -> Option<Self> {
        self.linked().filter(|linked| linked.is_range())
    }

    /// Returns the type of multiranges of a range.
    pub(crate) fn multirange(self) -> Option<Self> {
        let Some(ServerType::Itself(range)) = self.found() else {
            return None;
        };
        let of_it = |row: &&Row| row.category == Category::Range && row.link == range.name;
        let row = rows().iter().find(of_it)?;
        Some(Self::Known(row.oid))
    }

    fn is_range(self) -> bool {
        self.category() == Category::Range
    }

    fn linked(self) -> Option<Self> {
        match self.found()? {
            ServerType::Itself(row) if row.category == Category::Range => {
                Self::of_catalogue(row.link)
            }
            ServerType::Itself(_) | ServerType::ArrayOf(_) => None,
        }
    }
}

/// The name of the elements of an array: `integer` of `integer[][3]`.
fn without_dimensions(name: &str) -> Option<&str> {
    let mut element = None;
    let mut rest = name.trim_end();
    while let Some(inner) = rest.strip_suffix(']') {
        let inner = inner.trim_end_matches(|sign: char| sign.is_ascii_digit());
        rest = inner.strip_suffix('[')?.trim_end();
        element = Some(rest);
    }
    element
}

/// A name without the numbers in parentheses: `numeric`, `timestamp with time zone`.
fn without_lengths(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name.trim();
    while let Some((before, after)) = rest.split_once('(') {
        plain.push_str(before.trim_end());
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

//! The types of expressions in the queries of SQLite, MySQL and MariaDB, one file each, as data. Those of PostgreSQL are its catalogue's.

mod mysql;
mod numbers;
mod sqlite;

pub(super) use mysql::GRAMMAR as MYSQL;
pub(crate) use mysql::is_unsigned;
pub(crate) use numbers::{is_text, rank, wider};
pub(super) use sqlite::GRAMMAR as SQLITE;

use crate::ast::TypeName;
use crate::column_type::{ColumnType, LobSize};
use crate::dialect::Dialect;
use crate::source::Span;
use crate::syntax::Call;
use crate::typing::checker::Checker;
use crate::typing::facts::Facts;
use crate::typing::mysql::Function;
use crate::typing::postgres;
use crate::typing::value::Value;

/// The rules for types of expressions in a dialect's queries. There is no default: a new field must be answered for
/// every dialect.
pub(crate) struct Grammar {
    /// Functions by their names in lower case.
    functions: &'static [(&'static str, Gives)],
    /// Functions of the database whose type is never needed.
    untyped: &'static [&'static str],
    /// Functions that it has in some versions or builds only.
    optional: &'static [&'static str],
    /// The type of a sum.
    pub(crate) sum: fn(&ColumnType) -> Option<ColumnType>,
    /// The type of an average.
    pub(crate) average: fn(&ColumnType) -> Option<ColumnType>,
    /// The type of what is rounded.
    pub(crate) rounded: fn(&ColumnType) -> Option<ColumnType>,
    /// The type of `a + b` and its kin.
    pub(crate) arithmetic: fn(&ColumnType, char, &ColumnType) -> Option<ColumnType>,
    /// The type of a number as written.
    pub(crate) number: fn(&str) -> Option<ColumnType>,
    /// The type of `-a`.
    pub(crate) negative: fn(&ColumnType) -> Option<ColumnType>,
    /// The type of `abs(a)`.
    pub(crate) absolute: fn(&ColumnType) -> Option<ColumnType>,
    /// The type of a cast, of a value of the type beside it where that is known; `None`: the type that a column of this
    /// name has.
    pub(crate) cast: fn(&TypeName, Option<&ColumnType>) -> Option<ColumnType>,
    /// Whether a cast to it gives NULL for what is none.
    pub(crate) cast_gives_null: fn(&ColumnType) -> bool,
    /// The type of a condition.
    pub(crate) condition: ColumnType,
    /// The type of `a & b`.
    pub(super) bits: ColumnType,
    /// The types of `document -> path` and of `document ->> path`.
    pub(super) element: ColumnType,
    pub(super) element_value: ColumnType,
    /// The number that a value is in arithmetic.
    pub(super) operand: fn(&ColumnType) -> ColumnType,
    /// The type of what has values of two unlike types: in CASE, in UNION.
    pub(super) common: fn(&ColumnType, &ColumnType) -> Option<ColumnType>,
    /// The least and the largest number of arguments, as far as they are known.
    counts: &'static [(&'static str, usize, usize)],
    /// Beside [`ARGUMENTS`].
    arguments: &'static [(&'static str, &'static str)],
    /// The result of a call that `functions` does not describe.
    pub(super) form: Form,
    /// Whether a function that was measured takes a call with this number of arguments.
    pub(super) takes_call: fn(&Call, usize) -> bool,
    /// Returns the rule that was measured of a function on a server.
    pub(super) measured: fn(&str) -> Option<Function>,
}

/// See [`Grammar::form`].
type Form = fn(&mut Checker<'_>, &Call, &[Value], Span) -> Option<Value>;

/// The type that a function returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gives {
    /// Values of this type.
    Type(ColumnType, Null),
    /// The type of an argument.
    Argument(usize, Null),
    /// The first argument that is not NULL.
    Coalesced,
    /// One of the arguments from this one on.
    Common(usize),
    /// See [`Grammar::sum`].
    Sum,
    /// See [`Grammar::average`].
    Average,
    /// See [`Grammar::rounded`].
    Rounded,
    /// See [`Grammar::absolute`].
    Absolute,
}

/// When a function gives NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Null {
    Never,
    /// When an argument is.
    Argument,
    Maybe,
}

const TEXT: ColumnType = ColumnType::Text(LobSize::Unbounded);
const DECIMAL: ColumnType = ColumnType::Decimal(None);

const fn returns_text(null: Null) -> Gives {
    Gives::Type(TEXT, null)
}

const fn returns(column_type: ColumnType, null: Null) -> Gives {
    Gives::Type(column_type, null)
}

/// Returns the rules of a dialect that has no catalogue of types.
fn grammar(dialect: Dialect) -> Option<&'static Grammar> {
    Facts::of(dialect).grammar
}

impl Grammar {
    pub(crate) fn function(&self, name: &str) -> Option<&Gives> {
        let found = self.functions.iter().find(|(known, _)| *known == name);
        found.map(|(_, gives)| gives)
    }

    /// Whether a function takes this number of arguments, as far as that is known.
    pub(super) fn takes(&self, name: &str, count: usize) -> bool {
        let mut known = self.counts.iter().filter(|(known, ..)| *known == name);
        known.all(|(_, least, most)| (*least..=*most).contains(&count))
    }

    /// The arguments of a function, a letter each, the last for those after it, too: a text, an integer, any.
    pub(super) fn arguments_of(&self, name: &str) -> Option<&'static str> {
        let mut all = self.arguments.iter().chain(ARGUMENTS);
        all.find(|(known, _)| *known == name)
            .map(|(_, letters)| *letters)
    }
}

/// The number that a value is, where its type is one of a number already or has one.
fn number_of(of: &ColumnType) -> ColumnType {
    match of {
        // An integer or a real is made of it.
        ColumnType::Any => DECIMAL,
        ColumnType::Enum(_) | ColumnType::Set(_) => ColumnType::I64,
        of if is_text(of) => ColumnType::F64,
        of => of.clone(),
    }
}

/// Whether this word before a parenthesis is one of the language or a function of the database.
pub(crate) fn is_known_call(dialect: Dialect, word: &str) -> bool {
    WORDS.contains(&word) || is_function(dialect, word)
}

/// Whether it is a function of the database, in every version and build.
pub(crate) fn is_function(dialect: Dialect, name: &str) -> bool {
    match grammar(dialect) {
        Some(grammar) => grammar.function(name).is_some() || grammar.untyped.contains(&name),
        None => !postgres::overloads(name).is_empty() || POSTGRES_FORMS.contains(&name),
    }
}

/// Whether it is a function that the database has in some versions or builds.
pub(crate) fn is_optional(dialect: Dialect, name: &str) -> bool {
    let optional = grammar(dialect).map_or(POSTGRES_OPTIONAL, |grammar| grammar.optional);
    optional.contains(&name)
}

/// Of both dialects without a catalogue.
const ARGUMENTS: &[(&str, &str)] = &[
    ("char_length", "t"),
    ("concat", "t"),
    ("concat_ws", "t"),
    ("hex", "t"),
    ("instr", "t"),
    ("json_array", "t"),
    ("json_array_append", "t"),
    ("json_array_insert", "t"),
    ("json_extract", "t"),
    ("json_insert", "t"),
    ("json_merge_patch", "t"),
    ("json_merge_preserve", "t"),
    ("json_object", "t"),
    ("json_patch", "t"),
    ("json_replace", "t"),
    ("json_set", "t"),
    ("json_valid", "t"),
    ("length", "t"),
    ("lower", "t"),
    ("ltrim", "t"),
    ("replace", "t"),
    ("reverse", "t"),
    ("round", "-i"),
    ("rtrim", "t"),
    ("substr", "tii"),
    ("substring", "tii"),
    ("trim", "t"),
    ("upper", "t"),
];

/// The function whose name is nearest.
pub(crate) fn near_function(grammar: &Grammar, name: &str) -> Option<&'static str> {
    let functions = grammar.functions.iter().map(|(name, _)| *name);
    crate::name::suggest(name, functions.chain(grammar.untyped.iter().copied()))
}

/// The type that a cast or an annotation names in SQLite, MySQL and MariaDB.
pub(crate) fn type_named(name: &str, is_unsigned: bool, digits: u8) -> Option<ColumnType> {
    let integer =
        |signed: ColumnType, unsigned: ColumnType| if is_unsigned { unsigned } else { signed };
    Some(match name {
        "bool" | "boolean" => ColumnType::Bool,
        "tinyint" => integer(ColumnType::I8, ColumnType::U8),
        "smallint" => integer(ColumnType::I16, ColumnType::U16),
        "mediumint" => integer(ColumnType::I24, ColumnType::U24),
        "int" | "integer" => integer(ColumnType::I32, ColumnType::U32),
        "bigint" => integer(ColumnType::I64, ColumnType::U64),
        "float" => ColumnType::F32,
        "real" | "double" | "double precision" => ColumnType::F64,
        "decimal" | "numeric" => DECIMAL,
        "char" | "varchar" | "character" | "text" | "clob" | "longtext" | "nchar" => TEXT,
        "blob" | "binary" | "varbinary" | "bytea" => ColumnType::Blob(LobSize::Unbounded),
        "date" => ColumnType::Date,
        "time" => ColumnType::Time(digits.min(6)),
        "datetime" => ColumnType::DateTime(digits.min(6)),
        "timestamp" => ColumnType::Timestamp(digits.min(6)),
        "year" => ColumnType::Year,
        "json" => ColumnType::Json { binary: false },
        "uuid" => ColumnType::Uuid,
        _ => return None,
    })
}

/// The database whose function this is, where it is one of others only.
pub(crate) fn home_of_function(own: Dialect, name: &str) -> Option<Dialect> {
    let has = |dialect| is_function(dialect, name) || is_optional(dialect, name);
    let is_word = WORDS.contains(&name);
    let mut others = Dialect::ALL.into_iter().filter(|other| *other != own);
    others.find(|other| !is_word && !has(own) && has(*other))
}

/// Forms of PostgreSQL that look like functions and are none of its catalogue.
const POSTGRES_FORMS: &[&str] = &[
    "coalesce",
    "current_user",
    "greatest",
    "grouping",
    "least",
    "normalize",
    "nullif",
    "trim",
    "xmlconcat",
    "xmlelement",
    "xmlforest",
    "xmlparse",
    "xmlroot",
    "xmlserialize",
];

/// Of later versions than the oldest.
const POSTGRES_OPTIONAL: &[&str] = &[
    "json_array",
    "json_arrayagg",
    "json_object",
    "json_objectagg",
    "json_value",
];

/// Words that may stand before a parenthesis and call nothing; types among them.
const WORDS: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "as",
    "between",
    "bit",
    "by",
    "case",
    "cast",
    "char",
    "character",
    "convert",
    "decimal",
    "distinct",
    "else",
    "end",
    "except",
    "exists",
    "filter",
    "force",
    "from",
    "group",
    "having",
    "ignore",
    "in",
    "index",
    "intersect",
    "interval",
    "is",
    "join",
    "key",
    "lateral",
    "like",
    "limit",
    "materialized",
    "not",
    "numeric",
    "offset",
    "on",
    "or",
    "order",
    "over",
    "partition",
    "row",
    "select",
    "sets",
    "some",
    "then",
    "time",
    "timestamp",
    "union",
    "use",
    "using",
    "values",
    "varchar",
    "varying",
    "when",
    "where",
    "with",
    "within",
    "xor",
    "rollup",
    "cube",
];

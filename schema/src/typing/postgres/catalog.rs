//! The functions, operators and casts that the server is built with, as `functions.txt`, `operators.txt` and `casts.txt`
//! have them: a line each, found by its first word.

use crate::lists::IntoVec as _;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use super::coercion::Context;
use super::types::PgType;

/// The kind of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FunctionKind {
    Scalar,
    Aggregate,
    /// `WITHIN GROUP (ORDER BY …)`: with this number of arguments before, the sorted ones follow them.
    Ordered {
        direct: usize,
    },
    /// The same, whose arguments are compared with the sorted ones.
    Hypothetical {
        direct: usize,
    },
    Window,
}

/// An argument that a function is declared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Argument {
    /// For calls by name; empty where it has none.
    pub(crate) name: Cow<'static, str>,
    pub(crate) arg_type: PgType,
    pub(crate) has_default: bool,
}

/// One of the functions of a name. Those of the schema (`CREATE FUNCTION`) are resolved among the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overload {
    pub(crate) name: Cow<'static, str>,
    pub(crate) arguments: Vec<Argument>,
    /// The last argument is an array, or `"any"`, of whose elements any number may be given.
    pub(crate) is_variadic: bool,
    pub(crate) result: PgType,
    /// The `OUT` arguments, which are the columns in a FROM; a function that returns `record` without them needs a list of
    /// columns there.
    pub(crate) columns: Vec<(Cow<'static, str>, PgType)>,
    pub(crate) kind: FunctionKind,
    /// It is not called where an argument is NULL: the result is NULL then, or no row.
    pub(crate) is_strict: bool,
    pub(crate) returns_set: bool,
    /// `None` of a function of the schema, whose words are not read for it.
    pub(crate) volatility: Option<Volatility>,
}

/// How long a function gives the same result for the same arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Volatility {
    /// Always.
    Immutable,
    /// For a statement.
    Stable,
    /// Not even for the next row.
    Volatile,
}

/// The least that all of the server's functions of a name are; `None` where there is none.
pub(crate) fn volatility(name: &str) -> Option<Volatility> {
    let own = overloads(name).iter();
    own.filter_map(|one| one.volatility).min()
}

/// Returns the server's functions of this name.
pub(crate) fn overloads(name: &str) -> &'static [Overload] {
    let Some(of_name) = functions().get(name) else {
        return &[];
    };
    let read = || of_name.lines.iter().filter_map(|line| overload(line));
    of_name.overloads.get_or_init(|| read().into_vec())
}

/// The functions of a name, read when one is called.
#[derive(Default)]
struct OfName {
    lines: Vec<&'static str>,
    overloads: OnceLock<Vec<Overload>>,
}

fn functions() -> &'static BTreeMap<&'static str, OfName> {
    static FUNCTIONS: OnceLock<BTreeMap<&'static str, OfName>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        let mut functions: BTreeMap<_, OfName> = BTreeMap::new();
        for line in entries(include_str!("functions.txt")) {
            let of_name = functions.entry(first_word(line, '|')).or_default();
            of_name.lines.push(line);
        }
        functions
    })
}

/// The names of all functions.
pub(super) fn function_names() -> impl Iterator<Item = &'static str> {
    functions().keys().copied()
}

/// The lines after the head.
fn entries(text: &'static str) -> Vec<&'static str> {
    text.lines().skip(1).into_vec()
}

fn first_word(line: &str, end: char) -> &str {
    line.split(end).next().unwrap_or_default()
}

/// `name|argument:type=,…|result(column:type,…)|words`.
fn overload(line: &'static str) -> Option<Overload> {
    let mut parts = line.split('|');
    let (name, arguments) = (parts.next()?, parts.next()?);
    let (result, words) = (parts.next()?, parts.next()?);
    let (result, columns) = result.split_once('(').unwrap_or((result, ""));
    let columns = list(columns.trim_end_matches(')')).map(|column| {
        let (name, written) = column.split_once(':')?;
        Some((Cow::Borrowed(name), PgType::of_catalogue(written)?))
    });
    let mut overload = Overload {
        name: Cow::Borrowed(name),
        arguments: list(arguments).map(argument).collect::<Option<_>>()?,
        is_variadic: false,
        result: PgType::of_catalogue(result)?,
        columns: columns.collect::<Option<_>>()?,
        kind: FunctionKind::Scalar,
        is_strict: false,
        returns_set: false,
        volatility: Some(Volatility::Immutable),
    };
    for word in words.split(' ') {
        let (word, direct) = word.split_once('=').unwrap_or((word, "0"));
        let direct = direct.parse().ok()?;
        match word {
            "variadic" => overload.is_variadic = true,
            "strict" => overload.is_strict = true,
            "set" => overload.returns_set = true,
            "stable" => overload.volatility = Some(Volatility::Stable),
            "volatile" => overload.volatility = Some(Volatility::Volatile),
            "aggregate" => overload.kind = FunctionKind::Aggregate,
            "ordered" => overload.kind = FunctionKind::Ordered { direct },
            "hypothetical" => overload.kind = FunctionKind::Hypothetical { direct },
            "window" => overload.kind = FunctionKind::Window,
            _ => {}
        }
    }
    Some(overload)
}

fn list(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(',').filter(|part| !part.is_empty())
}

fn argument(text: &'static str) -> Option<Argument> {
    let (text, has_default) = text
        .strip_suffix('=')
        .map_or((text, false), |text| (text, true));
    let (name, written) = text.split_once(':').unwrap_or(("", text));
    Some(Argument {
        name: Cow::Borrowed(name),
        arg_type: PgType::of_catalogue(written)?,
        has_default,
    })
}

impl Overload {
    /// Returns it as a user reads it: `lower(text)`.
    pub(super) fn signature(&self) -> String {
        let last = self.arguments.len().saturating_sub(1);
        let arguments = self.arguments.iter().enumerate().map(|(at, argument)| {
            let variadic = if self.is_variadic && at == last {
                "VARIADIC "
            } else {
                ""
            };
            format!("{variadic}{}", argument.arg_type.name())
        });
        let arguments: Vec<_> = arguments.into_vec();
        format!("{}({})", self.name, arguments.join(", "))
    }
}

/// An operator; one without a left side is a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OperatorRow {
    pub(super) left: Option<PgType>,
    pub(super) right: PgType,
    pub(super) result: PgType,
    pub(super) is_strict: bool,
}

/// Returns the server's operators of this symbol, in the order of their types.
pub(super) fn operators(symbol: &str) -> &'static [OperatorRow] {
    static OPERATORS: OnceLock<HashMap<&'static str, Vec<OperatorRow>>> = OnceLock::new();
    let operators = OPERATORS.get_or_init(|| {
        let mut operators: HashMap<_, Vec<_>> = HashMap::new();
        for line in entries(include_str!("operators.txt")) {
            let of_symbol = operators.entry(first_word(line, ' ')).or_default();
            of_symbol.extend(operator(line));
        }
        operators
    });
    operators.get(symbol).map_or(&[], Vec::as_slice)
}

/// `symbol left right result`, and `null` where it is called for NULL, too.
fn operator(line: &'static str) -> Option<OperatorRow> {
    let mut words = line.split(' ').skip(1);
    let left = words.next()?;
    Some(OperatorRow {
        left: match left {
            "-" => None,
            written => Some(PgType::of_catalogue(written)?),
        },
        right: PgType::of_catalogue(words.next()?)?,
        result: PgType::of_catalogue(words.next()?)?,
        is_strict: words.next().is_none(),
    })
}

/// A cast of the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cast {
    /// The least context that it is applied in.
    pub(super) context: Context,
    /// The value stays as it is stored.
    pub(super) is_relabel: bool,
    /// Through the text form.
    pub(super) is_text: bool,
}

/// Returns the casts from a type, each with the type that it leads to.
pub(super) fn casts(from: PgType) -> &'static [(PgType, Cast)] {
    static CASTS: OnceLock<HashMap<PgType, Vec<(PgType, Cast)>>> = OnceLock::new();
    let casts = CASTS.get_or_init(|| {
        let mut casts: HashMap<_, Vec<_>> = HashMap::new();
        for ((from, to), cast) in entries(include_str!("casts.txt"))
            .iter()
            .filter_map(|line| read_cast(line))
        {
            casts.entry(from).or_default().push((to, cast));
        }
        casts
    });
    casts.get(&from).map_or(&[], Vec::as_slice)
}

/// `from to context method`, by the letters of `pg_cast`.
fn read_cast(line: &str) -> Option<((PgType, PgType), Cast)> {
    let mut words = line.split(' ');
    let from = PgType::of_catalogue(words.next()?)?;
    let to = PgType::of_catalogue(words.next()?)?;
    let context = match words.next()? {
        "i" => Context::Implicit,
        "a" => Context::Assignment,
        _ => Context::Explicit,
    };
    let method = words.next()?;
    let cast = Cast {
        context,
        is_relabel: method == "b",
        is_text: method == "i",
    };
    Some(((from, to), cast))
}

//! The numbers in the parentheses of a type, where the server refuses them and no other check does: what a type takes
//! is data, tried on PostgreSQL 15 and MariaDB 10.11. The largest lengths and digits of most types are checked for each
//! engine by `dialect::limit`.

use super::types_of;
use crate::ast::{TypeArgument, TypeName};
use crate::dialect::Dialect;

/// The numbers that the types of a dialect take.
pub(super) struct Arguments {
    takes: &'static [Takes],
    /// Types that are lists of values.
    lists: &'static [&'static str],
    /// Returns what is refused beside the ranges of the numbers.
    beside: fn(&TypeName) -> Option<(String, String)>,
}

pub(super) const POSTGRES: Arguments = Arguments {
    takes: TYPES_OF_POSTGRES,
    lists: &[],
    beside: |_| None,
};

pub(super) const MYSQL: Arguments = Arguments {
    takes: TYPES_OF_MYSQL,
    lists: &["enum", "set"],
    beside: of_floats,
};

/// The arguments in the parentheses of some types.
struct Takes {
    names: &'static [&'static str],
    /// How many numbers at most.
    count: usize,
    /// The least and the most of each argument.
    ranges: [(i64, i64); 2],
}

/// Anything that fits a length here.
const ANY: (i64, i64) = (0, u32::MAX as i64);

const fn nothing(names: &'static [&'static str]) -> Takes {
    Takes {
        names,
        count: 0,
        ranges: [ANY, ANY],
    }
}

const fn one(names: &'static [&'static str], range: (i64, i64)) -> Takes {
    Takes {
        names,
        count: 1,
        ranges: [range, ANY],
    }
}

const fn two(names: &'static [&'static str], first: (i64, i64), second: (i64, i64)) -> Takes {
    Takes {
        names,
        count: 2,
        ranges: [first, second],
    }
}

const TYPES_OF_POSTGRES: &[Takes] = &[
    one(
        &[
            "character varying",
            "varchar",
            "char varying",
            "national character varying",
            "national char varying",
            "nchar varying",
            "character",
            "char",
            "nchar",
            "national character",
            "national char",
            "bpchar",
        ],
        (1, ANY.1),
    ),
    one(&["bit", "bit varying", "varbit"], (1, 83_886_080)),
    two(&["numeric", "decimal", "dec"], (1, ANY.1), (-1_000, ANY.1)),
    one(&["float"], (1, 53)),
    one(
        &["time", "timetz", "timestamp", "timestamptz", "interval"],
        ANY,
    ),
    nothing(&[
        "text",
        "boolean",
        "bool",
        "date",
        "uuid",
        "bytea",
        "real",
        "float4",
        "float8",
        "double precision",
        "json",
        "jsonb",
        "xml",
        "inet",
        "cidr",
        "money",
        "tsvector",
    ]),
];

const TYPES_OF_MYSQL: &[Takes] = &[
    one(
        &[
            "tinyint",
            "int1",
            "smallint",
            "int2",
            "mediumint",
            "int3",
            "middleint",
            "int",
            "integer",
            "int4",
            "bigint",
            "int8",
        ],
        (0, 255),
    ),
    one(&["bit"], ANY),
    two(&["decimal", "numeric", "dec", "fixed"], ANY, ANY),
    two(&["float", "float4"], (0, 255), ANY),
    two(
        &["double", "double precision", "real", "float8"],
        (0, 255),
        ANY,
    ),
    one(
        &[
            "char",
            "character",
            "nchar",
            "national char",
            "national character",
            "varchar",
            "nvarchar",
            "varcharacter",
            "char varying",
            "character varying",
            "national varchar",
            "binary",
            "varbinary",
            "text",
            "blob",
            "time",
            "datetime",
            "timestamp",
            "year",
        ],
        ANY,
    ),
    nothing(&[
        "bool",
        "boolean",
        "tinytext",
        "mediumtext",
        "longtext",
        "tinyblob",
        "mediumblob",
        "longblob",
        "date",
        "json",
        "serial",
    ]),
];

/// The message and the way out for what the server refuses.
pub(super) fn refused(written: &TypeName, dialect: Dialect) -> Option<(String, String)> {
    let Some(arguments) = &types_of(dialect).arguments else {
        return past_any_length(written);
    };
    let is_list = arguments.lists.contains(&written.name.as_str());
    if is_list && written.arguments.is_empty() {
        let message = format!("`{}` has no values", written.written);
        return Some((message, format!("write `{}('a', 'b')`", written.name)));
    }
    let mut takes = arguments.takes.iter();
    let takes = takes.find(|takes| takes.names.contains(&written.name.as_str()))?;
    let (found, product) = (written.arguments.len(), dialect.product());
    if written.schema.is_some() || found == 0 {
        return None;
    }
    let shown = &written.written;
    if found > takes.count {
        let takes = match takes.count {
            0 => "none".to_owned(),
            count => format!("up to {count}"),
        };
        let message = format!(
            "`{shown}` has {found} numbers in its parentheses, and {product} takes {takes} there"
        );
        return Some((message, format!("write `{}`", written.name)));
    }
    let mut pairs = written.arguments.iter().zip(&takes.ranges);
    pairs
        .find_map(|(argument, range)| out_of_range(shown, argument, *range, product))
        .or_else(|| (arguments.beside)(written))
}

/// Where no number is looked at, one that fits no length would be another elsewhere.
fn past_any_length(written: &TypeName) -> Option<(String, String)> {
    let mut numbers = written.arguments.iter();
    numbers.find_map(|argument| match argument {
        TypeArgument::Number(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            out_of_range(&written.written, argument, ANY, "a type")
        }
        TypeArgument::Number(_) | TypeArgument::Text(_) | TypeArgument::Word(_) => None,
    })
}

fn out_of_range(
    shown: &str,
    argument: &TypeArgument,
    (least, most): (i64, i64),
    product: &str,
) -> Option<(String, String)> {
    let text = match argument {
        TypeArgument::Number(text) | TypeArgument::Text(text) | TypeArgument::Word(text) => text,
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!("`{shown}`: {product} takes whole numbers there, and not `{text}`");
        return Some((message, format!("write a number from {least} on")));
    }
    // A number that does not fit 64 bits is too large or too small by its sign.
    let past = if text.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    };
    let number = text.parse::<i64>().unwrap_or(past);
    if number < least {
        let message = format!("`{shown}`: {product} takes {least} or more there, and not {text}");
        return Some((message, format!("write `{least}` or more")));
    }
    if number > most {
        let message = format!("`{shown}`: {product} takes up to {most} there, and not {text}");
        return Some((message, format!("write `{most}` or less")));
    }
    None
}

/// MySQL's `FLOAT(p)` says bits, `FLOAT(M,D)` digits; `DOUBLE(p)` is none.
fn of_floats(written: &TypeName) -> Option<(String, String)> {
    let is_float = matches!(written.name.as_str(), "float" | "float4");
    let is_double = matches!(
        written.name.as_str(),
        "double" | "double precision" | "real" | "float8"
    );
    if !is_float && !is_double {
        return None;
    }
    let (shown, number) = (&written.written, |at| super::number(written, at));
    let message = match (number(0), number(1)) {
        (Some(bits), None) if is_float && bits > 53 => {
            format!("`{shown}`: MySQL takes 0 to 53 bits there, and not {bits}")
        }
        (Some(_), None) if is_double => {
            format!("`{shown}`: MySQL takes two numbers there, or none")
        }
        (Some(digits), Some(scale)) if scale > digits => {
            format!("`{shown}`: MySQL takes no more digits after the point than digits")
        }
        _ => return None,
    };
    Some((message, format!("write `{}`", written.name)))
}

//! Values by type and number, in the text form that a database reads; of columns in checks, those that the checks are written with.

use bindery_schema::column_type::{ColumnType, TypeClass};
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::expression_parts;
use bindery_schema::model::{Column, Model, Table};

/// Values to try in one column.
const MOST: usize = 10;
/// A text that is longer is made for no check.
const LONGEST: usize = 1_000;

/// The values of one row.
pub(super) struct Values<'m> {
    model: &'m Model,
    number: u64,
    is_postgres: bool,
    checks: Vec<Constants>,
}

/// The names and constants of a check.
struct Constants {
    /// In lower case.
    names: Vec<String>,
    texts: Vec<String>,
    numbers: Vec<i64>,
}

impl<'m> Values<'m> {
    pub(super) fn new(model: &'m Model, table: &'m Table, number: u64) -> Self {
        let constants = |sql: &str| {
            let parts = expression_parts(sql, table.source_dialect);
            let numbers = parts.numbers.iter();
            Constants {
                names: parts.names.iter().map(|name| name.to_lowercase()).collect(),
                texts: parts.texts,
                numbers: numbers.filter_map(|number| number.parse().ok()).collect(),
            }
        };
        let checks = table.checks.iter();
        Self {
            model,
            number,
            is_postgres: table.source_dialect == Dialect::Postgres,
            checks: checks
                .map(|check| constants(&check.expression.sql))
                .collect(),
        }
    }

    /// The values to try in a column, the most usual first.
    pub(super) fn of(&self, column: &Column) -> Vec<String> {
        let name = column.name.to_lowercase();
        let checks = self.checks.iter();
        let checks: Vec<&Constants> = checks.filter(|check| check.names.contains(&name)).collect();
        let is_own_type = column.as_text || is_spatial(&column.sql_type);
        let mut values = match is_own_type {
            true => self.of_own_type(&column.sql_type),
            false => self.usual(&column.column_type, self.number),
        };
        if !checks.is_empty() {
            let (first, last) = self.of_checks(column, &checks);
            values.splice(0..0, first);
            values.extend(last);
        }
        let mut seen = Vec::new();
        values.retain(|value| {
            let is_new = !seen.contains(value);
            seen.push(value.clone());
            is_new
        });
        values.truncate(MOST);
        values
    }

    /// Values before the usual ones, and after them.
    fn of_checks(&self, column: &Column, checks: &[&Constants]) -> (Vec<String>, Vec<String>) {
        let class = column.column_type.class();
        let mut texts: Vec<String> = checks
            .iter()
            .flat_map(|check| check.texts.clone())
            .collect();
        texts.retain(|text| !text.is_empty());
        if !texts.is_empty() {
            let turn = (self.number - 1) % texts.len() as u64;
            texts.rotate_left(usize::try_from(turn).unwrap_or_default());
        }
        let numbers = checks
            .iter()
            .flat_map(|check| check.numbers.iter().copied());
        match class {
            TypeClass::Text => {
                let longest = column.text_length().map_or(LONGEST, |most| most as usize);
                let lengths = numbers.filter_map(|number| usize::try_from(number).ok());
                let lengths: Vec<usize> = lengths
                    .filter(|most| *most <= longest.min(LONGEST))
                    .collect();
                let long = lengths.iter().map(|length| self.of_length(*length, "a"));
                let digits = lengths.iter().map(|length| self.of_length(*length, "0"));
                let longer = lengths.iter().map(|length| self.of_length(length + 1, "a"));
                let last = long.chain(digits).chain(longer).collect();
                let word = format!("a{}", self.number);
                let texts = texts.iter().map(|text| text.replace('%', &word));
                (texts.collect(), last)
            }
            TypeClass::Integer(_)
            | TypeClass::Float { .. }
            | TypeClass::Decimal
            | TypeClass::Year => {
                let near = numbers.flat_map(|number| {
                    [number, number.saturating_add(1), number.saturating_sub(1)]
                });
                let mut last = self.usual(&column.column_type, self.number + 1);
                last.extend(near.map(|number| number.to_string()));
                (Vec::new(), last)
            }
            TypeClass::Enum => (texts, self.all_of_enum(&column.column_type)),
            TypeClass::Boolean => (Vec::new(), vec!["1".to_owned(), "0".to_owned()]),
            TypeClass::Bytes
            | TypeClass::Date
            | TypeClass::Time
            | TypeClass::DateTime
            | TypeClass::Timestamp
            | TypeClass::Interval
            | TypeClass::Uuid
            | TypeClass::Json
            | TypeClass::Set
            | TypeClass::Bit
            | TypeClass::Any
            | TypeClass::Array => {
                let mut last = self.usual(&column.column_type, self.number + 1);
                last.extend(texts);
                (Vec::new(), last)
            }
        }
    }

    /// The number with signs before it, up to this length.
    fn of_length(&self, length: usize, sign: &str) -> String {
        let digits = self.number.to_string();
        let missing = length.saturating_sub(digits.len());
        let cut = digits.len().min(length);
        sign.repeat(missing) + &digits[digits.len() - cut..]
    }

    fn all_of_enum(&self, column_type: &ColumnType) -> Vec<String> {
        let id = column_type.enum_id();
        let values = id.map(|id| self.model.enum_type(id).values.iter());
        let values = values.into_iter().flatten();
        values.map(|value| value.value.clone()).collect()
    }

    fn usual(&self, column_type: &ColumnType, number: u64) -> Vec<String> {
        let day = (number - 1) % 28 + 1;
        let value = match column_type {
            ColumnType::Bool | ColumnType::Bit(_) => (number % 2).to_string(),
            ColumnType::I8 | ColumnType::U8 => (number % 100).to_string(),
            ColumnType::I16
            | ColumnType::I24
            | ColumnType::I32
            | ColumnType::I64
            | ColumnType::U16
            | ColumnType::U24
            | ColumnType::U32
            | ColumnType::U64
            | ColumnType::F32
            | ColumnType::F64
            | ColumnType::Decimal(None) => number.to_string(),
            ColumnType::Decimal(Some(size)) => {
                let digits = size.precision.saturating_sub(size.scale).min(18);
                (number % 10_u64.pow(digits)).to_string()
            }
            ColumnType::Char(_)
            | ColumnType::VarChar(_)
            | ColumnType::Text(_)
            | ColumnType::Binary(_)
            | ColumnType::VarBinary(_)
            | ColumnType::Blob(_)
            | ColumnType::Any => self.text(column_type.length(), number),
            ColumnType::Date => format!("2024-01-{day:02}"),
            ColumnType::Time(_) => format!("01:02:{:02}", number % 60),
            ColumnType::DateTime(_) | ColumnType::Timestamp(_) => {
                format!("2024-01-{day:02} 01:02:03")
            }
            ColumnType::Year => (2000 + number % 100).to_string(),
            ColumnType::Interval => format!("{number} days"),
            ColumnType::Uuid => format!("00000000-0000-4000-8000-{number:012}"),
            ColumnType::Json { .. } => "{}".to_owned(),
            ColumnType::Array(_) => "{}".to_owned(),
            ColumnType::Set(values) => values.first().cloned().unwrap_or_default(),
            ColumnType::Enum(_) => {
                let all = self.all_of_enum(column_type);
                let turn = (number - 1) % (all.len() as u64).max(1);
                let turn = usize::try_from(turn).unwrap_or_default();
                return all.get(turn).cloned().into_iter().collect();
            }
        };
        vec![value]
    }

    fn text(&self, longest: Option<u32>, number: u64) -> String {
        let text = format!("a{number}");
        let longest = longest.map_or(text.len(), |most| most as usize);
        let start = text.len().saturating_sub(longest.max(1));
        text[start..].to_owned()
    }

    /// Of a type that the model has no word for, by its name.
    fn of_own_type(&self, sql_type: &str) -> Vec<String> {
        let (number, next, day) = (self.number, self.number + 1, self.number % 20 + 1);
        let name = sql_type.split(['(', '[']).next().unwrap_or_default();
        let size = sql_type.split(['(', ')']).nth(1);
        let size = size.and_then(|size| size.parse().ok()).unwrap_or(1);
        let size: usize = LONGEST.min(size);
        let value = match name.trim().to_lowercase().as_str() {
            _ if sql_type.ends_with("[]") => "{}".to_owned(),
            "inet" | "cidr" | "inet4" => format!("10.0.0.{}", number % 250),
            "inet6" => format!("::{number}"),
            "macaddr" => format!("08:00:2b:01:02:{:02x}", number % 250),
            "macaddr8" => format!("08:00:2b:01:02:03:04:{:02x}", number % 250),
            "int4range" | "int8range" | "numrange" => format!("[{number},{next})"),
            "daterange" => format!("[2024-01-{day:02},2024-02-01)"),
            "tsrange" | "tstzrange" => {
                format!("[2024-01-{day:02} 00:00:00,2024-02-01 00:00:00)")
            }
            "int4multirange" | "int8multirange" | "nummultirange" | "datemultirange"
            | "tsmultirange" | "tstzmultirange" => "{}".to_owned(),
            "bit" | "bit varying" | "varbit" => format!("{:0>size$b}", number % 2),
            "time with time zone" | "timetz" => format!("01:02:{:02}+00", number % 60),
            "point" if self.is_postgres => {
                format!("({number},{number})")
            }
            "line" => "{1,2,3}".to_owned(),
            "lseg" | "box" | "path" => format!("(({number},{number}),({next},{next}))"),
            "polygon" if self.is_postgres => format!("(({number},{number}),({next},{next}))"),
            "circle" => format!("<({number},{number}),1>"),
            "linestring" => format!("LINESTRING({number} {number}, {next} {next})"),
            "polygon" => "POLYGON((0 0, 1 0, 1 1, 0 0))".to_owned(),
            "point" | "geometry" | "geography" => format!("POINT({number} {number})"),
            "xml" => "<a/>".to_owned(),
            "hstore" => String::new(),
            "vector" | "halfvec" => format!("[{}]", vec!["1"; size].join(",")),
            "oid" | "money" | "xid8" => number.to_string(),
            _ => {
                let own = ["{}", "()", ""].map(str::to_owned);
                let usual = [self.text(None, number), number.to_string()];
                return usual.into_iter().chain(own).collect();
            }
        };
        vec![value]
    }
}

/// The types of MySQL and MariaDB that have no text form of their own.
pub(super) fn is_spatial(sql_type: &str) -> bool {
    let name = sql_type.split('(').next().unwrap_or_default();
    let spatial = ["geometry", "point", "linestring", "polygon"];
    spatial
        .iter()
        .any(|one| name.trim().eq_ignore_ascii_case(one))
}

//! SQLite. Declared types are chosen so that their affinity keeps every value as it is given (SQLite documentation,
//! "Datatypes In SQLite", 3.1), and so that a reader of the DDL finds the same type again:
//!
//! - dates and times are ISO 8601 texts under their own names (`DATE`, `TIMESTAMPTZ`): such a text never looks like a
//!   number, so NUMERIC affinity leaves it alone;
//! - decimals of up to 15 digits are `DECIMAL(p,s)`; longer and unbounded ones are `DECIMAL_TEXT`, whose TEXT affinity
//!   keeps every digit (they sort as text); JSON is `JSON_TEXT`, as `JSON` would turn `1.50` into 1.5;
//! - lengths of texts and bytes and digits before a decimal's point are kept by a CHECK where the table also lives on, or is
//!   written for, another database; `u64` is refused past `i64::MAX` before it is sent.

use super::{
    ColumnPlace, Declaration, Flavour, IndexMethod, Limits, Moment, Refusal, Rules, SizeOf,
};
use crate::column_type::{ColumnType, DecimalSize, TypeClass};
use crate::dialect::Dialect;
use crate::model::{Column, FLOAT_DIGITS, ForeignKey, Generated, Table};
use crate::portable::Function;
use crate::sql_writer::SqlWriter;

pub(super) struct Sqlite;

impl Rules for Sqlite {
    fn impossible_name(&self, name: &str) -> Option<&'static str> {
        if name.to_ascii_lowercase().starts_with("sqlite_") {
            return Some("`sqlite_` is the beginning of its own names");
        }
        super::empty_name(name)
    }

    fn limits(&self, _: Option<Flavour>) -> Limits {
        Limits {
            columns: 2_000,
            key_parts: 2_000,
            keys: None,
            set_values: None,
            no_columns: false,
            second_digits: 6,
            decimal: None,
            scale_past_precision: true,
            char_length: None,
            varchar_length: None,
            binary_length: None,
            varbinary_length: None,
            enforces_sizes: false,
            holds_nan: false,
            holds_infinity: false,
            largest_integer: i64::MAX as u64,
        }
    }

    fn computed(&self, column_type: &ColumnType) -> &'static str {
        storage(column_type.class())
    }

    fn declare(&self, place: ColumnPlace<'_>) -> Result<Declaration, Refusal> {
        if place.is_own(Dialect::Sqlite) {
            return Ok(Declaration::plain(place.column().sql_type.clone()));
        }
        if (place.is_counted() && place.is_only_key()) || counts_rows(place) || numbers_rows(place)
        {
            return Ok(Declaration::plain("INTEGER"));
        }
        if let Some(values) = place.enum_type() {
            return Ok(Declaration::checked(
                "TEXT",
                one_of(
                    place,
                    values.values.iter().map(|value| value.value.as_str()),
                ),
            ));
        }
        let stored = place.stored_type();
        let keeps_own_spelling = place.table().strict || keeps_digits(stored);
        if place.is_native(Dialect::Sqlite) && keeps_own_spelling {
            return Ok(limited(place, stored, place.column().sql_type.clone()));
        }
        let type_sql = type_name(place, stored)?;
        Ok(limited(place, stored, type_sql))
    }

    fn type_of_flavour(&self, _: &str, _: Option<Flavour>) -> Option<String> {
        None
    }

    /// It compares any two values; those of different classes are just not equal.
    fn compares(&self, _: ColumnPlace<'_>, _: ColumnPlace<'_>) -> bool {
        true
    }

    fn counted(&self, place: ColumnPlace<'_>, _: bool) -> Result<&'static str, Refusal> {
        if !counts_rows(place) {
            let name = &place.column().name;
            let message = format!(
                "SQLite cannot auto-increment `{name}`: it only generates a primary key of one column"
            );
            let help = format!(
                "make `{name}` the primary key and what is the key now `UNIQUE`; or declare it without the word that \
                 counts, as `{name} bigint NOT NULL`, and give its values in the program"
            );
            return Err(Refusal::new("B0214", message, help));
        }
        // Servers never give a key out twice; where the schema is SQLite's own, it says itself what it wants.
        Ok(if place.is_native(Dialect::Sqlite) {
            " PRIMARY KEY"
        } else {
            " PRIMARY KEY AUTOINCREMENT"
        })
    }

    fn counted_key(&self) -> &'static str {
        "INTEGER PRIMARY KEY"
    }

    fn text_form(&self) -> &'static str {
        ""
    }

    /// `BINARY` is what a column without a collation has.
    fn bytewise(&self, _: &str) -> &'static str {
        ""
    }

    fn overriding(&self) -> &'static str {
        ""
    }

    fn bool_literal(&self, value: bool) -> &'static str {
        if value { "1" } else { "0" }
    }

    fn now(&self, moment: Moment) -> String {
        match moment {
            Moment::Date => "CURRENT_DATE",
            Moment::Time(_) => "CURRENT_TIME",
            Moment::DateTime(_) => "CURRENT_TIMESTAMP",
        }
        .to_owned()
    }

    /// `2026-11-20 13:45:00.250000`, without the fraction where it is none. Its clock counts milliseconds.
    fn present(&self, moment: Moment) -> String {
        match moment {
            Moment::Date | Moment::Time(_) | Moment::DateTime(0) => self.now(moment),
            Moment::DateTime(digits) => {
                let kept = usize::from(digits.min(3));
                let length = "2026-11-20 13:45:00.".len() + kept;
                let zeros = "0".repeat(6 - kept);
                format!(
                    "replace(substr(strftime('%Y-%m-%d %H:%M:%f', 'now'), 1, {length}) || '{zeros}', '.000000', '')"
                )
            }
        }
    }

    /// RFC 9562, version 4.
    fn random_uuid(&self) -> &'static str {
        "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || \
         substr('89AB', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"
    }

    fn function(&self, function: Function) -> (&'static str, &'static str) {
        match function {
            Function::Lower => ("lower(", ")"),
            Function::Upper => ("upper(", ")"),
            Function::CharLength => ("length(", ")"),
            Function::OctetLength => ("length(CAST(", " AS BLOB))"),
            Function::Trim => ("trim(", ")"),
            Function::Absolute => ("abs(", ")"),
            Function::Coalesce => ("coalesce(", ")"),
            Function::NullIf => ("nullif(", ")"),
            Function::UnixSeconds => ("CAST(strftime('%s', 'now') AS INTEGER)", ""),
            Function::Now => ("CURRENT_TIMESTAMP", ""),
            Function::Today => ("CURRENT_DATE", ""),
        }
    }

    fn concatenation(&self) -> (&'static str, &'static str, &'static str) {
        ("", " || ", "")
    }

    /// Its LIKE makes no difference between `a` and `A`; GLOB does (SQLite documentation, "SQL Language Expressions").
    fn like(&self, pattern: &str) -> (&'static str, String) {
        let mut glob = String::new();
        let mut signs = pattern.chars();
        while let Some(sign) = signs.next() {
            match sign {
                '%' => glob.push('*'),
                '_' => glob.push('?'),
                '\\' => push_glob(&mut glob, signs.next().unwrap_or('\\')),
                plain => push_glob(&mut glob, plain),
            }
        }
        ("GLOB", glob)
    }

    fn day_of(&self) -> (&'static str, &'static str) {
        ("date(", ")")
    }

    fn wraps_default(&self, _: &ColumnType) -> bool {
        false
    }

    fn native_options(&self, table: &Table) -> String {
        self.table_options(table, None)
    }

    fn table_options(&self, table: &Table, _: Option<Flavour>) -> String {
        match (table.strict, table.without_rowid) {
            (true, true) => " STRICT, WITHOUT ROWID".to_owned(),
            (true, false) => " STRICT".to_owned(),
            (false, true) => " WITHOUT ROWID".to_owned(),
            (false, false) => String::new(),
        }
    }

    fn says_null(&self, _: ColumnPlace<'_>) -> bool {
        false
    }

    fn key_column(&self, _: ColumnPlace<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    fn index_prefix(&self, _: ColumnPlace<'_>) -> Option<u32> {
        None
    }

    /// 2,000 columns (SQLITE_MAX_COLUMN) is its only limit of this kind.
    fn size(&self, columns: &[ColumnPlace<'_>], _: SizeOf) -> Result<(), Refusal> {
        if columns.len() > 2_000 {
            return Err(Refusal::new(
                "B0220",
                "SQLite takes up to 2000 columns",
                "split the table",
            ));
        }
        Ok(())
    }

    fn own_row(&self, _: &[ColumnPlace<'_>]) -> Result<(), Refusal> {
        Ok(())
    }

    fn index_method(&self, method: &str) -> IndexMethod {
        if method == "btree" {
            IndexMethod::Usual
        } else {
            IndexMethod::Unknown
        }
    }

    /// With foreign keys off the rows of a referred table can go before those that refer to it.
    fn drop_in_circle(
        &self,
        _: &Table,
        _: &[(&Table, &ForeignKey, String)],
        drop: String,
    ) -> Vec<String> {
        vec![
            "PRAGMA foreign_keys = OFF".to_owned(),
            drop,
            "PRAGMA foreign_keys = ON".to_owned(),
        ]
    }
}

/// Whether the column can be the table's own number of rows. A table without a primary key takes an auto-increment column for it.
fn counts_rows(place: ColumnPlace<'_>) -> bool {
    let table = place.table();
    let counted = |column: &&Column| matches!(column.generated, Generated::Key { .. });
    let is_free = table.primary_key.is_none() && table.columns.iter().filter(counted).count() == 1;
    counted(&place.column()) && !table.without_rowid && (place.is_only_key() || is_free)
}

/// Whether the column is a key that is one whole number, given by the program. Declared so it is the row's own number, by which SQLite
/// finds a row directly; by any other name it has an index beside the table (SQLite documentation, "ROWIDs and the INTEGER PRIMARY
/// KEY"). Where it has a default, SQLite would count instead.
fn numbers_rows(place: ColumnPlace<'_>) -> bool {
    let column = place.column();
    !place.is_native(Dialect::Sqlite)
        && place.is_only_key()
        && place.stored_type().is_integer()
        && column.default.is_none()
        && !matches!(column.generated, Generated::Computed { .. })
}

/// SQLite takes what is longer than declared; where the table behaves as on other databases, a CHECK refuses it.
fn limited(place: ColumnPlace<'_>, stored: &ColumnType, type_sql: String) -> Declaration {
    let around = length_condition(stored).or_else(|| digits_condition(stored));
    match around.filter(|_| !place.is_own(Dialect::Sqlite)) {
        None => Declaration::plain(type_sql),
        Some((before, behind)) => {
            let mut sql = SqlWriter::new(Dialect::Sqlite);
            sql.push(before)
                .identifier(&place.column().name)
                .push(&behind);
            Declaration::checked(type_sql, sql.finish())
        }
    }
}

/// Returns the text around the column's name.
fn length_condition(stored: &ColumnType) -> Option<(&'static str, String)> {
    if let ColumnType::Char(length)
    | ColumnType::VarChar(Some(length))
    | ColumnType::Binary(length)
    | ColumnType::VarBinary(length) = stored
    {
        Some(("length(", format!(") <= {length}")))
    } else {
        None
    }
}

/// The digits before the point of a decimal: of the number, or of its text where that keeps all digits.
fn digits_condition(stored: &ColumnType) -> Option<(&'static str, String)> {
    let ColumnType::Decimal(Some(size)) = stored else {
        return None;
    };
    let digits = size.precision.saturating_sub(size.scale);
    if size.precision <= FLOAT_DIGITS {
        let limit = "0".repeat(digits as usize);
        return Some(("abs(", format!(") < 1{limit}")));
    }
    Some((
        "instr(ltrim(",
        format!(", '-0') || '.', '.') <= {}", digits + 1),
    ))
}

/// A character that means itself in a pattern of GLOB.
fn push_glob(glob: &mut String, sign: char) {
    if matches!(sign, '*' | '?' | '[') {
        glob.push('[');
        glob.push(sign);
        glob.push(']');
    } else {
        glob.push(sign);
    }
}

/// The name of each type without a length; none where SQLite has nothing that holds the values.
fn bare_type_name(column_type: &ColumnType) -> Option<&'static str> {
    Some(match column_type {
        ColumnType::Bool => "BOOLEAN",
        ColumnType::I8 => "TINYINT",
        ColumnType::I16 => "SMALLINT",
        ColumnType::I24 => "MEDIUMINT",
        ColumnType::I32 => "INT",
        ColumnType::I64 => "BIGINT",
        ColumnType::U8 => "TINYINT UNSIGNED",
        ColumnType::U16 => "SMALLINT UNSIGNED",
        ColumnType::U24 => "MEDIUMINT UNSIGNED",
        ColumnType::U32 => "INT UNSIGNED",
        ColumnType::U64 | ColumnType::Bit(_) => "BIGINT UNSIGNED",
        ColumnType::F32 => "FLOAT",
        ColumnType::F64 => "DOUBLE",
        ColumnType::Decimal(_) => "DECIMAL_TEXT",
        ColumnType::Char(_) => "CHAR",
        ColumnType::VarChar(_) => "VARCHAR",
        ColumnType::Text(_) | ColumnType::Enum(_) | ColumnType::Set(_) => "TEXT",
        // Bytes stay bytes under every affinity.
        ColumnType::Binary(_) => "BINARY",
        ColumnType::VarBinary(_) => "VARBINARY",
        ColumnType::Blob(_) => "BLOB",
        ColumnType::Date => "DATE",
        ColumnType::Time(_) => "TIME",
        ColumnType::DateTime(_) => "DATETIME",
        ColumnType::Timestamp(_) => "TIMESTAMPTZ",
        ColumnType::Year => "YEAR",
        ColumnType::Interval => "TEXT",
        ColumnType::Uuid => "UUID",
        ColumnType::Json { .. } => "JSON_TEXT",
        ColumnType::Any => "ANY",
        ColumnType::Array(_) => return None,
    })
}

/// Returns the storage class of a computed value: `TEXT` for texts and all values that are stored as one.
fn storage(class: TypeClass) -> &'static str {
    let whole = [TypeClass::Boolean, TypeClass::Year, TypeClass::Bit];
    if class.integer().is_some() || whole.contains(&class) {
        return "INTEGER";
    }
    if let TypeClass::Float { .. } = class {
        return "REAL";
    }
    let others = [
        (TypeClass::Decimal, "NUMERIC"),
        (TypeClass::Bytes, "BLOB"),
        (TypeClass::Any, "ANY"),
    ];
    let known = others.iter().find(|(known, _)| *known == class);
    known.map_or("TEXT", |(_, name)| name)
}

fn type_name(place: ColumnPlace<'_>, stored: &ColumnType) -> Result<String, Refusal> {
    if let ColumnType::Decimal(size) = stored {
        return Ok(decimal(*size));
    }
    let is_bits = stored.class() == TypeClass::Bit;
    let length = stored.length().filter(|_| !is_bits);
    match (
        bare_type_name(stored).filter(|_| *stored != ColumnType::Bit(64)),
        length,
    ) {
        (Some(name), Some(length)) => Ok(format!("{name}({length})")),
        (Some(name), None) => Ok(name.to_owned()),
        (None, _) => Err(refused(place, stored)),
    }
}

fn refused(place: ColumnPlace<'_>, stored: &ColumnType) -> Refusal {
    let class = stored.class();
    let name = &place.column().name;
    let (message, help) = if class == TypeClass::Bit {
        (
            format!("`{name}` holds 64 bits, and SQLite's integers have 63 and a sign"),
            "write `BIT(63)` or `BINARY(8)`",
        )
    } else if class == TypeClass::Array {
        (
            format!("`{name}` is an array, and SQLite has none"),
            "keep the values in a table of their own, or as `jsonb`",
        )
    } else {
        return super::no_such_type(place, Dialect::Sqlite);
    };
    Refusal::new("B0210", message, help)
}

/// Whether all digits of its values are kept, whatever affinity the declared type has. Of tables on SQLite alone the type stays as it
/// is written, and values that it would change are refused before they are sent.
fn keeps_digits(stored: &ColumnType) -> bool {
    if let ColumnType::Decimal(size) = stored {
        size.is_some_and(|size| size.precision <= FLOAT_DIGITS)
    } else {
        true
    }
}

fn decimal(size: Option<DecimalSize>) -> String {
    match size {
        Some(DecimalSize { precision, scale }) if precision <= FLOAT_DIGITS => {
            format!("DECIMAL({precision},{scale})")
        }
        Some(DecimalSize { precision, scale }) => format!("DECIMAL_TEXT({precision},{scale})"),
        None => "DECIMAL_TEXT".to_owned(),
    }
}

fn one_of<'v>(place: ColumnPlace<'_>, values: impl Iterator<Item = &'v str>) -> String {
    let mut sql = SqlWriter::new(Dialect::Sqlite);
    sql.identifier(&place.column().name).push(" IN (");
    sql.list(values, ", ", |sql, value| {
        sql.text_literal(value);
    });
    sql.push(")");
    sql.finish()
}

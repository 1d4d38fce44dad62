//! MySQL and MariaDB: text that both run. Tables of several dialects are InnoDB with a collation that compares bytes and pads
//! nothing, so that texts are distinguished as in the other databases (case counts, and so do blanks at the end); of
//! tables of MySQL alone these options are repeated, and those they leave out are the database's defaults.
//! Points in time are `DATETIME` in UTC, as `TIMESTAMP`
//! ends in 2038; connections set the session's zone to UTC.

mod row;

use super::{
    ColumnPlace, Declaration, Flavour, IndexMethod, Limits, Moment, Refusal, Rules, SizeOf,
};
use crate::column_type::{ColumnType, DecimalSize, LobSize, TypeClass};
use crate::dialect::Dialect;
use crate::model::{EnumValue, ForeignKey, Table};
use crate::portable::Function;
use crate::sql_writer::SqlWriter;

pub(super) struct Mysql;

/// Of a table of InnoDB; MySQL itself takes 4,096.
const INNODB_COLUMNS: usize = 1_017;

/// Bytes of one character in utf8mb4.
const CHARACTER: u32 = 4;
/// Bytes of an index entry (InnoDB, DYNAMIC row format).
const LONGEST_KEY: u32 = 3_072;
/// Bytes of a row without its long columns (MySQL manual, "Limits on Table Column Count and Row Size").
const LONGEST_ROW: u32 = 65_535;
/// Bytes of the longest `VARBINARY`: two more say how long it is.
const LONGEST_BINARY: u32 = LONGEST_ROW - 2;
/// Longest VARCHAR that fits a row.
const LONGEST_VARCHAR: u32 = 16_383;
/// Characters of a long text that an index looks at.
const INDEX_PREFIX: u32 = 255;
const UUID_TYPE: &str = "char(36) character set ascii collate ascii_bin";

/// Types that only MariaDB has, and what holds their texts on MySQL.
const OF_MARIADB: [(&str, &str); 4] = [
    ("uuid", UUID_TYPE),
    ("inet4", "varchar(15) character set ascii collate ascii_bin"),
    ("inet6", "varchar(45) character set ascii collate ascii_bin"),
    ("xmltype", "longtext"),
];

impl Rules for Mysql {
    fn impossible_name(&self, name: &str) -> Option<&'static str> {
        if name.chars().any(|letter| u32::from(letter) > 0xFFFF) {
            return Some("it holds a character outside the basic plane");
        }
        if name.ends_with(' ') {
            return Some("it ends with a blank");
        }
        super::empty_name(name)
    }

    fn limits(&self, flavour: Option<Flavour>) -> Limits {
        Limits {
            columns: INNODB_COLUMNS,
            key_parts: if flavour == Some(Flavour::Mariadb) {
                32
            } else {
                16
            },
            // Tried on MariaDB 10.11; "InnoDB Limits" of both manuals.
            keys: Some(64),
            set_values: Some(64),
            no_columns: false,
            second_digits: 6,
            decimal: Some((
                65,
                if flavour == Some(Flavour::Mariadb) {
                    38
                } else {
                    30
                },
            )),
            scale_past_precision: false,
            char_length: Some(255),
            varchar_length: Some(LONGEST_ROW),
            binary_length: Some(255),
            varbinary_length: Some(LONGEST_ROW),
            enforces_sizes: true,
            holds_nan: false,
            holds_infinity: false,
            largest_integer: u64::MAX,
        }
    }

    fn computed(&self, column_type: &ColumnType) -> &'static str {
        bare_type_name(column_type).unwrap_or("longtext")
    }

    fn declare(&self, place: ColumnPlace<'_>) -> Result<Declaration, Refusal> {
        // A length for a character set of shorter characters: the column is made with ours.
        let too_long = matches!(place.stored_type(), ColumnType::VarChar(Some(length)) if *length > LONGEST_VARCHAR);
        let keeps = place.is_own(Dialect::Mysql) || (!too_long && !is_padded(place));
        if place.is_native(Dialect::Mysql) && keeps {
            return Ok(Declaration::plain(place.column().sql_type.clone()));
        }
        let stored = place.stored_type();
        Ok(limited(place, stored, type_name(place, stored)?))
    }

    /// Writes the type for a flavour. Where the flavour is not given, each passes over the other's comment.
    fn type_of_flavour(&self, sql_type: &str, flavour: Option<Flavour>) -> Option<String> {
        let (own, other) = OF_MARIADB.iter().find(|(own, _)| *own == sql_type)?;
        match flavour {
            Some(Flavour::Mariadb) => None,
            Some(Flavour::Mysql) => Some((*other).to_owned()),
            None => Some(format!("/*M! {own} */ /*!80000 {other} */")),
        }
    }

    fn compares(&self, child: ColumnPlace<'_>, parent: ColumnPlace<'_>) -> bool {
        super::compared::by_mysql(child, parent)
    }

    /// The key it needs is made with the table where the schema has none.
    fn counted(&self, place: ColumnPlace<'_>, _: bool) -> Result<&'static str, Refusal> {
        let table = place.table();
        let counts = |column: &&crate::model::Column| {
            matches!(column.generated, crate::model::Generated::Key { .. })
        };
        if table.columns.iter().filter(counts).count() > 1 {
            let message = format!(
                "MySQL auto-increments one column of a table, and `{}` has several",
                table.name.name
            );
            return Err(Refusal::new(
                "B0214",
                message,
                "remove `IDENTITY`, `AUTO_INCREMENT` or what else auto-increments from all but one",
            ));
        }
        Ok(" AUTO_INCREMENT")
    }

    fn counted_key(&self) -> &'static str {
        "bigint NOT NULL AUTO_INCREMENT PRIMARY KEY"
    }

    fn text_form(&self) -> &'static str {
        ""
    }

    /// The collation of the table.
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
            Moment::Date => "(CURRENT_DATE)".to_owned(),
            Moment::Time(digits) => format!("(CURRENT_TIME({digits}))"),
            Moment::DateTime(0) => "CURRENT_TIMESTAMP".to_owned(),
            Moment::DateTime(digits) => format!("CURRENT_TIMESTAMP({digits})"),
        }
    }

    fn present(&self, moment: Moment) -> String {
        self.now(moment)
    }

    fn random_uuid(&self) -> &'static str {
        "(uuid())"
    }

    fn function(&self, function: Function) -> (&'static str, &'static str) {
        match function {
            Function::Lower => ("lower(", ")"),
            Function::Upper => ("upper(", ")"),
            Function::CharLength => ("char_length(", ")"),
            Function::OctetLength => ("octet_length(", ")"),
            Function::Trim => ("trim(", ")"),
            Function::Absolute => ("abs(", ")"),
            Function::Coalesce => ("coalesce(", ")"),
            Function::NullIf => ("nullif(", ")"),
            Function::UnixSeconds => ("unix_timestamp()", ""),
            Function::Now => ("CURRENT_TIMESTAMP", ""),
            Function::Today => ("CURRENT_DATE", ""),
        }
    }

    fn concatenation(&self) -> (&'static str, &'static str, &'static str) {
        ("concat(", ", ", ")")
    }

    fn like(&self, pattern: &str) -> (&'static str, String) {
        ("LIKE", pattern.to_owned())
    }

    fn day_of(&self) -> (&'static str, &'static str) {
        ("date(", ")")
    }

    /// Long columns take expressions only (MySQL manual, "Data Type Default Values").
    fn wraps_default(&self, column_type: &ColumnType) -> bool {
        length(column_type) == Length::Long
    }

    /// Texts are distinguished by every character, blanks at the end included. The two products have no collation for
    /// that in common, and each passes over the other's comments.
    fn table_options(&self, _: &Table, flavour: Option<Flavour>) -> String {
        let collation = match flavour {
            Some(Flavour::Mariadb) => "COLLATE=utf8mb4_nopad_bin",
            Some(Flavour::Mysql) => "COLLATE=utf8mb4_0900_bin",
            None => "/*M!100200 COLLATE=utf8mb4_nopad_bin */ /*!80017 COLLATE=utf8mb4_0900_bin */",
        };
        format!(" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 {collation}")
    }

    /// Writes the table's own options. Options that a table lacks are the database's defaults, as with any other
    /// client.
    fn native_options(&self, table: &Table) -> String {
        let engine = table.storage_engine.as_ref();
        engine.map_or(String::new(), |engine| format!(" ENGINE={}", engine.name))
    }

    /// MariaDB makes a TIMESTAMP without the word NOT NULL (its manual, "TIMESTAMP").
    fn says_null(&self, place: ColumnPlace<'_>) -> bool {
        place.is_native(Dialect::Mysql)
            && matches!(place.column().column_type, ColumnType::Timestamp(_))
    }

    fn key_column(&self, place: ColumnPlace<'_>) -> Result<(), Refusal> {
        if is_long(place) {
            let name = &place.column().name;
            let message = format!(
                "`{name}` has no limited length, and MySQL takes no such column into a key"
            );
            let is_text = matches!(
                place.stored_type(),
                ColumnType::Text(_) | ColumnType::VarChar(_) | ColumnType::Char(_)
            );
            let written = if is_text {
                format!("`{name} VARCHAR(255)`, or ")
            } else {
                String::new()
            };
            let help = format!(
                "give it a length: {written}`-- @length 191` above it; `-- @length 191` in the first comment of the file \
                 is for all keys"
            );
            return Err(Refusal::new("B0216", message, help));
        }
        Ok(())
    }

    fn index_prefix(&self, place: ColumnPlace<'_>) -> Option<u32> {
        (is_long(place) || bytes_in_key(place) > LONGEST_KEY).then_some(INDEX_PREFIX)
    }

    fn size(&self, columns: &[ColumnPlace<'_>], what: SizeOf) -> Result<(), Refusal> {
        let bytes = |each: fn(ColumnPlace<'_>) -> u32| {
            columns
                .iter()
                .map(|place| u64::from(each(*place)))
                .sum::<u64>()
        };
        let (found, limit, help) = match what {
            SizeOf::Row => (
                bytes(bytes_in_row),
                LONGEST_ROW,
                "make some columns `TEXT` or shorter".to_owned(),
            ),
            SizeOf::Index => (bytes(bytes_in_key), LONGEST_KEY, shorter(columns)),
        };
        if what == SizeOf::Row && columns.len() > 1_017 {
            return Err(Refusal::new(
                "B0220",
                "MySQL takes up to 1017 columns in a table",
                "split the table",
            ));
        }
        if found > u64::from(limit) {
            let message = format!(
                "the columns have up to {found} bytes together, and MySQL takes {limit} here"
            );
            return Err(Refusal::new("B0220", message, help));
        }
        Ok(())
    }

    fn own_row(&self, columns: &[ColumnPlace<'_>]) -> Result<(), Refusal> {
        row::fits(columns)
    }

    fn index_method(&self, method: &str) -> IndexMethod {
        match method {
            "btree" => IndexMethod::Usual,
            "hash" => IndexMethod::Using,
            "fulltext" | "spatial" | "vector" => IndexMethod::Kind,
            _ => IndexMethod::Unknown,
        }
    }

    fn drop_in_circle(
        &self,
        _: &Table,
        _: &[(&Table, &ForeignKey, String)],
        drop: String,
    ) -> Vec<String> {
        vec![
            "SET FOREIGN_KEY_CHECKS = 0".to_owned(),
            drop,
            "SET FOREIGN_KEY_CHECKS = 1".to_owned(),
        ]
    }
}

/// The name of each type without a length; none where MySQL has no such type.
fn bare_type_name(column_type: &ColumnType) -> Option<&'static str> {
    Some(match column_type {
        ColumnType::Bool => "tinyint(1)",
        ColumnType::I8 => "tinyint",
        ColumnType::I16 => "smallint",
        ColumnType::I24 => "mediumint",
        ColumnType::I32 => "int",
        ColumnType::I64 => "bigint",
        ColumnType::U8 => "tinyint unsigned",
        ColumnType::U16 => "smallint unsigned",
        ColumnType::U24 => "mediumint unsigned",
        ColumnType::U32 => "int unsigned",
        ColumnType::U64 => "bigint unsigned",
        ColumnType::F32 => "float",
        ColumnType::F64 => "double",
        ColumnType::Decimal(_) => "decimal",
        ColumnType::Char(_) | ColumnType::VarChar(_) | ColumnType::Text(_) => "longtext",
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_) => "longblob",
        ColumnType::Date => "date",
        ColumnType::Time(_) => "time",
        ColumnType::DateTime(_) | ColumnType::Timestamp(_) => "datetime",
        ColumnType::Year => "year",
        ColumnType::Uuid => UUID_TYPE,
        ColumnType::Json { .. } => "json",
        ColumnType::Enum(_) => "enum",
        ColumnType::Set(_) => "set",
        ColumnType::Bit(_) => "bit",
        ColumnType::Interval | ColumnType::Any | ColumnType::Array(_) => return None,
    })
}

fn type_name(place: ColumnPlace<'_>, stored: &ColumnType) -> Result<String, Refusal> {
    if let ColumnType::Decimal(size) = stored {
        return decimal(place, *size);
    }
    if let ColumnType::Enum(id) = stored {
        return enum_type(place, &place.model.enum_type(*id).values);
    }
    match bare_type_name(stored) {
        Some(name) => Ok(sized(stored).unwrap_or_else(|| name.to_owned())),
        None => Err(refused(place, stored)),
    }
}

/// Returns the declaration of a type whose length is part of it.
fn sized(stored: &ColumnType) -> Option<String> {
    if let ColumnType::Set(values) = stored {
        return Some(named_values("set", values.iter().map(String::as_str)));
    }
    if let ColumnType::Text(size) = stored {
        return lob(*size, "text");
    }
    if let ColumnType::Blob(size) = stored {
        return lob(*size, "blob");
    }
    if let Some(digits) = stored.digits() {
        return Some(format!("{}({digits})", bare_type_name(stored)?));
    }
    let length = stored.length()?;
    // Not `char(n)`: it would lose blanks at the end; nor `binary(n)`: it would give a value back with zeros that were
    // never stored.
    match stored.class() == TypeClass::Bit {
        true => Some(format!("bit({length})")),
        false if stored.class() == TypeClass::Text => {
            (length <= LONGEST_VARCHAR).then(|| format!("varchar({length})"))
        }
        false => (length <= LONGEST_BINARY).then(|| format!("varbinary({length})")),
    }
}

/// One of MySQL's four sizes of long texts and bytes; none for the longest.
fn lob(size: LobSize, kind: &str) -> Option<String> {
    match size {
        LobSize::Tiny => Some(format!("tiny{kind}")),
        LobSize::Small => Some(kind.to_owned()),
        LobSize::Medium => Some(format!("medium{kind}")),
        LobSize::Long | LobSize::Unbounded => None,
    }
}

fn enum_type(place: ColumnPlace<'_>, values: &[EnumValue]) -> Result<String, Refusal> {
    if let Some(padded) = values.iter().find(|value| value.value.ends_with(' ')) {
        let message = format!(
            "`{}` may be `{}`, and MySQL's enums lose blanks at the end",
            place.column().name,
            padded.value
        );
        let help = "write the value without the blank, or make the column a `VARCHAR(255)`";
        return Err(Refusal::new("B0210", message, help));
    }
    let values = values.iter().map(|value| value.value.as_str());
    Ok(named_values("enum", values))
}

fn refused(place: ColumnPlace<'_>, stored: &ColumnType) -> Refusal {
    let class = stored.class();
    let name = &place.column().name;
    let (message, help) = if class == TypeClass::Interval {
        (
            format!("`{name}` is an interval, and MySQL has none"),
            "keep seconds in a `BIGINT`, or an ISO 8601 text in a `VARCHAR(64)`",
        )
    } else if class == TypeClass::Any {
        (
            format!("`{name}` holds values of any type, and MySQL has no such column"),
            "declare what it holds: `TEXT`, `INTEGER`, `REAL` or `BLOB`",
        )
    } else if class == TypeClass::Array {
        (
            format!("`{name}` is an array, and MySQL has none"),
            "keep the values in a table of their own, or as `jsonb`",
        )
    } else {
        return super::no_such_type(place, Dialect::Mysql);
    };
    Refusal::new("B0210", message, help)
}

/// A length that MySQL has no type for is kept by a CHECK.
fn limited(place: ColumnPlace<'_>, stored: &ColumnType, type_sql: String) -> Declaration {
    let condition = if let ColumnType::Char(length) | ColumnType::VarChar(Some(length)) = stored {
        (*length > LONGEST_VARCHAR).then_some(("char_length(", length))
    } else if let ColumnType::Binary(length) | ColumnType::VarBinary(length) = stored {
        (*length > LONGEST_ROW - 2).then_some(("octet_length(", length))
    } else {
        None
    };
    let Some((function, length)) = condition else {
        return Declaration::plain(type_sql);
    };
    let mut sql = SqlWriter::new(Dialect::Mysql);
    sql.push(function)
        .identifier(&place.column().name)
        .push(&format!(") <= {length}"));
    Declaration::checked(type_sql, sql.finish())
}

/// A type that changes values by what it pads, where the table shall behave as on other databases.
fn is_padded(place: ColumnPlace<'_>) -> bool {
    let pads = matches!(
        place.stored_type(),
        ColumnType::Char(_) | ColumnType::Binary(_)
    );
    pads && !place.is_own(Dialect::Mysql)
}

fn named_values<'v>(kind: &str, values: impl Iterator<Item = &'v str>) -> String {
    let mut sql = SqlWriter::new(Dialect::Mysql);
    sql.push(kind).push("(");
    sql.list(values, ",", |sql, value| {
        sql.text_literal(value);
    });
    sql.push(")");
    sql.finish()
}

fn decimal(place: ColumnPlace<'_>, size: Option<DecimalSize>) -> Result<String, Refusal> {
    match size {
        Some(DecimalSize { precision, scale }) if precision <= 65 && scale <= 30 => {
            Ok(format!("decimal({precision},{scale})"))
        }
        Some(_) => {
            let message = format!(
                "`{}` has more digits than MySQL's decimals",
                place.column().name
            );
            Err(Refusal::new(
                "B0210",
                message,
                "write at most `NUMERIC(65, 30)`",
            ))
        }
        None => {
            let message = format!(
                "`{}` is a decimal of any length, and MySQL has none",
                place.column().name
            );
            Err(Refusal::new(
                "B0210",
                message,
                "say how many digits: `NUMERIC(65, 30)` at most",
            ))
        }
    }
}

/// Returns how long the texts of a key may be, each as long as the others.
fn shorter(columns: &[ColumnPlace<'_>]) -> String {
    let is_text = |place: &&ColumnPlace<'_>| {
        matches!(
            place.stored_type(),
            ColumnType::Char(_) | ColumnType::VarChar(_)
        )
    };
    let (texts, others): (Vec<&ColumnPlace<'_>>, Vec<_>) = columns.iter().partition(is_text);
    let taken: u32 = others.iter().map(|place| bytes_in_key(**place)).sum();
    let room = LONGEST_KEY.saturating_sub(taken) / CHARACTER;
    match u32::try_from(texts.len())
        .ok()
        .and_then(|count| room.checked_div(count))
    {
        Some(length) if length > 0 => format!(
            "make its texts shorter: `VARCHAR({length})`, or `-- @length {length}` where they have no length"
        ),
        Some(_) | None => "leave columns out of the key, or make them shorter".to_owned(),
    }
}

/// How much room the values of a type take.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Length {
    /// Stored outside the row, so no key can hold them as a whole.
    Long,
    /// Up to this number of bytes.
    Bytes(u32),
}

fn length(column_type: &ColumnType) -> Length {
    if let ColumnType::Char(length) | ColumnType::VarChar(Some(length)) = column_type {
        return match *length {
            ..=LONGEST_VARCHAR => Length::Bytes(length * CHARACTER),
            _ => Length::Long,
        };
    }
    if let ColumnType::Binary(length) | ColumnType::VarBinary(length) = column_type {
        return match *length {
            ..=LONGEST_BINARY => Length::Bytes(*length),
            _ => Length::Long,
        };
    }
    let class = column_type.class();
    let is_long = matches!(
        class,
        TypeClass::Text | TypeClass::Bytes | TypeClass::Json | TypeClass::Array | TypeClass::Any
    );
    if is_long {
        return Length::Long;
    }
    if class == TypeClass::Uuid {
        return Length::Bytes(36);
    }
    Length::Bytes(if class == TypeClass::Decimal { 30 } else { 8 })
}

fn is_long(place: ColumnPlace<'_>) -> bool {
    length(place.stored_type()) == Length::Long
}

fn bytes_in_key(place: ColumnPlace<'_>) -> u32 {
    match length(place.stored_type()) {
        Length::Long => LONGEST_KEY,
        Length::Bytes(bytes) => bytes,
    }
}

/// Long columns leave a pointer of some ten bytes in the row; others have up to two bytes of length before them.
fn bytes_in_row(place: ColumnPlace<'_>) -> u32 {
    match length(place.stored_type()) {
        Length::Long => 12,
        Length::Bytes(bytes) => bytes + 2,
    }
}

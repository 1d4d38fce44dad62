//! The limits of a declared type and its default on an engine. A value that an engine would cut, round or refuse is
//! reported when the schema is compiled. The limits themselves are data of each dialect's file.

use super::{ColumnPlace, Dialect, Flavour, Refusal};
use crate::column_type::{ColumnType, DecimalSize};
use crate::dialect::DialectRules as _;
use crate::lists::IntoVec as _;
use crate::model::{Check, DefaultValue, EnumType, Table};

/// The limits of a dialect's types. `None`: it has no limit of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Columns of a table.
    pub(crate) columns: usize,
    /// Columns and expressions of a key or an index.
    pub(crate) key_parts: usize,
    /// Keys and indexes of a table.
    pub(crate) keys: Option<usize>,
    /// Values of a set.
    pub(crate) set_values: Option<usize>,
    /// A table may have no column.
    pub(crate) no_columns: bool,
    /// Digits of a fraction of a second.
    pub(crate) second_digits: u8,
    /// All digits of a decimal, and those after its point.
    pub(crate) decimal: Option<(u32, u32)>,
    /// A decimal may have more digits after the point than digits.
    pub(crate) scale_past_precision: bool,
    /// Characters of a CHAR.
    pub(crate) char_length: Option<u32>,
    /// Characters of a VARCHAR.
    pub(crate) varchar_length: Option<u32>,
    /// Bytes of a BINARY.
    pub(crate) binary_length: Option<u32>,
    /// Bytes of a VARBINARY.
    pub(crate) varbinary_length: Option<u32>,
    /// Values are compared with the size that is declared.
    pub(crate) enforces_sizes: bool,
    /// Floats hold NaN and the infinities.
    pub(crate) holds_nan: bool,
    /// Dates that are none are kept, such as `infinity`.
    pub(crate) holds_infinity: bool,
    /// The largest whole number of a column.
    pub(crate) largest_integer: u64,
}

/// A code for all of it: `B0230`.
pub(crate) fn refused(message: String, help: impl Into<String>) -> Refusal {
    Refusal::new("B0230", message, help)
}

/// Rejects a table with a number of columns that the engine does not take.
pub(crate) fn table_fits(
    table: &Table,
    dialect: Dialect,
    flavour: Option<Flavour>,
) -> Result<(), Refusal> {
    let limits = dialect.rules().limits(flavour);
    let (name, product) = (&table.name.name, dialect.product());
    let found = table.columns.len();
    // In the dialect that the table is written in, what stands there could not be read.
    if found == 0 && !limits.no_columns && table.source_dialect != dialect {
        let message = format!("`{name}` has no columns, and {product} wants at least one");
        return Err(refused(
            message,
            "give it a column, for example `id BIGINT PRIMARY KEY`",
        ));
    }
    let keys = usize::from(table.primary_key.is_some()) + table.uniques.len() + table.indexes.len();
    if let Some(limit) = limits.keys.filter(|limit| keys > *limit) {
        let message =
            format!("`{name}` has {keys} keys and indexes, and {product} takes up to {limit}");
        return Err(refused(message, "leave out those that no query needs"));
    }
    if found > limits.columns {
        let message = format!(
            "`{name}` has {found} columns, and {product} takes up to {}",
            limits.columns
        );
        let help = "move columns into a table of their own that refers to this one by its key";
        return Err(refused(message, help));
    }
    Ok(())
}

/// Rejects a key or an index with a number of parts that the engine does not take.
pub(crate) fn key_fits(
    parts: usize,
    dialect: Dialect,
    flavour: Option<Flavour>,
) -> Result<(), Refusal> {
    let limit = dialect.rules().limits(flavour).key_parts;
    if parts <= limit {
        return Ok(());
    }
    let product = dialect.product();
    let message = format!("a key of {parts} columns, and {product} takes up to {limit}");
    Err(refused(message, format!("name {limit} columns or fewer")))
}

const SECONDS: &str = "digits of a second";

/// Rejects a type that the engine does not have with the size that is declared.
pub(crate) fn declared_size(
    place: ColumnPlace<'_>,
    dialect: Dialect,
    flavour: Option<Flavour>,
) -> Result<(), Refusal> {
    let limits = dialect.rules().limits(flavour);
    let column_type = &place.column().column_type;
    // Where the schema is of another dialect the type is declared anew, wide enough; no digits can be added to seconds.
    let own = place.is_native(dialect);
    if !own && place.column().as_text {
        no_range(place, dialect)?;
    }
    if let (ColumnType::Set(values), true) = (column_type, own) {
        set_values(place, values)?;
    }
    if let (ColumnType::Enum(id), true) = (column_type, own) {
        let values = &place.model.enum_type(*id).values;
        let values: Vec<&str> = values.iter().map(|value| value.value.as_str()).into_vec();
        return equal_values(place, &values);
    }
    let Some((found, limit, what)) = size(place, &limits, dialect, own) else {
        return Ok(());
    };
    match limit {
        Some(limit) if found > limit => {
            let name = &place.column().name;
            let has = if what == SECONDS {
                // The same everywhere, so it is one finding for all engines.
                "and kept are".to_owned()
            } else {
                format!("and {} has", dialect.product())
            };
            let message = format!("`{name}` is declared with {found} {what}, {has} up to {limit}");
            Err(refused(message, format!("write {limit} or fewer")))
        }
        Some(_) | None => Ok(()),
    }
}

/// Returns the declared size, the engine's limit and the unit; `None` for a type without a size.
fn size(
    place: ColumnPlace<'_>,
    limits: &Limits,
    dialect: Dialect,
    own: bool,
) -> Option<(u32, Option<u32>, &'static str)> {
    let column_type = &place.column().column_type;
    if let ColumnType::Time(digits) | ColumnType::DateTime(digits) | ColumnType::Timestamp(digits) =
        column_type
    {
        let kept = (dialect != Dialect::Sqlite || !own).then_some(limits.second_digits);
        return Some((u32::from(*digits), kept.map(u32::from), SECONDS));
    }
    if let ColumnType::Bit(bits) = column_type {
        return Some((u32::from(*bits), Some(64), "bits"));
    }
    if !own {
        return None;
    }
    if let ColumnType::Decimal(size) = column_type {
        return size.map(|size| decimal_size(size, limits));
    }
    if let ColumnType::Set(values) = column_type {
        let limit = limits.set_values.map(|limit| limit as u32);
        return Some((values.len() as u32, limit, "values"));
    }
    if let ColumnType::F32 | ColumnType::F64 = column_type {
        let (_, scale) = limits.decimal.unzip();
        let digits = place.column().float_digits.unwrap_or(0);
        return Some((digits, scale, "digits after the point"));
    }
    let length = column_type.length()?;
    if let ColumnType::Char(_) = column_type {
        return Some((length, limits.char_length, "characters"));
    }
    if let ColumnType::VarChar(_) = column_type {
        return Some((length, limits.varchar_length, "characters"));
    }
    let is_fixed = matches!(column_type, ColumnType::Binary(_));
    let limit = if is_fixed {
        limits.binary_length
    } else {
        limits.varbinary_length
    };
    Some((length, limit, "bytes"))
}

fn decimal_size(size: DecimalSize, limits: &Limits) -> (u32, Option<u32>, &'static str) {
    let (precision, scale) = limits.decimal.unzip();
    if size.scale > size.precision && !limits.scale_past_precision {
        return (size.scale, Some(size.precision), "digits after the point");
    }
    if scale.is_some_and(|most| size.scale > most) {
        return (size.scale, scale, "digits after the point");
    }
    (size.precision, precision, "digits")
}

/// A comma stands between the values of a set.
fn set_values(place: ColumnPlace<'_>, values: &[String]) -> Result<(), Refusal> {
    if let Some(value) = values.iter().find(|value| value.contains(',')) {
        let name = &place.column().name;
        let message = format!(
            "`{name}` is a set with the value `{value}`, and commas stand between the values of a set"
        );
        return Err(refused(message, "write the value without a comma"));
    }
    let values: Vec<&str> = values.iter().map(String::as_str).into_vec();
    equal_values(place, &values)
}

/// PostgreSQL and MariaDB take no value twice. By most collations of MariaDB `a` and `A` are equal as well, which depends on
/// the database where the schema does not say it.
fn equal_values(place: ColumnPlace<'_>, values: &[&str]) -> Result<(), Refusal> {
    let mut seen = std::collections::HashSet::new();
    match values.iter().find(|value| !seen.insert(**value)) {
        None => Ok(()),
        Some(value) => {
            let name = &place.column().name;
            let message = format!("`{name}` may be `{value}`, and that is among its values twice");
            Err(refused(message, "leave one of the two out"))
        }
    }
}

/// A range is compared and indexed as one: its text is not.
fn no_range(place: ColumnPlace<'_>, dialect: Dialect) -> Result<(), Refusal> {
    let column = place.column();
    if !column.sql_type.ends_with("range") {
        return Ok(());
    }
    let (name, product) = (&column.name, dialect.product());
    let message = format!("`{name}` is a range, and {product} has none");
    let help = format!("write its two ends, `{name}_from` and `{name}_to`");
    Err(Refusal::new("B0210", message, help))
}

/// Rejects a default that the column cannot hold on such an engine.
pub(crate) fn default_fits(
    place: ColumnPlace<'_>,
    dialect: Dialect,
    flavour: Option<Flavour>,
) -> Result<(), Refusal> {
    let Some(default) = &place.column().default else {
        return Ok(());
    };
    let asked = DefaultFit {
        place,
        dialect,
        limits: dialect.rules().limits(flavour),
    };
    match &default.value {
        DefaultValue::Number(number) => asked.number(number),
        DefaultValue::Text(text) => asked.text(text),
        DefaultValue::Bytes(bytes) => asked.bytes(bytes),
        DefaultValue::Null
        | DefaultValue::Bool(_)
        | DefaultValue::Now
        | DefaultValue::CurrentDate
        | DefaultValue::CurrentTime
        | DefaultValue::RandomUuid
        | DefaultValue::Expression(_) => Ok(()),
    }
}

/// Whole numbers in a check that the engine would make floats of.
pub(crate) fn check_fits(
    check: &Check,
    dialect: Dialect,
    flavour: Option<Flavour>,
) -> Result<(), Refusal> {
    let largest = u128::from(dialect.rules().limits(flavour).largest_integer);
    let Ok(portable) = &check.expression.portable else {
        return Ok(());
    };
    for number in portable.numbers() {
        if number.parse::<u128>().is_ok_and(|number| number > largest) {
            let product = dialect.product();
            let message = format!(
                "the check compares with {number}, and whole numbers of {product} end at {largest}"
            );
            return Err(refused(
                message,
                format!("write {largest}, or leave the bound out"),
            ));
        }
    }
    Ok(())
}

/// A column, an engine and a default.
struct DefaultFit<'m> {
    place: ColumnPlace<'m>,
    dialect: Dialect,
    limits: Limits,
}

/// Returns a text as SQL writes it, so that a help can be typed in.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl DefaultFit<'_> {
    fn past(&self, default: &str, holds: &str) -> Result<(), Refusal> {
        let name = &self.place.column().name;
        let message =
            format!("the default {default} of `{name}` does not fit: the column holds {holds}");
        let help = "write a default that the column can hold, or a wider type";
        Err(refused(message, help))
    }

    /// SQLite looks at no size where the schema is its own.
    fn enforced(&self) -> bool {
        self.limits.enforces_sizes
    }

    fn number(&self, number: &str) -> Result<(), Refusal> {
        let stored = self.place.stored_type();
        if let ColumnType::Enum(_) = stored {
            return self.text(number);
        }
        if let Some((least, most)) = whole_numbers(stored, &self.limits) {
            return match whole(number) {
                Some(value) if (least..=most).contains(&value) => Ok(()),
                Some(0) if *stored == ColumnType::Year => Ok(()),
                Some(_) | None => {
                    let zero = if *stored == ColumnType::Year {
                        "0 and "
                    } else {
                        ""
                    };
                    self.past(
                        number,
                        &format!("{zero}whole numbers from {least} to {most}"),
                    )
                }
            };
        }
        if *stored == ColumnType::F32 && number.parse::<f32>().is_ok_and(f32::is_infinite) {
            return self.past(number, &format!("floats up to {:e}", f32::MAX));
        }
        if *stored == ColumnType::F64 && number.parse::<f64>().is_ok_and(f64::is_infinite) {
            return self.past(number, &format!("floats up to {:e}", f64::MAX));
        }
        if let ColumnType::Decimal(Some(size)) = stored
            && self.enforced()
            && digits(number).is_some_and(|(whole, fraction)| {
                fraction.len() > size.scale as usize
                    || whole.len() + size.scale as usize > size.precision as usize
            })
        {
            let holds = format!(
                "{} digits, {} of them after the point",
                size.precision, size.scale
            );
            return self.past(number, &holds);
        }
        Ok(())
    }

    fn text(&self, text: &str) -> Result<(), Refusal> {
        let stored = self.place.stored_type();
        if whole_numbers(stored, &self.limits).is_some() && whole(text).is_some() {
            return self.number(text);
        }
        if let Some(values) = self.place.enum_type() {
            return self.value_of(values, text);
        }
        match self.what_is_held(stored, text) {
            Some(holds) => self.past(&literal(text), &holds),
            None => Ok(()),
        }
    }

    fn value_of(&self, of: &EnumType, text: &str) -> Result<(), Refusal> {
        let mut values = of.values.iter().map(|value| value.value.as_str());
        if values.any(|value| self.is_value(value, text)) {
            return Ok(());
        }
        let (name, shown) = (&self.place.column().name, literal(text));
        let message = format!("the default {shown} of `{name}` is not a value of its type");
        let first = of.values.first().map(|value| literal(&value.value));
        let help = match first {
            Some(first) => format!("write one of its values, such as `DEFAULT {first}`"),
            None => "leave the default out: the type has no values".to_owned(),
        };
        Err(refused(message, help))
    }

    /// MySQL compares by the collation of the column: whatever the case is, without blanks at the end, and perhaps without accents.
    fn is_value(&self, value: &str, text: &str) -> bool {
        match self.dialect {
            Dialect::Sqlite | Dialect::Postgres => value == text,
            Dialect::Mysql => {
                let folded = |text: &str| text.trim_end_matches(' ').to_lowercase();
                let is_plain = value.is_ascii() && text.is_ascii();
                folded(value) == folded(text) || !is_plain
            }
        }
    }

    /// Returns the values that the column holds, where it does not hold this text.
    fn what_is_held(&self, stored: &ColumnType, text: &str) -> Option<String> {
        if let ColumnType::Char(length) | ColumnType::VarChar(Some(length)) = stored {
            let too_long = text.chars().count() > *length as usize;
            return (self.enforced() && too_long).then(|| format!("{length} characters"));
        }
        if let ColumnType::F32 | ColumnType::F64 = stored {
            let held = self.limits.holds_nan || !is_not_finite(text);
            return (!held).then(|| "finite numbers only".to_owned());
        }
        if let ColumnType::Date | ColumnType::DateTime(_) | ColumnType::Timestamp(_) = stored
            && is_not_finite(text)
            && !self.limits.holds_infinity
        {
            return Some("days of the years 1 to 9999".to_owned());
        }
        if let ColumnType::Time(kept) | ColumnType::DateTime(kept) | ColumnType::Timestamp(kept) =
            stored
        {
            let held = second_digits(text) <= *kept;
            return (!held).then(|| format!("{kept} digits of a second"));
        }
        None
    }

    fn bytes(&self, bytes: &[u8]) -> Result<(), Refusal> {
        if let ColumnType::Binary(length) | ColumnType::VarBinary(length) = self.place.stored_type()
            && self.enforced()
            && self.limits.varbinary_length.is_some()
            && bytes.len() > *length as usize
        {
            let shown = format!("of {} bytes", bytes.len());
            return self.past(&shown, &format!("{length} bytes"));
        }
        Ok(())
    }
}

/// The range of a type of whole numbers.
fn whole_numbers(column_type: &ColumnType, limits: &Limits) -> Option<(i128, i128)> {
    let largest = i128::from(limits.largest_integer);
    if let ColumnType::Bit(bits) = column_type {
        return Some((0, ((1_i128 << (*bits).min(64)) - 1).min(largest)));
    }
    if *column_type == ColumnType::Year {
        return Some((1901, 2155));
    }
    let (least, most) = column_type.class().integer()?.range();
    Some((least, most.min(largest)))
}

/// Digits before and after the point, without zeros at either end; `None` where the text is not a decimal number.
fn digits(number: &str) -> Option<(String, String)> {
    const LONGEST: i32 = 4_000;
    let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let exponent: i32 = exponent
        .parse()
        .ok()
        .filter(|power| (-LONGEST..=LONGEST).contains(power))?;
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all: String = [before, after].concat();
    if all.is_empty() || !all.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let point = before.len() as i32 + exponent;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let padded = format!("{}{all}{}", zeros(-point), zeros(point - all.len() as i32));
    let (whole, fraction) = padded.split_at(usize::try_from(point).unwrap_or(0));
    let (whole, fraction) = (
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0'),
    );
    Some((whole.to_owned(), fraction.to_owned()))
}

/// The whole number it is, if it is one; those with too many digits are as large as any number.
fn whole(number: &str) -> Option<i128> {
    let (whole, fraction) = digits(number)?;
    if !fraction.is_empty() {
        return None;
    }
    let magnitude = match whole.as_str() {
        "" => 0,
        digits => digits.parse().unwrap_or(i128::MAX),
    };
    Some(if number.starts_with('-') {
        -magnitude
    } else {
        magnitude
    })
}

/// PostgreSQL's words for special values that are neither a number nor a day.
fn is_not_finite(text: &str) -> bool {
    let word = text.trim().to_ascii_lowercase();
    let word = word.strip_prefix(['-', '+']).unwrap_or(&word);
    matches!(word, "nan" | "inf" | "infinity") || word.ends_with(" bc")
}

/// Digits after the point of a time, without zeros at the end.
fn second_digits(text: &str) -> u8 {
    let Some((clock, fraction)) = text.split_once('.') else {
        return 0;
    };
    if !clock.contains(':') {
        return 0;
    }
    let digits: String = fraction.chars().take_while(char::is_ascii_digit).collect();
    u8::try_from(digits.trim_end_matches('0').len()).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_apart_exactly() {
        for (number, before, after) in [
            ("0", "", ""),
            ("-007.50", "7", "5"),
            ("1e3", "1000", ""),
            ("12.5e-3", "", "0125"),
            (".5", "", "5"),
            ("1234.5e2", "123450", ""),
        ] {
            assert_eq!(
                digits(number),
                Some((before.to_owned(), after.to_owned())),
                "{number}"
            );
        }
        for number in ["", "-", "1e99999", "x", "1.2.3", "e5"] {
            assert_eq!(digits(number), None, "{number}");
        }
        assert_eq!(whole("-1.00e2"), Some(-100));
        assert_eq!(whole("0.5"), None);
        assert_eq!(whole(&"9".repeat(60)), Some(i128::MAX));
    }

    #[test]
    fn digits_of_seconds_are_counted_to_the_last_that_matters() {
        for (text, count) in [
            ("2026-11-20 12:00:00", 0),
            ("12:00:00.500000", 1),
            ("12:00:00.1234567+02", 7),
            ("20.11.2026", 0),
        ] {
            assert_eq!(second_digits(text), count, "{text}");
        }
    }
}

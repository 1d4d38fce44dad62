//! From the value of a column by which rows are on shards to its slot: here and as an expression of each database, so that a database itself
//! can say which of its rows a slot has. Which slot a value has never changes, in no release: rows are where it says.
//!
//! Integers are raised to the fifth power, which no two values below the prime share; of texts each byte is multiplied with a number
//! of its place. All of it stays below 2⁶³, as SQLite has no larger integers and PostgreSQL refuses them.

use std::time::Duration;

use crate::dialect::Dialect;

/// A prime, 2³¹ − 1.
const PRIME: i64 = 2_147_483_647;
/// Added to integers, as small ones have small powers.
const BEGIN: i64 = 1_013_904_223;
/// Spreads the numbers of places.
const SPREAD: i64 = 1_664_525;
/// Counts for the length of a text.
const LENGTH: i64 = 104_729;
/// Of a longer text the bytes after these count by their number alone. Databases count them with a query of their own.
const BYTES: usize = 255;

/// How long a program goes by what a shard has said of its slots. Whoever moves rows waits for longer than that before they may be found in
/// their new place, and writers wait as long.
pub const READ_FOR: Duration = Duration::from_millis(400);
/// The letter of a slot whose rows are on this shard alone.
pub const OWN: char = '.';
/// Rows of the slot are copied here.
pub const COMING: char = 'c';
/// Its rows are here and are not written any more: they are about to be found elsewhere.
pub const LEAVING: char = 'l';
/// Its rows are found elsewhere, and removed here.
pub const GOING: char = 'g';
/// Its rows are elsewhere.
pub const AWAY: char = 'a';
/// The words, and the state on PostgreSQL, by which triggers refuse a row whose slot is not on their shard alone.
pub const REFUSAL: (&str, &str) = (
    "the rows of this key are on another shard, or on their way",
    "BSHRD",
);

/// The type of a column by which rows are on shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotKey {
    /// An integer of at most 64 bits with a sign.
    Integer,
    /// A text, byte for byte as UTF-8.
    Text,
    /// A UUID, whatever it is stored as.
    Uuid,
}

/// The number of an integer, of which the slot is made.
pub fn of_integer(value: i64) -> u32 {
    let least = (value % PRIME + PRIME + BEGIN) % PRIME;
    let square = least * least % PRIME;
    (square * square % PRIME * least % PRIME) as u32
}

/// The number of a text, of which the slot is made.
pub fn of_text(bytes: &[u8]) -> u32 {
    let parts = bytes.iter().take(BYTES).zip(0..);
    let parts = parts.map(|(byte, place): (&u8, i64)| {
        let weight = (place + 11).pow(5) % PRIME * SPREAD % PRIME;
        (i64::from(*byte) + 1) * weight % PRIME
    });
    ((parts.sum::<i64>() + bytes.len() as i64 * LENGTH) % PRIME) as u32
}

/// The slot of a number among that many, at most 65,536: the same part of them as the number is of all.
pub fn slot(number: u32, slots: u32) -> u32 {
    (i64::from(number) * i64::from(slots) / PRIME) as u32
}

/// The slot of a column's value as an expression of a database; `value` is the column, as SQL has it.
///
/// ```
/// use bindery_core::dialect::Dialect;
/// use bindery_core::slots::{SlotKey, slot_sql};
///
/// let sql = slot_sql(Dialect::Sqlite, SlotKey::Integer, "NEW.\"tenant_id\"", 1024);
/// assert!(sql.ends_with("* 1024 / 2147483647)"));
/// ```
pub fn slot_sql(dialect: Dialect, key: SlotKey, value: &str, slots: u32) -> String {
    let divide = match dialect {
        Dialect::Sqlite | Dialect::Postgres => "/",
        Dialect::Mysql => "DIV",
    };
    let end = format!("* {slots} {divide} {PRIME}");
    match key {
        SlotKey::Integer => format!("({} {end})", integer_sql(dialect, value)),
        SlotKey::Text | SlotKey::Uuid => text_sql(dialect, key, value, &end),
    }
}

fn integer_sql(dialect: Dialect, value: &str) -> String {
    let value = match dialect {
        Dialect::Sqlite => value.to_owned(),
        Dialect::Postgres => format!("CAST({value} AS bigint)"),
        Dialect::Mysql => format!("CAST({value} AS SIGNED)"),
    };
    let least = format!("(({value} % {PRIME} + {PRIME} + {BEGIN}) % {PRIME})");
    let square = format!("({least} * {least} % {PRIME})");
    format!("({square} * {square} % {PRIME} * {least} % {PRIME})")
}

fn text_sql(dialect: Dialect, key: SlotKey, value: &str, end: &str) -> String {
    let digits = "'0123456789ABCDEF'";
    let (byte, length, sum) = match dialect {
        Dialect::Sqlite => {
            let bytes = match key {
                SlotKey::Integer | SlotKey::Text => format!("hex({value})"),
                SlotKey::Uuid => format!(
                    "hex(lower(CASE typeof({value}) WHEN 'blob' THEN hex({value}) ELSE replace({value}, '-', '') END))"
                ),
            };
            let digit = |at: &str| format!("instr({digits}, substr({bytes}, 2 * i + {at}, 1))");
            let byte = format!("(({} - 1) * 16 + {})", digit("1"), digit("2"));
            let length = format!("(length({bytes}) / 2)");
            (byte, length, "sum")
        }
        Dialect::Postgres => {
            let bytes = match key {
                SlotKey::Integer | SlotKey::Text => value.to_owned(),
                SlotKey::Uuid => format!("replace(CAST({value} AS text), '-', '')"),
            };
            let bytes = format!("pg_catalog.convert_to({bytes}, 'UTF8')");
            let byte = format!("(pg_catalog.get_byte({bytes}, CAST(i AS integer)) + 1)");
            let length = format!("pg_catalog.octet_length({bytes})");
            (byte, length, "pg_catalog.sum")
        }
        Dialect::Mysql => {
            let bytes = match key {
                SlotKey::Integer | SlotKey::Text => format!("CONVERT({value} USING utf8mb4)"),
                SlotKey::Uuid => format!(
                    "LOWER(CASE LENGTH({value}) WHEN 16 THEN HEX({value}) ELSE REPLACE({value}, '-', '') END)"
                ),
            };
            let bytes = format!("CAST({bytes} AS BINARY)");
            let byte = format!("(ORD(SUBSTR({bytes}, i + 1, 1)) + 1)");
            let length = format!("LENGTH({bytes})");
            (byte, length, "SUM")
        }
    };
    let weight = format!(
        "(i + 11) * (i + 11) * (i + 11) * (i + 11) * (i + 11) % {PRIME} * {SPREAD} % {PRIME}"
    );
    let (integer, as_integer) = match dialect {
        Dialect::Sqlite => ("0", "INTEGER"),
        Dialect::Postgres => ("CAST(0 AS bigint)", "bigint"),
        Dialect::Mysql => ("0", "SIGNED"),
    };
    format!(
        "(SELECT (CAST(COALESCE({sum}({byte} * ({weight}) % {PRIME}), 0) AS {as_integer}) + {length} * {LENGTH}) % {PRIME} {end} \
         FROM (WITH RECURSIVE places (i) AS (SELECT {integer} UNION ALL SELECT i + 1 FROM places WHERE i < {}) SELECT i FROM places) AS places \
         WHERE i < {length})",
        BYTES - 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These are in users' maps.
    #[test]
    fn a_value_has_the_slot_it_always_had() {
        let integers =
            [0_i64, 1, -1, 42, i64::MAX, i64::MIN].map(|value| slot(of_integer(value), 1024));
        let long = "x".repeat(300);
        let texts = ["", "a", "ann", "ü", &long].map(|value| slot(of_text(value.as_bytes()), 1024));
        assert_eq!(integers, [166, 450, 291, 217, 450, 935]);
        assert_eq!(texts, [0, 489, 971, 568, 872]);
    }

    #[test]
    fn values_are_spread_over_the_slots() {
        let names = (0..64_000).map(|value| format!("tenant-{value}"));
        let words = (0..64_000_u32).map(|value| {
            let letters =
                (0..5).map(|place| char::from(b'a' + (value / 11_u32.pow(place) % 11) as u8));
            letters.collect::<String>()
        });
        let kinds: [Vec<u32>; 5] = [
            (0..64_000).map(of_integer).collect(),
            (0..64_000)
                .map(|value| of_integer(value * 1_000_000))
                .collect(),
            (0..64_000).map(|value| of_integer(value << 22)).collect(),
            names.map(|name| of_text(name.as_bytes())).collect(),
            words.map(|word| of_text(word.as_bytes())).collect(),
        ];
        for numbers in kinds {
            let mut counts = [0_u32; 64];
            numbers
                .iter()
                .for_each(|number| counts[slot(*number, 64) as usize] += 1);
            assert!(
                counts.iter().all(|count| (850..1_150).contains(count)),
                "{counts:?}"
            );
        }
        assert!((0..1_000).all(|value| slot(of_integer(value), 1) == 0));
        assert_eq!(slot((PRIME - 1) as u32, 65_536), 65_535);
    }
}

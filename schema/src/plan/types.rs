//! Sizes and values of what a table's columns hold, as a number: which of them a dialect has words of its own for is no
//! matter, so the same table gives the same number whatever it was written in.

use std::borrow::Cow;

use crate::column_type::{ColumnType, LobSize};
use crate::dialect::Dialect;
use crate::fingerprint::Fingerprint;
use crate::model::{Column, Model, Table};

/// Of all columns, whatever their order. It runs for every table at each build, so nothing is sorted or kept.
pub(super) fn types(model: &Model, table: &Table) -> u64 {
    let columns = table.columns.iter();
    let numbers = columns.map(|column| of_column(model, table.source_dialect, column));
    numbers.fold(0, u64::wrapping_add)
}

fn of_column(model: &Model, source: Dialect, column: &Column) -> u64 {
    let word = word(&column.column_type, source);
    let values = column.column_type.enum_id().into_iter();
    let values = values.flat_map(|id| &model.enum_type(id).values);
    // A type that the model has no word for is known by its name, and so are sizes of an array's elements and of
    // floats.
    let is_array = matches!(column.column_type, ColumnType::Array(_));
    let is_named = column.as_text || is_array || column.float_digits.is_some();
    let name = is_named.then_some(column.sql_type.as_str());
    let words = [column.name.as_str(), &word].into_iter();
    let words = words.chain(name);
    Fingerprint::of_words(words.chain(values.map(|value| value.value.as_str()))).summand()
}

/// The word of the type's facts, with its sizes after it.
fn word(column_type: &ColumnType, source: Dialect) -> Cow<'static, str> {
    let word = column_type.facts().word;
    if let ColumnType::Array(element) = column_type {
        return format!("{word} {}", self::word(element, source)).into();
    }
    if let ColumnType::Set(values) = column_type {
        return format!("{word} {values:?}").into();
    }
    if let ColumnType::Text(size) | ColumnType::Blob(size) = column_type {
        return lob(word, *size);
    }
    if let ColumnType::VarChar(None) = column_type {
        return lob("text", LobSize::Unbounded);
    }
    if let ColumnType::Decimal(Some(size)) = column_type {
        return format!("{word} {} {}", size.precision, size.scale).into();
    }
    if *column_type == (ColumnType::Json { binary: true }) && source != Dialect::Mysql {
        return "jsonb".into();
    }
    match column_type.length().or_else(|| column_type.digits()) {
        Some(size) => format!("{word} {size}").into(),
        None => word.into(),
    }
}

/// The longest of MySQL stands for texts and bytes of any length.
fn lob(kind: &'static str, size: LobSize) -> Cow<'static, str> {
    let size = match size {
        LobSize::Unbounded | LobSize::Long => return kind.into(),
        LobSize::Tiny => "tiny",
        LobSize::Small => "small",
        LobSize::Medium => "medium",
    };
    format!("{kind} {size}").into()
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::plan::rules::tests::rules_of_posts;

    const POSTGRES: &str = "CREATE TYPE mood AS ENUM ('sad', 'ok');\n\
         CREATE TABLE posts (id bigint PRIMARY KEY, a varchar(20), n numeric(10, 2), free numeric, m mood, \
         several mood[], at timestamp(3), place inet, tags varchar(30)[], short char(4), long text, j json);\n";
    const MYSQL: &str = "CREATE TABLE posts (id int PRIMARY KEY, m enum('sad', 'ok'), s set('x', 'y'), t text, \
         bits bit(3), code binary(4), more varbinary(9), at time(2), fine decimal(5, 1), n int unsigned, \
         money double(7, 2), every longtext, j json);\n";

    /// Each change alone makes another number, and no two the same.
    fn assert_all_differ(schema: &str, dialect: Dialect, changes: &[(&str, &str)]) {
        let mut numbers = vec![rules_of_posts(schema, dialect)];
        for (from, to) in changes {
            assert!(schema.contains(from), "{from}");
            let number = rules_of_posts(&schema.replacen(from, to, 1), dialect);
            assert!(!numbers.contains(&number), "{dialect}: {from} to {to}");
            numbers.push(number);
        }
    }

    /// Covers CFG-10.
    #[test]
    fn sizes_and_values_of_types_are_in_the_number() {
        assert_all_differ(
            POSTGRES,
            Dialect::Postgres,
            &[
                ("id bigint", "id integer"),
                ("a varchar(20)", "a varchar(40)"),
                ("a varchar(20)", "a varchar"),
                ("numeric(10, 2)", "numeric(12, 2)"),
                ("numeric(10, 2)", "numeric(10, 3)"),
                ("free numeric", "free numeric(20)"),
                ("'ok')", "'ok', 'glad')"),
                ("'ok')", "'fine')"),
                ("'sad', 'ok'", "'ok', 'sad'"),
                ("several mood[]", "several mood"),
                ("timestamp(3)", "timestamp(6)"),
                ("inet", "cidr"),
                ("varchar(30)[]", "varchar(31)[]"),
                ("char(4)", "char(5)"),
                ("long text", "long varchar(9)"),
                ("j json", "j jsonb"),
            ],
        );
        assert_all_differ(
            MYSQL,
            Dialect::Mysql,
            &[
                ("id int", "id bigint"),
                ("'ok')", "'ok', 'glad')"),
                ("'y')", "'y', 'z')"),
                ("t text", "t mediumtext"),
                ("t text", "t longtext"),
                ("bit(3)", "bit(4)"),
                ("binary(4)", "binary(5)"),
                ("varbinary(9)", "varbinary(90)"),
                ("time(2)", "time(3)"),
                ("decimal(5, 1)", "decimal(6, 1)"),
                ("int unsigned", "int"),
                ("double(7, 2)", "double(8, 2)"),
                ("double(7, 2)", "double(7, 3)"),
                ("double(7, 2)", "double"),
            ],
        );
    }

    /// Covers CFG-10.
    #[test]
    fn how_types_are_written_is_not_in_the_number() {
        let expected = rules_of_posts(POSTGRES, Dialect::Postgres);
        for (from, to) in [
            ("a varchar(20)", "a character  varying ( 20 )"),
            ("numeric(10, 2)", "DECIMAL(10,2) /* money */"),
            ("timestamp(3)", "timestamp(3) without time zone"),
            ("long text", "long varchar"),
            ("'sad', 'ok'", "'sad',\n  -- better\n  'ok'"),
            (
                "CREATE TYPE",
                "CREATE TYPE other AS ENUM ('x', 'y');\nCREATE TYPE",
            ),
            (
                "short char(4), long text, j json",
                "j json, long text, short char(4)",
            ),
        ] {
            assert!(POSTGRES.contains(from), "{from}");
            let schema = POSTGRES.replacen(from, to, 1);
            assert_eq!(
                rules_of_posts(&schema, Dialect::Postgres),
                expected,
                "{schema}"
            );
        }
        let added = POSTGRES.replacen("'sad', 'ok'", "'sad'", 1);
        let added = [&added, "ALTER TYPE mood ADD VALUE 'ok';"].concat();
        assert_eq!(rules_of_posts(&added, Dialect::Postgres), expected);
    }

    /// A table has the same number in every dialect.
    #[test]
    fn the_dialect_is_not_in_the_number() {
        let columns = "id bigint PRIMARY KEY, a varchar(20), n numeric(10, 2), b smallint, d date";
        let numbers = [
            (Dialect::Sqlite, "t text, f double"),
            (Dialect::Postgres, "t text, f double precision"),
            (Dialect::Mysql, "t longtext, f double"),
        ]
        .map(|(dialect, own)| {
            rules_of_posts(&format!("CREATE TABLE posts ({columns}, {own});"), dialect)
        });
        assert!(
            numbers.iter().all(|number| *number == numbers[0]),
            "{numbers:?}"
        );
    }

    const VIEW: &str = "CREATE TABLE t (id bigint PRIMARY KEY, a varchar(20));\n\
         CREATE VIEW posts AS SELECT id, a FROM t WHERE a <> 'x  y';\n";

    /// Covers CFG-10.
    #[test]
    fn the_query_of_a_view_is_in_the_number() {
        assert_all_differ(
            VIEW,
            Dialect::Postgres,
            &[
                ("'x  y'", "'x y'"),
                (" WHERE a <> 'x  y'", ""),
                ("SELECT id, a", "SELECT DISTINCT id, a"),
                ("VIEW posts", "VIEW posts (id, b)"),
                ("VIEW", "MATERIALIZED VIEW"),
            ],
        );
    }

    /// Covers CFG-10.
    #[test]
    fn how_a_view_is_written_is_not_in_the_number() {
        let expected = rules_of_posts(VIEW, Dialect::Postgres);
        for (from, to) in [
            ("SELECT id, a", "SELECT\n  id,\n  a"),
            ("a <> 'x  y'", "a<>'x  y'"),
            (" WHERE", " -- some\n WHERE"),
            ("SELECT id", "SELECT /* the key */ id"),
            ("CREATE VIEW", "CREATE OR REPLACE VIEW"),
            (
                "CREATE TABLE t",
                "CREATE TABLE first (id bigint PRIMARY KEY);\nCREATE TABLE t",
            ),
        ] {
            assert!(VIEW.contains(from), "{from}");
            let schema = VIEW.replacen(from, to, 1);
            assert_eq!(
                rules_of_posts(&schema, Dialect::Postgres),
                expected,
                "{schema}"
            );
        }
    }
}

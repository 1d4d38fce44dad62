//! Hostile input: it ends in findings or a model, quickly and on a small stack.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bindery_schema::dialect::Dialect;
use bindery_schema::model::EngineId;

use crate::support;

/// Reads in a thread with a small stack and gives the codes, each once.
fn codes(bytes: &[u8], dialect: Dialect) -> Vec<&'static str> {
    let bytes = bytes.to_vec();
    let work = move || {
        let started = Instant::now();
        let (_, _, diagnostics) = support::compile(&bytes, dialect);
        let mut codes: Vec<_> = diagnostics.iter().map(|finding| finding.code).collect();
        codes.sort_unstable();
        codes.dedup();
        (codes, started.elapsed())
    };
    let thread = std::thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(work)
        .expect("a thread can be started");
    let (codes, took) = thread.join().expect("reading never panics");
    // Far above what any of them takes: it distinguishes a hang from a busy machine.
    assert!(took < Duration::from_secs(120), "took {took:?}");
    codes
}

pub(crate) fn for_all(bytes: &[u8], expected: &[&str]) {
    for dialect in Dialect::ALL {
        assert_eq!(
            codes(bytes, dialect),
            expected,
            "{dialect}: {}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(120)])
        );
    }
}

/// It is read, whatever PostgreSQL finds of its types.
fn read_by_all(bytes: &[u8]) {
    for dialect in Dialect::ALL {
        let mut codes = codes(bytes, dialect);
        codes.retain(|code| *code != "B0624" || dialect != Dialect::Postgres);
        assert!(codes.is_empty(), "{dialect}: {codes:?}");
    }
}

/// Covers BAD-01, COMP-3.
#[test]
fn harmless_variations_are_read() {
    for_all(b"", &[]);
    for_all(b"\xef\xbb\xbf", &[]);
    for_all(b" \r\n\t-- only a comment\r\n", &[]);
    for_all(b"\xef\xbb\xbfCREATE TABLE t (id INTEGER PRIMARY KEY);", &[]);
    for_all(
        b"CREATE TABLE t (\r\n  id INTEGER PRIMARY KEY, -- one\r\n  name TEXT\r\n);\r\n",
        &[],
    );
    for_all(b";;; ; CREATE TABLE t (id INTEGER PRIMARY KEY)", &[]);
}

#[test]
fn other_encodings_are_read_where_nothing_hangs_on_them() {
    for_all(
        b"-- caf\xe9\nCREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES ('\xb4s-Graveland');",
        &[],
    );
    let text = "CREATE TABLE caf\u{e9} (id INTEGER PRIMARY KEY);";
    let units = || text.encode_utf16();
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    for_all(&[b"\xff\xfe", &little[..]].concat(), &[]);
    for_all(&[b"\xfe\xff", &big[..]].concat(), &[]);
}

/// Covers BAD-01, COMP-3.
#[test]
fn bytes_that_are_no_text_are_refused() {
    for_all(
        b"CREATE TABLE caf\xe9 (id INTEGER PRIMARY KEY);",
        &["B0001"],
    );
    for_all(b"CREATE TABLE t (id INTEGER);\0", &["B0002"]);
    for_all(b"C\0R\0E\0", &["B0002"]);
    for_all(&vec![b' '; (64 << 20) + 1], &["B0003"]);
}

#[test]
fn what_is_opened_and_never_closed_is_told() {
    for_all(b"CREATE TABLE t (id INTEGER DEFAULT 'x);", &["B0004"]);
    for_all(b"CREATE TABLE t (id INTEGER) /* and so on", &["B0004"]);
    for_all(b"CREATE TABLE \"t (id INTEGER);", &["B0004"]);
    for_all(b"CREATE TABLE t (id INTEGER", &["B0008"]);
    assert_eq!(
        codes(
            b"CREATE FUNCTION f() AS $body$ select 1;",
            Dialect::Postgres
        ),
        ["B0004"]
    );
    assert_eq!(codes(b"/*!40101 SET x = 1", Dialect::Mysql), ["B0004"]);
}

#[test]
fn depth_and_width_are_bounded() {
    let deep = "(".repeat(200_000);
    for_all(format!("CREATE TABLE t {deep}").as_bytes(), &["B0005"]);
    for_all(
        format!(
            "CREATE TABLE t (a INTEGER CHECK ({deep}1{}))",
            ")".repeat(200_000)
        )
        .as_bytes(),
        &["B0005"],
    );
    let wide: Vec<String> = (0..200_000).map(|at| format!("c{at} INTEGER")).collect();
    for_all(
        format!("CREATE TABLE t ({})", wide.join(", ")).as_bytes(),
        &["B0007"],
    );
    let rows = vec!["(1, ')', 2)"; 100_000].join(", ");
    for_all(
        format!("CREATE TABLE t (a INTEGER PRIMARY KEY); INSERT INTO t VALUES {rows};").as_bytes(),
        &[],
    );
}

#[test]
fn expressions_of_any_depth_and_length_are_read() {
    let nested = |open: &str, close: &str| {
        let depth = 60;
        format!("{}a{}", open.repeat(depth), close.repeat(depth))
    };
    let conditions = [
        nested("1 + (", ")"),
        nested("NOT (", ")"),
        nested("coalesce(a, ", ")"),
        nested("CAST(", " AS integer)"),
        "a".to_owned() + &" OR a".repeat(5_000),
        "a".to_owned() + &" + 1".repeat(5_000),
        "a".to_owned() + &" || 'x'".repeat(5_000),
        format!("a IN (1{})", ", 1".repeat(5_000)),
        "a BETWEEN ".repeat(5_000),
    ];
    for condition in conditions {
        let sql = format!("CREATE TABLE t (a INTEGER PRIMARY KEY, CHECK ({condition}));");
        read_by_all(sql.as_bytes());
    }
    let casts = "::integer".repeat(5_000);
    let sql = format!("CREATE TABLE t (a INTEGER PRIMARY KEY, CHECK (a{casts} > 0));");
    for (dialect, expected) in [(Dialect::Postgres, &[][..]), (Dialect::Mysql, &["B0251"])] {
        assert_eq!(codes(sql.as_bytes(), dialect), expected);
    }
}

/// SQLite takes expressions of 1,000 levels, PostgreSQL and MariaDB as many as fit their stacks (tried: 20,000 are refused
/// by all three); what is never written by hand is refused here.
#[test]
fn operators_before_one_value_are_bounded_as_parentheses_are() {
    for operator in ["NOT ", "- ", "+ ", "~ ", "NOT - "] {
        let table = |count: usize| {
            let condition = operator.repeat(count);
            format!("CREATE TABLE t (a INTEGER PRIMARY KEY, CHECK ({condition}a));")
        };
        read_by_all(table(30).as_bytes());
        for_all(table(20_000).as_bytes(), &["B0005"]);
        let view = format!("CREATE VIEW v AS SELECT {}1 AS a;", operator.repeat(20_000));
        for_all(view.as_bytes(), &["B0005"]);
    }
}

/// Covers COMP-5.
#[test]
fn hostile_names_stay_names() {
    let names = [
        "a\"\"b",
        "); DROP TABLE x; --",
        "r#type",
        "crate",
        "Self",
        "日本",
        "a b",
        "\u{202e}",
        "'",
        "\\",
        "{}",
        "*/",
    ];
    for name in names {
        let sql = format!("CREATE TABLE \"{name}\" (\"{name}\" INTEGER PRIMARY KEY);");
        let (_, model, diagnostics) = support::compile(sql.as_bytes(), Dialect::Postgres);
        assert!(!diagnostics.has_errors(), "{name}");
        assert_eq!(model.tables[0].name.name, name.replace("\"\"", "\""));
        assert_eq!(model.tables[0].columns[0].name, name.replace("\"\"", "\""));
    }
}

#[test]
fn every_beginning_of_a_schema_is_survived() {
    let sql = include_str!("../cases/tags/annotations/schema.sql");
    for dialect in Dialect::ALL {
        for end in (0..sql.len()).filter(|&end| sql.is_char_boundary(end)) {
            let (_, _, _) = support::compile(&sql.as_bytes()[..end], dialect);
        }
    }
}

#[test]
fn every_pair_of_tokens_is_survived() {
    let tokens = "t ( ) , ; a INTEGER 'x' \"y\" 1 - . PRIMARY KEY REFERENCES DEFAULT CHECK AS GENERATED CONSTRAINT \
                  UNIQUE ON ADD DROP COMMENT TYPE /* */ -- $$ \\ @ LIKE USING COLLATE";
    let heads = [
        "",
        "CREATE TABLE t (",
        "CREATE TABLE t (a INTEGER ",
        "ALTER TABLE t ",
    ];
    for (dialect, head) in Dialect::ALL
        .iter()
        .flat_map(|dialect| heads.map(|head| (dialect, head)))
    {
        for first in tokens.split_whitespace() {
            for second in tokens.split_whitespace() {
                support::compile(format!("{head}{first} {second}").as_bytes(), *dialect);
            }
        }
    }
}

/// Covers BAD-03: the growth is measured by `cargo xtask growth`.
#[test]
fn a_thousand_tables_are_read() {
    let columns: String = (0..9)
        .map(|at| {
            format!("  -- About column {at}.\n  column_{at} VARCHAR(80) NOT NULL DEFAULT 'x',\n")
        })
        .collect();
    let table = |at: usize| {
        format!(
            "CREATE TABLE table_{at} (\n{columns}  id INTEGER PRIMARY KEY\n);\nCREATE INDEX index_{at} ON table_{at} (column_1);\n"
        )
    };
    let sql: String = (0..1000).map(table).collect();
    let (_, model, diagnostics) = support::compile(sql.as_bytes(), Dialect::Sqlite);
    assert_eq!((model.tables.len(), diagnostics.iter().count()), (1000, 0));
}

#[test]
fn schemas_with_slips_are_survived() {
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let read = |case: &PathBuf| std::fs::read(case.join("schema.sql")).expect("it was found");
    let texts: Vec<Vec<u8>> = support::cases().iter().map(read).collect();
    for round in 0..3000 {
        let mut bytes = texts[round % texts.len()].clone();
        let start = random(bytes.len());
        bytes = bytes.split_off(start.min(bytes.len().saturating_sub(600)));
        bytes.truncate(600);
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(3) {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, b"(),;'\"`$@-/*\\ .:[]0aE\n"[random(22)]),
                _ => {
                    let other = random(bytes.len());
                    bytes.swap(at, other);
                }
            }
        }
        support::compile(&bytes, Dialect::ALL[random(3)]);
    }
}

/// Returns texts nested to a depth, in each place where something can nest.
fn nested(depth: usize) -> Vec<(&'static str, String)> {
    let table =
        |rest: String| format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER {rest});");
    let view = |query: String| {
        format!("CREATE TABLE t (id INTEGER PRIMARY KEY);\nCREATE VIEW v AS {query};")
    };
    let around = |open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    vec![
        (
            "parentheses of a check",
            table(format!("CHECK ({})", around("(", "a > 1", ")"))),
        ),
        (
            "parentheses of a default",
            table(format!("DEFAULT {}", around("(", "1", ")"))),
        ),
        (
            "parentheses of a type",
            format!("CREATE TABLE t (a {});", around("VARCHAR(", "1", ")")),
        ),
        ("brackets", table(around("[", "1", "]"))),
        ("brackets of an array", table("[]".repeat(depth))),
        (
            "CASE",
            table(format!(
                "CHECK ({} = 1)",
                around("CASE WHEN ", "a > 1", " THEN 1 END")
            )),
        ),
        (
            "NOT",
            table(format!("CHECK ({}a > 1)", "NOT ".repeat(depth))),
        ),
        ("signs", table(format!("DEFAULT ({}1)", "- ".repeat(depth)))),
        (
            "calls",
            table(format!("CHECK ({} > 1)", around("abs(", "a", ")"))),
        ),
        (
            "sums",
            table(format!("CHECK ({}a > 1)", "1 + ".repeat(depth))),
        ),
        (
            "conditions",
            table(format!("CHECK ({}a > 1)", "a = 1 OR ".repeat(depth))),
        ),
        ("comments", around("/*", " ", "*/")),
        (
            "queries",
            view(format!("SELECT {} AS x", around("(SELECT ", "1", ")"))),
        ),
        (
            "parentheses of a query",
            view(around("(", "SELECT id FROM t", ")")),
        ),
        (
            "tables of a query",
            view(around("SELECT * FROM (", "SELECT id FROM t", ") AS q")),
        ),
        (
            "schemas",
            around("CREATE SCHEMA s ", "CREATE TABLE t (id INTEGER)", ""),
        ),
        ("blocks", around("DO $$ BEGIN ", "NULL;", " END $$")),
    ]
}

/// Read, checked and written out by a thread with a small stack.
fn whole_way(sql: &str, dialect: Dialect) -> (Vec<&'static str>, Duration) {
    let sql = sql.to_owned();
    let work = move || {
        let started = Instant::now();
        let (_, model, mut found) = support::compile(sql.as_bytes(), dialect);
        if let Some(model) = bindery_schema::check::check(model, &mut found) {
            let tables = bindery_schema::plan::create_statements(&model, EngineId(0));
            assert!(format!("{tables:?}").len() < 64 << 20);
        }
        let codes = found.iter().map(|finding| finding.code).collect();
        (codes, started.elapsed())
    };
    let thread = std::thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(work);
    let thread = thread.expect("a thread can be started");
    thread.join().expect("nothing panics or overflows")
}

fn nesting(what: &str, sql: &str, depth: usize, dialect: Dialect) {
    let (codes, took) = whole_way(sql, dialect);
    assert!(
        took < Duration::from_secs(120),
        "{what} {depth} {dialect}: {took:?}"
    );
    let refused = what.starts_with("parentheses of a ") && !what.ends_with("query");
    if refused && depth > 64 {
        assert_eq!(codes, ["B0005"], "{what} {depth} {dialect}");
    }
}

/// Covers COMP-1.
#[test]
fn nesting_is_bounded_wherever_it_can_be() {
    for depth in [63, 64, 65, 1_000] {
        for (what, sql) in nested(depth) {
            for dialect in Dialect::ALL {
                nesting(what, &sql, depth, dialect);
            }
        }
    }
    for (at, (what, sql)) in nested(20_000).iter().enumerate() {
        nesting(what, sql, 20_000, Dialect::ALL[at % 3]);
    }
}

/// Bodies are looked through for statements that change the schema, in time that is proportional to their length.
///
/// Covers COMP-1.
#[test]
fn bodies_of_any_depth_and_length_are_read() {
    let many = |text: &str| text.repeat(10_000);
    let levels = format!("{}{}", many("BEGIN "), many("a; "));
    let handlers = format!(
        "{}{}{}",
        many("BEGIN "),
        many("COMMENT ON TABLE a IS 'a'; "),
        many("EXCEPTION WHEN a THEN b; END; ")
    );
    let bodies = [
        levels,
        handlers,
        many("'ALTER TABLE' "),
        many("THEN ALTER TABLE "),
    ];
    for body in bodies {
        let procedure = format!("CREATE PROCEDURE p() BEGIN {body} END;");
        for (sql, dialect) in [
            (format!("DO $$ {body} $$;"), Dialect::Postgres),
            (procedure, Dialect::Mysql),
        ] {
            let (_, took) = whole_way(&sql, dialect);
            let start = &sql[..40];
            assert!(
                took < Duration::from_secs(60),
                "{start} {dialect}: {took:?}"
            );
        }
    }
}

/// The engines' own numbers, each taken and the next one refused.
///
/// Covers COMP-2.
#[test]
fn a_table_has_as_many_columns_as_its_engine_takes() {
    for (dialect, columns, parts) in [
        (Dialect::Sqlite, 2_000, 2_000),
        (Dialect::Postgres, 1_600, 32),
        // Without a flavour: what both MySQL and MariaDB take.
        (Dialect::Mysql, 1_017, 16),
    ] {
        let table = |columns: usize, parts: usize| {
            let all: Vec<String> = (0..columns).map(|at| format!("c{at} INTEGER")).collect();
            let key: Vec<String> = (0..parts).map(|at| format!("c{}", at % columns)).collect();
            let (all, key) = (all.join(", "), key.join(", "));
            format!("CREATE TABLE t ({all}, PRIMARY KEY (c0)); CREATE INDEX i ON t ({key});")
        };
        let codes = |columns, parts| whole_way(&table(columns, parts), dialect).0;
        assert_eq!(codes(columns, parts), [""; 0], "{dialect}");
        assert_eq!(codes(columns + 1, 1), ["B0230"], "{dialect}");
        assert_eq!(codes(columns, parts + 1), ["B0230"], "{dialect}");
    }
    let empty = |dialect| whole_way("CREATE TABLE t ();", dialect).0;
    assert_eq!(empty(Dialect::Postgres), [""; 0]);
    assert_eq!(empty(Dialect::Sqlite), ["B0006"]);
    assert_eq!(empty(Dialect::Mysql), ["B0006"]);
}

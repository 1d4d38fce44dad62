//! Values that are too long for memory: dumped and loaded part by part. Row DUMP-02 of the acceptance list.

use std::path::PathBuf;
use std::process::Command;

use bindery_testkit::{Server, fresh_postgres, is_full_run};

use super::dumped::{At, Dumped};
use super::support::holds;

const SCHEMA: &str = "\
-- @dialect postgres

-- @engines default, b
CREATE TABLE films (
  id bigint PRIMARY KEY,
  name text,
  film bytea,
  trailer bytea
);

-- @engines default, b
CREATE TABLE books (
  shelf varchar(20),
  id bigint,
  words text,
  name varchar(40),
  PRIMARY KEY (shelf, id)
);
";

/// Kilobytes of addresses that the command may have, the code itself included.
const MEMORY: u32 = 256 * 1024;

/// The text and the bytes that are repeated; no part ends where one of them does.
const WORDS: &str = "a \"b\", é 漢\\ 🦀\n";
const BYTES: &str = "00ff22410a";

fn on_each(server: Option<&Server>) -> Vec<Dumped> {
    let maria = server.map(|server| server.fresh_database().expect("a database"));
    let all = [
        Some(At::File(PathBuf::new())),
        fresh_postgres().map(At::Postgres),
        maria.map(At::Mysql),
    ];
    let there = all.into_iter().flatten();
    there.map(|b| Dumped::with(SCHEMA, b)).collect()
}

/// One that takes values of this test's lengths.
fn server() -> Option<Server> {
    Server::mysql()
        .setting("max_allowed_packet", "1G")
        .start_or_skip()
}

/// SQL for a text of this number of million bytes.
fn long_text(b: &At, millions: usize) -> String {
    let times = millions * 1_000_000 / WORDS.len();
    match b {
        At::File(_) => format!("replace(hex(zeroblob({times})), '00', '{WORDS}')"),
        At::Postgres(_) => format!("repeat('{WORDS}', {times})"),
        At::Mysql(_) => format!("repeat(convert(x'{}' USING utf8mb4), {times})", hex(WORDS)),
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The same for bytes.
fn bytes(b: &At, millions: usize) -> String {
    let times = 1_000_000 / (BYTES.len() / 2);
    match b {
        At::File(_) => {
            let times = millions * times;
            format!("CAST(replace(hex(zeroblob({times})), '00', x'{BYTES}') AS BLOB)")
        }
        // Of digits it has no more than a gigabyte.
        At::Postgres(_) => format!(
            "(SELECT string_agg(decode(repeat('{BYTES}', {times}), 'hex'), ''::bytea) \
             FROM generate_series(1, {millions}))"
        ),
        At::Mysql(_) => format!("repeat(x'{BYTES}', {})", millions * times),
    }
}

/// Runs the command with bounded memory.
fn within_memory(test: &Dumped, words: &str) {
    let run = format!(
        "ulimit -v {MEMORY}; exec '{}' {words} --quiet",
        env!("CARGO_BIN_EXE_bindery")
    );
    let (name, url) = test.b_url();
    let ended = Command::new("sh")
        .args(["-c", &run])
        .current_dir(test.project.path(""))
        .env(name, url)
        .output()
        .expect("there is a shell");
    assert!(ended.status.success(), "{words}: {ended:?}");
}

/// Both, of which a share has one on each database.
fn forms(b: &At) -> &'static [&'static str] {
    match b {
        _ if is_full_run() => &["csv", "jsonl"],
        At::File(_) | At::Postgres(_) => &["csv"],
        At::Mysql(_) => &["jsonl"],
    }
}

/// Covers DUMP-8.
/// In full: values of 512 MiB, as CSV and JSONL.
#[test]
fn dump_02_a_value_larger_than_memory_is_dumped_and_loaded() {
    // 512 MiB, and what takes more than the memory where a line or a message is whole: the command itself has 180 MiB of addresses.
    let size = if is_full_run() { 537 } else { 32 };
    let server = server();
    for test in on_each(server.as_ref()) {
        let (film, words) = (bytes(&test.b, size), long_text(&test.b, size));
        test.on_b(&format!("INSERT INTO films (id, film) VALUES (1, {film})"));
        test.on_b(&format!(
            "INSERT INTO books (shelf, id, words) VALUES ('a', 1, {words})"
        ));
        for form in forms(&test.b) {
            within_memory(&test, &format!("dump --engine b --as {form} --force"));
            within_memory(&test, "load --engine b --table films --replace --yes");
            // SQLite takes a text as one.
            if matches!(test.b, At::File(_)) {
                test.run("load --engine b --table books --replace --yes --longest-row 2000")
                    .good();
            } else {
                within_memory(&test, "load --engine b --table books --replace --yes");
            }
            assert_eq!(test.number(&format!("films WHERE film = {film}")), 1);
            assert_eq!(test.number(&format!("books WHERE words = {words}")), 1);
        }
    }
}

/// Covers DUMP-8.
/// In full: values of 17 MiB, as CSV and JSONL.
#[test]
fn dump_02_rows_with_long_values_come_in_their_place() {
    let server = server();
    for test in on_each(server.as_ref()) {
        let (film, words) = (bytes(&test.b, 17), long_text(&test.b, 18));
        test.on_b(&format!(
            "INSERT INTO films (id, name, film, trailer) VALUES (5, 'e', {film}, {film}), (7, 'g', NULL, x''), (2, 'b', x'00', x''), (1, 'a', NULL, NULL), (6, NULL, x'00', NULL)"
        ).replace("x''", empty(&test.b)).replace("x'00'", zero(&test.b)));
        test.on_b(&format!(
            "INSERT INTO books (shelf, id, words, name) VALUES ('a', 2, {words}, 'long'), ('a', 1, 'short', ''), \
             ('a', 3, {words}, NULL), ('b', 1, '', 'after'), ('b', -1, {words}, 'first of b'), ('c', 1, NULL, 'last')"
        ));
        for form in forms(&test.b) {
            test.run(&format!("dump --engine b --as {form} --force"))
                .good();
            let dumped = ["films", "books"].map(|table| read_dump(&test, "b", table, form));
            let keys = dumped.each_ref().map(|text| keys(text, form));
            assert_eq!(keys[0], ["1", "2", "5", "6", "7"]);
            assert_eq!(keys[1], ["a 1", "a 2", "a 3", "b -1", "b 1", "c 1"]);
            test.run("load --engine default --from data/b --replace --yes")
                .good();
            test.run("load --engine b --upsert").good();
            assert_eq!(
                test.number(&format!("films WHERE film = {film} AND trailer = film")),
                1
            );
            assert_eq!(test.number(&format!("books WHERE words = {words}")), 3);
            for engine in ["b", "default"] {
                test.run(&format!("dump --engine {engine} --as {form} --force"))
                    .good();
                let again = ["films", "books"].map(|table| read_dump(&test, engine, table, form));
                assert!(again == dumped, "{engine} as {form}");
            }
        }
    }
}

/// A trigger sees the value that is stored, not the room for it.
#[test]
fn dump_02_triggers_of_sqlite_see_long_values() {
    let test = Dumped::with(SCHEMA, At::File(PathBuf::new()));
    let film = bytes(&test.b, 17);
    test.on_b(&format!(
        "INSERT INTO films (id, film) VALUES (1, {film}); \
         CREATE TRIGGER watch AFTER INSERT ON films BEGIN \
         INSERT INTO books (shelf, id, name) VALUES ('seen', NEW.id, hex(substr(NEW.film, 2, 3))); END"
    ));
    test.run("dump --engine b --table films").good();
    test.run("load --engine b --table films --replace --yes")
        .good();
    assert_eq!(
        test.number("books WHERE shelf = 'seen' AND name = 'FF2241'"),
        1
    );
    assert_eq!(test.number(&format!("films WHERE film = {film}")), 1);
}

/// Tables without a key, or without numbers of rows, and rows whose key another program wrote.
#[test]
fn dump_02_long_values_of_rows_without_numbers_are_read_whole() {
    let schema = "-- @dialect sqlite\n\n-- @engine b\nCREATE TABLE moments (\n  at DATETIME PRIMARY KEY,\n  film BLOB\n);\n\n\
                  -- @engine b\nCREATE TABLE named (\n  name TEXT PRIMARY KEY,\n  film BLOB\n) WITHOUT ROWID;\n\n\
                  -- @engine b\nCREATE TABLE keyless (\n  film BLOB\n);\n";
    let test = Dumped::with(schema, At::File(PathBuf::new()));
    let film = bytes(&test.b, 17);
    test.on_b(&format!(
        "INSERT INTO moments VALUES ('2026-01-02T00:00:00', {film}), ('2026-01-03 00:00:00', x'01'); \
         INSERT INTO named VALUES ('a', {film}); INSERT INTO keyless VALUES ({film})"
    ));
    test.run("dump --engine b").good();
    test.run("load --engine b --replace --yes").good();
    for table in ["moments", "named", "keyless"] {
        assert_eq!(test.number(&format!("{table} WHERE film = {film}")), 1);
    }
}

/// What is wrong in a long row is said as in any other, and nothing is changed.
#[test]
fn dump_02_long_rows_that_are_wrong_are_named() {
    let server = server();
    for test in on_each(server.as_ref()) {
        let long = "ab".repeat(5_000_000);
        let wrong = [
            (format!("2,b,{long}x,\n"), "hexadecimal digits"),
            (format!("2,b,{long}\n"), "another number of fields (3)"),
            (format!("2,b,\"{long}\n"), "a quote is not closed"),
            (format!("1,b,{long},\n"), "line 3"),
        ];
        for (row, said) in wrong {
            test.project
                .write("films.csv", format!("id,name,film,trailer\n1,a,00,\n{row}"));
            let failed = test
                .run("load --engine b --table films --from films.csv")
                .failed();
            holds(&failed, &["line 3", said, "nothing was changed"]);
            assert_eq!(test.number("films"), 0);
        }
    }
}

fn empty(b: &At) -> &'static str {
    match b {
        At::Postgres(_) => "''::bytea",
        At::File(_) | At::Mysql(_) => "x''",
    }
}

fn zero(b: &At) -> &'static str {
    match b {
        At::Postgres(_) => "'\\x00'::bytea",
        At::File(_) | At::Mysql(_) => "x'00'",
    }
}

fn read_dump(test: &Dumped, engine: &str, table: &str, form: &str) -> String {
    test.read(&format!("data/{engine}/{table}.{form}"))
}

/// The keys of the rows in a file, of which the name of a shelf is a letter.
fn keys(text: &str, form: &str) -> Vec<String> {
    // The lines of a text begin with a letter and a blank.
    let is_row = |line: &&str| {
        let is_shelf = line.starts_with(|first: char| first.is_ascii_lowercase())
            && line[1..].starts_with(',');
        form != "csv" || is_shelf || line.starts_with(|first: char| first.is_ascii_digit())
    };
    let of_row = |line: &str| match form {
        "csv" => {
            let words: Vec<&str> = line.splitn(3, ',').collect();
            match words[0].parse::<u32>() {
                Ok(_) => words[0].to_owned(),
                Err(_) => format!("{} {}", words[0], words[1]),
            }
        }
        _ => {
            let row: serde_json::Value = serde_json::from_str(line).expect("an object");
            match row["shelf"].as_str() {
                Some(shelf) => format!("{shelf} {}", row["id"]),
                None => row["id"].to_string(),
            }
        }
    };
    let lines = text.lines().skip(usize::from(form == "csv"));
    lines.filter(is_row).map(of_row).collect()
}

//! Dumps and loads while others write, while they are killed, and of what not every database holds. Rows DUMP-01, DUMP-03 and DUMP-04
//! of the acceptance list.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bindery_testkit::{Direction, Fault, FaultProxy, SetOnDrop, fresh_mysql, fresh_postgres};
use mysql::prelude::Queryable;

use super::dumped::{At, Dumped, SCHEMA};
use super::support::holds;

const BANK: &str = "\
-- @dialect postgres

-- @engines default, b
CREATE TABLE giro (
  id bigint PRIMARY KEY,
  amount bigint NOT NULL
);

-- @engines default, b
CREATE TABLE savings (
  id bigint PRIMARY KEY,
  amount bigint NOT NULL
);
";

/// Moves one unit from an account of a table to the same of the other one, both in one transaction.
fn transfers(b: &At, is_over: &AtomicBool, number: &AtomicU64) {
    let sql = |id: u64| {
        [
            format!("UPDATE giro SET amount = amount - 1 WHERE id = {id}"),
            format!("UPDATE savings SET amount = amount + 1 WHERE id = {id}"),
        ]
    };
    let mut run: Box<dyn FnMut(String) -> bool> = match b {
        At::File(path) => {
            let connection = rusqlite::Connection::open(path).expect("a database file");
            Box::new(move |sql| connection.execute_batch(&sql).is_ok())
        }
        At::Postgres(database) => {
            let client = postgres::Client::connect(&database.url(), postgres::NoTls);
            let mut client = client.expect("the test server");
            Box::new(move |sql| client.batch_execute(&sql).is_ok())
        }
        At::Mysql(database) => {
            let mut client = mysql::Conn::new(database.url().as_str()).expect("the test server");
            Box::new(move |sql| client.query_drop(sql).is_ok())
        }
    };
    let mut next = 0;
    while !is_over.load(Ordering::Relaxed) {
        next = next % 400 + 1;
        let is_begun = run("BEGIN".to_owned());
        let is_moved = is_begun && sql(next).into_iter().all(&mut run);
        if is_moved && run("COMMIT".to_owned()) {
            number.fetch_add(1, Ordering::Relaxed);
        } else {
            run("ROLLBACK".to_owned());
        }
    }
}

/// The sum of the second column.
fn sum(csv: &str) -> i64 {
    let amount = |line: &str| {
        line.split(',')
            .nth(1)
            .and_then(|word| word.parse::<i64>().ok())
    };
    csv.lines()
        .skip(1)
        .map(|line| amount(line).expect("a number"))
        .sum()
}

/// Covers DUMP-5.
#[test]
fn dump_01_a_dump_is_one_snapshot_while_others_write() {
    for test in Dumped::on_all_with(BANK) {
        let rows: String = (1..=400).map(|id| format!("{id},1000\n")).collect();
        for table in ["giro", "savings"] {
            test.project.write("rows.csv", format!("id,amount\n{rows}"));
            test.run(&format!("load --engine b --table {table} --from rows.csv"))
                .good();
        }
        let (is_over, number) = (AtomicBool::new(false), AtomicU64::new(0));
        let before = test.rows("giro");
        thread::scope(|scope| {
            let _over = SetOnDrop(&is_over);
            scope.spawn(|| transfers(&test.b, &is_over, &number));
            let until = Instant::now() + Duration::from_secs(60);
            while number.load(Ordering::Relaxed) == 0 && Instant::now() < until {
                thread::sleep(Duration::from_millis(5));
            }
            for round in 0..8 {
                test.run("dump --engine b --force").good();
                let total =
                    sum(&test.read("data/b/giro.csv")) + sum(&test.read("data/b/savings.csv"));
                assert_eq!(total, 800_000, "round {round}");
            }
        });
        assert!(number.load(Ordering::Relaxed) > 0);
        assert_ne!(test.rows("giro"), before);
    }
}

/// A load that gets its rows from the test.
fn feeding(test: &Dumped, words: &str) -> std::process::Child {
    let (name, url) = test.b_url();
    Command::new(env!("CARGO_BIN_EXE_bindery"))
        .args(words.split_whitespace())
        .current_dir(test.project.path(""))
        .env_clear()
        .env(name, url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command was built before its tests")
}

/// Covers DUMP-1, CLI-1.
#[test]
fn dump_03_a_load_that_is_killed_leaves_the_old_content() {
    for test in Dumped::on_all() {
        test.on_b("INSERT INTO empties (id, note) VALUES (1, 'old')");
        // More than is stored at a time, so that rows were sent.
        for rows in [0, 20_000, 60_000] {
            let load = "load --engine b --table empties --as csv --from - --replace --yes --quiet";
            let mut child = feeding(&test, load);
            let mut input = child.stdin.take().expect("it has a pipe");
            let text: String = (1..=rows).map(|id| format!("{id},new\n")).collect();
            input
                .write_all(format!("id,note\n{text}").as_bytes())
                .expect("it reads");
            thread::sleep(Duration::from_millis(300));
            child.kill().expect("it runs still");
            child.wait().expect("it was killed");
            drop(input);
            assert_eq!(
                test.rows("empties"),
                "id,note\n1,old\n",
                "after {rows} rows"
            );
        }
        // And nothing that it held is in the way.
        test.project.write("empties.csv", "id,note\n7,new\n");
        test.run("load --engine b --table empties --from empties.csv --replace --yes")
            .good();
        assert_eq!(test.rows("empties"), "id,note\n7,new\n");
    }
}

/// Covers DUMP-11.
#[test]
fn dump_03_of_two_loads_at_once_one_or_the_other_is_there() {
    for test in Dumped::on_all() {
        for words in ["", "--replace --yes"] {
            let load = format!("load --engine b --table empties --as csv --from - {words} --quiet");
            test.on_b("DELETE FROM empties");
            let rows = |begin: u32| -> String {
                let rows = (begin..begin + 20_000).map(|id| format!("{id},{begin}\n"));
                format!("id,note\n{}", rows.collect::<String>())
            };
            // Other keys, so that nothing but the table itself is between them.
            let feeds = [rows(1), rows(100_001)];
            let children = feeds.each_ref().map(|rows| {
                let mut child = feeding(&test, &load);
                let input = child.stdin.take().expect("it has a pipe");
                (child, input, rows)
            });
            let ended = thread::scope(|scope| {
                let feeding = children.map(|(child, mut input, rows)| {
                    scope.spawn(move || {
                        // One that was refused reads no more.
                        let _ = input.write_all(rows.as_bytes());
                        thread::sleep(Duration::from_millis(300));
                        drop(input);
                        child.wait_with_output().expect("it ends")
                    })
                });
                feeding.map(|one| one.join().expect("it fed"))
            });
            let found = test.rows("empties");
            let place = feeds.iter().position(|rows| *rows == found);
            let lines = found.lines().count();
            assert!(place.is_some(), "{words}: {lines} lines, {ended:?}");
            let good = ended.iter().filter(|end| end.status.success()).count();
            assert!(good >= 1, "{words}: {ended:?}");
            assert!(good == 1 || !words.is_empty(), "both into an empty table");
        }
    }
}

/// Covers DUMP-2 on SQLite.
#[test]
fn dump_04_a_line_without_end_is_refused_in_bounded_memory() {
    let test = Dumped::with(SCHEMA, At::File(PathBuf::new()));
    let path = test.project.path("endless.csv");
    let file = std::fs::File::create(&path).expect("the folder can be written to");
    // Zeros that take no place, and no line of which ends.
    file.set_len(10 << 30).expect("a file of holes");
    let load = |file: &str, limit: &str| {
        let bindery = env!("CARGO_BIN_EXE_bindery");
        let run = format!(
            "ulimit -v 700000; exec '{bindery}' load --engine b --table empties --from {file} {limit}"
        );
        let ended = Command::new("sh")
            .args(["-c", &run])
            .current_dir(test.project.path(""))
            .env("B_URL", "sqlite://b.db")
            .output();
        let ended = ended.expect("there is a shell");
        assert_eq!(ended.status.code(), Some(1), "{ended:?}");
        String::from_utf8(ended.stderr).expect("messages are UTF-8")
    };
    let failed = load("endless.csv", "--longest-row 64");
    holds(
        &failed,
        &[
            "line 1",
            "the row has more than 67108864 bytes",
            "nothing was changed",
        ],
    );
    for (content, why) in [
        (",".repeat(32 << 20), "another number of fields"),
        (
            format!("1,\"{}", "\n".repeat(8 << 20)),
            "a quote is not closed",
        ),
        (
            format!("1,\"{}", "\"\"".repeat(8 << 20)),
            "a quote is not closed",
        ),
    ] {
        test.project
            .write("wide.csv", format!("id,note\n{content}"));
        holds(&load("wide.csv", ""), &["line 2", why]);
    }
    assert_eq!(test.rows("empties"), "id,note\n");
}

/// Covers DUMP-10 on PostgreSQL, MariaDB.
#[test]
fn dump_03_a_load_whose_connection_is_lost_is_there_whole_or_not() {
    let servers = [
        fresh_postgres().map(At::Postgres),
        fresh_mysql().map(At::Mysql),
    ];
    for at in servers.into_iter().flatten() {
        let test = Dumped::with(SCHEMA, at);
        let proxy = FaultProxy::start(&test.b_url().1).expect("a free port");
        let load = |file: &str| {
            Command::new(env!("CARGO_BIN_EXE_bindery"))
                .args([
                    "load", "--engine", "b", "--table", "empties", "--from", file,
                ])
                .args(["--replace", "--yes", "--quiet"])
                .current_dir(test.project.path(""))
                .env("B_URL", proxy.url())
                .output()
                .expect("the command was built before its tests")
        };
        let rows = |word: &str| format!("id,note\n1,{word}\n2,{word}\n");
        test.project.write("old.csv", rows("old"));
        test.project.write("new.csv", rows("new"));
        let direction = Direction::ToServer;
        let pattern = || b"COMMIT".to_vec();
        for fault in [
            Fault::CutAfter {
                direction,
                bytes: 700,
            },
            Fault::CutBeforePattern {
                direction,
                pattern: pattern(),
            },
            Fault::CutAfterPattern {
                direction,
                pattern: pattern(),
                wait: Duration::from_millis(300),
            },
        ] {
            assert!(load("old.csv").status.success());
            proxy.set(fault);
            let ended = load("new.csv");
            assert_eq!(ended.status.code(), Some(1), "{ended:?}");
            proxy.heal();
            let found = test.rows("empties");
            assert!(found == rows("old") || found == rows("new"), "{found}");
        }
    }
}

/// Covers DUMP-8 on SQLite.
#[test]
fn dump_02_many_rows_and_many_columns_take_no_more_memory() {
    let columns: String = (1..=1_000)
        .map(|at| format!(",\n  c{at} INTEGER"))
        .collect();
    let schema = format!(
        "-- @dialect sqlite\n\n-- @engine b\nCREATE TABLE wide (\n  id INTEGER PRIMARY KEY{columns}\n);\n\n\
         -- @engine b\nCREATE TABLE long (\n  id INTEGER PRIMARY KEY,\n  note TEXT\n);\n"
    );
    let test = Dumped::with(&schema, At::File(PathBuf::new()));
    test.on_b(
        "INSERT INTO wide (id, c1, c1000) VALUES (1, 7, 8); \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150000) \
         INSERT INTO long SELECT i, hex(zeroblob(500)) FROM n",
    );
    for words in ["dump --engine b", "load --engine b --replace --yes"] {
        // 150 MB of rows: far more than the command may add to its own 190 MB of addresses.
        let run = format!(
            "ulimit -v 250000; exec '{}' {words} --quiet",
            env!("CARGO_BIN_EXE_bindery")
        );
        let ended = Command::new("sh")
            .args(["-c", &run])
            .current_dir(test.project.path(""))
            .env("B_URL", "sqlite://b.db")
            .output()
            .expect("there is a shell");
        assert!(ended.status.success(), "{words}: {ended:?}");
    }
    assert_eq!(test.number("long"), 150_000);
    assert_eq!(
        test.number("wide WHERE c1 = 7 AND c1000 = 8 AND c2 IS NULL"),
        1
    );
}

const MOMENTS: &str = "\
-- @dialect postgres

-- @engines default, b
CREATE TABLE moments (
  id bigint PRIMARY KEY,
  day date,
  moment timestamp,
  instant timestamptz
);
";

/// Covers DUMP-7.
#[test]
fn dump_02_infinities_of_dates_stay_within_postgresql() {
    const INFINITE: &str = "id,day,moment,instant\n1,infinity,-infinity,infinity\n\
                            2,-infinity,infinity,-infinity\n3,2026-01-01,,\n";
    let Some(database) = fresh_postgres() else {
        return;
    };
    let test = Dumped::with(MOMENTS, At::Postgres(database));
    test.on_b(
        "INSERT INTO moments VALUES (1, 'infinity', '-infinity', 'infinity'), \
         (2, '-infinity', 'infinity', '-infinity'), (3, '2026-01-01', NULL, NULL)",
    );
    assert_eq!(test.rows("moments"), INFINITE);
    for form in ["csv", "jsonl"] {
        test.run(&format!("dump --engine b --as {form} --force"))
            .good();
        for mode in ["--replace --yes", "--upsert"] {
            test.run(&format!("load --engine b {mode}")).good();
            assert_eq!(test.rows("moments"), INFINITE);
        }
        let failed = test
            .run("load --engine default --from data/b --table moments")
            .failed();
        holds(
            &failed,
            &[
                "line",
                "column `day`",
                "an infinite date or time, which PostgreSQL alone has",
                "nothing was changed",
            ],
        );
    }
    let Some(database) = fresh_mysql() else {
        return;
    };
    let other = Dumped::with(MOMENTS, At::Mysql(database));
    other.project.write("moments.csv", INFINITE);
    let failed = other
        .run("load --engine b --table moments --from moments.csv")
        .failed();
    holds(
        &failed,
        &[
            "line 2",
            "an infinite date or time, which PostgreSQL alone has",
        ],
    );
    assert_eq!(other.rows("moments"), "id,day,moment,instant\n");
}

/// Covers DUMP-5 on PostgreSQL.
#[test]
fn dump_01_rows_that_a_policy_hides_are_not_left_out_unseen() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    let name = format!("reader_{}", database.name());
    let test = Dumped::with(SCHEMA, At::Postgres(database));
    test.on_b(&format!(
        "CREATE ROLE {name} LOGIN PASSWORD 'secret'; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}; \
         INSERT INTO empties (id, note) VALUES (1, 'seen'), (2, 'hidden'); \
         ALTER TABLE empties ENABLE ROW LEVEL SECURITY; \
         CREATE POLICY visible ON empties USING (note = 'seen') WITH CHECK (true)"
    ));
    let (_, url) = test.b_url();
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let (_, place) = rest.split_once('@').expect("a URL with a login");
    let limited = format!("{scheme}://{name}:secret@{place}");
    let run = |words: &str| {
        Command::new(env!("CARGO_BIN_EXE_bindery"))
            .args(words.split_whitespace())
            .current_dir(test.project.path(""))
            .env("B_URL", &limited)
            .output()
            .expect("the command was built before its tests")
    };
    test.project.write("empties.csv", "id,note\n7,new\n");
    for words in [
        "dump --engine b",
        "dump --engine b --table empties --out -",
        "load --engine b --table empties --from empties.csv",
        "load --engine b --table empties --from empties.csv --replace --yes",
    ] {
        let ended = run(words);
        let messages = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{words}: {ended:?}");
        assert!(ended.stdout.is_empty(), "{words}: {ended:?}");
        holds(
            &messages,
            &[
                "engine `b`",
                "row-level security (PostgreSQL) would hide rows",
                "BYPASSRLS",
            ],
        );
    }
    assert!(!test.project.path("data/b").exists());
    let ended = run("dump --engine b --table things --out -");
    assert!(ended.status.success(), "other tables are dumped: {ended:?}");
    assert_eq!(test.rows("empties"), "id,note\n1,seen\n2,hidden\n");
    test.on_b(&format!("DROP OWNED BY {name}; DROP ROLE {name}"));
}

//! The settings of a session, whatever the server, the database and the account set, and servers that are not what they
//! seem.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use bindery_testkit::{FreshDatabase, Server};

use super::{connect, connect_with, databases, options, server};
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Result};
use bindery_core::dialect::Dialect;

/// The first column of one row, as text.
fn query_text(physical: &mut Physical, sql: &str) -> String {
    let mut found = String::new();
    let mut take = |row: &mut crate::value::RowReader<'_>| {
        found = row.text()?.to_owned();
        Ok(true)
    };
    physical
        .query(sql, &mut |_| (), &mut take)
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    found
}

/// The URL with another account.
fn as_user(fresh: &FreshDatabase, user: &str, password: &str) -> String {
    let url = fresh.url();
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let (_, place) = rest.rsplit_once('@').expect("an account");
    format!("{scheme}://{user}:{password}@{place}")
}

/// An account and a database that set everything otherwise.
///
/// Covers GEN-6 on PostgreSQL.
#[test]
fn postgres_sessions_are_set_up_whatever_the_account_says() {
    let Some(fresh) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let odd = [
        "standard_conforming_strings = off",
        "\"TimeZone\" = 'Asia/Kathmandu'",
        "\"DateStyle\" = 'SQL, DMY'",
        "client_encoding = 'LATIN1'",
        // Enough to take it off again, on a busy machine too.
        "statement_timeout = '500ms'",
        "idle_in_transaction_session_timeout = '1ms'",
    ];
    for setting in odd {
        let name = fresh.name();
        let role = format!("ALTER ROLE CURRENT_USER IN DATABASE \"{name}\" SET {setting}");
        fresh.answer(&role).unwrap();
        fresh
            .answer(&format!("ALTER DATABASE \"{name}\" SET {setting}"))
            .unwrap();
    }
    let mut physical = connect(&fresh.url()).unwrap();
    let expected = [
        ("standard_conforming_strings", "on"),
        ("TimeZone", "UTC"),
        ("DateStyle", "ISO, MDY"),
        ("client_encoding", "UTF8"),
        ("statement_timeout", "20s"),
        ("idle_in_transaction_session_timeout", "10min"),
        ("tcp_keepalives_idle", "60"),
        ("tcp_keepalives_interval", "10"),
        ("tcp_keepalives_count", "3"),
        ("lock_timeout", "0"),
        ("application_name", "bindery tests"),
    ];
    for (name, value) in expected {
        let found = query_text(&mut physical, &format!("SELECT current_setting('{name}')"));
        assert_eq!(found, value, "{name}");
    }
    // Values travel as they are, whatever is in them.
    physical.batch("CREATE TABLE t (v text)").unwrap();
    let values = [
        "'",
        "\\",
        "\\'; DROP TABLE t;--",
        "$1",
        "?",
        ":x",
        "\u{1F511}",
    ];
    for value in values {
        let write = &mut |params: &mut crate::value::ParamWriter<'_>| params.text(value);
        physical
            .execute("INSERT INTO t VALUES ($1)", write)
            .unwrap();
        assert_eq!(query_text(&mut physical, "SELECT v FROM t"), value);
        physical.batch("DELETE FROM t").unwrap();
    }
}

/// Foreign keys are not looked at in a session that is a replica's; only a superuser can set an account so.
#[test]
fn postgres_accounts_without_foreign_keys_are_refused() {
    let Some(fresh) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let name = fresh.name();
    fresh
        .answer(&format!(
            "ALTER DATABASE \"{name}\" SET session_replication_role = replica"
        ))
        .unwrap();
    let error = connect(&fresh.url()).map(drop).expect_err("it is refused");
    let text = error.to_string();
    assert!(
        text.contains("`session_replication_role = replica`"),
        "{text}"
    );
}

/// A server whose defaults and `init_connect` set everything otherwise, for an account that they hold for.
///
/// Covers GEN-5 on MariaDB.
#[test]
fn mysql_sessions_are_set_up_whatever_the_server_says() {
    if bindery_testkit::mysql_url().is_none() {
        return;
    }
    let odd = "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', time_zone = '+05:45', autocommit = 0, \
        foreign_key_checks = 0, unique_checks = 0, wait_timeout = 1";
    let options = Server::mysql()
        .setting("sql_mode", "")
        .setting("init_connect", odd)
        .setting("character_set_server", "latin1");
    let Some(server) = options.start_or_skip() else {
        return;
    };
    let fresh = server.fresh_database().unwrap();
    fresh
        .run_script(&format!(
            "CREATE USER plain IDENTIFIED BY 'secret'; GRANT ALL ON `{}`.* TO plain;",
            fresh.name()
        ))
        .unwrap();
    let mut physical = connect(&as_user(&fresh, "plain", "secret")).unwrap();
    let expected = [
        ("time_zone", "+00:00"),
        ("wait_timeout", "28800"),
        ("character_set_client", "utf8mb4"),
        ("character_set_results", "utf8mb4"),
    ];
    for (name, value) in expected {
        let found = query_text(&mut physical, &format!("SELECT CAST(@@{name} AS CHAR)"));
        assert_eq!(found, value, "{name}");
    }
    for name in ["autocommit", "foreign_key_checks", "unique_checks"] {
        let sql = format!("SELECT IF(@@{name}, 'on', 'off')");
        assert_eq!(query_text(&mut physical, &sql), "on", "{name}");
    }
    let mode = query_text(&mut physical, "SELECT @@sql_mode");
    assert!(
        mode.contains("STRICT_ALL_TABLES") && !mode.contains("ANSI") && !mode.contains("BACKSLASH"),
        "{mode}"
    );
    physical
        .batch("CREATE TABLE t (n TINYINT, v VARCHAR(3), d DATE)")
        .unwrap();
    for value in [
        "n) VALUES (300",
        "v) VALUES ('abcdef'",
        "d) VALUES ('2024-02-31'",
    ] {
        let refused = physical.execute(&format!("INSERT INTO t ({value})"), &mut |_| ());
        assert!(refused.is_err(), "{value}");
    }
    assert_eq!(
        query_text(&mut physical, "SELECT CAST(COUNT(*) AS CHAR) FROM t"),
        "0"
    );
}

/// A caller changes a setting later: it goes on, unless texts would be misread, and no other caller gets the connection
/// after.
///
/// Covers POOL-6 on PostgreSQL, MariaDB.
#[test]
fn changed_settings_spoil_a_session() {
    type Statements<'a> = &'a [(&'a str, bool)];
    for mut database in databases() {
        // Whether the session can go on.
        let statements: Statements<'_> = match database.dialect() {
            Dialect::Sqlite => &[],
            Dialect::Postgres => &[
                ("SET TimeZone = 'Asia/Kathmandu'", true),
                ("SET DateStyle = 'SQL'", true),
                ("SET standard_conforming_strings = off", false),
                ("SET client_encoding = 'LATIN1'", false),
            ],
            Dialect::Mysql => &[
                ("SET time_zone = '+05:45'", true),
                ("SET sql_mode = ''", true),
                ("SET autocommit = 0", true),
                ("SET NAMES latin1", false),
                ("SET character_set_results = NULL", false),
            ],
        };
        assert!(!database.physical.is_spoiled());
        for (statement, goes_on) in statements {
            let fresh = database.fresh.as_ref().expect("a server");
            let mut physical = connect(&fresh.url()).unwrap();
            physical.batch(statement).unwrap();
            assert!(physical.is_spoiled() || physical.is_broken(), "{statement}");
            let next = physical.batch("SELECT 1");
            assert_eq!(next.is_ok(), *goes_on, "{statement}: {next:?}");
        }
        assert!(database.physical.batch("SELECT 1").is_ok());
    }
}

/// Limits of the session, and none where none is wanted.
#[test]
fn limits_reach_the_server() {
    for database in databases() {
        let Some(fresh) = &database.fresh else {
            continue;
        };
        let server = server(&fresh.url());
        let mut options = options(&server);
        options.session.statement_timeout = None;
        options.session.lock_timeout = Some(Duration::from_millis(1_500));
        options.session.idle_in_transaction_timeout = None;
        options.session.application_name = "a 'name'".to_owned();
        let mut physical = connect_with(&options, database.dialect()).unwrap();
        let expected: &[(&str, &str)] = match (database.dialect(), bindery_testkit::mysql_flavour())
        {
            (Dialect::Sqlite, _) => &[],
            (Dialect::Postgres, _) => &[
                ("current_setting('statement_timeout')", "0"),
                ("current_setting('lock_timeout')", "1500ms"),
                (
                    "current_setting('idle_in_transaction_session_timeout')",
                    "0",
                ),
                ("current_setting('application_name')", "a 'name'"),
            ],
            (Dialect::Mysql, bindery_testkit::Product::MariaDb) => &[
                ("CAST(@@max_statement_time AS CHAR)", "0.000000"),
                ("CAST(@@innodb_lock_wait_timeout AS CHAR)", "2"),
                ("CAST(@@idle_transaction_timeout AS CHAR)", "0"),
            ],
            (Dialect::Mysql, _) => &[("CAST(@@max_execution_time AS CHAR)", "0")],
        };
        for (sql, value) in expected {
            assert_eq!(
                query_text(&mut physical, &format!("SELECT {sql}")),
                *value,
                "{sql}"
            );
        }
    }
}

/// The longest times that a configuration takes.
#[test]
fn no_limit_is_too_long_for_the_server() {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    for database in databases() {
        let Some(fresh) = &database.fresh else {
            continue;
        };
        let server = server(&fresh.url());
        let mut options = options(&server);
        options.session.statement_timeout = Some(YEAR);
        options.session.lock_timeout = Some(YEAR);
        options.session.idle_in_transaction_timeout = Some(YEAR);
        let mut physical = connect_with(&options, database.dialect()).unwrap();
        assert_eq!(query_text(&mut physical, "SELECT '1'"), "1");
    }
}

/// The server itself takes no writes from such a session.
#[test]
fn sessions_that_are_only_read() {
    for database in databases() {
        let Some(fresh) = &database.fresh else {
            continue;
        };
        fresh.answer("CREATE TABLE t (id INT)").unwrap();
        let server = server(&fresh.url());
        let mut options = options(&server);
        options.read_only = true;
        let mut physical = connect_with(&options, database.dialect()).unwrap();
        for sql in ["INSERT INTO t VALUES (1)", "DROP TABLE t"] {
            let error = physical.batch(sql).expect_err(sql);
            assert_eq!(error.kind(), &ErrorKind::ReadOnly, "{sql}: {error:?}");
        }
        assert!(physical.batch("SELECT id FROM t").is_ok());
    }
}

/// Returns the answers of a simulated PostgreSQL to the login and to the first query.
fn played_postgres(version: &str, long: &str) -> Vec<Vec<u8>> {
    let message = |tag: u8, body: &[u8]| {
        let length = u32::try_from(body.len() + 4).expect("a short message");
        [&[tag][..], &length.to_be_bytes(), body].concat()
    };
    let row = |texts: &[&str]| {
        let mut body = u16::try_from(texts.len())
            .expect("few")
            .to_be_bytes()
            .to_vec();
        for text in texts {
            body.extend(u32::try_from(text.len()).expect("short").to_be_bytes());
            body.extend(text.as_bytes());
        }
        message(b'D', &body)
    };
    let reported = format!("server_version\0{version}\0");
    let login = [
        message(b'R', &[0, 0, 0, 0]),
        message(b'S', reported.as_bytes()),
        message(b'Z', b"I"),
    ];
    let settled = [
        message(b'T', &[0, 0]),
        row(&[long]),
        message(b'C', b"SELECT 1\0"),
        message(b'T', &[0, 0]),
        row(&["UTF8", "UTC", "ISO, MDY", "on", "origin", "off"]),
        message(b'C', b"SELECT 1\0"),
        message(b'Z', b"I"),
    ];
    vec![login.concat(), settled.concat()]
}

/// Returns the greeting of a simulated MySQL and its answers to the login, to the settings and to the query.
fn played_mysql(version: &str, comment: &str) -> Vec<Vec<u8>> {
    let packet = |number: u8, payload: &[u8]| {
        let length = u8::try_from(payload.len()).expect("a short packet");
        [&[length, 0, 0, number][..], payload].concat()
    };
    let counted = |text: &str| {
        [
            &[u8::try_from(text.len()).expect("short")][..],
            text.as_bytes(),
        ]
        .concat()
    };
    let abilities: u32 = 0x01ff_ffff & !0x0800;
    let [low, more, high, highest] = abilities.to_le_bytes();
    let greeting = [
        &[10][..],
        version.as_bytes(),
        &[0, 1, 0, 0, 0],
        b"saltsalt\0",
        &[low, more, 45, 2, 0, high, highest, 21],
        &[0; 10],
        b"saltsaltsalt\0mysql_native_password\0",
    ];
    let ok = |number| packet(number, &[0, 0, 0, 2, 0, 0, 0]);
    let values = [
        version,
        comment,
        "16777216",
        "NO_ENGINE_SUBSTITUTION,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO",
        "+00:00",
        "utf8mb4",
        "utf8mb4",
        "utf8mb4",
        "1",
        "1",
        "1",
    ];
    let mut answer = packet(1, &[11]);
    for number in 0..11 {
        let names = ["def", "", "", "", "v", ""].map(counted).concat();
        let column = [&names[..], &[12, 45, 0, 0, 0, 0, 0, 0xfd, 0, 0, 0, 0, 0]].concat();
        answer.extend(packet(2 + number, &column));
    }
    answer.extend(packet(13, &values.map(counted).concat()));
    answer.extend(packet(14, &[0xfe, 0, 0, 2, 0, 0, 0]));
    vec![packet(0, &greeting.concat()), ok(2), ok(1), answer]
}

/// Connects to a server that says these things, each after it was spoken to; `first` speaks before.
fn met(dialect: Dialect, answers: Vec<Vec<u8>>) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("a socket").port();
    let speaks_first = dialect == Dialect::Mysql;
    let played = thread::spawn(move || {
        let (mut peer, _) = listener.accept().expect("a client connects");
        let mut buffer = [0; 4_096];
        for (index, answer) in answers.iter().enumerate() {
            let waits = index > 0 || !speaks_first;
            if waits && peer.read(&mut buffer).is_ok_and(|read| read == 0) {
                break;
            }
            if peer.write_all(answer).is_err() {
                break;
            }
        }
        // Until the other side closes: what it has not read would be lost.
        while peer.read(&mut buffer).is_ok_and(|read| read > 0) {}
    });
    let server = server(&format!("{dialect}://ann:secret@127.0.0.1:{port}/shop"));
    let mut options = options(&server);
    // The player knows the answers of a login, and no more.
    options.session.resolve_commits = Some(false);
    let outcome = connect_with(&options, dialect).map(drop);
    played.join().expect("a player does not panic");
    outcome
}

fn unsupported(outcome: Result<()>) -> String {
    let error: Error = outcome.expect_err("it is refused");
    assert!(
        matches!(error.kind(), ErrorKind::UnsupportedServer { .. }),
        "{error:?}"
    );
    error.to_string()
}

/// Servers that describe themselves as real ones do.
///
/// Covers POOL-11 on PostgreSQL, MariaDB.
#[test]
fn servers_are_told_apart_by_what_they_say() {
    let postgres =
        |version: &str, long: &str| met(Dialect::Postgres, played_postgres(version, long));
    postgres("15.20", "PostgreSQL 15.20 on x86_64, compiled by gcc").unwrap();
    postgres("12.0", "PostgreSQL 12.0").unwrap();
    let old = unsupported(postgres("11.22", "PostgreSQL 11.22 on x86_64"));
    assert!(
        old.contains("PostgreSQL 12 or newer, found PostgreSQL 11.22"),
        "{old}"
    );
    let other = unsupported(postgres("13.0.0", "CockroachDB CCL v23.1.11"));
    assert!(other.contains("found CockroachDB CCL v23.1.11"), "{other}");

    let mysql = |version: &str, comment: &str| met(Dialect::Mysql, played_mysql(version, comment));
    mysql("8.0.36", "MySQL Community Server - GPL").unwrap();
    mysql("5.5.5-10.11.6-MariaDB-log", "Debian 12").unwrap();
    mysql("11.4.2-MariaDB", "").unwrap();
    let old = unsupported(mysql("5.5.5-10.4.34-MariaDB", ""));
    assert!(
        old.contains("MariaDB 10.5 or newer, found 5.5.5-10.4.34-MariaDB"),
        "{old}"
    );
    let old = unsupported(mysql("5.7.44", ""));
    assert!(
        old.contains("MySQL 8.0.16 or newer, found MySQL 5.7.44"),
        "{old}"
    );
    let other = unsupported(mysql("8.0.11-TiDB-v7.5.0", "TiDB Server"));
    assert!(other.contains("found 8.0.11-TiDB-v7.5.0"), "{other}");
}

/// A server that has another setting than the one set is refused with a sentence.
#[test]
fn sessions_that_are_not_as_they_were_set_are_refused() {
    let changed = |answers: Vec<Vec<u8>>, from: &str, to: &str| -> Vec<Vec<u8>> {
        assert_eq!(from.len(), to.len());
        let swap = |answer: Vec<u8>| {
            let at = answer
                .windows(from.len())
                .position(|part| part == from.as_bytes());
            let mut answer = answer;
            if let Some(at) = at {
                answer[at..at + from.len()].copy_from_slice(to.as_bytes());
            }
            answer
        };
        answers.into_iter().map(swap).collect()
    };
    for (from, to) in [
        ("UTC", "CET"),
        ("ISO", "SQL"),
        ("UTF8", "LATN"),
        ("origin", "replic"),
    ] {
        let answers = changed(played_postgres("15.0", "PostgreSQL 15.0"), from, to);
        let error = met(Dialect::Postgres, answers).expect_err(to);
        assert!(
            error.to_string().contains(&format!("and not `{from}`")),
            "{error}"
        );
    }
    for (from, to) in [
        ("+00:00", "SYSTEM"),
        ("utf8mb4", "utf8mb3"),
        ("STRICT_ALL", "STRICT_ONE"),
    ] {
        let answers = changed(played_mysql("8.0.36", ""), from, to);
        let error = met(Dialect::Mysql, answers).expect_err(to);
        assert!(error.to_string().contains(to), "{error}");
    }
}

//! Kinds of errors, the same on all databases, and nothing of a row in them.

use bindery_core::config::Endpoint;

use super::{Database, connect, databases};
use crate::error::{Applied, Error, ErrorKind, TimeoutPhase};
use bindery_core::dialect::Dialect;

/// In every value that provokes an error, so that it can be looked for.
pub(super) const CANARY: &str = "canary-7f3a";

fn with_tables() -> Vec<Database> {
    let mut databases = databases();
    databases.iter_mut().for_each(make_tables);
    databases
}

pub(super) fn make_tables(database: &mut Database) {
    database.batch(
        "CREATE TABLE parent (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL UNIQUE, \
         age SMALLINT, CONSTRAINT adult CHECK (age >= 18))",
    );
    database.batch(
        "CREATE TABLE child (id INT PRIMARY KEY, parent INT NOT NULL, body TEXT, \
         CONSTRAINT child_parent FOREIGN KEY (parent) REFERENCES parent (id))",
    );
    database
        .run(
            "INSERT INTO parent (id, name) VALUES (?, ?)",
            &[&1, &CANARY],
        )
        .expect("the first row");
}

/// Neither the error nor anything under it shows a value.
pub(super) fn assert_silent(error: &Error) {
    let mut shown = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        shown.push_str(&format!("{error} {error:?}"));
        source = error.source();
    }
    assert!(!shown.contains(CANARY), "{shown}");
}

#[test]
fn violated_constraints_are_told_apart() {
    for mut database in with_tables() {
        let dialect = database.dialect();
        let insert = "INSERT INTO parent (id, name) VALUES (?, ?)";

        let error = database.run(insert, &[&2, &CANARY]).unwrap_err();
        assert_silent(&error);
        assert!(error.is_unique_violation(), "{dialect}: {error:?}");
        let key = error.told();
        match dialect {
            Dialect::Sqlite => assert_eq!(key.columns.as_deref(), Some("parent.name")),
            Dialect::Postgres => assert_eq!(key.name.as_deref(), Some("parent_name_key")),
            Dialect::Mysql => assert_eq!(key.name.as_deref(), Some("name")),
        }

        let error = database
            .run(insert, &[&2, &Option::<String>::None])
            .unwrap_err();
        assert!(error.is_not_null_violation(), "{dialect}: {error:?}");
        assert_eq!(error.told().column.as_deref(), Some("name"), "{dialect}");

        let error = database
            .run(
                "INSERT INTO parent (id, name, age) VALUES (?, ?, ?)",
                &[&2, &"Ann", &17],
            )
            .unwrap_err();
        assert!(error.is_check_violation(), "{dialect}: {error:?}");
        assert_eq!(error.told().name.as_deref(), Some("adult"), "{dialect}");
    }
}

#[test]
fn foreign_keys_are_kept_both_ways() {
    for mut database in with_tables() {
        let dialect = database.dialect();
        let insert = "INSERT INTO child (id, parent) VALUES (?, ?)";
        let orphan = database.run(insert, &[&1, &77]).unwrap_err();
        database.run(insert, &[&1, &1]).expect("a parent");
        let needed = database
            .run("DELETE FROM parent WHERE id = ?", &[&1])
            .unwrap_err();
        for error in [orphan, needed] {
            assert_silent(&error);
            assert!(error.is_foreign_key_violation(), "{dialect}: {error:?}");
            let expected = (dialect != Dialect::Sqlite).then_some("child_parent");
            assert_eq!(error.told().name.as_deref(), expected, "{dialect}");
        }
    }
}

#[test]
fn values_that_do_not_fit_are_refused() {
    for mut database in with_tables() {
        let dialect = database.dialect();
        if dialect == Dialect::Sqlite {
            let long_key = "INSERT INTO parent (id, name) VALUES (?, ?)";
            database.batch("CREATE TABLE counted (id INTEGER PRIMARY KEY)");
            let error = database
                .run("INSERT INTO counted (id) VALUES (?)", &[&CANARY])
                .unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::ValueOutOfRange(_)));
            database
                .run(long_key, &[&3, &"x".repeat(30)])
                .expect("no limit");
            continue;
        }
        let name = format!("{CANARY}{}", "x".repeat(30));
        let long = database
            .run("UPDATE parent SET name = ? WHERE id = ?", &[&name, &1])
            .unwrap_err();
        let far = database
            .run("UPDATE parent SET age = ? WHERE id = ?", &[&40_000, &1])
            .unwrap_err();
        for error in [long, far] {
            assert_silent(&error);
            assert!(
                matches!(error.kind(), ErrorKind::ValueOutOfRange(_)),
                "{dialect}: {error:?}"
            );
        }
    }
}

#[test]
fn unknown_names_say_that_the_schema_differs() {
    for mut database in with_tables() {
        let quoted = database.pick(
            "SELECT \"no_column\" FROM parent",
            "SELECT \"no_column\" FROM parent",
            "SELECT `no_column` FROM parent",
        );
        let unknown = [
            "SELECT * FROM nowhere",
            "SELECT missing_one FROM parent",
            quoted,
        ];
        for sql in unknown {
            let error = database.read::<i64>(sql, &[]).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::SchemaMismatch, "{error:?}");
            let words = error.server_message().expect("the database's words");
            assert!(words.contains("no"), "{words}");
        }
        let error = database.read::<i64>("SELECT FROM WHERE", &[]).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Syntax, "{error:?}");
        let error = database
            .run("INSERT INTO parent (id, name) VALUES (?, ?)", &[&1])
            .unwrap_err();
        let is_of_parameters = matches!(error.kind(), ErrorKind::WrongParameters(_));
        assert!(is_of_parameters, "{error:?}");
        // None of this has hurt the connection.
        assert!(!database.physical.is_broken());
        assert_eq!(
            database
                .read::<i64>("SELECT count(*) FROM parent", &[])
                .unwrap(),
            [1]
        );
    }
}

#[test]
fn tables_may_go_under_a_statement_that_is_kept() {
    for mut database in with_tables() {
        let sql = "SELECT id FROM parent";
        assert_eq!(database.read::<i64>(sql, &[]).unwrap(), [1]);
        database.batch("DROP TABLE child");
        database.batch("DROP TABLE parent");
        let error = database.read::<i64>(sql, &[]).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::SchemaMismatch, "{error:?}");
        let words = error.server_message().expect("the database's words");
        assert!(words.contains("parent"), "{words}");
    }
}

#[test]
fn logins_fail_by_kind() {
    for database in databases() {
        let Some(fresh) = &database.fresh else {
            continue;
        };
        let url = fresh.url();
        let (account, place) = url.rsplit_once('@').expect("an account in the URL");
        let (scheme_and_user, _) = account.rsplit_once(':').expect("a password in the URL");

        let wrong = connect(&format!("{scheme_and_user}:{CANARY}@{place}"))
            .err()
            .expect("a wrong password");
        assert_eq!(*wrong.kind(), ErrorKind::AccessDenied, "{wrong:?}");
        assert_silent(&wrong);

        let gone = connect(&url.replace(fresh.name(), "nowhere"))
            .err()
            .expect("no database");
        assert!(
            matches!(
                gone.kind(),
                ErrorKind::UnknownDatabase | ErrorKind::AccessDenied
            ),
            "{gone:?}"
        );

        // A port that nothing listens on: bound and never listened to.
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = socket.local_addr().expect("bound");
        drop(socket);
        let closed = connect(&format!("{account}@{address}/x"))
            .err()
            .expect("no server there");
        assert_eq!(*closed.kind(), ErrorKind::Unavailable, "{closed:?}");
        let why = std::error::Error::source(&closed).expect("the system's words");
        assert!(why.to_string().contains("refused"), "{why}");
    }
}

#[test]
fn a_silent_server_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = silent.local_addr().expect("bound");
    for (scheme, dialect) in [("postgres", Dialect::Postgres), ("mysql", Dialect::Mysql)] {
        let server = super::server(&format!("{scheme}://ann:secret@{address}/shop"));
        let mut options = super::options(&server);
        options.session.connect_timeout = std::time::Duration::from_millis(200);
        let started = std::time::Instant::now();
        let error = super::connect_with(&options, dialect).err();
        let error = error.expect("no answer");
        let phase = TimeoutPhase::Connect;
        assert_eq!(*error.kind(), ErrorKind::Timeout { phase }, "{scheme}");
        assert!(started.elapsed() < std::time::Duration::from_secs(60));
    }
}

#[test]
fn parameters_that_cannot_be_kept_are_refused() {
    for (url, expected) in [
        ("postgres://localhost/d?sslcrl=x", "is not known"),
        (
            "postgres://localhost/d?client_encoding=latin1",
            "must be `utf8`",
        ),
        ("postgres://localhost/d?passwrd=x", "is not known"),
        ("mysql://localhost/d?charset=latin1", "must be `utf8mb4`"),
        ("mysql://localhost/d?pool=3", "is not known"),
    ] {
        let error = connect(url).err().expect("refused");
        assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
        for name in ["sslcrl", "passwrd", "pool"] {
            assert!(!format!("{error} {error:?}").contains(name), "{error}");
        }
    }
}

#[test]
fn a_lost_session_breaks_the_connection() {
    for mut database in databases() {
        let sql = database.pick("", "SELECT pg_backend_pid()", "SELECT CONNECTION_ID()");
        let Some(fresh) = &database.fresh else {
            continue;
        };
        let mut killer = Database {
            physical: connect(&fresh.url()).expect("a second connection"),
            fresh: None,
        };
        let id: Vec<i64> = database.read(sql, &[]).expect("its number");
        let kill = match database.dialect() {
            Dialect::Postgres => format!("SELECT pg_terminate_backend({})", id[0]),
            Dialect::Mysql | Dialect::Sqlite => format!("KILL {}", id[0]),
        };
        killer.batch(&kill);
        std::thread::sleep(std::time::Duration::from_millis(100));
        let error = database.read::<i64>(sql, &[]).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        assert!(database.physical.is_broken());
    }
}

/// MySQL answers 1317 also where the session ends with the statement: the next user must not get such a connection.
///
/// Covers POOL-2 on MariaDB.
#[test]
fn pool_2_a_connection_whose_statement_somebody_ended_is_nobodys() {
    const RUNS: &str = "SELECT SLEEP(60) FROM (SELECT 1 AS a UNION SELECT 2) AS twice";
    for kill in ["KILL QUERY", "KILL"] {
        let Some(fresh) = bindery_testkit::fresh_mysql() else {
            return;
        };
        let mut killed = Database {
            physical: connect(&fresh.url()).expect("a connection"),
            fresh: None,
        };
        let mut killer = Database {
            physical: connect(&fresh.url()).expect("a second connection"),
            fresh: None,
        };
        let id: Vec<i64> = killed.read("SELECT CONNECTION_ID()", &[]).unwrap();
        std::thread::scope(|scope| {
            let running = scope.spawn(|| killed.read::<i64>(RUNS, &[]).unwrap_err());
            let is_running = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = ? AND STATE = 'User sleep'";
            while killer.read::<i64>(is_running, &[&id[0]]).unwrap() != [1] {
                std::thread::yield_now();
            }
            killer.batch(&format!("{kill} {}", id[0]));
            let error = running.join().expect("no panic");
            assert_eq!(error.applied(), Applied::No, "{kill}: {error:?}");
        });
        let physical = &killed.physical;
        assert!(physical.is_spoiled() || physical.is_broken(), "{kill}");
    }
}

#[test]
fn a_unix_socket_leads_there_too() {
    for mut database in databases() {
        let sql = database.pick(
            "",
            "SELECT current_setting('unix_socket_directories')",
            "SELECT @@socket",
        );
        let Some(fresh) = &database.fresh else {
            continue;
        };
        let mut server = super::server(&fresh.url());
        let name = server.database.clone();
        let path: Vec<String> = database.read(sql, &[]).unwrap();
        let Endpoint::Tcp { port, .. } = server.endpoints[0] else {
            panic!("the test kit's URLs have a host and a port");
        };
        let path = path[0].clone().into();
        server.endpoints = vec![Endpoint::Socket { path, port }];
        let dialect = database.dialect();
        let by_socket = super::connect_with(&super::options(&server), dialect).unwrap();
        let mut there = Database {
            physical: by_socket,
            fresh: None,
        };
        let current = there.pick("", "SELECT current_database()", "SELECT DATABASE()");
        assert_eq!(there.read::<String>(current, &[]).unwrap(), [name]);
    }
}

/// Servers quote the statement in a syntax error, and a migration may set a password.
#[cfg(feature = "migrations")]
#[test]
fn a_migration_with_a_syntax_error_shows_no_password() {
    for mut database in databases() {
        let sql = match database.dialect() {
            Dialect::Sqlite => continue,
            Dialect::Postgres => format!("CREATE ROLE canary '{CANARY}' nonsense"),
            Dialect::Mysql => format!("CREATE USER canary IDENTIFED BY '{CANARY}' nonsense"),
        };
        let error = database.physical.define(&sql).unwrap_err().showing_schema();
        assert_eq!(*error.kind(), ErrorKind::Syntax, "{error:?}");
        assert_silent(&error);
        let words = error.server_message().expect("what the server said");
        assert!(words.contains(CANARY), "{words}");
        let has_position = database.dialect() == Dialect::Postgres;
        assert_eq!(error.position().is_some(), has_position, "{error:?}");
    }
}

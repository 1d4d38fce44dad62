//! State that raw statements leave in a session is gone before the connection goes to another user.

use bindery::{Dialect, EngineOptions, Registry, StaticEngine};

use crate::sample::engine::{Default, Mariadb, Mysql, Postgres};
use crate::sample::{Everything, NewBlog, Tables, fresh_mariadb, with};

/// One connection for all users.
fn alone<E: StaticEngine>(engine: E, url: &str) -> Registry {
    let db = with(engine.name(), EngineOptions::url(url).max_connections(1));
    db.create_missing_on(engine).unwrap();
    db
}

/// A statement that leaves something, and a query whose result shows it.
struct Case {
    what: &'static str,
    leave: &'static str,
    question: &'static str,
    clean: &'static str,
}

const fn case(
    what: &'static str,
    leave: &'static str,
    question: &'static str,
    clean: &'static str,
) -> Case {
    Case {
        what,
        leave,
        question,
        clean,
    }
}

fn cases(dialect: Dialect) -> &'static [Case] {
    match dialect {
        Dialect::Sqlite => {
            const {
                &[
                    case(
                        "setting",
                        "PRAGMA foreign_keys = OFF",
                        "SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys",
                        "1",
                    ),
                    case(
                        "temporary table",
                        "CREATE TEMP TABLE blogs (a TEXT)",
                        "SELECT CAST(count(*) AS TEXT) FROM temp.sqlite_master",
                        "0",
                    ),
                    case(
                        "attached file",
                        "ATTACH ':memory:' AS other",
                        "SELECT CAST(count(*) AS TEXT) FROM pragma_database_list WHERE name = 'other'",
                        "0",
                    ),
                ]
            }
        }
        Dialect::Postgres => {
            const {
                &[
                    case(
                        "setting",
                        "SET work_mem = '77MB'",
                        "SELECT current_setting('work_mem')",
                        "4MB",
                    ),
                    case(
                        "setting by a function",
                        "SELECT set_config('x.y', 'left', false)",
                        "SELECT coalesce(current_setting('x.y', true), '')",
                        "",
                    ),
                    case(
                        "zone",
                        "SET TIME ZONE 'Asia/Kathmandu'",
                        "SELECT current_setting('TimeZone')",
                        "UTC",
                    ),
                    case(
                        "search_path",
                        "SET search_path = nowhere",
                        "SELECT current_setting('search_path')",
                        "\"$user\", public",
                    ),
                    case(
                        "isolation",
                        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                        "SELECT current_setting('transaction_isolation')",
                        "read committed",
                    ),
                    case(
                        "role",
                        "SET ROLE pg_monitor",
                        "SELECT (current_user = session_user)::text",
                        "true",
                    ),
                    case(
                        "temporary table",
                        "CREATE TEMP TABLE blogs (a int)",
                        "SELECT (to_regclass('pg_temp.blogs') IS NULL)::text",
                        "true",
                    ),
                    case(
                        "advisory lock",
                        "SELECT pg_advisory_lock(7)",
                        "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
                        "0",
                    ),
                    case(
                        "cursor",
                        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
                        "SELECT count(*)::text FROM pg_cursors WHERE name <> ''",
                        "0",
                    ),
                    case(
                        "listening",
                        "LISTEN something",
                        "SELECT count(*)::text FROM pg_listening_channels()",
                        "0",
                    ),
                    case(
                        "prepared statement",
                        "PREPARE \"odd name\" AS SELECT 1",
                        "SELECT count(*)::text FROM pg_prepared_statements WHERE from_sql",
                        "0",
                    ),
                ]
            }
        }
        Dialect::Mysql => {
            const {
                &[
                    case(
                        "setting",
                        "SET lock_wait_timeout = 77",
                        "SELECT CAST(@@lock_wait_timeout = 77 AS CHAR)",
                        "0",
                    ),
                    case(
                        "variable",
                        "SET @left = 'left'",
                        "SELECT COALESCE(@left, '')",
                        "",
                    ),
                    case(
                        "mode",
                        "SET sql_mode = ''",
                        "SELECT CAST(@@sql_mode LIKE '%STRICT%' AS CHAR)",
                        "1",
                    ),
                    case(
                        "isolation",
                        "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                        "SELECT /*M! @@tx_isolation */ /*!80000 @@transaction_isolation */",
                        "REPEATABLE-READ",
                    ),
                    case(
                        "database",
                        "USE information_schema",
                        "SELECT CAST(DATABASE() = 'information_schema' AS CHAR)",
                        "0",
                    ),
                    case(
                        "lock",
                        "SELECT GET_LOCK(CONCAT(DATABASE(), 'left'), 0)",
                        "SELECT COALESCE(CAST(IS_USED_LOCK(CONCAT(DATABASE(), 'left')) AS CHAR), 'free')",
                        "free",
                    ),
                ]
            }
        }
    }
}

/// A statement that makes something, and one that uses it.
fn made(dialect: Dialect) -> &'static [(&'static str, &'static str)] {
    match dialect {
        Dialect::Sqlite => &[("CREATE TEMP TABLE made (a)", "DELETE FROM made")],
        Dialect::Postgres => &[
            ("CREATE TEMP TABLE made (a int)", "DELETE FROM made"),
            ("PREPARE made AS SELECT 1", "EXECUTE made"),
        ],
        Dialect::Mysql => &[
            ("CREATE TEMPORARY TABLE made (a int)", "DELETE FROM made"),
            ("PREPARE made FROM 'DO 1'", "EXECUTE made"),
            ("HANDLER blogs OPEN AS made", "HANDLER made READ FIRST"),
        ],
    }
}

fn check<E: Everything>(engine: E, url: &str) {
    let db = alone(engine, url);
    let mut found = Vec::new();
    for case in cases(engine.dialect()) {
        let what = case.what;
        let ask = || {
            let answer = db.sql_on(engine).query_scalar::<String>(case.question, ());
            answer.unwrap_or_else(|error| panic!("{what}: {error:?}"))
        };
        assert_eq!(ask(), case.clean, "{what}: before");
        let mut c = db.connect(engine).unwrap();
        c.execute(case.leave, ()).unwrap();
        assert_ne!(
            c.query_scalar::<String>(case.question, ()).unwrap(),
            case.clean,
            "{what}: it is left"
        );
        drop(c);
        found.push((what, ask() == case.clean));
        // By a script, too, and through `Databases`.
        db.sql_on(engine).execute_batch(case.leave).unwrap();
        found.push((what, ask() == case.clean));
        db.connect(engine)
            .unwrap()
            .blogs()
            .insert(NewBlog::new(what))
            .unwrap();
    }
    for &(make, using) in made(engine.dialect()) {
        let mut c = db.connect(engine).unwrap();
        c.execute(make, ()).unwrap();
        c.execute(using, ()).unwrap();
        drop(c);
        found.push((make, db.sql_on(engine).execute(using, ()).is_err()));
    }
    found.retain(|(_, is_gone)| !is_gone);
    assert!(found.is_empty(), "the next user finds {found:?}");
}

/// Covers POOL-6 on SQLite.
#[test]
fn pool_6_what_raw_sql_leaves_is_nobodys_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    check(Default, &format!("sqlite://{}", path.display()));
    check(Default, ":memory:");
}

/// Covers POOL-6 on PostgreSQL.
#[test]
fn pool_6_what_raw_sql_leaves_is_nobodys_on_postgres() {
    if let Some(fresh) = bindery_testkit::fresh_postgres() {
        check(Postgres, &fresh.url());
    }
}

/// Covers POOL-6 on MySQL, MariaDB.
#[test]
fn pool_6_what_raw_sql_leaves_is_nobodys_on_mysql() {
    if let Some(fresh) = bindery_testkit::fresh_mysql() {
        check(Mysql, &fresh.url());
    }
    if let Some(fresh) = fresh_mariadb() {
        check(Mariadb, &fresh.url());
    }
}

/// A reset keeps the connection and what bindery itself prepared on it, and where no raw SQL ran there is none.
#[test]
fn pool_6_a_connection_is_reset_only_after_raw_sql() {
    let Some(fresh) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let db = alone(Postgres, &fresh.url());
    let statements = |db: &Registry| -> i64 {
        db.sql_on(Postgres)
            .query_scalar(
                "SELECT count(*) FROM pg_prepared_statements WHERE NOT from_sql",
                (),
            )
            .unwrap()
    };
    for title in ["one", "two"] {
        db.connect(Postgres)
            .unwrap()
            .blogs()
            .insert(NewBlog::new(title))
            .unwrap();
    }
    let first = statements(&db);
    assert!(first >= 2, "{first} are prepared");
    assert_eq!(statements(&db), first, "they stay");
    let pool = db.engine("x_postgres").unwrap().pool;
    assert_eq!((pool.created, pool.closed), (1, 0));
}

/// A trigger leaves a temporary table, which a reset would drop.
///
/// Covers POOL-6 on PostgreSQL.
#[test]
fn pool_6_nothing_is_reset_where_no_raw_sql_ran() {
    let Some(fresh) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let db = alone(Postgres, &fresh.url());
    fresh
        .run_script(
            "CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN CREATE TEMP TABLE IF NOT EXISTS kept (id int); RETURN NEW; END $$; \
             CREATE TRIGGER leaves AFTER INSERT ON blogs FOR EACH ROW EXECUTE FUNCTION leave()",
        )
        .expect("the trigger is made");
    for title in ["one", "two"] {
        let mut connection = db.connect(Postgres).unwrap();
        connection.blogs().insert(NewBlog::new(title)).unwrap();
    }
    let is_there = || -> bool {
        db.sql_on(Postgres)
            .query_scalar("SELECT to_regclass('pg_temp.kept') IS NOT NULL", ())
            .unwrap()
    };
    assert!(is_there(), "it was left by the connection's users before");
    assert!(!is_there(), "that was raw SQL, after which all is reset");
}

/// A branch that is prepared outlives its session; a session that is reset would lose it.
#[test]
fn pool_6_a_prepared_branch_of_a_script_is_not_lost() {
    let Some(fresh) = fresh_mariadb() else { return };
    let db = alone(Mariadb, &fresh.url());
    let xid = fresh
        .url()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let prepare = format!(
        "XA START '{xid}'; INSERT INTO blogs (title) VALUES ('kept'); XA END '{xid}'; XA PREPARE '{xid}'"
    );
    let error = db
        .sql_on(Mariadb)
        .execute_batch(bindery::Sql::assembled(prepare))
        .unwrap_err();
    assert_eq!(error.kind(), &bindery::ErrorKind::TransactionControl);
    assert_eq!(error.applied(), bindery::error::Applied::Unknown);
    let commit = format!("XA COMMIT '{xid}'");
    db.sql_on(Mariadb)
        .execute_batch(bindery::Sql::assembled(commit))
        .unwrap();
    assert_eq!(db.connect(Mariadb).unwrap().blogs().count().unwrap(), 1);
}

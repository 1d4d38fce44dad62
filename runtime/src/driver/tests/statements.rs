//! Statements, transactions and bulk inserts.

use super::{Database, connect, databases};
use crate::driver::AnyDriver;
use crate::driver::TableSql;
use crate::error::{ErrorKind, TimeoutPhase};
use crate::value::ColumnSet;
use crate::value::types::ToColumn;
use bindery_core::dialect::Dialect;

const ITEM: TableSql = TableSql {
    table: "item",
    columns: &["id", "name", "price"],
    key: &[0],
    writable: &[0, 1, 2],
    required: &[0, 1],
    ..TableSql::NOTHING
};

fn with_items() -> Vec<Database> {
    let mut databases = databases();
    for database in &mut databases {
        let sql = database.pick(
            "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL DEFAULT 1.5)",
            "CREATE TABLE item (id bigint PRIMARY KEY, name text NOT NULL, price float8 DEFAULT 1.5)",
            "CREATE TABLE item (id BIGINT PRIMARY KEY, name LONGTEXT NOT NULL, price DOUBLE DEFAULT 1.5)",
        );
        database.batch(sql);
    }
    databases
}

fn count(database: &mut Database) -> i64 {
    database
        .read("SELECT count(*) FROM item", &[])
        .expect("a count")[0]
}

fn insert(database: &mut Database, id: i64) -> crate::error::Result<u64> {
    database.run("INSERT INTO item (id, name) VALUES (?, ?)", &[&id, &"x"])
}

/// Inserts `rows` rows of `id` and `name` in bulk.
fn insert_rows(
    database: &mut Database,
    first: i64,
    rows: usize,
    name: &str,
) -> crate::error::Result<u64> {
    let columns = ColumnSet::new().with(0).with(1);
    database
        .physical
        .insert_rows(&ITEM, &columns, rows, &mut |row, params| {
            (first + row as i64).write(params);
            name.write(params);
        })
}

#[test]
fn rows_are_counted_and_pulled() {
    for mut database in with_items() {
        let dialect = database.dialect();
        assert_eq!(
            insert_rows(&mut database, 0, 10_007, "näme").unwrap(),
            10_007
        );
        assert_eq!(count(&mut database), 10_007, "{dialect}");
        let filled: Vec<f64> = database
            .read("SELECT price FROM item WHERE id = ?", &[&10_006])
            .unwrap();
        assert_eq!(filled, [1.5], "a column that is left out has its default");

        let mut cursor = database
            .physical
            .cursor("SELECT id, name FROM item ORDER BY id", &mut |_| ())
            .unwrap();
        for expected in 0..5_000i64 {
            let mut row = cursor.next().unwrap().expect("a row");
            assert_eq!(row.next::<i64>().unwrap(), expected);
            assert_eq!(row.text().unwrap(), "näme");
        }
        drop(cursor);
        // A cursor left half-way leaves the connection in order.
        let sql = "UPDATE item SET name = ? WHERE id < ?";
        assert_eq!(database.run(sql, &[&"y", &10]).unwrap(), 10);
        assert_eq!(
            database.run(sql, &[&"y", &10]).unwrap(),
            10,
            "found, not changed"
        );
    }
}

#[test]
fn bulk_inserts_can_be_taken_back() {
    for mut database in with_items() {
        insert(&mut database, 9_000).unwrap();
        database.physical.begin().unwrap();
        let error = insert_rows(&mut database, 0, 10_000, "x").unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::UniqueViolation(_)),
            "{error:?}"
        );
        database.physical.rollback().unwrap();
        assert_eq!(count(&mut database), 1);
        assert_eq!(insert_rows(&mut database, 0, 0, "x").unwrap(), 0);
        assert_eq!(insert_rows(&mut database, 0, 1, "x").unwrap(), 1);
    }
}

#[test]
fn a_refused_value_sends_nothing() {
    for mut database in with_items() {
        let columns = ColumnSet::new().with(0).with(1);
        let outcome = database
            .physical
            .insert_rows(&ITEM, &columns, 10, &mut |row, params| {
                if row == 7 {
                    params.refuse("no sevens");
                } else {
                    (row as i64).write(params);
                }
                "x".write(params);
            });
        let refused = ErrorKind::UnsupportedValue("no sevens".to_owned());
        assert_eq!(*outcome.unwrap_err().kind(), refused);
        assert_eq!(count(&mut database), 0);
    }
}

#[test]
fn large_values_are_cut_into_packets() {
    for mut database in with_items() {
        let name = "z".repeat(1 << 20);
        assert_eq!(insert_rows(&mut database, 0, 40, &name).unwrap(), 40);
        let lengths: Vec<i64> = database.read("SELECT length(name) FROM item", &[]).unwrap();
        assert_eq!(lengths, [1 << 20; 40]);
        if database.dialect() == Dialect::Mysql {
            let sql = "INSERT INTO item (id, name) VALUES (?, ?)";
            let limit: Vec<u64> = database.read("SELECT @@max_allowed_packet", &[]).unwrap();
            let too_large = "z".repeat(usize::try_from(limit[0]).unwrap());
            let error = database.run(sql, &[&99, &too_large]).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::UnsupportedValue(_)));
            assert_eq!(count(&mut database), 40);
        }
    }
}

#[test]
fn rows_without_columns_take_their_defaults() {
    for mut database in databases() {
        let sql = database.pick(
            "CREATE TABLE item (id INTEGER PRIMARY KEY)",
            "CREATE TABLE item (id bigserial PRIMARY KEY)",
            "CREATE TABLE item (id BIGINT AUTO_INCREMENT PRIMARY KEY)",
        );
        database.batch(sql);
        let inserted = database
            .physical
            .insert_rows(&ITEM, &ColumnSet::new(), 3, &mut |_, _| ());
        assert_eq!(inserted.unwrap(), 3);
        assert_eq!(count(&mut database), 3);
        if database.dialect() != Dialect::Postgres {
            assert_eq!(
                database.physical.last_insert_id(),
                3,
                "{}",
                database.dialect()
            );
        }
    }
}

#[test]
fn transactions_hold_or_leave_no_trace() {
    for mut database in with_items() {
        assert!(!database.physical.in_transaction());
        database.physical.begin().unwrap();
        assert!(database.physical.in_transaction());
        insert(&mut database, 1).unwrap();
        database.batch("SAVEPOINT inner_one");
        insert(&mut database, 2).unwrap();
        database.batch("ROLLBACK TO SAVEPOINT inner_one");
        database.batch("RELEASE SAVEPOINT inner_one");
        database.physical.commit().unwrap();
        assert!(!database.physical.in_transaction());
        database.physical.begin().unwrap();
        insert(&mut database, 3).unwrap();
        database.physical.rollback().unwrap();
        let kept: Vec<i64> = database.read("SELECT id FROM item", &[]).unwrap();
        assert_eq!(kept, [1]);
    }
}

#[test]
fn a_failed_transaction_cannot_be_committed_on_postgres() {
    for mut database in with_items() {
        if database.dialect() != Dialect::Postgres {
            continue;
        }
        database.physical.begin().unwrap();
        insert(&mut database, 1).unwrap();
        insert(&mut database, 1).unwrap_err();
        let error = insert(&mut database, 2).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::TransactionAborted);
        let error = database.physical.commit().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::TransactionAborted);
        database.physical.rollback().unwrap();
        assert_eq!(count(&mut database), 0);
    }
}

/// MariaDB ends the transaction of a deadlock's victim and would run what follows outside of any.
#[test]
fn a_deadlock_ends_the_whole_transaction() {
    for mut database in with_items() {
        let Some(fresh) = &database.fresh else {
            continue;
        };
        let mut other = Database {
            physical: connect(&fresh.url()).unwrap(),
            fresh: None,
        };
        insert(&mut database, 1).unwrap();
        insert(&mut database, 2).unwrap();
        let lock = "UPDATE item SET name = ? WHERE id = ?";
        database.physical.begin().unwrap();
        database.run(lock, &[&"a", &1]).unwrap();
        other.physical.begin().unwrap();
        other.run(lock, &[&"b", &2]).unwrap();
        let (first, second) = std::thread::scope(|scope| {
            let waiting = scope.spawn(|| database.run(lock, &[&"a", &2]));
            std::thread::sleep(std::time::Duration::from_millis(200));
            let second = other.run(lock, &[&"b", &1]);
            if second.is_err() {
                other.physical.rollback().unwrap();
            }
            (waiting.join().unwrap(), second)
        });
        let (mut victim, error) = match (first, second) {
            (Err(error), Ok(_)) => (database, error),
            (Ok(_), Err(error)) => {
                assert!(!other.physical.in_transaction());
                database.physical.rollback().unwrap();
                assert_eq!(*error.kind(), ErrorKind::Conflict);
                continue;
            }
            outcome => panic!("{outcome:?}"),
        };
        assert_eq!(*error.kind(), ErrorKind::Conflict);
        let refused = insert(&mut victim, 3).unwrap_err();
        assert_eq!(*refused.kind(), ErrorKind::TransactionAborted);
        let refused = victim.physical.commit().unwrap_err();
        assert_eq!(*refused.kind(), ErrorKind::TransactionAborted);
        victim.physical.rollback().unwrap();
        insert(&mut victim, 4).unwrap();
    }
}

#[test]
fn tables_are_found_in_their_schema() {
    for mut database in with_items() {
        let dialect = database.dialect();
        let exists = |database: &mut Database, schema, table| {
            database.physical.table_exists(schema, table).unwrap()
        };
        assert!(exists(&mut database, None, "item"), "{dialect}");
        assert!(!exists(&mut database, None, "items"), "{dialect}");
        assert!(!exists(&mut database, None, "'; --"), "{dialect}");
        let (here, elsewhere) = match dialect {
            Dialect::Sqlite => ("main", "temp"),
            Dialect::Postgres => ("public", "pg_catalog"),
            Dialect::Mysql => ("", "information_schema"),
        };
        if dialect != Dialect::Mysql {
            assert!(exists(&mut database, Some(here), "item"), "{dialect}");
            assert!(!exists(&mut database, None, "ITEM") || dialect == Dialect::Sqlite);
        }
        assert!(!exists(&mut database, Some(elsewhere), "item"), "{dialect}");
    }
}

#[test]
fn a_changed_table_is_read_anew() {
    for mut database in with_items() {
        insert(&mut database, 1).unwrap();
        let sql = "SELECT * FROM item WHERE id = ?";
        assert_eq!(database.read::<i64>(sql, &[&1]).unwrap(), [1]);
        database.batch("ALTER TABLE item ADD COLUMN stock INT");
        assert_eq!(database.read::<i64>(sql, &[&1]).unwrap(), [1]);
    }
}

#[test]
fn more_statements_than_are_kept() {
    for mut database in with_items() {
        for round in 0..2 {
            for number in 0..300 {
                let sql = format!("SELECT {number} + 0");
                let read: Vec<i64> = database.read(&sql, &[]).unwrap();
                assert_eq!(read, [number], "round {round}");
            }
        }
    }
}

#[test]
fn the_server_says_what_it_is() {
    for database in databases() {
        let (info, expected): (_, &[&str]) = match &*database.physical {
            AnyDriver::Sqlite(_) => continue,
            AnyDriver::Postgres(connection) => (connection.server_info(), &["PostgreSQL"]),
            AnyDriver::Mysql(connection) => (connection.server_info(), &["MariaDB", "MySQL"]),
        };
        assert!(expected.contains(&info.product), "{info:?}");
        assert!(
            info.version
                .starts_with(|first: char| first.is_ascii_digit())
        );
    }
}

/// A second statement in one text is a way in for what was not meant; MySQL and MariaDB are not set to take any.
#[test]
fn mysql_takes_one_statement_at_a_time() {
    for mut database in with_items() {
        if database.dialect() != Dialect::Mysql {
            continue;
        }
        let sql = "INSERT INTO item (id, name) VALUES (1, 'x'); INSERT INTO item (id, name) VALUES (2, 'y')";
        let error = database.physical.batch(sql).unwrap_err();
        assert_eq!(error.code(), Some("1064"), "{error:?}");
        let kept: Vec<i64> = database.read("SELECT id FROM item", &[]).unwrap();
        assert!(kept.is_empty());
    }
}

/// DDL commits what was done before it, and what follows would be committed statement by statement: however it came there,
/// nothing more is taken, and neither does COMMIT claim to have kept it all.
///
/// Covers TX-17 on MariaDB.
#[test]
fn tx_17_a_transaction_that_ddl_has_ended_takes_no_more() {
    for mut database in with_items() {
        if database.dialect() != Dialect::Mysql {
            continue;
        }
        database.physical.begin().unwrap();
        insert(&mut database, 7).unwrap();
        database.batch("CREATE TABLE more (id bigint)");
        let error = database.physical.commit().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::TransactionAborted, "{error:?}");
        let _ = database.physical.rollback();
        let kept: Vec<i64> = database.read("SELECT id FROM item", &[]).unwrap();
        assert_eq!(kept, [7], "as MariaDB does it");

        database.physical.begin().unwrap();
        database.batch("CREATE TABLE other (id bigint)");
        let error = insert(&mut database, 1).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::TransactionAborted, "{error:?}");
        database.physical.rollback().unwrap();
        insert(&mut database, 2).unwrap();
        assert!(!database.physical.in_transaction());
    }
}

/// The server cancels by itself, and its connection stays. On a machine that is busy it may be taken for silent
/// before it says so; that is safe too, so one attempt of several has to show the first.
#[test]
fn a_statement_that_takes_too_long_is_ended() {
    for database in databases() {
        let Some(fresh) = &database.fresh else {
            continue;
        };
        let server = super::server(&fresh.url());
        let mut options = super::options(&server);
        options.session.statement_timeout = Some(std::time::Duration::from_millis(200));
        let slow = database.pick(
            "",
            "SELECT count(*) FROM pg_sleep(60)",
            "SELECT COUNT(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, \
             information_schema.COLUMNS c",
        );
        let stays = (0..20).any(|_| {
            let mut limited = Database {
                physical: super::connect_with(&options, database.dialect()).unwrap(),
                fresh: None,
            };
            let error = limited.read::<i64>(slow, &[]).unwrap_err();
            let phase = TimeoutPhase::Statement;
            assert_eq!(*error.kind(), ErrorKind::Timeout { phase }, "{error:?}");
            let stays = !limited.physical.is_broken();
            assert!(!stays || limited.read::<i64>("SELECT 7", &[]).unwrap() == [7]);
            stays
        });
        assert!(stays, "{:?}", database.dialect());
    }
}

/// Placeholders, quotes and comments in a name are part of the name.
#[test]
fn odd_names_are_only_names() {
    const NAME: &str = "o'dd ? $1 :name @x -- /* \\ ü";
    for mut database in databases() {
        let quoted = database.pick(
            "\"o'dd ? $1 :name @x -- /* \\ ü\"",
            "\"o'dd ? $1 :name @x -- /* \\ ü\"",
            "`o'dd ? $1 :name @x -- /* \\ ü`",
        );
        database.batch(&format!("CREATE TABLE {quoted} ({quoted} INT)"));
        assert!(database.physical.table_exists(None, NAME).unwrap());
        let table: &'static TableSql = Box::leak(Box::new(TableSql {
            table: quoted,
            columns: Box::leak(Box::new([quoted])),
            key: &[],
            writable: &[0],
            ..ITEM
        }));
        let columns = ColumnSet::new().with(0);
        let inserted = database
            .physical
            .insert_rows(table, &columns, 100, &mut |row, params| {
                params.i64(row as i64)
            });
        assert_eq!(inserted.unwrap(), 100);
        let mut sum = Vec::new();
        let place = database.pick("?", "$1", "?");
        let sql = format!("SELECT {quoted} FROM {quoted} WHERE {quoted} > {place}");
        database
            .physical
            .query(&sql, &mut |params| params.i64(97), &mut |row| {
                sum.push(row.i64()?);
                Ok(true)
            })
            .unwrap();
        assert_eq!(sum, [98, 99]);
    }
}

/// A value that is refused before anything is sent leaves nothing behind: neither for rows that are pulled next, nor for
/// the transaction.
#[test]
fn a_refused_value_leaves_the_session_in_step() {
    const FAR: i64 = i64::MAX;
    for mut database in with_items() {
        let dialect = database.dialect();
        database.physical.begin().unwrap();
        insert(&mut database, 1).unwrap();
        database.physical.rollback().unwrap();

        database.physical.begin().unwrap();
        let sql = database.with_placeholders("INSERT INTO item (id, name) VALUES (1, ?)");
        let refused = database
            .physical
            .execute(&sql, &mut |params| params.date(FAR))
            .unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::UnsupportedValue(_)));
        let mut cursor = database.physical.cursor("SELECT 7", &mut |_| ()).unwrap();
        assert!(cursor.next().unwrap().is_some());
        assert!(cursor.next().unwrap().is_none());
        drop(cursor);
        assert!(!database.physical.is_broken(), "{dialect}");
        insert(&mut database, 2).unwrap();
        database.physical.commit().unwrap();
        assert_eq!(count(&mut database), 1, "{dialect}");
    }
}

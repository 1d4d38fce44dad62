//! Many statements in one go, and many rows in one statement, on the databases themselves.

use super::{Database, connect, databases};
use crate::driver::Physical;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind};
use crate::value::ColumnSet;
use crate::value::ParamWriter;
use crate::value::types::ToColumn;
use bindery_core::dialect::Dialect;

const ENTRY: TableSql = TableSql {
    table: "entry",
    columns: &["id", "name", "amount"],
    key: &[0],
    writable: &[0, 1, 2],
    required: &[0],
    ..TableSql::NOTHING
};

fn with_entries() -> Vec<Database> {
    let mut databases = databases();
    for database in &mut databases {
        let sql = database.pick(
            "CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT, amount INTEGER)",
            "CREATE TABLE entry (id bigint PRIMARY KEY, name text, amount numeric(30))",
            "CREATE TABLE entry (id BIGINT PRIMARY KEY, name LONGTEXT, amount DECIMAL(30))",
        );
        database.batch(sql);
    }
    databases
}

/// Only the one on PostgreSQL, with a second connection to it.
fn on_postgres() -> Option<(Database, Database)> {
    let mut databases = with_entries();
    let at = databases
        .iter()
        .position(|database| database.dialect() == Dialect::Postgres)?;
    let first = databases.swap_remove(at);
    let url = first.fresh.as_ref()?.url();
    let second = Database {
        physical: connect(&url).expect("a test database lets its owner in"),
        fresh: None,
    };
    Some((first, second))
}

fn count(database: &mut Database) -> i64 {
    let counted = database.read("SELECT count(*) FROM entry", &[]);
    counted.expect("a count")[0]
}

fn insert_each(database: &mut Database, ids: &[i64]) -> crate::error::Result<Vec<u64>> {
    let sql = database.with_placeholders("INSERT INTO entry (id, name) VALUES (?, ?)");
    let mut changed = Vec::new();
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| {
        ids[at].write(params);
        "x".write(params);
    };
    database
        .physical
        .execute_each(&sql, ids.len(), write, &mut |at, rows| {
            assert_eq!(at, changed.len());
            changed.push(rows);
        })?;
    Ok(changed)
}

fn insert_rows(
    database: &mut Database,
    rows: usize,
    write: &mut dyn FnMut(usize, &mut ParamWriter<'_>),
) -> crate::error::Result<u64> {
    let columns = ColumnSet::new().with(0).with(1).with(2);
    database.physical.insert_rows(&ENTRY, &columns, rows, write)
}

fn is_unique_violation(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::UniqueViolation(_))
}

#[test]
fn each_statement_of_many_is_counted() {
    for mut database in with_entries() {
        let ids: Vec<i64> = (0..3_000).collect();
        assert_eq!(insert_each(&mut database, &ids).unwrap(), [1; 3_000]);
        assert!(insert_each(&mut database, &[]).unwrap().is_empty());
        let sql = database.with_placeholders("DELETE FROM entry WHERE id < ? AND id >= ?");
        let mut changed = Vec::new();
        let write = &mut |at: usize, params: &mut ParamWriter<'_>| {
            params.i64(at as i64 * 10);
            params.i64(at as i64 * 9);
        };
        let take = &mut |_: usize, rows: u64| changed.push(rows);
        database
            .physical
            .execute_each(&sql, 20, write, take)
            .unwrap();
        let left = count(&mut database);
        assert_eq!(left, 3_000 - changed.iter().sum::<u64>() as i64);
        assert_eq!(changed[..3], [0, 1, 2]);
    }
}

/// An error in a group skips what is left of it; nothing of the transaction stays, and the connection goes on.
#[test]
fn a_failing_statement_of_many_is_named_and_ends_them() {
    for mut database in with_entries() {
        for failing in [0, 1, 499, 1_999] {
            let ids: Vec<i64> = (0..2_000)
                .map(|at| if at == failing { 5_000 } else { at })
                .collect();
            database
                .run("INSERT INTO entry (id) VALUES (?)", &[&5_000])
                .unwrap();
            database.physical.begin().unwrap();
            let error = insert_each(&mut database, &ids).unwrap_err();
            assert!(is_unique_violation(&error), "{error:?}");
            assert_eq!(error.row(), Some(failing as usize));
            database.physical.rollback().unwrap();
            assert_eq!(count(&mut database), 1);
            database
                .run("DELETE FROM entry WHERE id = ?", &[&5_000])
                .unwrap();
        }
    }
}

/// Requests and answers are larger than all buffers on the way: a client that only wrote would wait for ever.
#[test]
fn many_answers_come_in_while_many_statements_go_out() {
    let Some((mut database, _)) = on_postgres() else {
        return;
    };
    let sql = "SELECT g, repeat('x', 50) FROM generate_series($1::bigint, $1::bigint + 99) g";
    let (mut rows, mut sum) = (0, 0);
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| params.i64(at as i64 * 100);
    database
        .physical
        .query_each(sql, 4_000, write, &mut |at, row| {
            let number = row.i64()?;
            assert_eq!(number / 100, at as i64);
            rows += 1;
            sum += number;
            row.text().map(drop)
        })
        .unwrap();
    assert_eq!((rows, sum), (400_000, (0..400_000).sum()));
}

/// A refusal by the receiver of the rows ends them, and leaves nothing unread.
#[test]
fn rows_of_many_queries_can_be_refused() {
    for mut database in with_entries() {
        let ids: Vec<i64> = (0..100).collect();
        insert_each(&mut database, &ids).unwrap();
        let sql = database.with_placeholders("SELECT id, name FROM entry WHERE id = ?");
        let write = &mut |at: usize, params: &mut ParamWriter<'_>| params.i64(at as i64);
        let error = database
            .physical
            .query_each(&sql, 100, write, &mut |_, row| {
                if row.i64()? == 40 {
                    // It is a text.
                    row.i64()?;
                }
                Ok(())
            })
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Decode { .. }),
            "{error:?}"
        );
        assert_eq!(error.row(), Some(40));
        assert_eq!(count(&mut database), 100);
    }
}

/// NULL, columns of nothing else, values of several types for one column, and sizes that end a packet.
#[test]
fn rows_of_all_kinds_are_inserted_at_once() {
    for mut database in with_entries() {
        let long = "long ".repeat(1_000);
        let inserted = insert_rows(&mut database, 6_000, &mut |row, params| {
            // MariaDB gets a type for each column: here it changes from row to row.
            match row % 2 {
                0 => params.i64(row as i64),
                _ => params.u64(row as u64),
            }
            match row % 5 {
                0 | 1 => params.null(),
                2 => params.text(""),
                3 => params.text("ä"),
                _ => params.text(&long),
            }
            match row {
                0..3_000 => params.null(),
                _ => params.decimal(&row.to_string()),
            }
        });
        assert_eq!(inserted.unwrap(), 6_000);
        let counts = [
            ("SELECT count(*) FROM entry WHERE name IS NULL", 2_400),
            (
                "SELECT count(*) FROM entry WHERE name = '' AND id % 5 = 2",
                1_200,
            ),
            (
                "SELECT count(*) FROM entry WHERE name = 'ä' AND id % 5 = 3",
                1_200,
            ),
            ("SELECT count(*) FROM entry WHERE amount = id", 3_000),
            (
                "SELECT count(*) FROM entry WHERE amount IS NULL AND id < 3000",
                3_000,
            ),
        ];
        for (sql, expected) in counts {
            assert_eq!(database.read::<i64>(sql, &[]).unwrap(), [expected], "{sql}");
        }
    }
}

/// One refused row takes back its whole statement, also where nothing is around it.
#[test]
fn a_refused_row_takes_its_statement_back() {
    for mut database in with_entries() {
        let write = &mut |row: usize, params: &mut ParamWriter<'_>| {
            params.i64(if row == 30 { 7 } else { row as i64 });
            params.null();
            params.null();
        };
        let error = insert_rows(&mut database, 50, write).unwrap_err();
        assert!(is_unique_violation(&error), "{error:?}");
        assert_eq!(count(&mut database), 0);
        database.physical.begin().unwrap();
        let error = insert_rows(&mut database, 50, write).unwrap_err();
        assert_eq!(error.row(), Some(30), "{error:?}");
        database.physical.rollback().unwrap();
        assert_eq!(count(&mut database), 0);
        assert_eq!(insert_each(&mut database, &[1]).unwrap(), [1]);
    }
}

/// PostgreSQL refuses COPY where row security is active: rows are inserted all the same, and the policy holds.
#[test]
fn row_security_is_no_obstacle_to_many_rows() {
    let Some((mut database, _)) = on_postgres() else {
        return;
    };
    for sql in [
        "ALTER TABLE entry ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY small ON entry USING (true) WITH CHECK (id < 1000)",
        // A role that every server has; none is superuser.
        "GRANT ALL ON entry TO pg_monitor",
        "SET ROLE pg_monitor",
    ] {
        database.batch(sql);
    }
    let from = |first: i64| {
        move |row: usize, params: &mut ParamWriter<'_>| {
            params.i64(first + row as i64);
            params.text("x");
            params.null();
        }
    };
    // Nothing is known of the table: in a transaction that begins with it.
    database.physical.begin().unwrap();
    assert_eq!(insert_rows(&mut database, 300, &mut from(0)).unwrap(), 300);
    database.physical.commit().unwrap();
    // It is known now.
    assert_eq!(
        insert_rows(&mut database, 300, &mut from(300)).unwrap(),
        300
    );
    database.physical.begin().unwrap();
    let error = insert_rows(&mut database, 100, &mut from(950)).unwrap_err();
    assert_eq!(error.row(), Some(50), "{error:?}");
    database.physical.rollback().unwrap();
    assert_eq!(count(&mut database), 600);
}

/// The same where the transaction has done something before, which must stay.
#[test]
fn a_refused_copy_leaves_its_transaction_as_it_was() {
    let Some((mut database, _)) = on_postgres() else {
        return;
    };
    for sql in [
        "ALTER TABLE entry ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY all_rows ON entry USING (true)",
        "GRANT ALL ON entry TO pg_monitor",
        "SET ROLE pg_monitor",
    ] {
        database.batch(sql);
    }
    database.physical.begin().unwrap();
    assert_eq!(insert_each(&mut database, &[-1]).unwrap(), [1]);
    let inserted = insert_rows(&mut database, 10, &mut |row, params| {
        params.i64(row as i64);
        params.null();
        params.null();
    });
    assert_eq!(inserted.unwrap(), 10);
    database.physical.commit().unwrap();
    assert_eq!(count(&mut database), 11);
}

/// A table that another session changes, and statements that it removes: the next query is prepared anew.
#[test]
fn stale_statements_are_prepared_anew() {
    let Some((mut database, mut other)) = on_postgres() else {
        return;
    };
    insert_each(&mut database, &[1, 2, 3]).unwrap();
    let make_stale: [fn(&mut Database, &mut Database); 3] = [
        // The result has another type.
        |_, other| other.batch("ALTER TABLE entry ALTER amount TYPE bigint"),
        |database, _| database.batch("DEALLOCATE ALL"),
        |database, _| database.batch("DISCARD ALL"),
    ];
    for make_stale in make_stale {
        for in_transaction in [false, true] {
            ask_each_way(&mut database);
            make_stale(&mut database, &mut other);
            if in_transaction {
                database.physical.begin().unwrap();
            }
            ask_each_way(&mut database);
            if in_transaction {
                database.physical.commit().unwrap();
            }
            other.batch("ALTER TABLE entry ALTER amount TYPE numeric(30)");
            let _ = count(&mut database);
        }
    }
}

/// The whole row by every way that there is to ask for it; only the first is stale in a transaction.
fn ask_each_way(database: &mut Database) {
    const SQL: &str = "SELECT id, amount FROM entry WHERE id = $1";
    let physical = &mut database.physical;
    let mut ids = Vec::new();
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| params.i64(at as i64);
    let take = &mut |_: usize, row: &mut crate::value::RowReader<'_>| {
        ids.push(row.i64()?);
        Ok(())
    };
    physical.query_each(SQL, 4, write, take).unwrap();
    let write = &mut |params: &mut ParamWriter<'_>| params.i64(2);
    let mut cursor = physical.cursor(SQL, write).unwrap();
    while let Some(mut row) = cursor.next().unwrap() {
        ids.push(row.i64().unwrap());
    }
    drop(cursor);
    let write = &mut |params: &mut ParamWriter<'_>| params.i64(3);
    physical
        .query(SQL, write, &mut |row| {
            ids.push(row.i64()?);
            Ok(true)
        })
        .unwrap();
    assert_eq!(ids, [1, 2, 3, 2, 3]);
}

/// Each way by itself, as the first statement after the change.
#[test]
fn each_way_of_asking_prepares_anew() {
    const SQL: &str = "SELECT id FROM entry WHERE id = $1";
    let Some((mut database, _)) = on_postgres() else {
        return;
    };
    insert_each(&mut database, &[1]).unwrap();
    let ways: [fn(&mut Physical) -> crate::error::Result<i64>; 3] = [
        |physical| {
            let mut found = 0;
            let write = &mut |_: usize, params: &mut ParamWriter<'_>| params.i64(1);
            physical.query_each(SQL, 1, write, &mut |_, row| {
                found = row.i64()?;
                Ok(())
            })?;
            Ok(found)
        },
        |physical| {
            let mut cursor = physical.cursor(SQL, &mut |params| params.i64(1))?;
            let row = cursor.next()?;
            row.map_or(Ok(0), |mut row| row.i64())
        },
        |physical| {
            let mut found = 0;
            physical.query(SQL, &mut |params| params.i64(1), &mut |row| {
                found = row.i64()?;
                Ok(true)
            })?;
            Ok(found)
        },
    ];
    for way in ways {
        for in_transaction in [false, true] {
            assert_eq!(way(&mut database.physical).unwrap(), 1);
            database.batch("DEALLOCATE ALL");
            if in_transaction {
                database.physical.begin().unwrap();
            }
            assert_eq!(way(&mut database.physical).unwrap(), 1);
            if in_transaction {
                database.physical.commit().unwrap();
            }
        }
    }
}

/// Notices and notifications come at any time, and settings that nothing depends on may change.
#[test]
fn what_the_server_tells_unasked_disturbs_nobody() {
    let Some((mut database, mut other)) = on_postgres() else {
        return;
    };
    database.batch("LISTEN news");
    database.batch(
        "CREATE FUNCTION chatty(n bigint) RETURNS bigint LANGUAGE plpgsql AS \
         $$ BEGIN RAISE WARNING 'number %', n; PERFORM set_config('application_name', n::text, false); RETURN n; END $$",
    );
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| params.i64(at as i64);
    let mut numbers = Vec::new();
    other.batch("NOTIFY news, 'one'");
    database
        .physical
        .query_each("SELECT chatty($1)", 200, write, &mut |_, row| {
            numbers.push(row.i64()?);
            Ok(())
        })
        .unwrap();
    assert!(numbers.into_iter().eq(0..200));
    for round in 0..20 {
        other.batch("NOTIFY news, 'more'");
        assert_eq!(insert_each(&mut database, &[round]).unwrap(), [1]);
    }
    assert_eq!(count(&mut database), 20);
}

/// A session whose texts would be sent in another encoding is not used again.
#[test]
fn a_changed_encoding_ends_the_session() {
    let Some((mut database, _)) = on_postgres() else {
        return;
    };
    let _ = database.physical.batch("SET client_encoding = 'LATIN1'");
    assert!(database.physical.is_broken());
}

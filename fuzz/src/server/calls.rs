//! Every call of a program that reaches a server, each by itself on a new connection.

use bindery::{Connection, Error, Hosts, Key, Result, StaticEngine, TransactionOptions};

use super::program::people::PersonQueries;
use super::program::{Databases, NewPerson, Person, PersonPatch, Tables, model};

/// A call.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// Its name.
    pub name: &'static str,
    /// Whether it changes something.
    pub writes: bool,
}

/// The calls, in the order of `run_on`.
pub const CALLS: [Call; 31] = [
    reads("find"),
    reads("find_by"),
    reads("first"),
    reads("all"),
    reads("iter"),
    reads("iter_dropped"),
    reads("count"),
    reads("exists"),
    reads("find_many"),
    reads("check"),
    reads("read_only"),
    writes("insert"),
    writes("insert_or_ignore"),
    writes("insert_many"),
    writes("upsert"),
    writes("update"),
    writes("update_many"),
    writes("save"),
    writes("save_many"),
    writes("delete"),
    writes("delete_many"),
    writes("insert_row"),
    writes("upsert_row"),
    writes("copy_as_new"),
    writes("transaction"),
    writes("savepoint"),
    writes("nested_rollback"),
    writes("copy_in_transaction"),
    // The tables are there.
    reads("create_missing"),
    writes("drop_tables"),
    // They are gone.
    writes("create_tables"),
];

const fn reads(name: &'static str) -> Call {
    Call {
        name,
        writes: false,
    }
}

const fn writes(name: &'static str) -> Call {
    Call { name, writes: true }
}

/// Makes a call on an engine, and says what it gave.
pub(super) fn run_on<E>(call: &Call, db: &Databases, engine: E) -> Result<String>
where
    E: StaticEngine + Hosts<model::Person>,
{
    match call.name {
        "create_missing" | "create_tables" => return db.create_missing_on(engine).map(shown),
        "drop_tables" => return db.registry().drop_tables(engine).map(shown),
        _ => (),
    }
    let c = &mut db.connect(engine)?;
    match call.writes {
        true => run_write(call.name, c),
        false => run_read(call.name, c),
    }
}

/// Makes the table, with the rows that the calls are about.
pub(super) fn fill<E>(db: &Databases, engine: E) -> Result<String>
where
    E: StaticEngine + Hosts<model::Person>,
{
    db.create_missing_on(engine)?;
    let c = &mut db.connect(engine)?;
    let people = (1..10).map(|number| NewPerson::new(format!("{number}@example.org")));
    c.people().insert_many(people).map(shown)
}

fn run_read<E: StaticEngine + Hosts<model::Person>>(
    name: &str,
    c: &mut Connection<E>,
) -> Result<String> {
    Ok(match name {
        "find" => shown(c.people().find(Key::new(1))?),
        "find_by" => shown(c.people().find_by_email("1@example.org")?),
        "first" => shown(c.people().first()?),
        "all" => shown(c.people().all()?),
        "iter" => shown(c.people().iter()?.collect::<Result<Vec<_>>>()?),
        "iter_dropped" => shown(c.people().iter()?.next().transpose()?),
        "count" => shown(c.people().count()?),
        "exists" => shown(c.people().exists(Key::new(1))?),
        "find_many" => shown(c.people().find_many([2, 99, 1].map(Key::new))?),
        "check" => shown(c.check()?),
        "read_only" => {
            let options = TransactionOptions::new().read_only();
            shown(c.transaction_with(options, |tx| {
                let people = tx.people().all()?;
                Ok((people, tx.people().count()?))
            })?)
        }
        other => unreachable!("`{other}` reads nothing"),
    })
}

fn run_write<E: StaticEngine + Hosts<model::Person>>(
    name: &str,
    c: &mut Connection<E>,
) -> Result<String> {
    let new = |number: i64| NewPerson::new(format!("{number}@example.org"));
    let changes = |stars| PersonPatch {
        stars: Some(stars),
        ..PersonPatch::default()
    };
    Ok(match name {
        "insert" => shown(c.people().insert(new(11))?),
        "insert_or_ignore" => shown(c.people().insert_or_ignore(new(12))?),
        "insert_many" => shown(c.people().insert_many((13..16).map(new))?),
        "upsert" => shown(c.people().upsert_by_email(new(1))?),
        "update" => shown(c.people().update(Key::new(1), changes(2))?),
        "update_many" => {
            let each = [1, 99, 2].map(|key| (Key::new(key), changes(key)));
            shown(c.people().update_many(each)?)
        }
        "save" => shown(c.people().save(&person(3, 1))?),
        "save_many" => shown(c.people().save_many(&[person(3, 2), person(4, 1)])?),
        "delete" => shown(c.people().delete(Key::new(5))?),
        "delete_many" => shown(c.people().delete_many([6, 99, 7].map(Key::new))?),
        "insert_row" => shown(c.people().insert_row(&person(100, 1))?),
        "upsert_row" => shown(c.people().upsert_row(&person(2, 1))?),
        "copy_as_new" => shown(c.people().copy_as_new(&person(101, 1))?),
        "transaction" => shown(c.transaction(|tx| {
            let row = tx.people().insert(new(31))?;
            tx.people().find(row.id)
        })?),
        "savepoint" => shown(c.transaction(|tx| {
            tx.people().update(Key::new(1), changes(7))?;
            tx.transaction(|tx| tx.people().insert(new(32)))
        })?),
        "nested_rollback" => shown(c.transaction(|tx| {
            let failed: Result<()> = tx.transaction(|tx| {
                tx.people().insert(new(33))?;
                tx.people().get(Key::new(999)).map(drop)
            });
            let found = failed.map_err(|error: Error| error.kind().clone());
            Ok((found, tx.people().insert(new(34))?))
        })?),
        "copy_in_transaction" => shown(c.transaction(|tx| {
            let first = tx.people().insert_many((41..44).map(new))?;
            Ok(first + tx.people().insert_many((44..46).map(new))?)
        })?),
        other => unreachable!("`{other}` writes nothing"),
    })
}

fn person<E: StaticEngine>(id: i64, version: i64) -> Person<E> {
    Person {
        id: Key::new(id),
        email: format!("{id}@example.org"),
        nick: None,
        stars: 9,
        version,
    }
}

fn shown(given: impl std::fmt::Debug) -> String {
    format!("{given:?}")
}

//! Values that a database cannot hold, refused before anything is sent: every call reports engine, table and column, and which
//! row of many. The model is that of the case `refused`.

use bindery::error::{Applied, Operation};
use bindery::{Connection, Error, ErrorKind, Hosts, StaticEngine};

use crate::bench::Bench;
use crate::refused::{readings::ReadingQueries, *};

/// Makes a row one that the database refuses.
type Spoil = fn(&mut NewReading);

const NAN: (&str, Spoil) = ("value", |row| row.value = f64::NAN);
const INFINITE: (&str, Spoil) = ("value", |row| row.value = f64::INFINITY);
const LARGE_NUMBER: (&str, Spoil) = ("sensor", |row| row.sensor = u64::MAX);
const FINER: (&str, Spoil) = ("level", |row| row.level = 1.005);
const FINER_BELOW_ZERO: (&str, Spoil) = ("level", |row| row.level = -1.005);
const FINER_SINGLE: (&str, Spoil) = ("share", |row| row.share = 1.0 / 3.0);
const NUL: (&str, Spoil) = ("label", |row| row.label = "a\0b".to_owned());
const NUL_IN_NOTE: (&str, Spoil) = ("note", |row| row.note = Some(Some("\0".to_owned())));
/// More than a server takes by default: MariaDB 16 MiB, MySQL 64 MiB.
const LARGE_TEXT: (&str, Spoil) = ("note", |row| row.note = Some(Some("x".repeat(70_000_000))));

fn good(number: u64) -> NewReading {
    NewReading {
        sensor: number,
        slot: 7,
        label: format!("reading {number}"),
        value: 1.5,
        level: 12_345.67,
        share: 0.333,
        note: None,
        revision: None,
    }
}

fn id<E: StaticEngine>(row: &NewReading) -> ReadingId<E> {
    ReadingId {
        engine: E::default(),
        sensor: row.sensor,
        slot: row.slot,
    }
}

/// A row as it would be read.
fn stored<E: StaticEngine>(row: &NewReading) -> Reading<E> {
    let row = row.clone();
    Reading {
        engine: E::default(),
        sensor: row.sensor,
        slot: row.slot,
        label: row.label,
        value: row.value,
        level: row.level,
        share: row.share,
        note: row.note.flatten(),
        revision: 1,
    }
}

/// Every call that can be given the values of the row; of the many rows of a call it is the third.
fn calls<E>(c: &mut Connection<E>, bad: &NewReading) -> Vec<(Operation, Option<Error>)>
where
    E: StaticEngine + Hosts<model::Reading>,
{
    let three = || [good(11), good(12), bad.clone()];
    let rows: Vec<Reading<E>> = three().iter().map(stored).collect();
    let changes = |row: &NewReading| ReadingPatch {
        label: Some(row.label.clone()),
        value: Some(row.value),
        level: Some(row.level),
        share: Some(row.share),
        note: row.note.clone(),
    };
    let changed = three().map(|row| (id(&row), changes(&row)));
    let mut readings = c.readings();
    vec![
        (Operation::Insert, readings.insert(bad.clone()).err()),
        (Operation::Insert, readings.insert_only(bad.clone()).err()),
        (
            Operation::Insert,
            readings.insert_or_ignore(bad.clone()).err(),
        ),
        (
            Operation::Upsert,
            readings.upsert_by_label(bad.clone()).err(),
        ),
        (Operation::Copy, readings.insert_row(&stored(bad)).err()),
        (Operation::Copy, readings.upsert_row(&stored(bad)).err()),
        (
            Operation::Update,
            readings.update(id(bad), changes(bad)).err(),
        ),
        (Operation::Save, readings.save(&stored(bad)).err()),
        (Operation::InsertMany, readings.insert_many(three()).err()),
        (Operation::UpdateMany, readings.update_many(changed).err()),
        (Operation::SaveMany, readings.save_many(&rows).err()),
    ]
}

/// Calls that are given no more of the row than its key.
fn calls_by_key<E>(c: &mut Connection<E>, bad: &NewReading) -> Vec<(Operation, Option<Error>)>
where
    E: StaticEngine + Hosts<model::Reading>,
{
    let three = || [good(11), good(12), bad.clone()].map(|row| id(&row));
    let mut readings = c.readings();
    vec![
        (Operation::Find, readings.find(id(bad)).err()),
        (Operation::Exists, readings.exists(id(bad)).err()),
        (Operation::Delete, readings.delete(id(bad)).err()),
        (Operation::FindMany, readings.find_many(three()).err()),
        (Operation::DeleteMany, readings.delete_many(three()).err()),
    ]
}

fn is_of_many(operation: Operation) -> bool {
    use Operation::{DeleteMany, FindMany, InsertMany, SaveMany, UpdateMany};
    [DeleteMany, FindMany, InsertMany, SaveMany, UpdateMany].contains(&operation)
}

fn assert_told<E: StaticEngine>(operation: Operation, column: &str, error: Option<Error>) {
    let engine = E::default().name();
    let error = error.unwrap_or_else(|| panic!("{engine}: {operation} was not refused"));
    let what = format!("{engine}, {operation}, {column}: {error:?}");
    assert!(
        matches!(
            error.kind(),
            ErrorKind::UnsupportedValue(_) | ErrorKind::ValueOutOfRange(_)
        ),
        "{what}"
    );
    assert_eq!(error.engine(), Some(engine), "{what}");
    assert_eq!(error.model(), Some("Reading"), "{what}");
    assert_eq!(error.operation(), Some(operation), "{what}");
    assert_eq!(
        (error.table(), error.column()),
        (Some("readings"), Some(column)),
        "{what}"
    );
    assert_eq!(error.row(), is_of_many(operation).then_some(2), "{what}");
    assert_eq!(
        (error.applied(), error.is_retryable()),
        (Applied::No, false)
    );
    let told = error.to_string();
    for word in [engine, "readings", column] {
        assert!(told.contains(&format!("`{word}`")), "{told}");
    }
    assert!(!told.contains(&u64::MAX.to_string()), "{told}");
}

/// Nothing of a refused call is stored, and it ends no transaction.
fn refuses<E>(c: &mut Connection<E>, spoilt: &[(&str, Spoil)])
where
    E: StaticEngine + Hosts<model::Reading>,
{
    for (column, spoil) in spoilt {
        let mut bad = good(13);
        spoil(&mut bad);
        for (operation, error) in calls(c, &bad) {
            assert_told::<E>(operation, column, error);
        }
        if ["sensor", "slot"].contains(column) {
            for (operation, error) in calls_by_key(c, &bad) {
                assert_told::<E>(operation, column, error);
            }
        }
        if *column == "label" {
            let error = c.readings().find_by_label(&bad.label).err();
            assert_told::<E>(Operation::Find, column, error);
        }
        assert_eq!(c.readings().count().expect("it goes on"), 0);
        c.transaction(|tx| {
            for (operation, error) in calls(tx, &bad) {
                assert_told::<E>(operation, column, error);
            }
            tx.readings().insert(good(14)).map(drop)
        })
        .expect("nothing of it has failed");
        assert!(c.readings().delete(id(&good(14))).expect("it is there"));
    }
}

/// Values that are not refused are stored as they were given.
fn keeps_rounded<E>(c: &mut Connection<E>) -> bindery::Result<()>
where
    E: StaticEngine + Hosts<model::Reading>,
{
    for number in 0..200_u32 {
        let mut row = good(number.into());
        let hundredths = f64::from(number) * 499.0;
        row.level = hundredths / 100.0;
        row.share = (number as f32 * 4.0 - 400.0) / 1000.0;
        let stored = c.readings().insert(row.clone())?;
        assert_eq!((stored.level, stored.share), (row.level, row.share));
        let read = c.readings().get(id(&row))?;
        assert_eq!((read.level, read.share), (row.level, row.share));
    }
    let below = NewReading {
        level: -0.29,
        ..good(200)
    };
    let stored = c.readings().insert(below)?.level;
    assert!((stored + 0.29).abs() < f64::EPSILON, "{stored}");
    Ok(())
}

/// Covers ERR-02, GEN-1.
#[test]
fn err_02_a_refused_value_is_told_with_its_column() -> bindery::Result<()> {
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    refuses(
        &mut db.lite()?,
        &[NAN, LARGE_NUMBER, FINER, FINER_BELOW_ZERO, FINER_SINGLE],
    );
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        refuses(&mut db.p()?, &[NUL, NUL_IN_NOTE, FINER, FINER_SINGLE]);
    }
    let spoilt = [
        NAN,
        INFINITE,
        LARGE_TEXT,
        FINER,
        FINER_BELOW_ZERO,
        FINER_SINGLE,
    ];
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        refuses(&mut db.default()?, &spoilt);
        keeps_rounded(&mut db.default()?)?;
    }
    if bench.mysql.is_some() {
        db.create_missing_on(engine::Proper)?;
        refuses(&mut db.proper()?, &spoilt);
        keeps_rounded(&mut db.proper()?)?;
    }
    Ok(())
}

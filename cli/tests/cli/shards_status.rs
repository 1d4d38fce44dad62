//! Sets of shards in `bindery status` and `bindery doctor`: maps, and moves of slots that were killed, with what to type.

use std::thread;
use std::time::Duration;

use bindery_cases::sharded::engine::{Default, S2, S3};
use bindery_cases::sharded::{Databases, NewOrder, Tables as _, order};
use bindery_testkit::Watchdog;
use serde_json::Value;

use super::shards::World;
use super::status::rows;
use super::support::{Project, holds, wait_until};

/// The rows about shards on an engine, as `level: text`.
fn said(shown: &Value, engine: &str) -> Vec<String> {
    let rows = rows(shown, engine, "shards").into_iter();
    let text = |row: &Value, key: &str| row[key].as_str().expect("a text").to_owned();
    rows.map(|row| format!("{}: {}", text(row, "level"), text(row, "text")))
        .collect()
}

/// The commands of a hint, without the program's name.
fn commands(shown: &Value, engine: &str) -> Vec<String> {
    let hints = rows(shown, engine, "shards");
    let hints = hints.iter().filter_map(|row| row["hint"].as_str());
    let quoted = hints.flat_map(|hint| hint.split('`').skip(1).step_by(2));
    quoted
        .map(|command| command.trim_start_matches("bindery ").to_owned())
        .collect()
}

fn status(project: &Project) -> (Option<i32>, Value) {
    let outcome = project.run("status --format json");
    (outcome.code, outcome.json())
}

/// Whether writers of slots of the set on `s0` have to wait.
fn are_closed(project: &Project, set: &str) -> bool {
    let file = rusqlite::Connection::open(project.path("s0.db")).expect("a database file");
    file.busy_timeout(Duration::from_secs(20))
        .expect("a setting");
    let sql = "SELECT slots LIKE '%l%' FROM _bindery_shard_fences WHERE shards = ?1";
    file.query_row(sql, [set], |row| row.get(0))
        .unwrap_or(false)
}

/// Covers REG-06, DIST-08: maps on a file, PostgreSQL and MySQL or MariaDB; moves that are killed when they are begun.
#[test]
fn dist_08_a_move_that_was_killed_is_reported_with_what_ends_it() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("moves in status", Duration::from_secs(300));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let (project, db) = (&world.project, world.program());
    let (code, shown) = status(project);
    assert_eq!(code, Some(2), "{shown}");
    assert_eq!(
        said(&shown, "default"),
        [
            "error: `customers`, version 0 of its map: 0 on s0, 0 on s1, 0 on s2, 0 on s3; 1024 slots on none"
        ]
    );
    for (engine, set) in [
        ("default", "customers"),
        ("s2", "devices"),
        ("s3", "accounts"),
    ] {
        assert_eq!(commands(&shown, engine), [format!("shards divide {set}")]);
        project.run(&commands(&shown, engine)[0]).good();
    }
    let (code, shown) = status(project);
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(
        said(&shown, "s3"),
        ["ok: `accounts`, version 1 of its map: 16 on s0, 16 on s1, 16 on s2, 16 on s3"]
    );
    is_reported(
        &world,
        (Default, "customers"),
        (|db| db.customers_shards().moving(), "0..64"),
    )?;
    is_reported(
        &world,
        (S2, "devices"),
        (|db| db.devices_shards().moving(), "0..2"),
    )?;
    is_reported(
        &world,
        (S3, "accounts"),
        (|db| db.accounts_shards().moving(), "0..8"),
    )?;
    drop(db);
    Ok(())
}

type IsMoving = fn(&Databases) -> bindery::Result<Option<bindery::shards::ShardMove>>;

/// A move is killed, seen beside one at work, undone, begun again, and gone on with.
fn is_reported<E: bindery::Engine>(
    world: &World,
    (map, set): (E, &str),
    (moving, slots): (IsMoving, &str),
) -> bindery::Result<()> {
    let (project, db) = (&world.project, world.program());
    let command = format!("shards move {set} {slots} s1");
    let kill = || {
        let running = project.start(&command);
        wait_until(|| moving(&db).is_ok_and(|moving| moving.is_some()));
        drop(running);
    };
    let way =
        format!("`{set}`: slots {slots} are on their way from s0 to s1, their rows are copied by");
    for undoes in [true, false] {
        kill();
        {
            let lock = db.registry().lock_named(map, &format!("slots of {set}"))?;
            let (code, shown) = status(project);
            assert_eq!(
                said(&shown, map.name())[1],
                format!("ok: {way} a command at work")
            );
            assert_eq!(code, Some(0), "{shown}");
            drop(lock);
        }
        let (code, shown) = status(project);
        assert_eq!(
            said(&shown, map.name())[1],
            format!("warning: {way} no command any more")
        );
        assert_eq!(code, Some(1), "{shown}");
        let checked = project.run("doctor --format json").json();
        assert_eq!(said(&checked, map.name()), said(&shown, map.name()));
        let [go_on, undo] = &commands(&shown, map.name())[..] else {
            panic!("{shown}");
        };
        assert_eq!([go_on, undo], [&command, &format!("shards cancel {set}")]);
        project.run(if undoes { undo } else { go_on }).good();
        assert_eq!(status(project).0, Some(0));
    }
    Ok(())
}

/// Covers DIST-08: killed while writers wait, and when the map is changed already: the command that is named ends it.
#[test]
fn dist_08_a_move_that_has_writers_wait_is_an_error() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("writers in status", Duration::from_secs(300));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let (project, db) = (&world.project, world.program());
    for set in ["customers", "devices", "accounts"] {
        project.run(&format!("shards divide {set}")).good();
    }
    for tenant_id in 0..100 {
        let rows = (0..200).map(|id| NewOrder::new(order::Required { tenant_id, id }));
        db.customers_shard(tenant_id)?.orders().insert_many(rows)?;
    }
    let before = world.orders(&db)?.len();
    let mut running = project.start("shards move customers 0..256 s2");
    wait_until(|| are_closed(project, "customers") || !running.is_running());
    drop(running);
    let (code, shown) = status(project);
    let way = "`customers`: slots 0..256 are on their way from s0 to s2";
    assert_eq!(
        said(&shown, "default")[1],
        format!(
            "error: {way}, their rows are copied by no command any more; those who write them wait"
        )
    );
    assert_eq!(code, Some(2), "{shown}");
    // As it is printed, with what to type.
    let printed = project.run("status --engine default").results;
    holds(
        &printed,
        &[
            "error      shards on default: ",
            "go on: `bindery shards move customers 0..256 s2`, or undo it",
        ],
    );

    let mut running = project.start(&commands(&shown, "default")[0]);
    let has_switched = || {
        let moving = db.customers_shards().moving();
        moving.is_ok_and(|moving| {
            moving.is_some_and(|it| it.stage == bindery::shards::MoveStage::Moved)
        })
    };
    while running.is_running() && !has_switched() {
        thread::sleep(Duration::from_millis(1));
    }
    drop(running);
    let (code, shown) = status(project);
    assert_eq!(
        said(&shown, "default")[1],
        format!(
            "warning: {way}, the map has them there, and their rows are removed where they were by no command any more"
        )
    );
    assert_eq!(code, Some(1), "{shown}");
    let refused = project.run("shards cancel customers").failed();
    holds(
        &refused,
        &[
            "on their target already",
            "go on: `bindery shards move customers 0..256 s2`",
        ],
    );
    assert_eq!(
        commands(&shown, "default"),
        ["shards move customers 0..256 s2"]
    );
    project.run(&commands(&shown, "default")[0]).good();
    let (code, shown) = status(project);
    assert_eq!(
        said(&shown, "default"),
        ["ok: `customers`, version 2 of its map: 0 on s0, 256 on s1, 512 on s2, 256 on s3"]
    );
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(world.orders(&db)?.len(), before);
    Ok(())
}

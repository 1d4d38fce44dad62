//! Recorded changes of servers that crash while programs write.

use std::sync::atomic::{AtomicUsize, Ordering};

use bindery_testkit::{Server, ServerOptions, Shutdown};

use super::*;

/// Writes until the server is gone, and counts the transactions that were answered.
fn write_until_gone<E: Any>(db: &Databases, base: i64, answered: &AtomicUsize) {
    let outcome = db.connect(E::default()).and_then(|mut notes| {
        for at in base.. {
            notes.transaction(|tx| {
                tx.notes().insert(new_note(at, "written"))?;
                if at % 3 == 0 {
                    let before = tx
                        .notes()
                        .filter(note::id.eq(NoteId::on(E::default(), at - 1)));
                    before.update(note::body.set_to(format!("by {at}")))?;
                }
                if at % 5 == 0 {
                    tx.notes()
                        .filter(note::id.eq(NoteId::on(E::default(), at - 4)))
                        .delete()?;
                }
                Ok(())
            })?;
            answered.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    });
    assert!(outcome.is_err(), "it writes until the server is gone");
}

fn survive<E: Any>(options: ServerOptions) -> bindery::Result<()> {
    let _watchdog = Watchdog::start("crashes under load", Duration::from_secs(1_800));
    let Some(mut server) = options.durable(true).start_or_skip() else {
        return Ok(());
    };
    let url = server.database("captured").expect("a database");
    let mut config = Config::new().engine("default", "sqlite::memory:");
    for (name, elsewhere) in [
        ("m", "mysql://a@127.0.0.1:9/a"),
        ("p", "postgres://a@127.0.0.1:9/a"),
    ] {
        let is_it = name == E::default().name();
        config = config.engine(name, if is_it { url.as_str() } else { elsewhere });
    }
    let db = Databases::with_config(&config)?;
    db.create_missing_on(E::default())?;
    let mut position = db.registry().changes::<Note<E>>().now()?;
    let mut copy = BTreeMap::new();
    let rounds = if is_full_run() { 50 } else { 2 };
    for round in 0..rounds {
        let answered = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for writer in 0..3 {
                let (db, answered) = (&db, &answered);
                scope.spawn(move || {
                    write_until_gone::<E>(db, (round * 3 + writer) * 1_000_000 + 10, answered);
                });
            }
            while answered.load(Ordering::Relaxed) < 60 {
                std::thread::yield_now();
            }
            server.go_down(Shutdown::Crash);
        });
        server.come_back().expect("it starts again");
        position = replayed::<E>(&db, position, &mut copy)?;
        assert_eq!(copy, stored::<E>(&db)?, "round {round}");
        let mut source = db.connect(E::default())?;
        let mut count = |operation: &str| -> bindery::Result<i64> {
            let sql =
                format!("SELECT count(*) FROM _bindery_changes WHERE operation = '{operation}'");
            source.query_scalar(bindery::Sql::assembled(sql), ())
        };
        let left = count("I")? - count("D")?;
        assert_eq!(
            usize::try_from(left).expect("not less than none"),
            copy.len()
        );
    }
    Ok(())
}

/// Covers CDC-1 on PostgreSQL: the server is killed under load.
/// In full: 50 crashes of the server.
#[test]
fn cdc_01_changes_are_those_of_the_table_after_crashes_of_postgres() -> bindery::Result<()> {
    survive::<engine::P>(Server::postgres())
}

/// Covers CDC-1 on MariaDB: the server is killed under load.
/// In full: 50 crashes of the server.
#[test]
fn cdc_01_changes_are_those_of_the_table_after_crashes_of_mariadb() -> bindery::Result<()> {
    survive::<engine::M>(Server::mysql())
}

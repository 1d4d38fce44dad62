//! Options of groups: isolation, only reading, one deadline over all engines, and the closure that is run again as a whole.

use super::*;
use crate::{Isolation, RetryPolicy};

const PG_MARIA: usize = 0;
const THREE: usize = 6;

fn query_text(tx: &mut Tx, at: usize, sql: &str) -> Result<String> {
    let link = &mut tx.connection(At(at))?.link;
    let mut found = String::new();
    link.call(Operation::Count, |link| {
        link.ready()?.query(sql, &mut |_| (), &mut |row| {
            found = row.next()?;
            Ok(true)
        })
    })?;
    Ok(found)
}

#[test]
fn options_of_a_group_hold_on_all_of_its_engines() {
    let _watchdog = Watchdog::start("atomic options", PATIENCE);
    let Some(world) = World::start("options") else {
        return;
    };
    isolation_holds_on_all(&world);
    what_only_reads_writes_nowhere(&world);
    one_deadline_is_for_all(&world);
    a_conflict_runs_the_closure_again(&world);
}

fn isolation_holds_on_all(world: &World) {
    let group = &GROUPS[THREE];
    let id = world.next();
    let options = AtomicOptions::new().isolation(Isolation::Serializable);
    let outcome = world.db.run_atomic(group, options, |tx: &mut Tx| {
        group.engines.iter().try_for_each(|at| tx.insert(*at, id))?;
        let of_maria = "SELECT trx_isolation_level FROM information_schema.innodb_trx \
             WHERE trx_mysql_thread_id = CONNECTION_ID()";
        Ok([
            query_text(tx, PG, "SHOW transaction_isolation")?,
            query_text(tx, MARIA, of_maria)?,
        ])
    });
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    let levels = outcome.stored().unwrap().map(|it| it.to_lowercase());
    assert_eq!(levels, ["serializable", "serializable"]);
}

fn what_only_reads_writes_nowhere(world: &World) {
    let options = AtomicOptions::new().read_only();
    for group in GROUPS {
        let decided = world.decisions_of_all();
        let outcome = world.db.run_atomic(group, options, |tx: &mut Tx| {
            group
                .engines
                .iter()
                .try_for_each(|at| tx.count(*at).map(drop))
        });
        assert!(
            is_committed_everywhere(&outcome),
            "{}: {outcome:?}",
            group.name
        );
        for &at in group.engines {
            let id = world.next();
            let write = |tx: &mut Tx| tx.insert(at, id);
            let error = world
                .db
                .run_atomic(group, options, write)
                .stored()
                .unwrap_err();
            assert_eq!(
                error.kind(),
                &ErrorKind::ReadOnly,
                "{}: {error}",
                group.name
            );
            assert!(world.found(group, id).iter().all(|found| !found));
        }
        assert_eq!(world.decisions_of_all(), decided, "{}", group.name);
    }
}

fn one_deadline_is_for_all(world: &World) {
    let group = &GROUPS[THREE];
    let options = AtomicOptions::new().deadline(Duration::from_millis(500));
    for (at, slow) in [(PG, "SELECT pg_sleep(60)"), (MARIA, "SELECT sleep(60)")] {
        let id = world.next();
        let outcome = world.db.run_atomic(group, options, |tx: &mut Tx| {
            group.engines.iter().try_for_each(|at| tx.insert(*at, id))?;
            tx.write(at, slow)
        });
        let error = outcome.stored().unwrap_err();
        assert!(error.is_timeout(), "{error}");
        assert!(world.found(group, id).iter().all(|found| !found));
    }
    // It passes between two statements, of which each has time enough.
    let id = world.next();
    let outcome = world.db.run_atomic(group, options, |tx: &mut Tx| {
        tx.insert(FILE, id)?;
        std::thread::sleep(Duration::from_millis(600));
        tx.insert(PG, id)
    });
    let error = outcome.stored().unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(world.found(group, id).iter().all(|found| !found));
    assert_eq!(world.prepared(), 0);
}

fn a_conflict_runs_the_closure_again(world: &World) {
    let group = &GROUPS[PG_MARIA];
    for (dialect, conflict) in IN_THE_WAY {
        let at = if dialect == Dialect::Postgres {
            PG
        } else {
            MARIA
        };
        let (id, mut runs) = (world.next(), 0);
        let retry = (RetryPolicy::default(), AtomicOptions::new());
        let outcome = world.db.retry_atomic(group, retry, |tx: &mut Tx| {
            runs += 1;
            group.engines.iter().try_for_each(|at| tx.insert(*at, id))?;
            match runs {
                1 | 2 => tx.write(at, conflict),
                _ => Ok(()),
            }
        });
        assert!(is_committed_everywhere(&outcome), "{conflict}: {outcome:?}");
        assert_eq!(runs, 3, "{conflict}");
        assert!(world.found(group, id).iter().all(|found| *found));
    }
    let (id, mut runs) = (world.next(), 0);
    let retry = RetryPolicy::default()
        .attempts(2)
        .backoff(Duration::ZERO, Duration::ZERO);
    let outcome: AtomicOutcome<()> =
        world
            .db
            .retry_atomic(group, (retry, AtomicOptions::new()), |tx: &mut Tx| {
                runs += 1;
                tx.insert(MARIA, id)?;
                tx.write(PG, IN_THE_WAY[0].1)
            });
    let error = outcome.stored().unwrap_err();
    assert_eq!((error.kind(), runs), (&ErrorKind::Conflict, 2), "{error}");
    let mut runs = 0;
    let retry = (RetryPolicy::default(), AtomicOptions::new());
    let outcome: AtomicOutcome<()> = world.db.retry_atomic(group, retry, |tx: &mut Tx| {
        runs += 1;
        tx.insert(MARIA, id)?;
        Err(Error::new(ErrorKind::NotFound))
    });
    assert_eq!(
        (outcome.stored().unwrap_err().kind(), runs),
        (&ErrorKind::NotFound, 1)
    );
    assert!(world.found(group, id).iter().all(|found| !found));
    assert_eq!(world.prepared(), 0);
}

impl World {
    fn decisions_of_all(&self) -> u64 {
        // The tables are made with the first group of a home.
        [FILE, MARIA, PG]
            .into_iter()
            .map(|at| self.decided(at))
            .sum()
    }

    fn decided(&self, at: usize) -> u64 {
        let has_tables = self.on(at, |it| it.table_exists(None, "_bindery_decisions"));
        if has_tables { self.decisions(at) } else { 0 }
    }
}

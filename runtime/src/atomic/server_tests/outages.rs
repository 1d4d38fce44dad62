//! Engines that are lost and come back while a transaction is being committed.

use std::cell::Cell;
use std::rc::Rc;

use bindery_testkit::{Direction, Fault, FaultProxy, Shutdown};

use super::*;
use crate::atomic::failpoint;

const FILE_PG: usize = 4;
const FILE_MARIA: usize = 5;
const PG_MARIA: usize = 0;

fn writes_all<'g>(group: &'g AtomicGroup, id: u32) -> impl FnOnce(&mut Tx) -> Result<()> + 'g {
    move |tx| group.engines.iter().try_for_each(|at| tx.insert(*at, id))
}

/// While it is down, its homes list what it has to commit.
///
/// Covers 2PC-3, REC-4 on PostgreSQL, MariaDB.
#[test]
fn atom_07_an_engine_that_is_lost_after_the_decision_is_pending_until_it_is_back() {
    let _watchdog = Watchdog::start("atomic outages", PATIENCE);
    let Some(world) = World::start("outages") else {
        return;
    };
    for (group, engine) in [(FILE_PG, "pg"), (FILE_MARIA, "maria")] {
        let group = &GROUPS[group];
        let id = world.next();
        let servers = Arc::clone(&world.servers);
        let of = move |servers: &Servers| match engine {
            "pg" => servers.0.lock().unwrap().go_down(Shutdown::Crash),
            _ => servers.1.lock().unwrap().go_down(Shutdown::Crash),
        };
        failpoint::at("before:CommitPrepared", move || of(&servers));
        let outcome = world.run(group, writes_all(group, id));
        let AtomicOutcome::Committed { pending, .. } = outcome else {
            panic!("{engine}: {outcome:?}");
        };
        assert_eq!(pending, [engine]);
        let meanwhile = world.recover();
        assert!(!meanwhile.is_clean(), "{meanwhile:?}");
        let options = RecoverOptions::new().dry_run().engine(engine);
        let listed = world.db.recover_groups(GROUPS, &options);
        let awaited: Vec<_> = listed.in_doubt().collect();
        let [awaited] = awaited[..] else {
            panic!("{listed:?}");
        };
        assert_eq!((awaited.engine, &*awaited.group), (engine, group.name));
        assert_eq!(awaited.fate, BranchState::Awaited);
        assert!(awaited.age.is_some_and(|age| age < PATIENCE), "{awaited:?}");
        let come_back = |server: &Mutex<Server>| server.lock().unwrap().come_back().unwrap();
        match engine {
            "pg" => come_back(&world.servers.0),
            _ => come_back(&world.servers.1),
        }
        let again = world.recover();
        let fates: Vec<_> = again
            .branches
            .iter()
            .map(|it| (it.engine, it.fate))
            .collect();
        assert_eq!(fates, [(engine, BranchState::Committed)]);
        assert!(
            world.found(group, id).iter().all(|found| *found),
            "{engine}"
        );
        assert_eq!(world.prepared(), 0);
    }
}

/// The answer to the decision is lost, and until its program looks again others have finished the transaction and forgotten the
/// decision. Nothing says then what became of it, so that is what the program is told.
///
/// Covers 2PC-2 on PostgreSQL.
#[test]
fn a_decision_that_was_forgotten_is_not_taken_for_a_rollback() {
    let _watchdog = Watchdog::start("atomic forgotten", PATIENCE);
    let Some(world) = World::start("forgotten") else {
        return;
    };
    let group = &GROUPS[PG_MARIA];
    let proxy = Rc::new(FaultProxy::start(&world.urls[PG]).expect("a proxy"));
    let mut urls = world.urls.clone();
    urls[PG] = proxy.url().to_owned();
    let id = world.next();
    let (world, is_forgotten) = (Rc::new(world), Rc::new(Cell::new(false)));
    let cut = Rc::clone(&proxy);
    failpoint::at("before:CommitHome", move || {
        cut.set(Fault::CutBeforePattern {
            direction: Direction::ToClient,
            pattern: b"COMMIT".to_vec(),
        });
    });
    let (heal, others, done) = (proxy, Rc::clone(&world), Rc::clone(&is_forgotten));
    failpoint::at("before:ReadDecision", move || {
        heal.heal();
        assert!(others.recover().is_clean());
        assert_eq!(others.forget(), 1);
        done.set(true);
    });
    let outcome = open(&urls).run_atomic(group, AtomicOptions::new(), writes_all(group, id));
    assert!(is_forgotten.get(), "{outcome:?}");
    assert!(world.found(group, id).iter().all(|found| *found));
    let AtomicOutcome::Unknown(doubt) = outcome else {
        panic!("it is stored: {outcome:?}");
    };
    assert!(matches!(
        doubt.resolve(Duration::from_secs(1)),
        AtomicOutcome::<(), Error>::Unknown(_)
    ));
    assert_eq!(world.decisions(PG), 0, "no abort is written");
}

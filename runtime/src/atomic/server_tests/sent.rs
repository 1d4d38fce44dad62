//! Engines that fail while they are at work on a request whose answer is not read yet.

use std::time::Instant;

use bindery_testkit::Shutdown;

use super::*;
use crate::atomic::failpoint;
use crate::driver::prepared::Gid;

const THREE: usize = 6;

fn writes_all<'g>(group: &'g AtomicGroup, id: u32) -> impl FnOnce(&mut Tx) -> Result<()> + 'g {
    move |tx| group.engines.iter().try_for_each(|at| tx.insert(*at, id))
}

/// Recovers until nothing is in doubt; a server may be done with a request only after its client is gone.
fn recover_all(world: &World) {
    let until = Instant::now() + Duration::from_secs(60);
    while !world.recover().is_clean() || world.prepared() > 0 {
        assert!(Instant::now() < until, "{:?}", world.recover());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Covers 2PC-3, 2PC-4 on PostgreSQL and MariaDB.
#[test]
fn engines_that_fail_between_a_request_and_its_answer_split_nothing() {
    let _watchdog = Watchdog::start("atomic requests", PATIENCE);
    let Some(world) = World::start("sent") else {
        return;
    };
    answers_that_came_are_read_after_their_deadline(&world);
    let mut world = world;
    for place in ["sent:Prepare", "sent:CommitPrepared"] {
        for victim in [PG, MARIA] {
            a_server_that_crashes_splits_nothing(&mut world, place, victim);
        }
    }
}

/// While another engine was waited for, the time of this one ended.
fn answers_that_came_are_read_after_their_deadline(world: &World) {
    for at in [PG, MARIA] {
        let mut link = world.db.engines[at].pool.acquire().unwrap();
        let gid = Gid::new(&format!("bnd1:late.x:1:late.{at}")).expect("it is short");
        link.protocol(|physical| {
            physical.enlist(&gid);
            physical.begin_with(&crate::driver::TransactionOptions::new())?;
            physical.batch(&format!("INSERT INTO t (id) VALUES ({})", world.next()))?;
            physical.set_bound(Instant::now().checked_add(Duration::from_millis(500)));
            physical.send_prepare(&gid)?;
            std::thread::sleep(Duration::from_secs(2));
            assert!(physical.read_prepare(&gid)?);
            physical.set_bound(Instant::now().checked_add(Duration::from_millis(500)));
            physical.send_finish(&gid, true)?;
            std::thread::sleep(Duration::from_secs(2));
            assert!(physical.read_finish()?);
            physical.set_bound(None);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{}: {error}", PROGRAM.engines[at].name()));
    }
}

fn a_server_that_crashes_splits_nothing(world: &mut World, place: &'static str, victim: usize) {
    let (group, id) = (&GROUPS[THREE], world.next());
    let servers = Arc::clone(&world.servers);
    failpoint::at(place, move || {
        let server = if victim == PG { &servers.0 } else { &servers.1 };
        let mut server = server.lock().unwrap();
        server.go_down(Shutdown::Crash);
        server.come_back().unwrap();
    });
    let outcome = world.run(group, writes_all(group, id));
    // Connections of before are lost.
    world.db = open(&world.urls);
    recover_all(world);
    let found = world.found(group, id);
    let said = format!(
        "{place} {}: {outcome:?}, {found:?}",
        PROGRAM.engines[victim].name()
    );
    match outcome {
        AtomicOutcome::Committed { .. } => assert!(found.iter().all(|found| *found), "{said}"),
        AtomicOutcome::RolledBack { .. } => assert!(found.iter().all(|found| !found), "{said}"),
        AtomicOutcome::Unknown(_) => panic!("the home is a file: {said}"),
    }
    assert!(place == "sent:Prepare" || found[0], "{said}");
}

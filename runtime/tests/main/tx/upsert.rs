//! Two sessions of PostgreSQL that upsert the same row at the same time, where one meets the other in a unique key that
//! is not the upsert's: neither gets a conflict that is none.

use std::thread;
use std::time::Duration;

use bindery::Connection;
use bindery_testkit::Watchdog;

use super::place::TestDatabase;
use crate::sample::engine::Postgres;
use crate::sample::{Member, MemberQueries, NewLog, NewMember, Tables};

const PATIENCE: Duration = Duration::from_secs(120);

/// Indexes are filled in the order they were made: `user_id`, then one that blocks while another transaction has
/// written a log, then `email`.
const SLOW_INDEX: &str = "
    CREATE FUNCTION slow(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
        $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN $1; END $$;
    ALTER TABLE members DROP CONSTRAINT members_email_key;
    CREATE INDEX members_slow ON members (slow(email));
    ALTER TABLE members ADD UNIQUE (email);
    CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END $$;
    CREATE TRIGGER gate BEFORE INSERT ON logs FOR EACH ROW EXECUTE FUNCTION gate()";

/// An upsert, alone or in a transaction that does something else too.
type Upsert = fn(&mut Connection<Postgres>, &str) -> bindery::Result<Member<Postgres>>;

fn row(nick: &str) -> NewMember {
    NewMember::new(1, "ann@example.org").nick(nick)
}

const UPSERTS: [(&str, Upsert); 2] = [
    ("alone", |c, nick| c.members().upsert_by_email(row(nick))),
    ("in a transaction", |c, nick| {
        c.transaction(|tx| {
            super::add(tx, nick)?;
            tx.members().upsert_by_email(row(nick))
        })
    }),
];

/// Waits until this number of sessions of this database wait for a lock.
fn until_waiting(place: &TestDatabase, sessions: &str) {
    let TestDatabase::Server(database) = place else {
        return;
    };
    let sql = "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while database.answer(sql).unwrap().trim() != sessions {
        thread::yield_now();
    }
}

#[test]
fn qry_07_two_upserts_that_meet_in_another_key() {
    let _watchdog = Watchdog::start("qry_07_two_upserts_that_meet", PATIENCE);
    let Some(database) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let place = TestDatabase::Server(database);
    let db = &place.open(Postgres);
    place.run(SLOW_INDEX);
    for (what, upsert) in UPSERTS {
        let mut keeper = db.connect(Postgres).unwrap();
        let mut gate = keeper.begin().unwrap();
        gate.logs().insert(NewLog::new("shut")).unwrap();
        let upsert = |nick: &'static str| move || upsert(&mut db.connect(Postgres).unwrap(), nick);
        thread::scope(|scope| {
            let first = scope.spawn(upsert("first"));
            until_waiting(&place, "1");
            let second = scope.spawn(upsert("second"));
            until_waiting(&place, "2");
            gate.rollback().unwrap();
            for session in [first, second] {
                session.join().unwrap().expect(what);
            }
        });
        let mut c = db.connect(Postgres).unwrap();
        let members = c.members().all().unwrap();
        let nicks: Vec<_> = members.iter().map(|row| row.nick.as_deref()).collect();
        assert_eq!(nicks, [Some("second")], "{what}");
        assert!(c.members().delete(members[0].id).unwrap());
    }
}

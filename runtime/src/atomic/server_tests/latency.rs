//! How long a group takes beside the same statements by hand, and beside one engine: `cargo xtask bench --atomic`.

use std::time::Instant;

use super::*;
use crate::driver::Physical;
use crate::link::Link;

/// How many transactions of each kind are measured.
const ROUNDS: &str = "BINDERY_TEST_LATENCY_ROUNDS";
const FEW: u32 = 5;

/// A transaction over some engines, and how it is committed.
type Round<'r> = Box<dyn FnMut(u32) + 'r>;

/// A line of the table.
struct Row<'r> {
    title: String,
    run: Round<'r>,
    times: Vec<Duration>,
}

impl<'r> Row<'r> {
    fn new(title: impl Into<String>, run: impl FnMut(u32) + 'r) -> Self {
        Self {
            title: title.into(),
            run: Box::new(run),
            times: Vec::new(),
        }
    }

    fn median(&mut self) -> Duration {
        self.times.sort_unstable();
        self.times[self.times.len() / 2]
    }
}

/// Connections that a program would hold to do it by hand.
struct ByHand {
    links: Vec<(usize, Link)>,
    home: usize,
}

impl ByHand {
    fn new(world: &World, engines: &[usize], home: usize) -> Self {
        let link = |at: &usize| (*at, world.db.engines[*at].pool.acquire().unwrap());
        Self {
            links: engines.iter().map(link).collect(),
            home,
        }
    }

    fn each(&mut self, text: impl Fn(usize, Dialect) -> Vec<String>) {
        for (at, link) in &mut self.links {
            let statements = text(*at, PROGRAM.engines[*at].dialect);
            let run = |it: &mut Physical| statements.iter().try_for_each(|sql| it.batch(sql));
            link.protocol(run).unwrap();
        }
    }

    /// Each phase on one engine after the other, as programs that have no threads for it do.
    fn commit(&mut self, id: u32) {
        let home = self.home;
        let is_xa = |at: usize, dialect| at != home && dialect == Dialect::Mysql;
        self.each(|at, dialect| {
            let begin = match is_xa(at, dialect) {
                true => format!("XA START 'hand{id}'"),
                false => "BEGIN".to_owned(),
            };
            vec![begin, format!("INSERT INTO t (id) VALUES ({id})")]
        });
        self.each(|at, dialect| match (at == home, dialect) {
            (true, _) | (false, Dialect::Sqlite) => Vec::new(),
            (false, Dialect::Mysql) => {
                vec![
                    format!("XA END 'hand{id}'"),
                    format!("XA PREPARE 'hand{id}'"),
                ]
            }
            (false, Dialect::Postgres) => vec![format!("PREPARE TRANSACTION 'hand{id}'")],
        });
        self.each(|at, _| match at == home {
            true => vec![
                format!("INSERT INTO decided VALUES ({id})"),
                "COMMIT".to_owned(),
            ],
            false => Vec::new(),
        });
        self.each(|at, dialect| match (at == home, dialect) {
            (true, _) | (false, Dialect::Sqlite) => Vec::new(),
            (false, Dialect::Mysql) => vec![format!("XA COMMIT 'hand{id}'")],
            (false, Dialect::Postgres) => vec![format!("COMMIT PREPARED 'hand{id}'")],
        });
    }

    fn plain(&mut self, id: u32) {
        self.each(|_, _| {
            let insert = format!("INSERT INTO t (id) VALUES ({id})");
            vec!["BEGIN".to_owned(), insert, "COMMIT".to_owned()]
        });
    }
}

fn grouped<'w>(
    world: &'w World,
    group: &'static AtomicGroup,
    engines: &'w [usize],
) -> impl FnMut(u32) + 'w {
    move |id| {
        let outcome = world.run(group, |tx| {
            engines.iter().try_for_each(|at| tx.insert(*at, id))
        });
        assert!(
            is_committed_everywhere(&outcome),
            "{}: {outcome:?}",
            group.name
        );
    }
}

/// Rounds of all rows take turns, so that whatever else the machine does is in all of them.
fn measure(rows: &mut [Row<'_>], rounds: u32) {
    let mut id = 10_000_000;
    for round in 0..rounds + 2 {
        for row in rows.iter_mut() {
            id += 1;
            let started = Instant::now();
            (row.run)(id);
            if round >= 2 {
                row.times.push(started.elapsed());
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "the table of a long run")]
fn print(rows: &mut [Row<'_>]) {
    println!("| transaction | median in µs |\n|---|---|");
    for row in rows {
        let median = row.median().as_micros();
        println!("| {} | {median} |", row.title);
    }
}

/// All rows are run, some times; how fast they are is looked at in long runs.
#[test]
fn groups_and_the_same_by_hand_take_their_time() {
    let rounds = std::env::var(ROUNDS).ok();
    let rounds = rounds.and_then(|text| text.parse().ok()).unwrap_or(FEW);
    let _watchdog = Watchdog::start("atomic latency", PATIENCE);
    let Some(world) = World::start("latency") else {
        return;
    };
    for home in [FILE, MARIA, PG] {
        world.on(home, |it| {
            it.define("CREATE TABLE decided (id INTEGER PRIMARY KEY)")
        });
    }
    let mut rows = Vec::new();
    for (at, name) in [(FILE, "SQLite"), (PG, "PostgreSQL"), (MARIA, "MariaDB")] {
        let mut hand = ByHand::new(&world, &[at], at);
        rows.push(Row::new(format!("{name}, plain, by hand"), move |id| {
            hand.plain(id)
        }));
    }
    for (title, group, engines) in [
        ("group of 1 written: PostgreSQL", &GROUPS[0], &[PG][..]),
        ("group of 1 written: MariaDB as home", &GROUPS[1], &[MARIA]),
        (
            "group of 2: PostgreSQL, MariaDB as home",
            &GROUPS[1],
            &[PG, MARIA],
        ),
        (
            "group of 2: PostgreSQL as home, MariaDB",
            &GROUPS[0],
            &[PG, MARIA],
        ),
        (
            "group of 2: SQLite as home, PostgreSQL",
            &GROUPS[4],
            &[FILE, PG],
        ),
        (
            "group of 2: SQLite as home, MariaDB",
            &GROUPS[5],
            &[FILE, MARIA],
        ),
        (
            "group of 3: SQLite as home, PostgreSQL, MariaDB",
            &GROUPS[6],
            &[FILE, PG, MARIA],
        ),
    ] {
        rows.push(Row::new(title, grouped(&world, group, engines)));
        if engines.len() > 1 {
            let mut hand = ByHand::new(&world, engines, group.home);
            rows.push(Row::new(format!("{title}, by hand"), move |id| {
                hand.commit(id)
            }));
        }
    }
    measure(&mut rows, rounds);
    print(&mut rows);
}

//! How long a group takes beside the same statements by hand, and beside one engine: `cargo xtask bench --atomic`.

use std::collections::BTreeMap;
use std::time::Instant;

use super::*;
use crate::driver::Physical;
use crate::link::{Connection, Link};

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

    /// Prepared and committed, without a decision: a crash in between leaves it open.
    fn prepared(&mut self, id: u32) {
        let insert = format!("INSERT INTO t (id) VALUES ({id})");
        self.each(|_, dialect| match dialect {
            Dialect::Mysql => vec![
                format!("XA START 'hand{id}'"),
                insert.clone(),
                format!("XA END 'hand{id}'"),
                format!("XA PREPARE 'hand{id}'"),
                format!("XA COMMIT 'hand{id}'"),
            ],
            Dialect::Postgres | Dialect::Sqlite => vec![
                "BEGIN".to_owned(),
                insert.clone(),
                format!("PREPARE TRANSACTION 'hand{id}'"),
                format!("COMMIT PREPARED 'hand{id}'"),
            ],
        });
    }
}

fn grouped<'w>(
    world: &'w World,
    group: &'static AtomicGroup<'static>,
    engines: Vec<usize>,
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

/// A transaction on one engine, without a group.
fn plain(world: &World, at: usize) -> impl FnMut(u32) + '_ {
    move |id| {
        let link = world.db.engines[at].pool.acquire().unwrap();
        let mut connection = Connection::new(At(at), link);
        let insert = format!("INSERT INTO t (id) VALUES ({id})");
        let stored = connection.transaction(|tx| {
            let batch = |link: &mut Link| link.ready()?.batch(&insert);
            tx.link.call(Operation::Update, batch)
        });
        stored.unwrap();
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

/// A group that is measured, with the positions of its rows.
struct Compared {
    group: usize,
    by_hand: usize,
    /// Each of its branches, alone.
    alone: Vec<usize>,
    /// Each of its branches with the decision in the home.
    decided: Vec<usize>,
}

#[expect(clippy::print_stdout, reason = "the table of a long run")]
fn print(rows: &mut [Row<'_>], compared: &[Compared]) {
    let medians: Vec<u128> = rows
        .iter_mut()
        .map(|row| row.median().as_micros())
        .collect();
    println!("| transaction | median in µs |\n|---|---|");
    for (row, median) in rows.iter().zip(&medians) {
        println!("| {} | {median} |", row.title);
    }
    let slowest = |rows: &[usize]| rows.iter().map(|at| medians[*at]).max().unwrap_or(0).max(1);
    println!(
        "\n| group | by hand | its slowest engine with the decision | its slowest engine alone |\n|---|---|---|---|"
    );
    for one in compared {
        let ratio = |to: u128| {
            let hundredths = medians[one.group] * 100 / to;
            format!("{}.{:02}", hundredths / 100, hundredths % 100)
        };
        println!(
            "| {} | {} | {} | {} |",
            rows[one.group].title,
            ratio(slowest(&[one.by_hand])),
            ratio(slowest(&one.decided)),
            ratio(slowest(&one.alone))
        );
    }
}

/// The groups that are measured: by their positions, with a title and the engines that are written.
const MEASURED: [(&str, usize, &[usize]); 5] = [
    ("PostgreSQL, MariaDB as home", 1, &[PG, MARIA]),
    ("PostgreSQL as home, MariaDB", 0, &[PG, MARIA]),
    ("SQLite as home, PostgreSQL", 4, &[FILE, PG]),
    ("SQLite as home, MariaDB", 5, &[FILE, MARIA]),
    ("SQLite as home, PostgreSQL, MariaDB", 6, &[FILE, PG, MARIA]),
];

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
    let mut prepared = BTreeMap::new();
    for (at, name) in [(PG, "PostgreSQL"), (MARIA, "MariaDB")] {
        let mut hand = ByHand::new(&world, &[at], at);
        prepared.insert(at, rows.len());
        rows.push(Row::new(format!("{name}, prepared, by hand"), move |id| {
            hand.prepared(id)
        }));
    }
    for (title, group, engine) in [
        ("PostgreSQL", &GROUPS[0], PG),
        ("MariaDB as home", &GROUPS[1], MARIA),
    ] {
        let alone = format!("transaction of one engine: {title}");
        rows.push(Row::new(alone, plain(&world, engine)));
        let title = format!("group, one engine written: {title}");
        rows.push(Row::new(title, grouped(&world, group, vec![engine])));
    }
    let mut compared: Vec<Compared> = Vec::new();
    let mut pairs = BTreeMap::new();
    for (title, group, engines) in MEASURED {
        let group = &GROUPS[group];
        let at = rows.len();
        rows.push(Row::new(
            format!("group: {title}"),
            grouped(&world, group, engines.to_vec()),
        ));
        let mut hand = ByHand::new(&world, engines, group.home);
        rows.push(Row::new(format!("by hand: {title}"), move |id| {
            hand.commit(id)
        }));
        let branches = || engines.iter().filter(|at| **at != group.home);
        if let [branch] = branches().collect::<Vec<_>>()[..] {
            pairs.insert((group.home, *branch), at + 1);
        }
        compared.push(Compared {
            group: at,
            by_hand: at + 1,
            alone: branches().map(|branch| prepared[branch]).collect(),
            decided: branches()
                .map(|branch| pairs[&(group.home, *branch)])
                .collect(),
        });
    }
    measure(&mut rows, rounds);
    print(&mut rows, &compared);
}

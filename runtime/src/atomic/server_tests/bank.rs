//! Money that is moved between accounts on three engines by processes that are killed, and servers under them, and an auditor: the sum
//! never changes. A transfer is two or three amounts that add up to nothing, so one that is half done changes it.

use super::kills::{Endless, Random, Victim, number_of};
use super::*;

/// The seed of a process that moves money, and the databases, one to a line.
const TELLER: &str = "BINDERY_TEST_BANK_TELLER";

/// The number of audits, and their seed: `cargo xtask bank`.
const RUNS: &str = "BINDERY_TEST_BANK_RUNS";
const SEED: &str = "BINDERY_TEST_BANK_SEED";
const SHARE: u64 = 4;

const THREE: usize = 6;
const ENGINES: [usize; 3] = [FILE, MARIA, PG];
/// On each engine.
const ACCOUNTS: u64 = 8;
const BALANCE: i64 = 1_000;
const SUM: i64 = 3 * 8 * BALANCE;
const THREADS: u64 = 3;

/// A process that moves money until it is killed; nothing in a run of all tests.
#[test]
#[expect(
    clippy::print_stdout,
    reason = "the test that started this process reads it"
)]
fn teller() {
    let Ok(wanted) = std::env::var(TELLER) else {
        return;
    };
    let mut lines = wanted.lines().map(str::to_owned);
    let seed: u64 = lines.next().unwrap().parse().unwrap();
    let db = open(&lines.collect::<Vec<_>>());
    println!("begins");
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (db, random) = (&db, Random(seed.wrapping_mul(THREADS) + thread));
            scope.spawn(move || move_money(db, random));
        }
    });
}

#[expect(
    clippy::print_stdout,
    reason = "the test that started this process reads it"
)]
fn move_money(db: &Registry, mut random: Random) -> ! {
    let options = AtomicOptions::new().deadline(Duration::from_secs(20));
    loop {
        let transfer = transfer(&mut random);
        let outcome = db.run_atomic(&GROUPS[THREE], options, |tx: &mut Tx| {
            transfer.iter().try_for_each(|(at, account, amount)| {
                let sql =
                    format!("UPDATE accounts SET amount = amount + {amount} WHERE id = {account}");
                tx.write(*at, &sql)
            })
        });
        if outcome.is_committed() {
            println!("moved");
        }
    }
}

/// Amounts on two or three engines, in the order of the engines: two transfers that wait for each other would wait for
/// long, as no database sees both.
fn transfer(random: &mut Random) -> Vec<(usize, u64, i64)> {
    let left_out = random.below(4);
    let amounts = [random.below(50), random.below(50)].map(|it| i64::try_from(it).unwrap() + 1);
    let [first, second] = amounts;
    let shares = match left_out {
        0 => [0, first, -first],
        1 => [first, 0, -first],
        2 => [first, -first, 0],
        _ => [first, second, -first - second],
    };
    let all = ENGINES.into_iter().zip(shares);
    let moved = all.filter(|(_, amount)| *amount != 0);
    moved
        .map(|(at, amount)| (at, random.below(ACCOUNTS), amount))
        .collect()
}

impl World {
    fn open_accounts(&self) {
        let rows: Vec<String> = (0..ACCOUNTS)
            .map(|id| format!("({id}, {BALANCE})"))
            .collect();
        for at in ENGINES {
            self.on(at, |it| {
                it.define("CREATE TABLE accounts (id INTEGER PRIMARY KEY, amount BIGINT NOT NULL)")
            });
            let sql = format!(
                "INSERT INTO accounts (id, amount) VALUES {}",
                rows.join(", ")
            );
            self.on(at, |it| it.batch(&sql));
        }
    }

    /// The sum over all accounts of all engines.
    fn audit(&self) -> i64 {
        let of_engine = |at| {
            let mut sum = 0;
            self.on(at, |physical| {
                physical.query("SELECT amount FROM accounts", &mut |_| (), &mut |row| {
                    sum += row.next::<i64>()?;
                    Ok(true)
                })
            });
            sum
        };
        ENGINES.into_iter().map(of_engine).sum()
    }

    fn teller(&self, seed: u64) -> Endless {
        let wanted = format!("{seed}\n{}", self.urls.join("\n"));
        Endless::start("atomic::server_tests::bank::teller", &[(TELLER, &wanted)])
    }
}

/// Covers 2PC-1, 2PC-14: an auditor reads where nothing moves and nothing is in doubt, as no snapshot goes over several databases.
#[test]
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn atom_03_money_that_is_moved_over_three_engines_keeps_its_sum() {
    let (runs, seed) = (number_of(RUNS, SHARE), number_of(SEED, 1));
    let limit = PATIENCE.max(Duration::from_secs(runs * 20));
    let _watchdog = Watchdog::start("a bank", limit);
    let Some(mut world) = World::start("bank") else {
        return;
    };
    world.open_accounts();
    let mut random = Random(seed);
    let (mut moved, mut finished, mut crashes) = (0, 0, 0);
    for run in 0..runs {
        let tellers = [random.below(1 << 30), random.below(1 << 30)].map(|seed| world.teller(seed));
        std::thread::sleep(Duration::from_millis(100) + random.micros(200_000));
        let victim = match run % 4 {
            1 => Victim::Postgres,
            3 => Victim::Mysql,
            _ => Victim::Process,
        };
        world.crash(victim);
        for teller in tellers {
            moved += teller
                .kill()
                .lines()
                .filter(|line| *line == "moved")
                .count();
            std::thread::sleep(random.micros(20_000));
        }
        if victim != Victim::Process {
            crashes += 1;
            // Connections of before are lost.
            world.db = open(&world.urls);
        }
        finished += world.settled(seed, run);
        assert_eq!(world.audit(), SUM, "seed {seed}, audit {run}");
    }
    assert!(moved > 0, "seed {seed}: nothing was moved");
    println!(
        "{runs} audits with seed {seed}, {crashes} servers killed: {moved} transfers told, {finished} branches recovered, the sum was always {SUM}"
    );
}

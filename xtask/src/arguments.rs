//! The arguments after `cargo xtask`.

use std::num::NonZero;

/// The text of `cargo xtask help`.
pub(crate) const HELP: &str = "\
cargo xtask test [--newest] [--full] [--filter TEXT] [-- CARGO-ARGS]
    Starts private PostgreSQL and MariaDB servers, runs every test against SQLite, PostgreSQL and MariaDB, then the
    door crates under tests/doors and the quickstart, and stops the servers. As root on Debian it installs servers
    that are missing.
    --filter TEXT    only tests whose name contains TEXT
    -- CARGO-ARGS    for `cargo test`, in place of `--workspace --all-features`
    With either, only `cargo test` is run.
    --full           only the tests that have a full size, one after the other at that size, those first whose last run is
                     not known or longest ago, and writes the day and the time of each that passed to tests/full-runs.txt, of which docs/promises.md is made (with --newest it is not
                     written); takes hours, with --filter TEXT only these
    --newest         on PostgreSQL 18 and MySQL 9 in place of the system's servers; see below

cargo xtask servers up      start both servers for a working day and print how to use them (also with --newest)
cargo xtask servers env     print that again: eval \"$(cargo xtask servers env)\"
cargo xtask servers down    stop them and remove their data

cargo xtask corpus [--newest] [--only TEXT]
    Generates, compiles and runs a crate for each schema of the corpus (BINDERY_CORPUS names its folder), compares the
    databases made of the schemas with the originals, prints the table of all and writes it to docs/corpus.md.
    Runs on the servers that are up (`servers env`), else on private ones.
    --only TEXT      only schemas whose name contains TEXT (mysql-sakila); nothing is compared or written
    --newest         on PostgreSQL 18 and MySQL 9; the page is not written

cargo xtask fuzz [--target NAME] [--minutes N] [--seed N]
    Fuzzes one target, or all one after the other, for this number of minutes (10) from this seed (1): fuzz/ says which targets there are.
    Needs a compiler of C++. BINDERY_CORPUS may name a folder of schemas to begin with beside fuzz/seeds.

cargo xtask soak [--minutes N] [--seed N] [--threads N]
    Many threads (64) write to SQLite, PostgreSQL and MariaDB for this number of minutes (5), while servers crash and the
    network misbehaves; then every promise is checked against what is stored. Prints a summary, with the seed that
    repeats the plan; without --seed it is a new one.

cargo xtask simulate [--seeds N] [--from N] [--threads N] [--without RULE] [--tell SEED]
    Runs the decisions of atomic groups through this number of seeds (1000000), from this one (1), in a simulated world of lost, late
    and repeated messages, crashes and restarts, and checks that nothing splits. Needs no servers.
    --without RULE   leaves out a rule of the protocol: what goes wrong then?
    --tell SEED      everything that happens in one seed

cargo xtask split [--runs N] [--seed N] [--jobs N] [--release]
    Kills this number (1000) of processes at random while they commit atomic groups over PostgreSQL, MariaDB and SQLite, recovers
    after each, and checks that no transaction is stored on some engines only. The seed repeats the times.
    --jobs N         shares the runs among this number of worlds (1), each with servers of its own and the next seed
    --release        built for release, which kills several times as many in an hour

cargo xtask bank [--runs N] [--seed N]
    Moves money between accounts on PostgreSQL, MariaDB and SQLite by processes that are killed, and servers under them; after each
    of this number (1000) of kills recovers and checks that the sum has not changed. The seed repeats the times.

cargo xtask saga [--runs N] [--seed N]
    Kills this number (1000) of processes at random while they run sagas over PostgreSQL, MariaDB and SQLite, has a worker go on with
    what they left, and checks that each saga is finished or compensated, and no step done twice. The seed repeats the times.

cargo xtask migrations [--steps N] [--seed N] [--only sqlite|postgres|mysql]
    Changes a schema at random in this number (1000) of steps on each database, from this seed (1): writes each step as migrations,
    runs them with rows in the tables, compares the database with one that `create` makes, reverts them and compares again.
    Prints a summary. Runs on the servers that are up (`servers env`), else on private ones.

cargo xtask histories FOLDER [--only TEXT]
    Replays the upgrade scripts of applications, FOLDER/<sqlite|postgres|mysql>/<application>/<step>.sql: has bindery write each
    step anew, runs it with rows on the database of before, there, back and there again, compares the database with the one that
    the application's own script makes, and writes docs/histories.md. Fails where a server refuses what `check` passed, and where
    fewer than 95 of 100 steps are equal. Runs on the servers that are up (`servers env`), else on private ones.
    --only TEXT      only histories whose name contains TEXT (mysql/shop); the notes of others stay, so that a long run may be made
                     in pieces: the page is written once there are notes of all

cargo xtask statements [FOLDER] [--count N] [--seed N] [--dialect sqlite|postgres|mysql]
    Holds what the compiler says of statements against SQLite, PostgreSQL and MariaDB, and writes docs/checked-sql-measured.md:
    random expressions without parentheses and with those of the tree give equal values; statements with a mistake put in are
    refused where the server refuses them; what is typed NOT NULL gives no NULL on rows that provoke it, and types are those that
    the server describes; where `sqlparser` reads otherwise, the list of who is right has it. Fails where a threshold is broken.
    FOLDER           further statements, FOLDER/<dialect>/….sql, over the tables of schema/src/typing/cases/schema*.sql
    --count N        of expressions and of mistakes on each dialect (10000)
    --seed N         repeats them (1)
    --dialect NAME   only this one; the page is not written
    Runs on the servers that are up (`servers env`), else on private ones.

cargo xtask bench [--peers | --async | --outbox | --observation | --cluster | --atomic | --dump | --verify] [OPTIONS]
    Measures bindery beside the client libraries of its databases on private servers; prints the tables of
    docs/speed.md. Everything is held to one core unless OPTIONS say otherwise (`cargo xtask bench --help`).
    --peers          beside diesel, sqlx, sea-orm and libpq too: needs libpq and libmariadb and takes some minutes to compile
    --async          an axum application on bindery beside the same on sqlx: prints the table of docs/async.md
    --outbox         workers that run tasks beside ones written by hand and graphile_worker, and the load of an idle one: prints the
                     tables of docs/outbox.md
    --observation    the instructions of a find by key, by callgrind, with observation and without: prints the table of
                     docs/observability.md; needs valgrind
    --cluster        the instructions and round trips of calls on a Citus cluster and on a PostgreSQL server: prints the table of
                     docs/clusters.md; needs valgrind, and BINDERY_CITUS or BINDERY_CITUS_SOURCE as the tests do
    --atomic [N]     N (200) transactions of atomic groups beside the same statements by hand, on durable servers: prints the
                     table of docs/atomic.md
    --dump           `bindery dump` and `load` beside pg_dump, mariadb-dump and sqlite3, on a million rows (--rows N),
                     in rounds (--rounds N), of one database alone (--only sqlite|postgres|mysql)
    --verify         `bindery verify` of a million rows (--rows N) in SQLite and PostgreSQL beside a read of each: prints the table
                     of docs/sync.md

cargo xtask growth [--clean-build | --queries | --checked | --rooms]
    Measures how time, memory and generated code grow with the schema, and the clean build of a program beside diesel and
    rusqlite; prints the tables of docs/size-and-speed.md.
    --clean-build    the clean build alone
    --queries        only what the generated code for queries adds to the check of 100 tables
    --checked        only what checked queries, of files and in place, add to the build of 300 tables
    --rooms          only what a program on SQLite compiles of the runtime in any case, by room

cargo xtask features [--part N/M]
    Checks the published crates with each feature alone and with each pair of features; a warning fails, too.
    --part N/M       the Nth of M parts of them (1/1)

cargo xtask catalogue [--check]
    Writes the tables by which the compiler types SQL, from the servers that are up (`servers env`), else from private ones:
    PostgreSQL's types, functions, operators and casts (schema/src/typing/postgres), and what functions of MariaDB give,
    which is measured (schema/src/typing/mysql).
    --check          compares them with the committed ones

cargo xtask book            the book of docs/, by mdBook, which it compiles once; fails on a dead link
cargo xtask lint            formatting, clippy, documentation, public items, feature sets, packages
cargo xtask record          compares instructions of the hottest calls, of a check and of rustc, and the size of generated code, with
                            benches/record.txt; --update writes it; --by-hand prints the calls' instructions beside those of rusqlite, postgres and mysql
cargo xtask public          documents the crates, and compares their public items with the lists in docs/public; --update writes these
cargo xtask help            this text

--newest fetches PostgreSQL and MySQL of Debian's unstable branch with their libraries into a folder of their own, once
(some 170 MB; remove the folder that is named to fetch them anew). It needs apt and Debian's keyring, not root.";

/// The parsed command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) command: Command,
    /// Without `--newest`, when that was typed: the same on the newest servers.
    pub(crate) on_newest: Option<Vec<String>>,
}

impl Line {
    /// Reads the arguments; the error says what is wrong with them.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments: Vec<String> = arguments.collect();
        let ours = arguments.iter().take_while(|word| *word != "--");
        let position = ours.into_iter().position(|word| word == "--newest");
        if let Some(position) = position {
            arguments.remove(position);
        }
        let command = Command::parse(arguments.iter().cloned())?;
        if position.is_some() && !command.can_choose_servers() {
            return Err("`--newest` is for `test`, `servers up` and `corpus`".to_owned());
        }
        let on_newest = position.map(|_| arguments);
        Ok(Self { command, on_newest })
    }
}

/// A command with its arguments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Test(Selection),
    /// With a part of a schema's name.
    Corpus(Option<String>),
    Fuzz(Fuzzing),
    Soak(Soaking),
    Simulate(Simulating),
    Split(Splitting),
    Bank(Splitting),
    Saga(Splitting),
    Migrations(Migrating),
    Histories(Replaying),
    Statements(Measuring),
    Bench(Benching),
    Growth(Growing),
    Features(EqualPart),
    Book,
    Catalogue {
        /// Nothing is written.
        is_check: bool,
    },
    Lint,
    Record(Recording),
    Public {
        /// The lists are written.
        is_update: bool,
    },
    ServersUp,
    ServersDown,
    ServersEnv,
}

/// The way that counted instructions take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recording {
    /// They are compared with the committed ones.
    Compare,
    /// Those are written anew.
    Update,
    /// They are printed beside those of the libraries that are called by hand.
    ByHand,
}

/// Which tests to run; all of them by default.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Selection {
    /// At their full size those that have one.
    pub(crate) is_full: bool,
    pub(crate) filter: Option<String>,
    pub(crate) cargo_args: Vec<String>,
}

/// The benchmarks to measure.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Benching {
    pub(crate) program: BenchProgram,
    /// For the program that measures.
    pub(crate) options: Vec<String>,
}

/// Which program measures.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BenchProgram {
    #[default]
    Own,
    Peers,
    Async,
    Outbox,
    Observation,
    Cluster,
    Atomic,
    Dump,
    Verify,
}

/// The tables of `growth` to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growing {
    All,
    CleanBuild,
    Queries,
    Checked,
    Rooms,
}

/// The targets to fuzz, and for how long.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fuzzing {
    /// `None`: each target, one after the other.
    pub(crate) target: Option<String>,
    pub(crate) minutes: u64,
    pub(crate) seed: u32,
}

/// For how long, with what and with how many threads is soaked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Soaking {
    pub(crate) minutes: u64,
    /// `None`: a new one.
    pub(crate) seed: Option<u64>,
    pub(crate) threads: u32,
}

/// Which seeds are simulated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Simulating {
    /// For the program that simulates.
    pub(crate) options: Vec<String>,
}

/// The number of processes that are killed, and the seed of the moments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Splitting {
    pub(crate) runs: u64,
    /// `None`: a new one.
    pub(crate) seed: Option<u64>,
    /// The number of worlds that share the runs.
    pub(crate) jobs: u64,
    pub(crate) is_release: bool,
}

/// One of several parts of equal size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EqualPart {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) of: usize,
}

impl EqualPart {
    /// The items of this part.
    pub(crate) fn of<T>(self, all: &[T]) -> impl Iterator<Item = &T> {
        all.iter().skip(self.number - 1).step_by(self.of)
    }
}

/// The number and the seed of the random changes that are migrated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Migrating {
    pub(crate) steps: u64,
    pub(crate) seed: u64,
    /// `None`: on all databases.
    pub(crate) only: Option<String>,
}

/// The folder of histories.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Replaying {
    pub(crate) folder: String,
    /// A part of their names; `None`: all.
    pub(crate) only: Option<String>,
}

/// The size of the measurements of statements.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Measuring {
    /// Of further statements.
    pub(crate) folder: Option<String>,
    pub(crate) count: u64,
    pub(crate) seed: u64,
    /// `None`: on all databases.
    pub(crate) dialect: Option<String>,
}

impl Selection {
    pub(crate) fn is_everything(&self) -> bool {
        *self == Self::default()
    }
}

impl Command {
    fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let arguments: Vec<String> = arguments.collect();
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] | ["help" | "--help" | "-h"] => Ok(Self::Help),
            ["test", rest @ ..] => selection(rest).map(Self::Test),
            ["corpus"] => Ok(Self::Corpus(None)),
            ["corpus", "--only", text] => Ok(Self::Corpus(Some((*text).to_owned()))),
            ["fuzz", rest @ ..] => fuzzing(rest).map(Self::Fuzz),
            ["soak", rest @ ..] => soaking(rest).map(Self::Soak),
            ["simulate", rest @ ..] => Ok(Self::Simulate(Simulating {
                options: rest.iter().map(|&option| option.to_owned()).collect(),
            })),
            ["split", rest @ ..] => splitting_at_once(rest).map(Self::Split),
            ["bank", rest @ ..] => splitting(rest).map(Self::Bank),
            ["saga", rest @ ..] => splitting(rest).map(Self::Saga),
            ["migrations", rest @ ..] => migrating(rest).map(Self::Migrations),
            ["histories", folder] => Ok(Self::Histories(replaying(folder, None))),
            ["histories", folder, "--only", text] => {
                Ok(Self::Histories(replaying(folder, Some(text))))
            }
            ["statements", rest @ ..] => measuring(rest).map(Self::Statements),
            ["bench", rest @ ..] => Ok(Self::Bench(benching(rest))),
            ["growth"] => Ok(Self::Growth(Growing::All)),
            ["growth", "--clean-build"] => Ok(Self::Growth(Growing::CleanBuild)),
            ["growth", "--queries"] => Ok(Self::Growth(Growing::Queries)),
            ["growth", "--checked"] => Ok(Self::Growth(Growing::Checked)),
            ["growth", "--rooms"] => Ok(Self::Growth(Growing::Rooms)),
            ["features"] => Ok(Self::Features(EqualPart { number: 1, of: 1 })),
            ["features", "--part", text] => parse_part(text).map(Self::Features),
            ["book"] => Ok(Self::Book),
            ["catalogue"] => Ok(Self::Catalogue { is_check: false }),
            ["catalogue", "--check"] => Ok(Self::Catalogue { is_check: true }),
            ["lint"] => Ok(Self::Lint),
            ["record"] => Ok(Self::Record(Recording::Compare)),
            ["record", "--update"] => Ok(Self::Record(Recording::Update)),
            ["record", "--by-hand"] => Ok(Self::Record(Recording::ByHand)),
            ["public"] => Ok(Self::Public { is_update: false }),
            ["public", "--update"] => Ok(Self::Public { is_update: true }),
            ["servers", "up"] => Ok(Self::ServersUp),
            ["servers", "down"] => Ok(Self::ServersDown),
            ["servers", "env"] => Ok(Self::ServersEnv),
            ["servers", ..] => {
                Err("write `servers up`, `servers down` or `servers env`".to_owned())
            }
            other => Err(format!("`{}` is not understood", other.join(" "))),
        }
    }

    fn can_choose_servers(&self) -> bool {
        match self {
            Self::Test(_) | Self::Corpus(_) | Self::ServersUp => true,
            Self::Help
            | Self::Fuzz(_)
            | Self::Soak(_)
            | Self::Simulate(_)
            | Self::Split(_)
            | Self::Bank(_)
            | Self::Saga(_)
            | Self::Migrations(_)
            | Self::Histories(_)
            | Self::Statements(_)
            | Self::Bench(_)
            | Self::Growth(_)
            | Self::Features(_)
            | Self::Book
            | Self::Catalogue { .. }
            | Self::Lint
            | Self::Record { .. }
            | Self::Public { .. }
            | Self::ServersDown
            | Self::ServersEnv => false,
        }
    }
}

fn benching(words: &[&str]) -> Benching {
    let (program, options) = match words {
        ["--peers", options @ ..] => (BenchProgram::Peers, options),
        ["--async", options @ ..] => (BenchProgram::Async, options),
        ["--outbox", options @ ..] => (BenchProgram::Outbox, options),
        ["--observation", options @ ..] => (BenchProgram::Observation, options),
        ["--cluster", options @ ..] => (BenchProgram::Cluster, options),
        ["--atomic", options @ ..] => (BenchProgram::Atomic, options),
        ["--dump", options @ ..] => (BenchProgram::Dump, options),
        ["--verify", options @ ..] => (BenchProgram::Verify, options),
        options => (BenchProgram::Own, options),
    };
    Benching {
        program,
        options: options.iter().map(|&option| option.to_owned()).collect(),
    }
}

fn fuzzing(words: &[&str]) -> Result<Fuzzing, String> {
    let mut fuzzing = Fuzzing {
        target: None,
        minutes: 10,
        seed: 1,
    };
    for option in words.chunks(2) {
        match option {
            ["--target", name] => fuzzing.target = Some((*name).to_owned()),
            ["--minutes", text] => fuzzing.minutes = number::<NonZero<u64>>(text)?.get(),
            ["--seed", text] => fuzzing.seed = number(text)?,
            other => return Err(format!("`fuzz` does not understand `{}`", other.join(" "))),
        }
    }
    Ok(fuzzing)
}

fn soaking(words: &[&str]) -> Result<Soaking, String> {
    let mut soaking = Soaking {
        minutes: 5,
        seed: None,
        threads: 64,
    };
    for option in words.chunks(2) {
        match option {
            ["--minutes", text] => soaking.minutes = number::<NonZero<u64>>(text)?.get(),
            ["--seed", text] => soaking.seed = Some(number(text)?),
            ["--threads", text] => soaking.threads = number::<NonZero<u32>>(text)?.get(),
            other => return Err(format!("`soak` does not understand `{}`", other.join(" "))),
        }
    }
    Ok(soaking)
}

/// With the options of `split` alone.
fn splitting_at_once(words: &[&str]) -> Result<Splitting, String> {
    let is_release = words.contains(&"--release");
    let mut jobs = 1;
    let mut others = Vec::new();
    let mut words = words.iter().filter(|word| **word != "--release");
    while let Some(&word) = words.next() {
        if word == "--jobs" {
            let given = words.next().copied().unwrap_or_default();
            jobs = number::<NonZero<u64>>(given)?.get();
        } else {
            others.push(word);
        }
    }
    let splitting = splitting(&others)?;
    Ok(Splitting {
        jobs,
        is_release,
        ..splitting
    })
}

fn splitting(words: &[&str]) -> Result<Splitting, String> {
    let mut splitting = Splitting {
        runs: 1_000,
        seed: None,
        jobs: 1,
        is_release: false,
    };
    for option in words.chunks(2) {
        match option {
            ["--runs", text] => splitting.runs = number::<NonZero<u64>>(text)?.get(),
            ["--seed", text] => splitting.seed = Some(number(text)?),
            other => {
                return Err(format!(
                    "neither `split`, `bank` nor `saga` understands `{}`",
                    other.join(" ")
                ));
            }
        }
    }
    Ok(splitting)
}

fn migrating(words: &[&str]) -> Result<Migrating, String> {
    let mut migrating = Migrating {
        steps: 1_000,
        seed: 1,
        only: None,
    };
    for option in words.chunks(2) {
        match option {
            ["--steps", text] => migrating.steps = number::<NonZero<u64>>(text)?.get(),
            ["--seed", text] => migrating.seed = number(text)?,
            ["--only", name @ ("sqlite" | "postgres" | "mysql")] => {
                migrating.only = Some((*name).to_owned());
            }
            other => {
                return Err(format!(
                    "`migrations` does not understand `{}`",
                    other.join(" ")
                ));
            }
        }
    }
    Ok(migrating)
}

fn measuring(words: &[&str]) -> Result<Measuring, String> {
    let mut measuring = Measuring {
        folder: None,
        count: 10_000,
        seed: 1,
        dialect: None,
    };
    let mut rest = words;
    if let [folder, after @ ..] = words
        && !folder.starts_with("--")
    {
        measuring.folder = Some((*folder).to_owned());
        rest = after;
    }
    for option in rest.chunks(2) {
        match option {
            ["--count", text] => measuring.count = number::<NonZero<u64>>(text)?.get(),
            ["--seed", text] => measuring.seed = number(text)?,
            ["--dialect", name @ ("sqlite" | "postgres" | "mysql")] => {
                measuring.dialect = Some((*name).to_owned());
            }
            other => {
                return Err(format!(
                    "`statements` does not understand `{}`",
                    other.join(" ")
                ));
            }
        }
    }
    Ok(measuring)
}

fn replaying(folder: &str, only: Option<&str>) -> Replaying {
    Replaying {
        folder: folder.to_owned(),
        only: only.map(str::to_owned),
    }
}

/// `2/5`.
fn parse_part(text: &str) -> Result<EqualPart, String> {
    let (number, of) = text.split_once('/').unwrap_or((text, "1"));
    let [number, of] = [self::number(number)?, self::number(of)?];
    if (1..=of).contains(&number) {
        Ok(EqualPart { number, of })
    } else {
        Err(format!("`{text}` is no part: write `1/{}`", of.max(1)))
    }
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no number that fits"))
}

fn selection(words: &[&str]) -> Result<Selection, String> {
    let mut selection = Selection::default();
    let mut rest = words;
    loop {
        rest = match rest {
            [] => return Ok(selection),
            ["--full", after @ ..] => {
                selection.is_full = true;
                after
            }
            ["--", args @ ..] => {
                selection.cargo_args = args.iter().map(|&arg| arg.to_owned()).collect();
                return Ok(selection);
            }
            ["--filter", text, after @ ..] => {
                selection.filter = Some((*text).to_owned());
                after
            }
            [other, ..] => match other.strip_prefix("--filter=") {
                Some(text) => {
                    selection.filter = Some(text.to_owned());
                    &rest[1..]
                }
                None => {
                    return Err(format!(
                        "`test` does not understand `{other}`; arguments for cargo follow `--`"
                    ));
                }
            },
        };
    }
}

#[cfg(test)]
mod tests;

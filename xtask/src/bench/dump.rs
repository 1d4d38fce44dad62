//! `cargo xtask bench --dump`: `bindery dump` and `bindery load` beside the tools that the databases come with, on the same
//! rows and the same servers. Prints the table of docs/speed.md.

mod peer;
pub(super) mod project;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use bindery_testkit::Server;

use self::peer::{DatabasePlace, Peer};
use self::project::Project;
use super::timed::{Timed, timed};
use crate::Failure;
use crate::interrupt::Interrupt;
use crate::output::{complain, print};
use crate::workspace::{self, cargo};

const ROWS: u64 = 1_000_000;
const ROUNDS: usize = 3;

/// The options of the command.
struct Options {
    rows: u64,
    rounds: usize,
    /// All where it is none.
    only: Option<Peer>,
}

/// The runs of one database, of each round.
#[derive(Default)]
struct Runs {
    own: Vec<Timed>,
    peer: Vec<Timed>,
}

pub(super) fn run(options: &[String], interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let options = Options::parse(options)?;
    let peers: Vec<Peer> = Peer::ALL
        .into_iter()
        .filter(|peer| options.takes(*peer))
        .collect();
    peers.iter().try_for_each(|peer| ensure_installed(*peer))?;
    complain("building the command");
    let mut build = cargo();
    build.args(["build", "--quiet", "--release", "-p", "bindery-cli"]);
    timed(&mut build, 0, interrupt)?;
    let servers = crate::databases::Databases::start()?;
    let bench = Bench::prepare(&options, [&servers.postgres, &servers.mysql], interrupt)?;
    print(
        "| database | | bindery | its own tool | seconds | ratio | memory of bindery |\n|---|---|---|---|---|---|---|",
    );
    for peer in peers {
        bench.measure(peer, options.rounds)?;
    }
    fs::remove_dir_all(&bench.project.folder)?;
    Ok(ExitCode::SUCCESS)
}

impl Options {
    fn parse(words: &[String]) -> Result<Self, Failure> {
        let mut options = Self {
            rows: ROWS,
            rounds: ROUNDS,
            only: None,
        };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        for option in words.chunks(2) {
            match option {
                ["--rows", number] => options.rows = number.parse::<u64>()?.max(1),
                ["--rounds", number] => options.rounds = number.parse::<usize>()?.max(1),
                ["--only", name] => options.only = Some(peer_named(name)?),
                other => {
                    let words = other.join(" ");
                    let known = "`--rows N`, `--rounds N` and `--only sqlite|postgres|mysql`";
                    return Err(format!("`bench --dump` takes {known}, not `{words}`").into());
                }
            }
        }
        Ok(options)
    }

    fn takes(&self, peer: Peer) -> bool {
        self.only.is_none_or(|only| only == peer)
    }
}

fn peer_named(name: &str) -> Result<Peer, Failure> {
    match name {
        "sqlite" => Ok(Peer::Sqlite),
        "postgres" => Ok(Peer::Postgres),
        "mysql" => Ok(Peer::Mysql),
        other => {
            Err(format!("`{other}` is not a database: `sqlite`, `postgres` or `mysql`").into())
        }
    }
}

fn ensure_installed(peer: Peer) -> Result<(), Failure> {
    for program in peer.programs() {
        let mut command = Command::new(program);
        command.arg("--version").stdout(Stdio::null());
        if !command.status().is_ok_and(|status| status.success()) {
            let packages = "`apt-get install sqlite3 postgresql-client mariadb-client`";
            return Err(format!("`{program}` is not there: {packages}").into());
        }
    }
    Ok(())
}

/// A project whose rows are in all three databases, and the checksum of each table's dump.
struct Bench<'a> {
    interrupt: &'a Interrupt,
    program: PathBuf,
    project: Project,
    urls: [String; 3],
}

impl<'a> Bench<'a> {
    fn prepare(
        options: &Options,
        [postgres, mysql]: [&Server; 2],
        interrupt: &'a Interrupt,
    ) -> Result<Self, Failure> {
        let folder = workspace::target().join("bench-dump");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let urls = [
            "sqlite://shop.db".to_owned(),
            postgres.database("shop")?,
            mysql.database("shop")?,
        ];
        complain(&format!("writing {} rows", options.rows));
        let project = Project::create(folder, options.rows, &urls)?;
        let program = workspace::target().join("release/bindery");
        Ok(Self {
            interrupt,
            program,
            project,
            urls,
        })
    }

    fn measure(&self, peer: Peer, rounds: usize) -> Result<(), Failure> {
        self.fill(peer)?;
        let whole = self.dumped(peer)?;
        let (mut dump, mut load) = (Runs::default(), Runs::default());
        for round in 0..rounds {
            // Another one begins each time.
            for turn in [round, round + 1] {
                if turn % 2 == 0 {
                    dump.own.push(self.own_dump(peer)?);
                } else {
                    dump.peer.push(self.peer_dump(peer)?);
                }
            }
        }
        for round in 0..rounds {
            for turn in [round, round + 1] {
                if turn % 2 == 0 {
                    load.own.push(self.own_load(peer)?);
                } else {
                    load.peer.push(self.peer_load(peer)?);
                }
                if self.dumped(peer)? != whole {
                    return Err("the rows are others after a load".into());
                }
            }
        }
        let [dumps, loads] = peer.shown();
        print(&line(peer, "dump", dumps, &dump));
        print(&line(peer, "load", loads, &load));
        Ok(())
    }

    /// The tables with the rows of the files.
    fn fill(&self, peer: Peer) -> Result<(), Failure> {
        self.bindery(peer, &["create"])?;
        for table in ["customers", "orders"] {
            let file = format!("{table}.csv");
            self.bindery(
                peer,
                &["load", "--quiet", "--table", table, "--from", &file],
            )?;
        }
        Ok(())
    }

    fn own_dump(&self, peer: Peer) -> Result<Timed, Failure> {
        let folder = self.folder("own");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        self.bindery(peer, &["dump", "--quiet", "--out", "own"])
    }

    fn peer_dump(&self, peer: Peer) -> Result<Timed, Failure> {
        let file = self.folder("peer.dump");
        if file.exists() {
            fs::remove_file(&file)?;
        }
        self.timed(&mut peer.dump(&self.place(peer), &file)?)
    }

    fn own_load(&self, peer: Peer) -> Result<Timed, Failure> {
        self.make_empty(peer)?;
        self.bindery(peer, &["load", "--quiet", "--from", "own"])
    }

    fn peer_load(&self, peer: Peer) -> Result<Timed, Failure> {
        self.make_empty(peer)?;
        let place = self.place(peer);
        peer.make_ready(&place)?;
        self.timed(&mut peer.load(&place, &self.folder("peer.dump"))?)
    }

    fn make_empty(&self, peer: Peer) -> Result<(), Failure> {
        self.bindery(peer, &["drop", "--yes"])?;
        self.bindery(peer, &["create"]).map(drop)
    }

    /// The checksums of a dump, which are the same where the rows are.
    fn dumped(&self, peer: Peer) -> Result<Vec<String>, Failure> {
        let folder = self.folder("seen");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        self.bindery(peer, &["dump", "--quiet", "--out", "seen"])?;
        let manifest = fs::read_to_string(folder.join(peer.engine()).join("manifest.json"))?;
        let lines = manifest.lines().filter(|line| line.contains("\"sha256\""));
        Ok(lines.map(str::to_owned).collect())
    }

    fn bindery(&self, peer: Peer, words: &[&str]) -> Result<Timed, Failure> {
        let mut command = Command::new(&self.program);
        command.args(words).args(["--engine", peer.engine()]);
        self.timed(command.stdout(Stdio::null()))
    }

    fn timed(&self, command: &mut Command) -> Result<Timed, Failure> {
        timed(command.current_dir(&self.project.folder), 0, self.interrupt)
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.project.folder.join(name)
    }

    fn place(&self, peer: Peer) -> DatabasePlace<'_> {
        let at = Peer::ALL.iter().position(|one| *one == peer).unwrap_or(0);
        DatabasePlace {
            url: &self.urls[at],
            file: self.folder("shop.db"),
        }
    }
}

/// The least times, as the rest of the machine only adds to a time; and the most memory.
fn line(peer: Peer, own: &str, theirs: &str, runs: &Runs) -> String {
    let seconds = |runs: &[Timed]| {
        runs.iter()
            .map(|run| run.seconds)
            .fold(f64::INFINITY, f64::min)
    };
    let (mine, other) = (seconds(&runs.own), seconds(&runs.peer));
    let memory = runs.own.iter().map(|run| run.memory).max().unwrap_or(0);
    let ratio = mine / other;
    format!(
        "| {peer:?} | {own} | `bindery {own}` | `{theirs}` | {mine:.2} and {other:.2} | {ratio:.2} | {memory} MiB |"
    )
}

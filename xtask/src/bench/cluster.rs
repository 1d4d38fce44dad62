//! `cargo xtask bench --cluster`: what it costs that an engine is a Citus cluster. The instructions of each call, as callgrind counts them, and
//! its round trips, beside those of the same call on a PostgreSQL server. Prints the table of docs/clusters.md.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use bindery_testkit::{CITUS, CitusCluster, FaultProxy, Server};

use super::observation::collected;
use crate::Failure;
use crate::citus;
use crate::install;
use crate::interrupt::Interrupt;
use crate::output::{complain, print};
use crate::workspace::{self, cargo};

const CALLS: [&str; 8] = [
    "find",
    "filter",
    "insert",
    "insert_many",
    "update",
    "upsert",
    "delete",
    "transaction",
];
/// Each is counted in two runs: the difference is that of the calls, without the program's beginning and end.
const TIMES: [u64; 2] = [20, 220];
const ENGINES: [&str; 2] = ["server", "cluster"];

pub(super) fn run(interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    install::ensure(interrupt)?;
    install::valgrind(interrupt)?;
    let installed =
        citus::installed(interrupt)?.or_else(|| std::env::var_os(CITUS).map(PathBuf::from));
    let installed = installed.ok_or("there is no Citus: BINDERY_CITUS_SOURCE names its source")?;
    complain("building the program");
    let program = program(interrupt)?;
    let server = Server::postgres().start()?;
    let cluster = CitusCluster::start(&installed, 2, false)?;
    let proxies = [
        FaultProxy::start(&server.database("shop")?)?,
        FaultProxy::start(&cluster.fresh_database()?)?,
    ];
    print(
        "| call | instructions on a server | on a cluster | ratio | round trips on a server | on a cluster |",
    );
    print("|---|---|---|---|---|---|");
    for call in CALLS {
        if let Err(interrupted) = interrupt.check() {
            return Ok(ExitCode::from(interrupted.exit_code()));
        }
        let [server, cluster] =
            [0, 1].map(|at| measured(&program, (&proxies, at), (ENGINES[at], call)));
        let ((own, trips), (of_cluster, of_cluster_trips)) = (server?, cluster?);
        let ratio = of_cluster as f64 / own as f64;
        print(&format!(
            "| {call} | {own} | {of_cluster} | {ratio:.3} | {trips:.1} | {of_cluster_trips:.1} |"
        ));
    }
    let [instructions, nanoseconds] = lookup(&program, &proxies)?;
    print(&format!(
        "A lookup in a map of shards: {instructions} instructions, {nanoseconds} ns"
    ));
    Ok(ExitCode::SUCCESS)
}

/// The instructions and the nanoseconds of a lookup in a map of shards.
fn lookup(program: &Path, proxies: &[FaultProxy; 2]) -> Result<[String; 2], Failure> {
    let (instructions, _) = measured(program, (proxies, 0), ("shards", "lookup"))?;
    let mut command = on_servers(Command::new(program), proxies);
    command.args(["shards", "lookup", "20000000"]);
    let found = command
        .output()
        .map_err(|error| format!("the program did not start: {error}"))?;
    let nanoseconds = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    Ok([instructions.to_string(), nanoseconds])
}

fn on_servers(mut command: Command, proxies: &[FaultProxy; 2]) -> Command {
    command.envs([
        ("BINDERY_SERVER_URL", proxies[0].url()),
        ("BINDERY_CLUSTER_URL", proxies[1].url()),
        ("BINDERY_S0_URL", "sqlite::memory:"),
        ("BINDERY_S1_URL", "sqlite::memory:"),
    ]);
    command
}

fn program(interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let target = workspace::target().join("observation");
    let mut command = cargo();
    command
        .args(["build", "--quiet", "--release"])
        .current_dir(workspace::root().join("benches/cluster"))
        .env("CARGO_TARGET_DIR", &target);
    match interrupt.run(&mut command)?.success() {
        true => Ok(target.join("release/bindery-bench-cluster")),
        false => Err("the program of benches/cluster was not built".into()),
    }
}

/// The instructions and the round trips of one call.
fn measured(
    program: &Path,
    (proxies, at): (&[FaultProxy; 2], usize),
    (engine, call): (&str, &str),
) -> Result<(u64, f64), Failure> {
    let mut found = Vec::with_capacity(TIMES.len());
    for times in TIMES {
        let times = times.to_string();
        let command = on_servers(Command::new("valgrind"), proxies);
        let before = proxies[at].round_trips();
        let instructions = collected(command, program, [engine, call, times.as_str()])?;
        found.push((instructions, proxies[at].round_trips() - before));
    }
    let (calls, [few, many]) = (TIMES[1] - TIMES[0], [found[0], found[1]]);
    let trips = (many.1 - few.1) as f64 / calls as f64;
    Ok(((many.0 - few.0) / calls, trips))
}

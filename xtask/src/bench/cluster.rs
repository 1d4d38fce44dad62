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
        let [server, cluster] = [0, 1].map(|at| measured(&program, (&proxies, at), call));
        let ((own, trips), (of_cluster, of_cluster_trips)) = (server?, cluster?);
        let ratio = of_cluster as f64 / own as f64;
        print(&format!(
            "| {call} | {own} | {of_cluster} | {ratio:.3} | {trips:.1} | {of_cluster_trips:.1} |"
        ));
    }
    Ok(ExitCode::SUCCESS)
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
    call: &str,
) -> Result<(u64, f64), Failure> {
    let mut found = Vec::with_capacity(TIMES.len());
    for times in TIMES {
        let times = times.to_string();
        let mut command = Command::new("valgrind");
        command.envs([
            ("BINDERY_SERVER_URL", proxies[0].url()),
            ("BINDERY_CLUSTER_URL", proxies[1].url()),
        ]);
        let before = proxies[at].round_trips();
        let instructions = collected(command, program, [ENGINES[at], call, times.as_str()])?;
        found.push((instructions, proxies[at].round_trips() - before));
    }
    let (calls, [few, many]) = (TIMES[1] - TIMES[0], [found[0], found[1]]);
    let trips = (many.1 - few.1) as f64 / calls as f64;
    Ok(((many.0 - few.0) / calls, trips))
}

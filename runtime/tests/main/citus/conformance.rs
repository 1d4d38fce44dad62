//! The checks of each database, with a Citus cluster in place of one server of PostgreSQL.

#![allow(clippy::print_stderr, reason = "the numbers of docs/clusters.md")]

use std::process::Command;
use std::time::Duration;

use bindery_testkit::{CitusCluster, POSTGRES_FLAVOUR, POSTGRES_URL, Watchdog, is_full_run};

use crate::sample::SHARDED;

/// Covers DIST-05 on PostgreSQL: this program's checks of each database, with `blogs`, `order_lines` and `logs` sharded, and `members` on all
/// servers.
///
/// In full: also with all tables on the coordinator.
#[test]
fn dist_05_a_cluster_does_what_a_server_does() {
    let _watchdog = Watchdog::start("dist_05_a_cluster_does", Duration::from_secs(1_200));
    let Some(cluster) = CitusCluster::of_process() else {
        return;
    };
    if is_full_run() {
        check(cluster, None);
    }
    check(cluster, Some(SHARDED));
}

fn check(cluster: &CitusCluster, variable: Option<&str>) {
    let checks = std::env::current_exe().expect("it runs");
    let output = Command::new(checks)
        .args(["::postgres::", "--test-threads", "3"])
        .env(POSTGRES_URL, cluster.nodes_url())
        .env(POSTGRES_FLAVOUR, "citus")
        .envs(variable.map(|name| (name, "1")))
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{variable:?}: {said}");
    let passed = said.lines().find_map(|line| {
        let (_, counts) = line.split_once("test result: ok. ")?;
        counts.split(' ').next()?.parse::<usize>().ok()
    });
    eprintln!("{variable:?}: {passed:?} checks");
    assert!(passed.is_some_and(|passed| passed >= 100), "{said}");
}

mod postgres {
    use crate::sample::engine::Postgres;
    use crate::sample::{SHARDED, run_at};

    /// Among the checks that run on a cluster.
    #[test]
    fn tables_are_on_the_servers_that_are_meant() {
        if !bindery_testkit::postgres_is_citus() {
            return;
        }
        let database = bindery_testkit::fresh_postgres().expect("it is a cluster");
        let expected = match std::env::var_os(SHARDED) {
            Some(_) => [
                "blogs distributed",
                "logs distributed",
                "members reference",
                "order_lines distributed",
            ]
            .as_slice(),
            None => &[],
        };
        run_at(Postgres, &database.url(), |c| {
            let sql =
                "SELECT table_name::text || ' ' || citus_table_type FROM citus_tables ORDER BY 1";
            let placed = c.query_as::<String>(sql, ()).expect("it answers");
            assert_eq!(placed, expected);
        });
    }
}

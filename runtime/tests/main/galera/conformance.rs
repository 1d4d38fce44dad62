//! The checks that run on each database, on a cluster.

use std::process::Command;
use std::time::Duration;

use bindery_testkit::{Galera, MYSQL_FLAVOUR, MYSQL_URL, Watchdog};

/// Covers DIST-06 on MariaDB: this program's checks of each database, with the nodes of a cluster in place of one server.
#[test]
fn dist_06_a_cluster_does_what_a_server_does() {
    let _watchdog = Watchdog::start("dist_06_a_cluster_does", Duration::from_secs(1_200));
    let Some(cluster) = Galera::start_or_skip(3) else {
        return;
    };
    let checks = std::env::current_exe().expect("it runs");
    let output = Command::new(checks)
        .args(["::mariadb::", "--test-threads", "3"])
        .env(MYSQL_URL, cluster.url("", 0..3))
        .env(MYSQL_FLAVOUR, "galera")
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let passed = said.lines().find_map(|line| {
        let (_, counts) = line.split_once("test result: ok. ")?;
        counts.split(' ').next()?.parse::<usize>().ok()
    });
    eprintln!("{passed:?} checks");
    assert!(passed.is_some_and(|passed| passed >= 100), "{said}");
    for node in 0..3 {
        cluster
            .wait_until_synced(node)
            .expect("it has left no other");
    }
}

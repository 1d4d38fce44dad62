//! The life of private servers: start, databases, end. Skipped where a product is not installed.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use bindery_testkit::{
    CI, CitusCluster, Error, Galera, Product, Server, ServerOptions, Shutdown, skip,
};

/// A process that has ended but was not waited for yet has an empty command line.
fn is_alive(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

fn lives_and_goes(options: ServerOptions, products: &[Product]) {
    let Some(server) = options.start_or_skip() else {
        return;
    };
    assert!(products.contains(&server.product()));
    assert!(
        server
            .version()
            .starts_with(|digit: char| digit.is_ascii_digit())
    );
    assert!(
        server
            .socket_dir()
            .read_dir()
            .expect("the server has a socket")
            .count()
            > 0
    );
    let owner = server
        .socket_dir()
        .metadata()
        .expect("the directory exists")
        .uid();
    assert_ne!(owner, 0, "a server never runs as root");

    let url = server.database("shop").expect("the database is new");
    assert!(
        url.contains(&format!("@127.0.0.1:{}/shop", server.port())),
        "another URL than expected"
    );
    let again = server.database("shop").expect_err("the database exists");
    assert!(matches!(again, Error::Failed { .. }), "{again}");
    let fresh = server
        .fresh_database()
        .expect("the server creates databases");
    let taken = fresh.name().to_owned();
    drop(fresh);
    server.database(&taken).expect("the name is free again");

    let (pid, directory) = (server.pid(), server.directory().to_owned());
    assert!(is_alive(pid) && directory.exists());
    drop(server);
    assert!(!is_alive(pid), "the server outlived its owner");
    assert!(!directory.exists(), "the directory outlived its owner");
}

#[test]
fn postgres_lives_and_goes() {
    lives_and_goes(Server::postgres(), &[Product::Postgres]);
}

#[test]
fn mysql_lives_and_goes() {
    lives_and_goes(Server::mysql(), &[Product::MariaDb, Product::MySql]);
}

#[test]
fn a_citus_cluster_spreads_rows_over_its_workers() {
    let Some(cluster) = CitusCluster::start_or_skip() else {
        return;
    };
    let url = cluster.fresh_database().expect("the nodes make one");
    let database = url.rsplit('/').next().expect("a URL has a path");
    let coordinator = cluster.coordinator();
    let ask = |sql: &str| coordinator.ask(database, sql).expect(sql);
    ask(
        "CREATE TABLE t (id bigint PRIMARY KEY); SELECT create_distributed_table('t', 'id');
         INSERT INTO t SELECT generate_series(1, 1000);",
    );
    assert_eq!(ask("SELECT count(*) FROM t"), "1000");
    let nodes =
        "SELECT count(DISTINCT nodeport) FROM citus_shards WHERE table_name = 't'::regclass";
    assert_eq!(ask(nodes), "2");
    let pids: Vec<u32> = cluster.workers().iter().map(Server::pid).collect();
    drop(cluster);
    assert!(
        !pids.into_iter().any(is_alive),
        "a worker outlived its cluster"
    );
}

#[test]
fn a_durable_server_starts() {
    for options in [Server::postgres(), Server::mysql()] {
        drop(options.durable(true).start_or_skip());
    }
}

fn comes_back(options: ServerOptions) {
    let Some(mut server) = options.durable(true).start_or_skip() else {
        return;
    };
    let database = server.fresh_database().expect("the server is up");
    database
        .run_script("CREATE TABLE t (id INT PRIMARY KEY);")
        .expect("a table");
    for (round, how) in [Shutdown::Orderly, Shutdown::Crash, Shutdown::Crash]
        .into_iter()
        .enumerate()
    {
        database
            .run_script(&format!("INSERT INTO t (id) VALUES ({round});"))
            .expect("it is up");
        let before = server.pid();
        server.go_down(how);
        assert!(!is_alive(before), "{how:?}");
        database.answer("SELECT 1;").expect_err("it is down");
        server.come_back().expect("it starts again");
        let count = database.answer("SELECT count(*) FROM t;");
        assert_eq!(
            count.expect("it is back").trim(),
            (round + 1).to_string(),
            "{how:?}"
        );
    }
}

#[test]
fn postgres_comes_back() {
    comes_back(Server::postgres());
}

#[test]
fn mysql_comes_back() {
    comes_back(Server::mysql());
}

/// Waits until a server's answer is this; its last one otherwise.
fn comes_to(server: &Server, database: &str, sql: &str, expected: &str) -> String {
    let mut answer = String::new();
    for _ in 0..200 {
        answer = server.ask(database, sql).unwrap_or_default();
        if answer == expected {
            break;
        }
        sleep(Duration::from_millis(50));
    }
    answer
}

fn standbys_follow(primary: ServerOptions) {
    let Some(primary) = primary.replicated(true).start_or_skip() else {
        return;
    };
    let Some(standby) = primary.standby() else {
        skip("standbys of MySQL are not made by the test kit");
        return;
    };
    primary.database("shop").unwrap();
    let mut standby = standby.durable(true).start().expect("the standby starts");
    let count = "SELECT count(*) FROM t;";
    let insert = |row: u8| {
        let sql = format!("INSERT INTO t VALUES ({row});");
        primary.ask("shop", &sql).expect("the primary takes writes")
    };
    primary
        .ask("shop", "CREATE TABLE t (id INTEGER PRIMARY KEY);")
        .unwrap();
    insert(1);
    assert_eq!(comes_to(&standby, "shop", count, "1"), "1");

    standby.pause_replay().expect("it is a standby");
    insert(2);
    sleep(Duration::from_millis(300));
    assert_eq!(standby.ask("shop", count).unwrap(), "1", "held back");
    standby.resume_replay().expect("it is a standby");
    assert_eq!(comes_to(&standby, "shop", count, "2"), "2");

    standby.go_down(Shutdown::Crash);
    insert(3);
    standby.come_back().expect("it starts again");
    assert_eq!(comes_to(&standby, "shop", count, "3"), "3", "it follows on");

    standby.promote().expect("it is a standby");
    standby
        .ask("shop", "INSERT INTO t VALUES (4);")
        .expect("it takes writes");
}

#[test]
fn standbys_of_postgres_follow_are_held_back_and_promoted() {
    standbys_follow(Server::postgres());
}

#[test]
fn standbys_of_mariadb_follow_are_held_back_and_promoted() {
    standbys_follow(Server::mysql());
}

#[test]
fn a_standby_takes_no_writes() {
    let Some(primary) = Server::postgres().start_or_skip() else {
        return;
    };
    let standby = primary.standby().expect("PostgreSQL has standbys");
    let standby = standby.start().expect("the standby starts");
    let refused = standby.fresh_database().expect_err("it is a standby");
    assert!(refused.to_string().contains("read-only"), "{refused}");
    primary
        .fresh_database()
        .expect("its primary creates databases");
}

/// A script and its answer that are each more than a pipe holds.
#[test]
fn much_is_asked_and_answered() {
    let databases = [
        bindery_testkit::fresh_postgres(),
        bindery_testkit::fresh_mysql(),
    ];
    for database in databases.into_iter().flatten() {
        let script = "SELECT repeat('x', 1000);\n".repeat(10_000);
        let answer = database.answer(&script).unwrap();
        assert_eq!(answer.lines().count(), 10_000);
    }
}

#[test]
fn a_server_that_fails_says_why_and_leaves_nothing() {
    for options in [Server::postgres(), Server::mysql()] {
        if let Err(missing) = options.check_installed() {
            skip(&missing.to_string());
            continue;
        }
        let Err(error) = options.setting("no_such_setting", "1").start() else {
            panic!("the server took a setting that does not exist");
        };
        assert!(error.to_string().contains("no_such_setting"), "{error}");
    }
}

#[test]
fn a_detached_server_is_found_by_its_record() {
    let Some(server) = Server::postgres().start_or_skip() else {
        return;
    };
    let record = server.detach().to_string();
    let detached: bindery_testkit::Detached = record.parse().expect("it was just written");
    assert!(detached.is_running());
    let (pid, directory) = (detached.pid(), detached.directory().to_owned());
    detached.stop().expect("the server is ours");
    assert!(!is_alive(pid) && !directory.exists());
}

/// Set in a copy of this test program that only holds a server: `postgres` or `mysql`.
const HOLD: &str = "BINDERY_TESTKIT_HOLD";

/// Does nothing by itself: the part of [`a_killed_owner_takes_its_server_with_it`] that is killed.
#[test]
fn hold_a_server_until_killed() {
    let options = match std::env::var(HOLD).as_deref() {
        Ok("postgres") => Server::postgres(),
        Ok("mysql") => Server::mysql(),
        _ => return,
    };
    let Some(server) = options.start_or_skip() else {
        return;
    };
    let (pid, directory) = (server.pid(), server.directory().display());
    writeln!(std::io::stdout(), "\nholding {pid} {directory}")
        .expect("the other program reads this");
    sleep(Duration::from_secs(60));
}

/// A copy of this test program that holds a server.
fn holder(product: &str) -> Child {
    Command::new(std::env::current_exe().expect("a test program has a path"))
        .args(["--exact", "hold_a_server_until_killed", "--nocapture"])
        .env(HOLD, product)
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be started again")
}

fn held_by(holder: &mut Child) -> Option<(u32, PathBuf)> {
    let output = BufReader::new(holder.stdout.take().expect("it is piped"));
    output.lines().map_while(Result::ok).find_map(|line| {
        let (pid, directory) = line.strip_prefix("holding ")?.split_once(' ')?;
        Some((pid.parse().ok()?, PathBuf::from(directory)))
    })
}

#[test]
fn a_killed_owner_takes_its_server_with_it() {
    for product in ["postgres", "mysql"] {
        let mut holder = holder(product);
        let held = held_by(&mut holder);
        holder.kill().expect("it is our child");
        holder.wait().expect("it is our child");
        let Some((pid, directory)) = held else {
            continue;
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        while (is_alive(pid) || directory.exists()) && Instant::now() < deadline {
            sleep(Duration::from_millis(50));
        }
        assert!(!is_alive(pid), "the {product} server outlived its owner");
        assert!(
            !directory.exists(),
            "the directory of {product} outlived its owner"
        );
    }
}

/// Set in a copy of this test program that only requests the resources of a test.
const NEEDS: &str = "BINDERY_TESTKIT_NEEDS";

/// Does nothing by itself: the part of [`a_test_that_lacks_something_is_skipped_but_fails_under_ci`] that lacks it.
#[test]
fn need_something() {
    let found = match std::env::var(NEEDS).as_deref() {
        Ok("postgres") => bindery_testkit::fresh_postgres().is_some(),
        Ok("mysql") => bindery_testkit::fresh_mysql().is_some(),
        Ok("corpus") => bindery_testkit::corpus().is_some(),
        _ => return,
    };
    assert!(!found, "it is there");
}

/// A copy of this test program, on a machine with nothing.
fn lacks(what: &str, ci: &str, corpus: &str) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let output = Command::new(std::env::current_exe().expect("a test program has a path"))
        .args(["--exact", "need_something"])
        .env_clear()
        .envs([
            ("PATH", ""),
            (NEEDS, what),
            (CI, ci),
            ("BINDERY_CORPUS", corpus),
        ])
        .env("CARGO_MANIFEST_DIR", folder.path())
        .output()
        .expect("this program can be started again");
    let told = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&told).into_owned(),
    )
}

#[test]
fn a_test_that_lacks_something_is_skipped_but_fails_under_ci() {
    for (what, why) in [
        ("postgres", "no PostgreSQL to test with"),
        ("mysql", "no MariaDB or MySQL to test with"),
    ] {
        let (passes, told) = lacks(what, "", "");
        assert!(
            passes && told.contains(&format!("skipped: {why}")),
            "{told}"
        );
        let (passes, told) = lacks(what, "true", "");
        assert!(
            !passes && told.contains(why) && told.contains("under `CI`"),
            "{told}"
        );
    }
}

/// Real schemas are not part of the repository: a clone passes without them, a run that names their folder does not.
#[test]
fn schemas_that_were_promised_must_be_there() {
    for ci in ["", "true"] {
        let (passes, told) = lacks("corpus", ci, "");
        assert!(
            passes && told.contains("skipped: no real schemas"),
            "{told}"
        );
    }
    let empty = tempfile::tempdir().expect("a temporary folder can be made");
    for folder in ["/nowhere", empty.path().to_str().expect("UTF-8")] {
        let (passes, told) = lacks("corpus", "", folder);
        assert!(
            !passes && told.contains("`BINDERY_CORPUS` names no folder"),
            "{told}"
        );
    }
}

/// Nodes of a cluster go down and come back: they have what was written meanwhile, also the first one after all of them were down.
#[test]
fn nodes_of_galera_come_and_go() {
    let Some(mut cluster) = Galera::start_or_skip(2) else {
        return;
    };
    let url = cluster.database("shop").expect("the cluster is empty");
    let ports = [0, 1].map(|number| format!("127.0.0.1:{}", cluster.node(number).port()));
    assert!(
        url.ends_with(&format!("@{}/shop", ports.join(","))),
        "other hosts"
    );
    let ask = |cluster: &Galera, number: usize, sql: &str| cluster.node(number).ask("shop", sql);
    ask(&cluster, 0, "CREATE TABLE t (id INT PRIMARY KEY)").expect("it takes DDL");
    cluster.go_down(1, Shutdown::Orderly);
    ask(&cluster, 0, "INSERT INTO t VALUES (1)").expect("the other one left in order");
    cluster.come_back(1).expect("it gets what it missed");
    let count = "SET wsrep_sync_wait = 1; SELECT count(*) FROM t";
    assert_eq!(ask(&cluster, 1, count).expect("it is synced"), "1");

    cluster.go_down(1, Shutdown::Crash);
    // One of two is no majority, as it sees some seconds later.
    while ask(&cluster, 0, "SELECT 1 FROM t").is_ok() {
        sleep(Duration::from_millis(50));
    }
    cluster.go_down(0, Shutdown::Crash);
    cluster.come_back(0).expect("it begins the cluster anew");
    cluster.come_back(1).expect("it joins");
    assert_eq!(ask(&cluster, 1, count).expect("it is synced"), "1");
}

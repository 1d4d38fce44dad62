//! Several hosts of one engine, tried one after the other.

use std::net::TcpListener;
use std::time::Duration;

use bindery::{EngineOptions, ErrorKind};
use bindery_testkit::Watchdog;

use super::{connect, parts, servers};
use crate::sample::engine::Postgres;
use crate::sample::{at, with};

/// The same URL with other hosts.
fn with_hosts(url: &str, hosts: &str) -> String {
    let (account, _, database) = parts(url);
    let (scheme, _) = url.split_once("://").unwrap();
    format!("{scheme}://{account}@{hosts}/{database}")
}

#[test]
fn hosts_are_tried_in_turn_within_one_limit() {
    let _watchdog = Watchdog::start("hosts_are_tried_in_turn", Duration::from_secs(120));
    // Accepts, as the system does for it, and stays silent.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap();
    for (engine, database) in servers() {
        let url = database.url();
        let (_, address, _) = parts(&url);
        let limit = Duration::from_secs(2);
        let open = |hosts: &str| {
            let options = EngineOptions::url(with_hosts(&url, hosts)).connect_timeout(limit);
            connect(&with(engine, options), engine)
        };
        open(&format!("127.0.0.1:1,{address}")).unwrap();
        open(&format!("{silent},127.0.0.1:1,{address}")).unwrap();
        open(&format!("{address},127.0.0.1:1")).unwrap();
        let none = open("127.0.0.1:1,127.0.0.1:2").unwrap_err();
        assert_eq!(none.kind(), &ErrorKind::Unavailable, "{none:?}");
        assert!(
            none.to_string().contains("127.0.0.1:1,127.0.0.1:2/"),
            "{none}"
        );
        let asleep = open(&format!("127.0.0.1:1,{silent}")).unwrap_err();
        assert!(
            matches!(asleep.kind(), ErrorKind::Timeout { .. }),
            "{asleep:?}"
        );
    }
}

#[test]
fn a_host_that_refuses_the_login_is_the_right_one() {
    for (engine, database) in servers() {
        let url = database.url();
        let (account, address, _) = parts(&url);
        let (user, _) = account.split_once(':').unwrap();
        let hosts = format!("{address},127.0.0.1:1");
        let options = EngineOptions::url(with_hosts(&url, &hosts));
        let wrong = options.username(user).password("wrong");
        let error = connect(&with(engine, wrong), engine).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{error:?}");
    }
}

#[test]
fn only_a_server_that_takes_writes_will_do_where_that_is_said() {
    let Some(database) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let url = |attributes: &str| format!("{}?target_session_attrs={attributes}", database.url());
    at("x_postgres", &url("read-write"))
        .connect(Postgres)
        .unwrap();
    let name = database.name();
    database
        .answer(&format!(
            "ALTER DATABASE \"{name}\" SET default_transaction_read_only = on"
        ))
        .unwrap();
    at("x_postgres", &url("any")).connect(Postgres).unwrap();
    let error = at("x_postgres", &url("read-write"))
        .connect(Postgres)
        .map(drop)
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("takes no writes"), "{source}");
}

//! `bindery status`: where writes and reads go, on servers that really stream.

use std::time::{Duration, Instant};

use bindery_testkit::{Server, ServerOptions, Shutdown, Watchdog};
use serde_json::{Value, json};

use super::status::rows;
use super::support::{Outcome, Project};

/// A primary and its standby behind one URL, after a host that is not there; the standby is a replica, too.
struct Site {
    primary: Server,
    standby: Server,
    project: Project,
}

impl Site {
    fn start(options: ServerOptions) -> Option<Self> {
        let primary = options.replicated(true).durable(true).start_or_skip()?;
        let url = primary.database("shop").expect("the server is empty");
        let standby = primary.standby()?.start().expect("the standby starts");
        let replica = standby.same_database(&url);
        let (before, _) = url.rsplit_once('@').expect("an account");
        let hosts = format!(
            "127.0.0.1:1,127.0.0.1:{},127.0.0.1:{}",
            primary.port(),
            standby.port()
        );
        let config = "[engines.default]\nurl = \"${SHOP_URL}\"\nreads = \"replicas\"\nconnect-timeout = \"10s\"\n\
            replicas = [{ name = \"copy\", url = \"${COPY_URL}\" }]\n";
        let project = Project::new(&[("bindery.toml", config)])
            .with(
                "SHOP_URL",
                &format!("{before}@{hosts}/shop?target_session_attrs=read-write"),
            )
            .with("COPY_URL", &replica);
        Some(Self {
            primary,
            standby,
            project,
        })
    }

    /// The name of a host: 1 is the primary's before, 2 the standby's.
    fn host(&self, number: usize) -> String {
        let port = [1, self.primary.port(), self.standby.port()][number];
        format!("127.0.0.1:{port}")
    }

    fn status(&self) -> Outcome {
        self.project.run("status --format json")
    }

    /// The routes once they are these: of the three hosts, and of the replica.
    fn becomes(&self, expected: [&[&str]; 4]) -> Vec<Value> {
        let started = Instant::now();
        loop {
            let shown = self.status().json();
            let mut all = rows(&shown, "default", "host");
            all.extend(rows(&shown, "default", "replica"));
            let takes: Vec<_> = all
                .iter()
                .map(|row| row["route"]["takes"].clone())
                .collect();
            if takes == expected.map(|takes| json!(takes)) {
                return all.into_iter().cloned().collect();
            }
            assert!(started.elapsed() < Duration::from_secs(60), "{shown:#}");
        }
    }
}

fn left_out(row: &Value) -> &str {
    row["route"]["left_out"].as_str().unwrap_or_default()
}

fn status_says_where_calls_go(options: ServerOptions) {
    let _watchdog = Watchdog::start("status_says_where_calls_go", Duration::from_secs(240));
    let Some(mut site) = Site::start(options) else {
        return;
    };
    let found = site.becomes([&[], &["writes"], &[], &["reads"]]);
    let names = found.iter().map(|row| row["route"]["name"].as_str());
    let names: Vec<_> = names.map(Option::unwrap_or_default).collect();
    assert_eq!(names[..3], [0, 1, 2].map(|number| site.host(number)));
    assert_eq!(names[3], "copy");
    let levels: Vec<_> = found.iter().map(|row| &row["level"]).collect();
    assert_eq!(levels, ["warning", "ok", "ok", "ok"]);
    assert!(
        left_out(&found[0]).contains("cannot be reached"),
        "{found:#?}"
    );
    assert!(found[3]["route"]["lag_ms"].is_u64(), "{found:#?}");
    let texts = site.project.run("status").results;
    for line in [
        format!(
            "host on default: `{}` does not answer; nothing goes there: ",
            site.host(0)
        ),
        format!(
            "host on default: `{}` is live and takes writes; writes go there\n",
            site.host(1)
        ),
        format!(
            "host on default: `{}` takes no writes; nothing goes there\n",
            site.host(2)
        ),
        "replica on default: `copy` is serving".to_owned(),
        "; reads go there\n".to_owned(),
    ] {
        assert!(texts.contains(&line), "{line}\n{texts}");
    }

    // Two take writes, and the replica is none any more.
    site.standby.promote().expect("it is a standby");
    let found = site.becomes([&[], &["writes", "reads"], &[], &[]]);
    let text = found[2]["text"].as_str().unwrap_or_default();
    assert!(text.contains("takes writes, too"), "{found:#?}");
    assert_eq!(
        (&found[2]["level"], &found[3]["level"]),
        (&json!("warning"), &json!("error"))
    );
    assert!(left_out(&found[3]).contains("promoted"), "{found:#?}");

    // The other one is live.
    site.primary.go_down(Shutdown::Crash);
    let found = site.becomes([&[], &[], &["writes", "reads"], &[]]);
    assert!(!left_out(&found[1]).is_empty(), "{found:#?}");

    // None is: each says so, and so does the replica.
    site.standby.go_down(Shutdown::Crash);
    let found = site.becomes([&[], &[], &[], &[]]);
    assert!(
        found.iter().all(|row| !left_out(row).is_empty()),
        "{found:#?}"
    );
}

#[test]
fn mon_03_status_says_where_calls_go_on_postgres() {
    status_says_where_calls_go(Server::postgres());
}

#[test]
fn mon_03_status_says_where_calls_go_on_mariadb() {
    status_says_where_calls_go(Server::mysql());
}

/// An engine of one host and without replicas has nothing to choose from.
#[test]
fn mon_03_status_says_nothing_of_routes_where_there_is_one() {
    let Some(database) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let project = Project::new(&[("bindery.toml", "url = \"${SHOP_URL}\"\n")])
        .with("SHOP_URL", &database.url());
    let shown = project.run("status --format json").json();
    assert!(rows(&shown, "default", "host").is_empty(), "{shown:#}");
    assert!(!shown.to_string().contains("route"), "{shown:#}");
}

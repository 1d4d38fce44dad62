//! The dashboard for Grafana and the table of metrics, beside what a program exports.

use std::collections::BTreeSet;
use std::time::Duration;

use bindery::EngineOptions;
use bindery::relation::LinkCache;
use metrics::with_local_recorder;
use metrics_exporter_prometheus::PrometheusRecorder;

use bindery_cases::{atomic, capture, links, welcome};

use super::metrics::{Labels, recorder, scrape};
use crate::sample::with;

const DASHBOARD: &str = include_str!("../../../../docs/observability/bindery-grafana.json");
const PAGE: &str = include_str!("../../../../docs/observability.md");

/// A program that does everything of which there is a metric.
fn run(recorder: &PrometheusRecorder, urls: &[String; 2]) {
    with_local_recorder(recorder, || {
        use links::*;

        let db = Databases::in_memory().unwrap();
        db.create_missing().unwrap();
        db.session(|s| {
            let ann = s.users().insert(NewUser::new("ann@example.org"))?;
            let visit = NewVisit::new("/").user_id(ann.id);
            s.b()?.visits().insert(visit).map(drop)
        })
        .unwrap();
        db.users()
            .insert(NewUser::new("ann@example.org"))
            .unwrap_err();
        let users = LinkCache::new(10, Duration::from_secs(60));
        let visits = db.b().unwrap().visits().all().unwrap();
        for _ in 0..2 {
            let default = &mut db.default().unwrap();
            visit::user_id
                .cached(&users)
                .load(default, &visits)
                .unwrap();
        }
        let options = EngineOptions::url(":memory:").max_connections(1);
        let small = with("b", options.acquire_timeout(Duration::from_millis(1)));
        let held = small.connect(crate::sample::engine::B).unwrap();
        assert!(small.connect(crate::sample::engine::B).is_err());
        drop(held);
        run_tasks();
        run_sync();
        run_recovery(urls);
        run_capture(urls);
    });
}

/// PostgreSQL and MariaDB.
fn run_recovery([default, m]: &[String; 2]) {
    let config = bindery::Config::new()
        .engine("default", default.as_str())
        .engine("m", m.as_str())
        .engine("lite", ":memory:");
    let db = atomic::Databases::with_config(&config).unwrap();
    assert!(db.recover().is_clean());
}

fn run_capture([p, m]: &[String; 2]) {
    use capture::*;

    let config = bindery::Config::new()
        .engine("default", ":memory:")
        .engine("m", m.as_str())
        .engine("p", p.as_str());
    let db = Databases::with_config(&config).unwrap();
    db.create_missing().unwrap();
    let notes = db.registry().changes::<Note>();
    let position = notes.reader("search").unwrap();
    // Nothing but reading sets the metrics of readers, and nothing but working those of tasks.
    assert!(notes.after(&position).unwrap().changes.is_empty());
}

/// Databases of servers, which alone can have transactions in doubt.
fn servers() -> Option<[bindery_testkit::FreshDatabase; 2]> {
    let postgres = bindery_testkit::fresh_postgres()?;
    Some([postgres, bindery_testkit::fresh_mysql()?])
}

#[derive(serde::Serialize, serde::Deserialize, bindery::outbox::Task)]
struct Greet {}

fn run_tasks() {
    use welcome::*;

    let db = Databases::in_memory().unwrap();
    db.create_missing().unwrap();
    db.default().unwrap().tasks().push(Greet {}).unwrap();
    let worker = db.worker().on::<Greet>(|_, _| Ok(()));
    assert_eq!(worker.run_until_idle().unwrap().completed, 1);
}

fn run_sync() {
    use links::*;

    let db = Databases::in_memory().unwrap();
    db.create_missing().unwrap();
    db.registry().create_sync_tables(engine::B).unwrap();
    let sync = db
        .registry()
        .sync_columns::<Blog<engine::Default>, Blog<engine::B>>();
    assert_eq!(sync.full().run().unwrap().rows.written(), 0);
}

/// The dashboard's queries, with what each legend shows.
fn queries() -> Vec<(String, String, String)> {
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let string_of = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let queries = panels.iter().flat_map(|panel| {
        let targets = panel["targets"].as_array().into_iter().flatten();
        targets.map(|target| {
            (
                string_of(&panel["title"]),
                string_of(&target["expr"]),
                string_of(&target["legendFormat"]),
            )
        })
    });
    queries.collect()
}

/// A metric of a query: its name, the matchers of its labels, and the labels that it is summed up by.
struct Selected {
    metric: String,
    matchers: Vec<(String, String)>,
    by: Vec<String>,
}

/// The metrics of a query of the forms that the dashboard has: `sum by (…) (… metric{…} …)`, or `max`, several of them joined by operators.
fn selected(query: &str) -> Vec<Selected> {
    let query = query.replace("max by (", "sum by (");
    let sums = query.split("sum by (").skip(1);
    let found = sums.map(|sum| {
        let (by, rest) = sum.split_once(')').unwrap();
        let start = ["db_client_", "bindery_"]
            .iter()
            .filter_map(|start| rest.find(start))
            .min();
        let rest = &rest[start.expect("a metric")..];
        let end = rest
            .find(|char: char| !char.is_ascii_alphanumeric() && char != '_')
            .unwrap();
        let (metric, rest) = rest.split_at(end);
        let matchers = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let matchers = matchers.map_or("", |(matchers, _)| matchers).split(", ");
        let matcher = |text: &str| {
            let (label, value) = text.split_once(|char| "=!~".contains(char))?;
            Some((
                label.to_owned(),
                value.trim_start_matches(['=', '~']).to_owned(),
            ))
        };
        Selected {
            metric: metric.to_owned(),
            matchers: matchers.filter_map(matcher).collect(),
            by: by.split(", ").map(str::to_owned).collect(),
        }
    });
    found.collect()
}

impl Selected {
    fn takes(&self, (metric, labels, _): &(String, Labels, f64)) -> bool {
        let value = |value: &str| value.trim_matches('"').to_owned();
        *metric == self.metric
            && self.by.iter().all(|label| labels.contains_key(label))
            && self.matchers.iter().all(|(label, wanted)| {
                let has = labels.get(label);
                // `!=""` and the variable for all engines: it is there.
                has.is_some_and(|has| {
                    wanted.is_empty()
                        || ["\"\"", "\"$engine\""].contains(&wanted.as_str())
                        || *has == value(wanted)
                })
            })
    }
}

/// Covers MON-01: each query of the dashboard finds series with all its labels, and no metric is missing there.
#[test]
fn mon_01_every_query_of_the_dashboard_finds_what_a_program_exports() {
    let Some(databases) = servers() else {
        return;
    };
    let recorder = recorder();
    run(
        &recorder,
        &databases.each_ref().map(|database| database.url()),
    );
    let series = scrape(&recorder);
    let mut shown = BTreeSet::new();
    let queries = queries();
    assert!(queries.len() > 15);
    for (panel, query, legend) in &queries {
        let all = selected(query);
        assert!(!all.is_empty(), "{panel}: {query}");
        for selected in &all {
            let is_there = series.iter().any(|series| selected.takes(series));
            assert!(
                is_there,
                "{panel}: no series of `{}` for {query}",
                selected.metric
            );
            shown.insert(base(&selected.metric).to_owned());
        }
        for label in legend.split("{{").skip(1) {
            let label = label.split("}}").next().unwrap();
            let is_summed_by = all.iter().all(|one| one.by.iter().any(|by| by == label));
            assert!(is_summed_by, "{panel}: `{label}` of {legend}");
        }
    }
    let exported: BTreeSet<String> = series
        .iter()
        .map(|(name, _, _)| base(name).to_owned())
        .collect();
    assert_eq!(exported, shown);
}

/// The metric of a series of a histogram.
fn base(name: &str) -> &str {
    let ends = [
        "_seconds_bucket",
        "_seconds_count",
        "_seconds_sum",
        "_rows_bucket",
        "_rows_count",
        "_rows_sum",
        "_total",
        "_seconds",
    ];
    let is_rows = |end: &str| end.starts_with("_rows");
    let end = ends.iter().find(|end| name.ends_with(*end));
    end.map_or(name, |end| {
        let cut = if is_rows(end) {
            end.len() - "_rows".len()
        } else {
            end.len()
        };
        &name[..name.len() - cut]
    })
}

/// Covers MON-01: the page lists all metrics that a program exports, and no other.
#[test]
fn mon_01_the_page_lists_every_metric() {
    let Some(databases) = servers() else {
        return;
    };
    let recorder = recorder();
    run(
        &recorder,
        &databases.each_ref().map(|database| database.url()),
    );
    let exported = scrape(&recorder);
    let exported: BTreeSet<String> = exported
        .iter()
        .map(|(name, _, _)| base(name).to_owned())
        .collect();
    let table = PAGE
        .split("| metric | kind, unit | labels |")
        .nth(1)
        .unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let names = rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2));
    let listed: BTreeSet<String> = names.map(|name| name.replace('.', "_")).collect();
    assert_eq!(listed, exported);
}

//! The table.

use std::time::Duration;

use crate::Options;
use crate::load::{Route, Seen};

/// All slices of one application on one route.
#[derive(Default)]
struct Cell {
    took: Duration,
    latencies: Vec<Duration>,
}

impl Cell {
    fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    /// In microseconds; the latencies are sorted.
    fn quantile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1) as f64;
        let at = (last * share).round() as usize;
        let found = self.latencies.get(at);
        found.map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e6)
    }
}

pub struct Report {
    options: Options,
    version: String,
    rows: Vec<(Route, [Cell; 2])>,
}

impl Report {
    pub fn new(options: Options, version: impl ToString) -> Self {
        Self {
            options,
            version: version.to_string(),
            rows: Vec::new(),
        }
    }

    pub fn add(&mut self, route: Route, which: usize, seen: Seen) {
        if self.rows.last().is_none_or(|(last, _)| *last != route) {
            self.rows.push((route, Default::default()));
        }
        let Some((_, cells)) = self.rows.last_mut() else {
            return;
        };
        cells[which].took += seen.took;
        cells[which].latencies.extend(seen.latencies);
    }

    pub fn print(&mut self) {
        let Options {
            clients,
            connections,
            slice,
            slices,
        } = self.options;
        println!(
            "PostgreSQL {} over TCP, {connections} connections, {clients} clients, {slices} slices of {} ms for each, in turn; load average {}\n",
            self.version,
            slice.as_millis(),
            load_average()
        );
        println!(
            "| request | bindery, requests/s | sqlx | ratio | p50, µs | sqlx | ratio | p99, µs | sqlx | ratio |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|");
        for (route, cells) in &mut self.rows {
            cells
                .iter_mut()
                .for_each(|cell| cell.latencies.sort_unstable());
            let [ours, theirs] = cells;
            let pair = |of: &dyn Fn(&Cell) -> f64| {
                let (a, b) = (of(ours), of(theirs));
                format!("{a:.0} | {b:.0} | {:.2}", a / b)
            };
            println!(
                "| {} | {} | {} | {} |",
                route.title(),
                pair(&Cell::per_second),
                pair(&|cell| cell.quantile(0.50)),
                pair(&|cell| cell.quantile(0.99)),
            );
        }
    }
}

/// How busy the machine is.
fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(1).collect()
}

//! The table of throughputs.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::contender::Rows;

/// Tasks a second of each round.
#[derive(Default)]
pub struct Report {
    rates: BTreeMap<(Rows, &'static str), Vec<f64>>,
}

impl Report {
    pub fn add(&mut self, rows: Rows, name: &'static str, tasks: usize, took: Duration) {
        let rate = tasks as f64 / took.as_secs_f64();
        self.rates.entry((rows, name)).or_default().push(rate);
    }

    /// The ratios are to the fastest worker of the same database that is not bindery's, and to the fastest by hand that keeps the order of
    /// keys, too.
    pub fn print(&mut self) {
        println!(
            "| database | worker | tasks/s, median | least | most | to the fastest | to the one with keys |\n|---|---|---|---|---|---|---|"
        );
        for rates in self.rates.values_mut() {
            rates.sort_by(f64::total_cmp);
        }
        for ((rows, name), rates) in &self.rates {
            let (least, most) = (rates[0], rates[rates.len() - 1]);
            let ratio = |of: &str| median(rates) / self.best_peer(*rows, of);
            let (fastest, keyed) = (ratio(""), ratio("by hand with keys"));
            println!(
                "| {rows:?} | {name} | {:.0} | {least:.0} | {most:.0} | {fastest:.2} | {keyed:.2} |",
                median(rates)
            );
        }
    }

    fn best_peer(&self, rows: Rows, of: &str) -> f64 {
        let peers = self.rates.iter().filter(|((on, name), _)| {
            *on == rows && !name.starts_with("bindery") && name.starts_with(of)
        });
        peers.map(|(_, rates)| median(rates)).fold(0.0, f64::max)
    }
}

/// Of sorted rates.
fn median(rates: &[f64]) -> f64 {
    rates[rates.len() / 2]
}

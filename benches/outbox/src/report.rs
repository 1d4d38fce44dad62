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

    /// The ratios are to the fastest worker of the same database that is not bindery's, to the fastest by hand that keeps the order of
    /// keys, too, and of what goes on after a kill to the same without one.
    pub fn print(&mut self) {
        println!(
            "| database | worker | tasks/s, median | least | most | to the fastest | to the one with keys | after a kill |\n|---|---|---|---|---|---|---|---|"
        );
        for rates in self.rates.values_mut() {
            rates.sort_by(f64::total_cmp);
        }
        for ((rows, name), rates) in &self.rates {
            let (least, most, rate) = (rates[0], rates[rates.len() - 1], median(rates));
            let ratio =
                |of: Option<f64>| of.map_or(String::new(), |of| format!("{:.2}", rate / of));
            let (fastest, keyed) = (
                self.best_peer(*rows, ""),
                self.best_peer(*rows, "by hand with keys"),
            );
            println!(
                "| {rows:?} | {name} | {rate:.0} | {least:.0} | {most:.0} | {} | {} | {} |",
                ratio(fastest),
                ratio(keyed),
                ratio(self.without_kill(*rows, name))
            );
        }
    }

    fn without_kill(&self, rows: Rows, name: &str) -> Option<f64> {
        let same = name.strip_suffix(", after a kill")?;
        self.rates.get(&(rows, same)).map(|rates| median(rates))
    }

    fn best_peer(&self, rows: Rows, of: &str) -> Option<f64> {
        let peers = self.rates.iter().filter(|((on, name), _)| {
            *on == rows && !name.starts_with("bindery") && name.starts_with(of)
        });
        peers.map(|(_, rates)| median(rates)).max_by(f64::total_cmp)
    }
}

/// Of sorted rates.
fn median(rates: &[f64]) -> f64 {
    rates[rates.len() / 2]
}

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

    pub fn print(&mut self) {
        println!("| database | worker | tasks/s, median | least | most |\n|---|---|---|---|---|");
        for ((rows, name), rates) in &mut self.rates {
            rates.sort_by(f64::total_cmp);
            let (least, most) = (rates[0], rates[rates.len() - 1]);
            let median = rates[rates.len() / 2];
            println!("| {rows:?} | {name} | {median:.0} | {least:.0} | {most:.0} |");
        }
    }
}

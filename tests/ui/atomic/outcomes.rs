//! An outcome that is not looked at, and what does nothing by itself.
#![allow(dead_code)]
#![deny(unused_must_use)]
bindery_cases::source!(atomic);

use std::time::Duration;

use bindery::atomic::{AtomicOptions, RecoverOptions};
use bindery::Result;

fn an_outcome(db: &Databases) {
    db.checkout(|tx| tx.orders().insert(NewOrder::new("pen")));
}

fn options(limit: Duration) {
    AtomicOptions::new().deadline(limit);
}

fn a_report_of_recovery(db: &Databases) {
    db.recover_with(&RecoverOptions::new());
}

fn recovery_that_stops_immediately(db: &Databases) -> Result<()> {
    db.recover_every(Duration::from_secs(30))?;
    Ok(())
}

fn main() {}

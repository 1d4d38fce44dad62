//! A session that is dropped is rolled back, and options do nothing by themselves.
#![allow(dead_code)]
#![deny(unused_must_use)]
bindery_cases::source!(atomic);

use std::time::Duration;

use bindery::{Result, SessionOptions};

fn a_session(db: &Databases) -> Result<()> {
    db.begin_session()?;
    Ok(())
}

fn options(limit: Duration) {
    SessionOptions::new().deadline(limit);
}

fn main() {}

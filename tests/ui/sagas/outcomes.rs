//! A saga that failed is not an error of the call, so its outcome is looked at; and what does nothing by itself.
#![allow(dead_code)]
#![deny(unused_must_use)]
bindery_cases::source!(atomic);

use bindery::Result;
use bindery::saga::{Saga, Worker};

fn an_outcome(db: &Databases, saga: &Saga<String, ()>) -> Result<()> {
    saga.run(db, "request-17", "pen".to_owned())?;
    Ok(())
}

fn a_worker_that_is_not_started(db: &Databases, saga: &Saga<String, ()>) {
    Worker::new(db).saga(saga);
}

fn a_worker_that_stops_immediately(db: &Databases, saga: &Saga<String, ()>) -> Result<()> {
    Worker::new(db).saga(saga).start()?;
    Ok(())
}

fn a_step_that_is_in_no_saga() {
    Saga::<String>::builder("buy", engine::Default).step("order", engine::Default, |_, _| Ok(()));
}

fn main() {}

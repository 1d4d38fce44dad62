//! Tasks are types that say so and can be stored, pushed where an outbox is, and run by handlers of their own.
bindery_cases::source!(outbox);

use bindery::Result;

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, bindery::outbox::Task)]
struct SendWelcome {
    user: i64,
}

#[derive(Serialize, Deserialize)]
struct NoTask {
    user: i64,
}

fn what_is_no_task(db: &Databases) -> Result<()> {
    db.default()?.transaction(|tx| tx.tasks().push(NoTask { user: 1 })).map(drop)
}

fn an_engine_without_an_outbox(db: &Databases) -> Result<()> {
    db.plain()?.transaction(|tx| tx.tasks().push(SendWelcome { user: 1 })).map(drop)
}

fn a_task_outside_of_an_engine(db: &Databases) -> Result<()> {
    db.tasks().push(SendWelcome { user: 1 }).map(drop)
}

fn a_worker_of_an_engine_without_an_outbox(db: &Databases) {
    let _ = db.worker_on(engine::Plain).on::<SendWelcome>(|_, _| Ok(()));
}

fn a_handler_of_what_is_no_task(db: &Databases) {
    let _ = db.worker_on(engine::Default).on::<NoTask>(|_, _| Ok(()));
}

fn a_handler_of_another_task(db: &Databases) {
    let _ = db.worker_on(engine::Default).on::<SendWelcome>(|task: NoTask, _| {
        println!("{}", task.user);
        Ok(())
    });
}

fn a_handler_that_borrows(db: &Databases) -> Result<()> {
    let mut seen = Vec::new();
    let worker = db.worker_on(engine::Default).on::<SendWelcome>(|task, _| {
        seen.push(task.user);
        Ok(())
    });
    worker.run_until_idle().map(drop)
}

fn main() {}

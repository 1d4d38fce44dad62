//! The session of a web request: work that borrows, work that brings back what ends with it, and a future that is not awaited.
bindery_cases::source!(atomic);

use std::rc::Rc;

use bindery::{Registry, Result};
use bindery_web::{DbSession, SessionLayer};

type Session = DbSession<Databases>;

async fn work_that_borrows(session: Session, item: &str) -> Result<u64> {
    session.run(|s| s.orders().filter(order::item.eq(item)).count()).await
}

async fn work_with_what_is_of_one_thread(session: Session) -> Result<u64> {
    let item = Rc::new("pen".to_owned());
    session.run(move |s| s.orders().filter(order::item.eq(&**item)).count()).await
}

async fn bringing_back_a_repository(session: Session) {
    let _ = session.run(|s| Ok(s.orders())).await;
}

async fn without_await(session: Session) -> Result<u64> {
    let count = session.run(|s| s.orders().count())?;
    Ok(count)
}

async fn a_statement_without_the_work(session: Session) -> Result<u64> {
    session.orders().count()
}

fn a_layer_over_what_is_not_generated(registry: &Registry) {
    let _ = SessionLayer::new(registry);
}

fn main() {}

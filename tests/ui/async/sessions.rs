//! Sessions and streams of asynchronous code: work that has what cannot go to another thread, or brings back what ends with it.
bindery_cases::source!(first);

use std::rc::Rc;

use bindery::Result;

async fn with_what_is_of_one_thread(db: Databases) -> Result<u64> {
    let title = Rc::new("draft".to_owned());
    db.session_async(move |s| s.notes().filter(note::title.eq(&**title)).count()).await
}

async fn bringing_back_a_repository(db: Databases) {
    let _ = db.session_async(|s| Ok(s.notes())).await;
}

async fn a_statement_without_the_work(db: Databases) -> Result<u64> {
    let mut session = db.begin_session_async();
    session.notes().count()
}

async fn a_commit_without_await(db: Databases) -> Result<()> {
    let session = db.begin_session_async();
    session.commit()
}

fn a_stream_with_what_is_borrowed(db: &Databases, title: &str) {
    let _ = db.stream(|db| db.notes().filter(note::title.eq(title)).iter());
}

fn main() {}

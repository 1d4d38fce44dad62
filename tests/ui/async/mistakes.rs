//! Work for another thread that has what cannot go there, or brings back what ends with it; and a future that is not awaited.
bindery_cases::source!(first);

use std::rc::Rc;

use bindery::Result;

async fn with_what_is_of_one_thread(db: Databases) -> Result<u64> {
    let title = Rc::new("draft".to_owned());
    db.run(move |db| db.notes().filter(note::title.eq(&**title)).count()).await
}

async fn with_what_is_borrowed(db: Databases) -> Result<u64> {
    let title = "draft".to_owned();
    db.run(|db| db.notes().filter(note::title.eq(&*title)).count()).await
}

async fn bringing_back_a_repository(db: Databases) {
    let _ = db.run(|db| Ok(db.notes())).await;
}

async fn bringing_back_what_is_of_one_thread(db: Databases) {
    let _ = db.run(|db| db.notes().count().map(Rc::new)).await;
}

async fn without_await(db: Databases) -> Result<u64> {
    let count = db.run(|db| db.notes().count())?;
    Ok(count)
}

fn main() {}

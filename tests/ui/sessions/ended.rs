//! A session that ended is gone, and what it lends ends with it.
bindery_cases::source!(atomic);

use bindery::Result;

fn a_statement_after_the_commit(db: &Databases) -> Result<u64> {
    let mut session = db.begin_session()?;
    session.orders().insert(NewOrder::new("pen"))?;
    session.commit()?;
    session.orders().count()
}

fn a_commit_after_the_rollback(db: &Databases) -> Result<()> {
    let session = db.begin_session()?;
    session.rollback()?;
    session.commit()
}

fn a_repository_that_outlives_its_session(db: &Databases) -> Result<u64> {
    let mut kept = None;
    db.session(|s| {
        kept = Some(s.orders());
        Ok(())
    })?;
    kept.unwrap().count()
}

fn a_model_of_several_engines(db: &Databases) -> Result<u64> {
    db.session(|s| s.notes().count())
}

fn a_hook_that_borrows(db: &Databases, told: &mut Vec<String>) -> Result<()> {
    db.session(|s| {
        s.after_commit(engine::Default, |_| {
            told.push("sold".to_owned());
            Ok(())
        })
    })
}

fn main() {}

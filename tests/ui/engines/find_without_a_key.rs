//! A table without a primary key has no row to find.
bindery_cases::source!(shop);

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    let mut archive = db.archive()?;
    let visit = archive.visits().first()?.expect("somebody was here");
    archive.visits().save(&visit)?;
    Ok(())
}

//! A table without a primary key has no row to find.
include!("../../golden/shop/bindery.rs");

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    let mut archive = db.archive()?;
    let visit = archive.visits().first()?.expect("somebody was here");
    archive.visits().save(&visit)?;
    Ok(())
}

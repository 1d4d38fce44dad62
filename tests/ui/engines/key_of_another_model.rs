//! A category's key finds no user.
include!("../../golden/doors/bindery.rs");

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    let news = db.categories().insert(NewCategory::new("news"))?;
    db.users().find(news.id)?;
    Ok(())
}

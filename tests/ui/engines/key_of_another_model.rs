//! A category's key finds no user.
bindery_cases::source!(doors);

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    let news = db.categories().insert(NewCategory::new("news"))?;
    db.users().find(news.id)?;
    Ok(())
}

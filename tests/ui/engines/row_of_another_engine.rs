//! Covers BIND-04: a row read from `b` cannot be saved on `default`, nor kept among rows of `default`.
bindery_cases::source!(doors);

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    let post = db.b()?.blogs().insert(NewBlog::new("on b"))?;
    db.default()?.blogs().save(&post)?;
    let mut rows = db.default()?.blogs().all()?;
    rows.push(post);
    Ok(())
}

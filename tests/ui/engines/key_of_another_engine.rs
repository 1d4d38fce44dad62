//! Covers BIND-04: a key of `b` finds nothing on `default`.
bindery_cases::source!(doors);

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    let post = db.b()?.blogs().insert(NewBlog::new("on b"))?;
    db.default()?.blogs().find(post.id)?;
    Ok(())
}

//! Covers GEN-9, TX-08: a transaction of one engine is none of another.
bindery_cases::source!(doors);

fn publish(
    tx: &mut bindery::Transaction<'_, engine::Default>,
    title: &str,
) -> bindery::Result<Blog> {
    tx.blogs().insert(NewBlog::new(title))
}

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    let mut b = db.b()?;
    let mut default = db.default()?;
    b.transaction(|tx| publish(tx, "of b"))?;
    let mut of_default: bindery::Transaction<'_, engine::Default> = default.begin()?;
    of_default = b.begin()?;
    db.registry().after_each_commit(engine::B, |c: &mut bindery::Connection<engine::Default>| Ok(()));
    Ok(())
}

//! BIND-02: blogs live on two engines.
bindery_cases::source!(doors);

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    db.blogs().count()?;
    Ok(())
}

//! BIND-01: users live on `default` only.
bindery_cases::source!(doors);

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    let mut b = db.b()?;
    b.users().count()?;
    db.default()?.categories().count()?;
    Ok(())
}

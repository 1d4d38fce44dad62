//! BIND-01: users live on `default` only.
include!("../../golden/doors/bindery.rs");

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    let mut b = db.b()?;
    b.users().count()?;
    db.default()?.categories().count()?;
    Ok(())
}

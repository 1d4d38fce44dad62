//! BIND-02: blogs live on two engines.
include!("../../golden/doors/bindery.rs");

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    db.blogs().count()?;
    Ok(())
}

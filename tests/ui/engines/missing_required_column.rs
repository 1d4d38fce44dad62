//! An address is required.
include!("../../golden/doors/bindery.rs");

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    db.users().insert(NewUser::new())?;
    Ok(())
}

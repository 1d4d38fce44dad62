//! `notes` is on `default` and `m`, and both are in the group.

include!("../../golden/atomic/bindery.rs");

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    db.checkout(|tx| tx.notes().count()).stored()?;
    Ok(())
}

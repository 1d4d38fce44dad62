//! Whether an atomic transaction is stored is no error that `?` would show: its outcome has to be looked at.
include!("../../golden/atomic/bindery.rs");

#[deny(unused_must_use)]
fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    db.checkout(|tx| tx.orders().count());
    Ok(())
}

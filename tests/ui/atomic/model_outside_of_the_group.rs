//! `drafts` is on `lite`, which is not in the group `checkout`.

include!("../../golden/atomic/bindery.rs");

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    db.checkout(|tx| tx.drafts().count()).stored()?;
    Ok(())
}

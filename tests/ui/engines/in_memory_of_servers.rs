//! Not all engines can be in memory, and the reason is reported where that is used.
include!("../../golden/flavours/bindery.rs");

fn main() -> bindery::Result<()> {
    Databases::in_memory()?;
    Ok(())
}

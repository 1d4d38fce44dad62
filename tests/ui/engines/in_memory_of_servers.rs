//! Not all engines can be in memory, and why is said where that is asked for.
include!("../../golden/flavours/bindery.rs");

fn main() -> bindery::Result<()> {
    Databases::in_memory()?;
    Ok(())
}

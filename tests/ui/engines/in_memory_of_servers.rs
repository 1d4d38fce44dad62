//! Not all engines can be in memory, and the reason is reported where that is used.
bindery_cases::source!(flavours);

fn main() -> bindery::Result<()> {
    Databases::in_memory()?;
    Ok(())
}

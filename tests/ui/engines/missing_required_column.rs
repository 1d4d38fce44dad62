//! An address is required.
bindery_cases::source!(doors);

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    db.users().insert(NewUser::new())?;
    Ok(())
}

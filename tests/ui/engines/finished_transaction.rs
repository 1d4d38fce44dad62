//! Covers TX-01: a transaction that was committed is gone.
bindery_cases::source!(doors);

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    let mut connection = db.default()?;
    let mut transaction = connection.begin()?;
    transaction.users().insert(NewUser::new("ann@example.org"))?;
    transaction.commit()?;
    transaction.users().count()?;
    Ok(())
}

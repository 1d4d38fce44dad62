//! Covers TX-08: with several engines a transaction belongs to one of them, and other models are not in it.
bindery_cases::source!(doors);

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    db.transaction(|tx| Ok(()))?;
    db.transaction_retry(bindery::RetryPolicy::default(), |tx| Ok(()))?;
    db.default()?.transaction(|tx| tx.categories().count())?;
    Ok(())
}

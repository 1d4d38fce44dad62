//! Nothing of a transaction outlives its group, and hooks own what they use.
bindery_cases::source!(atomic);

use bindery::Result;

fn a_statement_after_the_end(db: &Databases) -> Result<u64> {
    let mut kept = None;
    db.checkout(|tx| {
        kept = Some(tx.orders());
        Ok(())
    })
    .stored()?;
    kept.unwrap().count()
}

fn the_transaction_itself_after_the_end(db: &Databases) -> Result<u64> {
    let tx = db.checkout(|tx| Ok(tx)).stored()?;
    tx.orders().count()
}

fn two_engines_at_the_same_time(db: &Databases) -> Result<()> {
    db.checkout(|tx| {
        let (default, m) = (tx.default()?, tx.m()?);
        default.orders().count()?;
        m.stock().count()?;
        Ok(())
    })
    .stored()
}

fn a_hook_that_borrows(db: &Databases, told: &mut Vec<String>) -> Result<()> {
    db.checkout(|tx| {
        tx.after_commit(|| {
            told.push("sold".to_owned());
            Ok(())
        });
        Ok(())
    })
    .stored()
}

fn main() {}

//! A view is only read, whatever a program has in hand.
bindery_cases::source!(views);

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    let mut connection = db.default()?;
    let total = connection.customer_totals().first()?.expect("somebody bought");
    connection.customer_totals().insert(total)?;
    connection.customer_totals().insert_many([])?;
    Ok(())
}

fn change(db: &Databases, total: CustomerTotal) -> bindery::Result<bool> {
    db.customer_totals().save(&total)?;
    db.customer_totals().delete(total.customer_id)
}

//! A view has no key of its own, so equal rows could stand on two pages or on none.
bindery_cases::source!(views);

fn after_a_value(db: &Databases) -> bindery::Result<Vec<CustomerTotal>> {
    db.customer_totals().query().page_by(customer_total::orders.asc_after(Some(3))).all()
}

fn after_a_row(db: &Databases, last: &CustomerTotal) -> bindery::Result<Vec<CustomerTotal>> {
    db.customer_totals().order_by(customer_total::orders.asc()).page_after(Some(last)).all()
}

fn main() {}

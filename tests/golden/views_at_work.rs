//! Views on SQLite: made after their tables, read as any model, never written.

use bindery::types::BigDecimal;

use crate::views::*;

fn shop() -> Databases {
    let db = Databases::in_memory().expect("SQLite is always there");
    db.create_missing().expect("tables and views can be made");
    db
}

#[test]
fn views_are_made_after_their_tables_and_dropped_before_them() {
    let db = Databases::in_memory().expect("SQLite is always there");
    let made = db.create_missing().expect("tables and views can be made");
    let on_default = [
        ("default", "customers"),
        ("default", "orders"),
        ("default", "customer_totals"),
        ("default", "great_orders"),
    ];
    assert_eq!(made.created[..2], [("b", "orders"), ("b", "great_orders")]);
    assert_eq!(made.created[2..], on_default);
    let again = db.create_missing().expect("they are there");
    assert!(again.created.is_empty());
    let dropped = db
        .registry()
        .drop_tables(engine::Default)
        .expect("nothing refers to them");
    let reversed: Vec<_> = on_default.iter().rev().map(|(_, name)| *name).collect();
    assert_eq!(dropped, reversed);
}

#[test]
fn rows_of_a_view() {
    let db = shop();
    let ann = db.customers().insert(NewCustomer::new("Ann"));
    let ann = ann.expect("the table is empty");
    let orders =
        [70, 130].map(|amount| NewOrder::new(BigDecimal::from(amount)).customer_id(ann.id));
    let mut connection = db.default().expect("SQLite is always there");
    connection
        .orders()
        .insert_many(orders)
        .expect("they are new");

    let total = db.customer_totals().first().expect("the view is there");
    let total = total.expect("there is a customer");
    // The key is the customer's own.
    let customer = db.customers().get(total.customer_id);
    assert_eq!(customer.expect("it is ours"), ann);
    assert_eq!(total.total, Some(BigDecimal::from(200)));
    assert_eq!((total.orders, &*total.address), (2, "unknown"));
    assert_eq!(db.customer_totals().count().expect("it is there"), 1);

    let great = connection.great_orders().all().expect("it is there");
    assert_eq!(great.len(), 1);
    assert_eq!(great[0].remark, "great: -");
    let order: Order<engine::Default> = connection.orders().get(great[0].id).expect("it is there");
    assert_eq!(order.amount, great[0].amount);
}

//! The reviewed code at work on SQLite, where what it does shows in no other test.

use bindery::ErrorKind;
use bindery::types::NaiveDateTime;

use crate::shop::*;

fn shop() -> Databases {
    let db = Databases::in_memory().expect("SQLite is always there");
    db.create_missing().expect("the tables can be made");
    db
}

#[test]
fn a_column_that_every_update_sets_is_set_to_now() {
    let db = shop();
    let long_ago = NaiveDateTime::default();
    let ann = NewCustomer::new(customer::Required {
        email: "ann@example.org".into(),
        name: "Ann".into(),
    })
    .changed_at(long_ago);
    let ann = db.customers().insert(ann).expect("the table is empty");
    assert_eq!(ann.changed_at, long_ago);

    let nothing = CustomerPatch::default();
    assert!(db.customers().update(ann.id, nothing).expect("it is there"));
    let stored = db.customers().get(ann.id).expect("it is there");
    assert_eq!(stored.changed_at, long_ago, "nothing was changed");

    let name = CustomerPatch {
        name: Some("Anna".into()),
        ..CustomerPatch::default()
    };
    assert!(db.customers().update(ann.id, name).expect("it is there"));
    let stored = db.customers().get(ann.id).expect("it is there");
    assert!(stored.changed_at > long_ago);

    assert!(db.customers().save(&ann).expect("it is there"));
    let saved = db.customers().get(ann.id).expect("it is there");
    assert!(saved.changed_at >= stored.changed_at);
    assert_eq!(saved.name, "Ann");

    let bob = db.customers().insert(NewCustomer::new(customer::Required {
        email: "bob@example.org".into(),
        name: "Bob".into(),
    }));
    assert!(bob.expect("the address is free").changed_at > long_ago);
}

#[test]
fn a_unique_search_refuses_a_key_of_another_engine() {
    let db = shop();
    let any = |name: &str| {
        let engine = name.parse().expect("there is such an engine");
        db.on(engine).expect("SQLite is always there")
    };
    let elsewhere = OrderId::on("b".parse().expect("there is such an engine"), 1);
    let error = any("default")
        .orders()
        .find_by_previous_order_of_the_same_customer(elsewhere)
        .expect_err("the key is of `b`");
    assert_eq!(error.kind(), &ErrorKind::WrongEngine);
    let found = any("b")
        .orders()
        .find_by_previous_order_of_the_same_customer(elsewhere);
    assert_eq!(found.expect("the key is of `b`"), None);
}

#[test]
fn a_row_knows_where_to_be_deleted() {
    let db = shop();
    let (mut b, mut archive) = (db.b().expect("b"), db.archive().expect("archive"));
    let seat = b
        .seats()
        .insert(NewSeat::new(seat::Required { row: 1, number: 2 }))
        .expect("no seat is there");
    let copy = seat.copy_to(&mut archive).expect("no seat is there");
    assert_eq!(
        (copy.row, copy.number, copy.row_engine),
        (1, 2, engine::Archive)
    );
    let error = seat.copy_to(&mut archive).expect_err("the key is taken");
    assert!(
        matches!(error.kind(), ErrorKind::UniqueViolation(_)),
        "{error}"
    );
    seat.copy_over_to(&mut archive)
        .expect("it may be overwritten");
    assert!(seat.delete(&db).expect("nothing refers to it"));
    assert!(!seat.delete(&db).expect("nothing refers to it"));
    assert_eq!(
        (
            b.seats().count().expect("b"),
            archive.seats().count().expect("archive")
        ),
        (0, 1)
    );
}

#[test]
fn a_column_may_hold_a_type_of_the_program() {
    use crate::custom::*;
    use crate::{Code, Listed, Money};

    let db = Databases::in_memory().expect("SQLite is always there");
    db.create_missing().expect("the tables can be made");
    let code = |text: &str| Code(text.to_owned());
    let tea = NewGoods::new(code("tea"), Money(250)).discount(Money(20));
    let tea = tea.tags(Listed(vec![code("hot"), code("new")]));
    let tea = db.goods().insert(tea).expect("the table is empty");
    assert_eq!((tea.code.value(), tea.cents), (&code("tea"), Money(250)));
    assert_eq!(tea.tags, Listed(vec![code("hot"), code("new")]));
    let key = GoodsId::new(code("tea"));
    assert_eq!(
        db.goods().find(key.clone()).expect("SQLite"),
        Some(tea.clone())
    );
    let found = db
        .goods()
        .find_by_cents_and_discount(&Money(250), &Money(20));
    assert_eq!(found.expect("SQLite"), Some(tea));

    let pot = NewGoods::new(code("pot"), Money(900)).replaced_by(key.clone());
    db.goods().insert(pot).expect("the code is free");
    let found = db.goods().find_by_replaced_by(&key).expect("SQLite");
    assert_eq!(found.map(|good| good.cents), Some(Money(900)));
    let place = db
        .stock()
        .insert(NewStock::new(3, key))
        .expect("the shelf is empty");
    let key = StockId {
        shelf: place.shelf,
        good: place.good,
    };
    assert!(db.stock().delete(key).expect("nothing refers to it"));
}

#[test]
fn with_one_engine_a_transaction_needs_no_choice() {
    use crate::first::{Databases, NewNote, Tables};
    let db = Databases::in_memory().expect("SQLite is always there");
    db.create_missing().expect("the tables can be made");
    let kept = db.transaction(|tx| tx.notes().insert(NewNote::new("kept")));
    assert!(kept.is_ok());
    let lost = db.try_transaction(|tx| {
        tx.notes().insert(NewNote::new("lost"))?;
        Err::<(), Box<dyn std::error::Error>>("the caller changed its mind".into())
    });
    assert!(lost.is_err());
    let only_read = bindery::TransactionOptions::new().read_only();
    let lost = db.transaction_with(only_read, |tx| tx.notes().insert(NewNote::new("lost")));
    assert_eq!(
        lost.map(drop).unwrap_err().kind(),
        &bindery::ErrorKind::ReadOnly
    );
    let mut tries = 0;
    let kept_at_last = db.transaction_retry(bindery::RetryPolicy::default(), |tx| {
        tries += 1;
        tx.notes().insert(NewNote::new("again"))?;
        if tries < 3 {
            return Err(bindery::Error::new(bindery::ErrorKind::Conflict));
        }
        Ok(())
    });
    assert!(kept_at_last.is_ok());
    let titles = db.notes().all().expect("the table is there").into_iter();
    assert!(titles.map(|note| note.title).eq(["kept", "again"]));
}

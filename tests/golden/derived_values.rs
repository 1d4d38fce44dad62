//! Derives that `[derives]` adds, at work: rows as JSON and back. The models are those of the case `derived`.

use bindery::types::{BigDecimal, JsonValue, NaiveDate, Uuid};
use serde_json::{from_value, json, to_value};

use crate::derived::{enums::Leaf, *};

#[test]
fn rows_are_written_and_read_by_serde() -> bindery::Result<()> {
    let db = Databases::in_memory()?;
    db.create_missing()?;
    let new = json!({ "name": "Sencha", "leaf": "green", "price": "8.90", "picked": "2026-05-02", "notes": [1] });
    let new: NewTea = from_value(new).expect("what is not there is not given");
    assert_eq!(new.picked, Some(NaiveDate::from_ymd_opt(2026, 5, 2)));
    assert_eq!((new.id, new.batch, &new.leaf), (None, None, &Leaf::Green));
    let new = new.batch(Uuid::from_u128(7));
    let written = to_value(&new).expect("it can be written");
    assert_eq!(from_value::<NewTea>(written).expect("it was written"), new);

    let tea = db.teas().insert(new)?;
    let written = to_value(&tea).expect("it can be written");
    assert_eq!(
        (&written["id"], &written["leaf"]),
        (&json!(1), &json!("green"))
    );
    let read: Tea = from_value(written).expect("it was written");
    assert_eq!(read, tea);
    assert_eq!(read.price, BigDecimal::from(89) / 10);
    assert_eq!(read.notes, Some(JsonValue::from(vec![1])));
    let changes = TeaPatch {
        leaf: Some(Leaf::Black),
        ..TeaPatch::default()
    };
    assert_eq!(
        to_value(&changes).expect("it can be written")["leaf"],
        json!("black")
    );
    Ok(())
}

#[test]
fn rows_of_several_engines_are_written() -> bindery::Result<()> {
    let db = Databases::in_memory()?;
    db.create_missing()?;
    let mut b = db.b()?;
    let shelf = b
        .shelves()
        .insert(NewShelf::new(shelf::Required { room: 1, number: 2 }).label("high"))?;
    let written = to_value(&shelf).expect("it can be written");
    assert_eq!(
        written,
        json!({ "engine": "b", "room": 1, "number": 2, "label": "high" })
    );
    let key = ShelfId {
        engine: engine::B,
        room: 1,
        number: 2,
    };
    let written = to_value(key).expect("it can be written");
    assert_eq!(written, json!({ "engine": "b", "room": 1, "number": 2 }));
    b.jars().insert(NewJar::new().room(1).number(2))?;
    let chosen = db.on("b".parse()?)?.jars().all()?;
    let written = to_value(&chosen).expect("they can be written");
    assert_eq!(written, json!([{ "id": 1, "room": 1, "number": 2 }]));
    Ok(())
}

//! Required columns of one type are given by name, so a program stores the same rows whatever the order of their lines is. Rows on several
//! engines have such columns in `shop` and `mixed`.

use bindery::types::NaiveDate;

use crate::{exchanged, required as by_name};

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, day).expect("a day of January")
}

/// The names of a person, as a program stores and reads them.
macro_rules! names_of_a_person {
    ($schema:ident) => {{
        use $schema::{Databases, NewPerson, person};
        let db = Databases::in_memory()?;
        db.create_missing()?;
        let ann = NewPerson::new(person::Required {
            first_name: "Ann".into(),
            last_name: "Lee".into(),
        });
        let ann = db.people().insert(ann.nick("a"))?;
        (ann.first_name, ann.last_name, ann.nick)
    }};
}

#[test]
fn lines_that_are_exchanged_exchange_no_data() -> bindery::Result<()> {
    let expected = ("Ann".to_owned(), "Lee".to_owned(), Some("a".to_owned()));
    assert_eq!(names_of_a_person!(by_name), expected);
    assert_eq!(names_of_a_person!(exchanged), expected);
    Ok(())
}

#[test]
fn values_go_to_the_columns_of_their_names() -> bindery::Result<()> {
    use by_name::*;
    let db = Databases::in_memory()?;
    db.create_missing()?;
    let [ann, bob] = ["Ann", "Bob"].map(|name| {
        db.people().insert(NewPerson::new(person::Required {
            last_name: "Lee".into(),
            first_name: name.into(),
        }))
    });
    let (ann, bob) = (ann?, bob?);
    db.members().insert(NewMember::new(bob.id))?;
    let transfer = db.transfers().insert(NewTransfer::new(transfer::Required {
        giver: ann.id,
        taker: bob.id,
        amount: 5,
    }))?;
    assert_eq!((transfer.giver, transfer.taker), (ann.id, bob.id));
    let measure = db.measures().insert(NewMeasure::new(measure::Required {
        width: 1,
        height: 2,
        low: 0.5,
        high: 1.5,
        checked: true,
        valid: false,
        seen: day(3),
        due: day(4),
    }))?;
    assert_eq!((measure.width, measure.height), (1, 2));
    assert_eq!((measure.low, measure.high), (0.5, 1.5));
    assert_eq!((measure.checked, measure.valid), (true, false));
    assert_eq!((measure.seen, measure.due), (day(3), day(4)));
    // The struct has a name of its own where the row has the usual one.
    let row: required::Required = db.required().insert(NewRequired::new(required::Required_ {
        required: "yes".into(),
        r#type: "text".into(),
    }))?;
    assert_eq!(
        (row.required.as_str(), row.r#type.as_str()),
        ("yes", "text")
    );
    // No two of these can be mistaken for each other.
    let visit = db
        .visits()
        .insert(NewVisit::new(ann.id, "to talk", 2, day(5)))?;
    assert_eq!((visit.why.as_str(), visit.hours), ("to talk", 2));
    Ok(())
}

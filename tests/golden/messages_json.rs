//! Rows in JSON as `@serde` and `serde-rename` say: what is written, read, and in events. The models are those of the case `messages`.

use serde_json::{Value, from_value, json, to_value};

use crate::messages::{Seat, enums::Mood};

use super::*;

on_each_pair! {
    columns_are_in_json_as_their_tags_say = columns_in_json;
    a_column_that_is_skipped_is_in_no_event = no_secret_in_events;
}

fn new_seat() -> NewSeat {
    from_value(json!({
        "seatRow": 1, "number": 2, "isTaken": false, "price": "12.50", "mood": "very happy", "passHash": "guessed",
    }))
    .expect("what is not known is passed over")
}

fn columns_in_json<S: Tested, T: Tested>(world: &World, (engine, _): (S, T)) {
    let mut connection = connection(world, engine);
    let new = new_seat();
    assert_eq!(
        (new.price, new.mood),
        (Some(1250), Some(Some(Mood::VeryHappy)))
    );
    assert_eq!(new.pass_hash, None, "it is not read");
    let new = new.pass_hash("secret");
    let written = json!({ "seatRow": 1, "number": 2, "isTaken": false, "price": "12.50", "mood": "very happy" });
    assert_eq!(to_value(&new).unwrap(), written);

    let seat = connection.seats().insert(new).unwrap();
    assert_eq!(seat.pass_hash, "secret");
    assert_eq!(to_value(&seat).unwrap(), written);
    let read: Seat<S> = from_value(written).unwrap();
    let pass_hash = seat.pass_hash.clone();
    assert_eq!(read.pass_hash, "");
    assert_eq!(Seat { pass_hash, ..read }, seat);

    let patch: SeatPatch = from_value(json!({ "price": "0.05", "passHash": "guessed" })).unwrap();
    let written = to_value(SeatPatch {
        pass_hash: Some("secret".to_owned()),
        ..patch
    })
    .unwrap();
    assert_eq!(
        written,
        json!({ "isTaken": null, "price": "0.05", "mood": null })
    );
    let patch: SeatPatch = from_value(written).unwrap();
    let id = <model::Seat as bindery::generic::HasKey>::key::<S>(&seat);
    assert_eq!(to_value(id).unwrap(), json!({ "seatRow": 1, "number": 2 }));
    assert!(connection.seats().update(id, patch).unwrap());
    let seat = connection.seats().get(id).unwrap();
    assert_eq!((seat.price, seat.pass_hash.as_str()), (5, "secret"));

    let none: SeatPatch = from_value(json!({ "price": null })).unwrap();
    assert_eq!(none.price, None);
    let old_name = json!({ "mood": "VeryHappy" });
    assert!(from_value::<SeatPatch>(old_name).is_err());
}

fn no_secret_in_events<S: Tested, T: Tested>(world: &World, pair: (S, T)) {
    let mut connection = connection(world, pair.0);
    let seat = connection
        .seats()
        .insert(new_seat().pass_hash("secret"))
        .unwrap();
    seat.delete(&world.db).unwrap();
    let events = events(world, pair);
    assert_eq!(names(&events), [r#"seat_deleted {"seatRow":1,"number":2}"#]);
    let text = events[0].to_json();
    assert!(!text.contains("secret") && !text.contains("pass"), "{text}");
    let data: Value = serde_json::from_str(events[0].data()).unwrap();
    assert_eq!(data["before"]["mood"], "very happy");
    let read: Seat<S> = from_value(data["before"].clone()).unwrap();
    assert_eq!((read.price, read.pass_hash.as_str()), (1250, ""));
}

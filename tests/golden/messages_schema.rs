//! The JSON schema that `bindery docs` writes of the events, beside events as they are. A test of the command keeps the file.

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::messages::{NewSample, enums};

use super::*;

const SCHEMA: &str = include_str!("messages/events.schema.json");

/// The schema of the events of a name.
fn schema_of(event: &str) -> Validator {
    let whole: Value = serde_json::from_str(SCHEMA).expect("it is JSON");
    let schema = json!({
        "$schema": whole["$schema"],
        "$ref": format!("#/definitions/{event}"),
        "definitions": whole["definitions"],
    });
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema).expect("it is a JSON schema")
}

fn assert_valid(message: &Message) {
    let event: Value = serde_json::from_str(&message.to_json()).expect("it is JSON");
    let found = schema_of(message.event());
    let errors: Vec<String> = found
        .iter_errors(&event)
        .map(|one| one.to_string())
        .collect();
    assert_eq!(errors, [""; 0], "{event:#}");
}

fn keeps_the_schema<S: Tested, T: Tested>(world: &World, pair: (S, T)) {
    let mut connection = connection(world, pair.0);
    connection.users().insert(new(1, "1@a.org")).unwrap();
    let patch = UserPatch::new().email("1@b.org");
    connection.users().update(key(1), patch).unwrap();
    connection.users().delete(key(1)).unwrap();
    let seat = connection
        .seats()
        .insert(NewSeat::new(seat::Required {
            seat_row: 1,
            number: 2,
            taken: false,
        }))
        .unwrap();
    seat.delete(&world.db).unwrap();
    let events = events(world, pair);
    let expected = ["user_created 1", "user_updated 1", "user_deleted 1"];
    assert_eq!(names(&events)[..3], expected);
    assert_eq!(events.len(), 4);
    events.iter().for_each(assert_valid);
}

on_each_pair! {
    msg_01_events_keep_the_schema_that_other_programs_have = keeps_the_schema;
}

/// A row of every type that events have.
#[test]
fn msg_01_values_of_every_type_keep_the_schema() {
    let Some(world) = world(&["default", "lite"]) else {
        return;
    };
    let mut connection = connection(&world, engine::Default);
    let moment = chrono::DateTime::from_timestamp(1_763_800_000, 123_000_000).expect("a moment");
    let sample = NewSample::new(
        true,
        -7,
        0.5,
        "12.50"
            .parse::<bindery::types::BigDecimal>()
            .expect("a number"),
        moment.date_naive(),
        moment.time(),
        moment.naive_utc(),
        moment,
        bindery::types::Uuid::from_u128(7),
        json!({ "a": [1, null] }),
        enums::Mood::VeryHappy,
        vec!["x".to_owned()],
        bindery::types::Interval {
            months: 1,
            days: 2,
            microseconds: 3,
        },
        vec![0, 255],
    );
    connection.samples().insert(sample).unwrap();
    let events = events(&world, (engine::Default, engine::Lite));
    assert_eq!(names(&events), ["sample_created 1"]);
    assert_valid(&events[0]);

    // The schema refuses what is not so: each value is replaced by one of another type, and left out.
    let event: Value = serde_json::from_str(&events[0].to_json()).expect("it is JSON");
    let schema = schema_of("sample_created");
    let row = event["data"]["after"].as_object().expect("the row");
    for field in row.keys() {
        let mut other = event.clone();
        let values = other["data"]["after"].as_object_mut().expect("the row");
        values.remove(field);
        assert!(!schema.is_valid(&other), "it may lack `{field}`");
        if field != "doc" {
            other["data"]["after"][field] = json!({ "wrong": true });
            assert!(!schema.is_valid(&other), "`{field}` may be anything");
        }
    }
}

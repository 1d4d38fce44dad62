//! The events that are written with rows are statements of bindery's own: they are counted, and repeat nothing.

use super::*;

on_each_pair! {
    writing_events_is_no_repeated_statement = own_statements;
}

fn own_statements<S: Tested, T: Tested>(world: &World, (engine, _): (S, T)) {
    let mut connection = connection(world, engine);
    let ((), counts) = world.db.registry().count_statements(|| {
        for id in 1..=3 {
            let user = new(id, &format!("{id}@a.org"));
            connection.users().insert(user).unwrap();
        }
    });
    assert!(counts.to_string().contains("_bindery_events"), "{counts}");
    let repeated = counts.repeated(3);
    let is_own = |text: &str| text.contains("_bindery_");
    assert!(!repeated.is_empty(), "{counts}");
    assert!(
        repeated.iter().all(|one| !is_own(&one.statement)),
        "{repeated:?}"
    );
}

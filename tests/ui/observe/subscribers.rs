//! Subscribers are called by all threads for as long as they are subscribed, so they own what they use, and see no values.
bindery_cases::source!(first);

use std::cell::Cell;
use std::rc::Rc;

use bindery::observe::Event;

fn that_borrows(db: &Databases) {
    let seen = String::from("seen");
    let _kept = db.registry().subscribe(|event| println!("{seen}: {}", event.engine));
}

fn of_one_thread(db: &Databases, count: Rc<Cell<u64>>) {
    let _kept = db.registry().subscribe(move |_| count.set(count.get() + 1));
}

fn that_changes_what_it_owns(db: &Databases) {
    let mut count = 0;
    let _kept = db.registry().subscribe(move |_| count += 1);
}

fn that_keeps_an_event(db: &Databases) -> Option<Event<'static>> {
    let mut last = None;
    let _kept = db.registry().subscribe(|event| last = Some(event));
    last
}

fn that_reads_values(db: &Databases) {
    let _kept = db.registry().subscribe(|event| println!("{:?}", event.values));
}

fn main() {}

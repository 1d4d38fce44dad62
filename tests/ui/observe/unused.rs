//! A subscription that is dropped immediately.
#![allow(dead_code)]
#![deny(unused_must_use)]
bindery_cases::source!(first);

fn a_subscription(db: &Databases) {
    db.registry().subscribe(|event| println!("{}", event.engine));
}

fn main() {}

//! A subscription that is dropped immediately.
#![allow(dead_code)]
#![deny(unused_must_use)]
include!("../../golden/first/bindery.rs");

fn a_subscription(db: &Databases) {
    db.subscribe(|event| println!("{}", event.engine));
}

fn main() {}

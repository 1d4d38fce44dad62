//! Only a struct with named fields is a row.

bindery::databases!(models = [Pair, Choice]);

#[derive(bindery::Model)]
pub struct Pair(i64, i64);

#[derive(bindery::Model)]
pub enum Choice {
    One,
}

fn main() {}

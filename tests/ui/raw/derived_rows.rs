//! Structs that `#[derive(Row)]` cannot read.
use bindery::Row;

struct Money(i64);

#[derive(Row)]
struct Pair(i64, String);

#[derive(Row)]
enum State {
    Open,
}

#[derive(Row)]
struct Generic<T> {
    value: T,
}

#[derive(Row)]
struct Twice {
    title: String,
    #[row(name = "title")]
    other: String,
}

#[derive(Row)]
struct Misspelt {
    #[row(column = "title")]
    title: String,
}

#[derive(Row)]
struct Price {
    price: Money,
}

fn main() {}

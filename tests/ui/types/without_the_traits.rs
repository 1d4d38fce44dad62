//! Types that `@type` names and no column can hold: one error for each trait, at a line that names the column.
pub mod schema {
    bindery_cases::source!(custom);
}

#[derive(Debug, Clone, PartialEq)]
pub struct Money(pub i64);

#[derive(Debug, Clone, PartialEq)]
pub struct Code(pub String);

#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T>(pub Vec<T>);

fn main() {}

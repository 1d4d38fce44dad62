//! Types that `@type` names and the program does not have: one error for each, at a line that names the column.
pub mod schema {
    bindery_cases::source!(custom);
}

fn main() {}

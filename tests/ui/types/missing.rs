//! Types that `@type` names and the program does not have: one error for each, at a line that names the column.
#[path = "../../golden/custom/bindery.rs"]
pub mod schema;

fn main() {}

//! Values of a text in place: each is bound, has the type of its parameter, and is used.
use bindery::{execute, query};
use bindery_cases::examples::*;

macro_rules! query_of_examples {
    ($($call:tt)*) => {
        query!($($call)*, schema = "../../golden/examples", crate = bindery_cases::examples)
    };
}

fn main() -> bindery::Result<()> {
    let db = Databases::in_memory()?;
    let mut b = db.b()?;
    let (least, title) = (3, "Rust");

    query!("SELECT id FROM blogs WHERE stars > {leest}", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).all()?;
    query!("SELECT id FROM blogs WHERE stars > {title}", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).all()?;
    query!("SELECT id FROM blogs WHERE stars > {stars}", stars = "many", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).all()?;
    execute!("UPDATE blogs SET content = {content}", content = 3.5, schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b)?;

    query_of_examples!("SELECT id FROM blogs", least = 3).using(&mut b).all()?;
    query_of_examples!("SELECT id FROM blogs WHERE stars > {}", least).using(&mut b).all()?;
    query_of_examples!("SELECT id FROM blogs WHERE stars > {}").using(&mut b).all()?;
    query_of_examples!("SELECT id FROM blogs WHERE stars > {least").using(&mut b).all()?;
    query_of_examples!("SELECT id FROM blogs WHERE title = '{title}'").using(&mut b).all()?;
    query_of_examples!("SELECT id FROM blogs WHERE stars > :least").using(&mut b).all()?;
    query_of_examples!("SELECT id FROM blogs WHERE stars > {least +}").using(&mut b).all()?;
    Ok(())
}

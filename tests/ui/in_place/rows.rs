//! The fields of a row are those of the text.
use bindery::{query, query_as, query_scalar};
use bindery_cases::examples::*;

struct Popular {
    id: i64,
    title: i32,
}

struct Short {
    id: i64,
}

fn main() -> bindery::Result<()> {
    let db = Databases::in_memory()?;
    let mut b = db.b()?;

    let row = query!("SELECT id, title FROM blogs", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).one()?;
    let stars = row.stars;
    let id: String = row.id;
    query_as!(Popular, "SELECT id, title FROM blogs", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).all()?;
    query_as!(Popular, "SELECT id FROM blogs", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).all()?;
    query_as!(Short, "SELECT id, title FROM blogs", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).all()?;
    let most: i32 = query_scalar!("SELECT max(stars) FROM blogs", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).one()?;
    Ok(())
}

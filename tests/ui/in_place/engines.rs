//! A query in place runs on the engines that host all that it names, and on no others.
use bindery::{execute, query};
use bindery_cases::examples::*;

fn main() -> bindery::Result<()> {
    let db = Databases::in_memory()?;
    let (mut a, mut b) = (db.default()?, db.b()?);

    query!("SELECT id, email FROM users", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut a).all()?;
    query!("SELECT id, email FROM users", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).all()?;
    execute!("DELETE FROM users", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut db.sql_on(engine::B))?;
    query!("SELECT id FROM blogs", engines = ["b"], schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut a).all()?;
    query!("SELECT id FROM users", engines = ["b"], schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).all()?;
    query!("SELECT id FROM users", engines = ["c"], schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).all()?;
    query!("SELECT id FROM users", schema = "../../nowhere").using(&mut b).all()?;
    Ok(())
}

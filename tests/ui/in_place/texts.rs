//! A text in place is checked as those of files are, and every finding shows its line.
use bindery::{execute, query, query_scalar};
use bindery_cases::examples::*;

macro_rules! of_examples {
    ($macro:ident! $($call:tt)*) => {
        $macro!($($call)*, schema = "../../golden/examples", crate = bindery_cases::examples)
    };
}

fn main() -> bindery::Result<()> {
    let db = Databases::in_memory()?;
    let mut b = db.b()?;
    let (least, title) = (3, "Rust");

    query!("SELECT id, titel FROM blogs", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).all()?;
    query!(
        r#"SELECT id, "title"
           FROM blogs
           WHERE starz > {least}"#,
        schema = "../../golden/examples",
        crate = bindery_cases::examples
    )
    .using(&mut b)
    .all()?;
    query!("SELECT {least} AS one FROM blogs", schema = "../../golden/examples", crate = bindery_cases::examples).using(&mut b).all()?;
    of_examples!(query! "SELECT count(*) FROM blogs").using(&mut b).all()?;
    of_examples!(query! "DELETE FROM blogs WHERE stars < {least}").using(&mut b).all()?;
    of_examples!(query! "SELECT id FROM blogs; DELETE FROM blogs").using(&mut b).all()?;
    of_examples!(query! "").using(&mut b).all()?;
    of_examples!(execute! "SELECT title FROM blogs").using(&mut b)?;
    of_examples!(query_scalar! "SELECT id, title FROM blogs").using(&mut b).one()?;
    of_examples!(query! title).using(&mut b).all()?;
    Ok(())
}

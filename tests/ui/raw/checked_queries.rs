//! A query of a file on an engine that does not host what it names, and with arguments of other types.
bindery_cases::source!(examples);

use bindery::Result;
use queries::blogs;

fn on_another_engine(db: &Databases) -> Result<()> {
    blogs::best_of_user(&mut db.b()?, "ann@example.org")?;
    Ok(())
}

fn with_a_text_for_a_number(db: &Databases) -> Result<()> {
    blogs::popular(&mut db.b()?, "3")?;
    Ok(())
}

fn with_a_field_that_is_not_there(db: &Databases) -> Result<String> {
    Ok(blogs::popular(&mut db.b()?, 3)?.remove(0).content)
}

fn main() {}

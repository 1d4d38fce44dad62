//! A query of a file on an engine that does not host what it names, with arguments of other types, and where it may not write.
bindery_cases::source!(examples);

use bindery::Result;

fn on_another_engine(db: &Databases) -> Result<()> {
    queries::blogs::best_of_user(&mut db.b()?, "ann@example.org")?;
    Ok(())
}

fn with_a_text_for_a_number(db: &Databases) -> Result<()> {
    queries::blogs::popular(&mut db.b()?, "3")?;
    Ok(())
}

fn with_a_field_that_is_not_there(db: &Databases) -> Result<String> {
    Ok(queries::blogs::popular(&mut db.b()?, 3)?.remove(0).content)
}

fn that_writes_on_a_replica(db: &Databases) -> Result<()> {
    let mut replica = db.registry().connect_replica(engine::B, "b1")?;
    queries::blogs::popular(&mut replica, 3)?;
    queries::blogs::rename(&mut replica, "title", 1)?;
    Ok(())
}

fn main() {}

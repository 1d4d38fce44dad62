//! Functions for every engine that hosts a model say so by `Hosts`.
bindery_cases::source!(doors);

use bindery::generic::LivesOn;
use bindery::{Connection, Engine};

fn without_a_bound<E: Engine>(c: &mut Connection<E>) -> bindery::Result<u64> {
    c.blogs().count()
}

fn with_the_other_trait<E: LivesOn<model::Blog>>(c: &mut Connection<E>) -> bindery::Result<u64> {
    c.blogs().count()
}

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    without_a_bound(&mut db.b()?)?;
    with_the_other_trait(&mut db.b()?)?;
    Ok(())
}

//! Raw SQL names its engine, and speaks its dialect.
bindery_cases::source!(queries);

use bindery::dialect::Postgres;

fn no_engine(db: &Databases) -> bindery::Result<u64> {
    db.execute("DELETE FROM posts", ())
}

fn an_engine_that_is_not_there(db: &Databases) -> bindery::Result<u64> {
    db.sql_on(engine::Analytics).execute("DELETE FROM posts", ())
}

fn of_postgres<E: bindery::Engine<Dialect = Postgres>>(c: &mut bindery::Connection<E>) -> bindery::Result<u64> {
    c.execute("DELETE FROM posts WHERE title ~ $1", ("^a",))
}

fn a_function_of_another_dialect(c: &mut bindery::Connection<engine::Lite>) -> bindery::Result<u64> {
    of_postgres(c)
}

fn main() {}

//! Texts that are no SQL for the engine they are given to.
bindery_cases::source!(queries);

use bindery::Sql;

type Lite = bindery::Connection<engine::Lite>;

fn a_text_for_another_dialect(c: &mut Lite) -> bindery::Result<u64> {
    c.execute(Sql::postgres("DELETE FROM posts WHERE title ILIKE $1"), ("a%",))
}

fn a_branch_that_is_missing(c: &mut Lite) -> bindery::Result<i64> {
    let sql = Sql::by_dialect().postgres("SELECT $1::bigint").mysql("SELECT ?");
    c.query_scalar(sql, (1,))
}

fn a_text_of_the_running_program(c: &mut Lite, table: &str) -> bindery::Result<u64> {
    c.execute(format!("DELETE FROM {table}"), ())
}

fn a_reference_to_such_a_text(c: &mut Lite, table: &str) -> bindery::Result<u64> {
    let text = format!("DELETE FROM {table}");
    c.execute(&text, ())
}

fn a_text_of_the_caller(c: &mut Lite, text: &str) -> bindery::Result<u64> {
    c.execute(text, ())
}

fn main() {}

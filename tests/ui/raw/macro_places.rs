//! Places of `sql!` that hold no value.
bindery_cases::source!(queries);

use bindery::sql;

type Lite = bindery::Connection<engine::Lite>;

struct Money(i64);

fn a_name_that_is_not_there(c: &mut Lite) -> bindery::Result<u64> {
    sql!("DELETE FROM posts WHERE title = {titel}").using(c).execute()
}

fn a_place_in_quotes(c: &mut Lite, title: &str) -> bindery::Result<u64> {
    sql!("DELETE FROM posts WHERE title = '{title}'").using(c).execute()
}

fn a_place_among_other_text_in_quotes(c: &mut Lite, title: &str) -> bindery::Result<u64> {
    sql!("DELETE FROM posts WHERE title LIKE '%{title}%'").using(c).execute()
}

fn a_brace_that_is_not_closed(c: &mut Lite, title: &str) -> bindery::Result<u64> {
    sql!("DELETE FROM posts WHERE title = {title").using(c).execute()
}

fn an_empty_place(c: &mut Lite) -> bindery::Result<u64> {
    sql!("DELETE FROM posts WHERE title = {}").using(c).execute()
}

fn what_is_no_expression(c: &mut Lite) -> bindery::Result<u64> {
    sql!("DELETE FROM posts WHERE title = {a title}").using(c).execute()
}

fn a_value_of_no_column(c: &mut Lite, price: Money) -> bindery::Result<u64> {
    sql!("DELETE FROM posts WHERE price = {price}").using(c).execute()
}

fn a_text_of_the_running_program(c: &mut Lite, text: &str) -> bindery::Result<u64> {
    sql!(text).using(c).execute()
}

fn what_cannot_run_it(db: &Databases, id: i64) -> bindery::Result<u64> {
    sql!("DELETE FROM posts WHERE id = {id}").using(db).execute()
}

fn what_never_runs(id: i64) {
    sql!("DELETE FROM posts WHERE id = {id}");
}

fn main() {}

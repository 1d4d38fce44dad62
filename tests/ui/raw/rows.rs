//! Types that no row is read into.
bindery_cases::source!(queries);

type Lite = bindery::Connection<engine::Lite>;

struct Total {
    title: String,
    stars: i64,
}

fn a_struct_without_the_derive(c: &mut Lite) -> bindery::Result<Vec<Total>> {
    c.query_as("SELECT title, stars FROM posts", ())
}

fn a_model_of_another_engine(c: &mut bindery::Connection<engine::P>) -> bindery::Result<Vec<Visit>> {
    c.query_as("SELECT * FROM visit", ())
}

fn a_row_of_another_engine(c: &mut Lite) -> bindery::Result<Vec<Post<engine::P>>> {
    c.query_as("SELECT * FROM posts", ())
}

fn a_tuple_of_what_no_column_holds(c: &mut Lite) -> bindery::Result<Vec<(i64, Total)>> {
    c.query_as("SELECT id, title FROM posts", ())
}

fn text_that_is_borrowed(c: &mut Lite) -> bindery::Result<Vec<&str>> {
    c.query_as("SELECT title FROM posts", ())
}

fn main() {}

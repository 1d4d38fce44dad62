//! Values that cannot be bound.
bindery_cases::source!(queries);

type Lite = bindery::Connection<engine::Lite>;

struct Money(i64);

fn one_value_alone(c: &mut Lite) -> bindery::Result<u64> {
    c.execute("DELETE FROM posts WHERE id = ?", 1)
}

fn a_text_alone(c: &mut Lite) -> bindery::Result<u64> {
    c.execute("DELETE FROM posts WHERE title = ?", "x")
}

fn a_value_of_no_column(c: &mut Lite) -> bindery::Result<u64> {
    c.execute("DELETE FROM posts WHERE price = ? AND id = ?", (Money(5), 1))
}

fn no_parameters(c: &mut Lite) -> bindery::Result<u64> {
    c.execute("DELETE FROM posts")
}

fn mixed_values_in_an_array(c: &mut Lite) -> bindery::Result<u64> {
    c.execute("DELETE FROM posts WHERE id = ? AND title = ?", [1, "x"])
}

fn main() {}

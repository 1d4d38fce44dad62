//! Updates and deletes of every row by oversight, and of columns that are not the model's.
bindery_cases::source!(queries);

type Lite = bindery::Connection<engine::Lite>;

fn a_delete_of_what(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().delete()
}

fn an_update_of_which_rows(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().update(post::stars.set_to(0))
}

fn a_delete_without_a_condition(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().delete_where()
}

fn an_update_without_a_condition(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().update_where(post::stars.set_to(0))
}

fn a_column_of_another_model(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().update_where(post::stars.ge(1), user::name.set_to("Ann"))
}

fn main() {}

//! Rows that cannot be inserted from a query, and updates that no insert has.
bindery_cases::source!(queries);
use bindery::query::excluded;

type Lite = bindery::Connection<engine::Lite>;

fn what_may_be_null_into_what_may_not(c: &mut Lite) -> bindery::Result<u64> {
    c.users().insert_from(user::name.from(post::body)).execute()
}

fn another_type(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().insert_from(post::stars.from(user::name)).execute()
}

fn the_key_of_another_model(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().insert_from(post::id.from(user::id)).execute()
}

fn columns_of_two_models(c: &mut Lite) -> bindery::Result<u64> {
    let given = (user::name.from(post::title), post::title.from(post::title));
    c.users().insert_from(given).execute()
}

fn an_assignment_in_place_of_a_column(c: &mut Lite) -> bindery::Result<u64> {
    c.users().insert_from::<model::Post>(user::name.set_to("Ann")).execute()
}

fn a_filter_on_the_inserted_model(c: &mut Lite) -> bindery::Result<u64> {
    let given = user::name.from(post::title);
    c.users().insert_from(given).filter(user::name.eq("Ann")).execute()
}

fn excluded_of_another_model(c: &mut Lite, new: NewUser<engine::Lite>) -> bindery::Result<()> {
    let name = user::name.set_to(excluded(post::title));
    c.users().insert_or_update(user::id, new, name).map(drop)
}

fn main() {}

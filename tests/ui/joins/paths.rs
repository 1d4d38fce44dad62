//! Paths, conditions through relations and joins that lead nowhere.
bindery_cases::source!(queries);

type Lite = bindery::Connection<engine::Lite>;

fn a_path_by_a_column_that_is_no_foreign_key(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::title.to(user::name).eq("Ann")).count()
}

fn a_path_to_the_column_of_another_model(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::author_id.to(comment::words).eq("Ann")).count()
}

fn a_missing_row_has_null(c: &mut Lite) -> bindery::Result<Vec<String>> {
    c.posts().select(post::editor_id.to(user::name)).all()
}

fn a_condition_on_another_model(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::comments.any(user::name.eq("Ann"))).count()
}

fn a_key_of_another_engine_within(c: &mut Lite, user: UserId<engine::P>) -> bindery::Result<u64> {
    c.posts().filter(post::comments.any(comment::author_id.eq(user))).count()
}

fn a_join_by_a_foreign_key_of_another_model(c: &mut Lite) {
    let _ = c.posts().join(comment::post_id);
}

fn a_join_by_a_column_that_is_no_foreign_key(c: &mut Lite) {
    let _ = c.posts().join(post::title);
}

fn main() {}

//! Calls that are written by habit, and calls that are left out.
bindery_cases::source!(queries);

use bindery::query::Window;

type Lite = bindery::Connection<engine::Lite>;

fn a_misspelt_column(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::titel.eq("x")).count()
}

fn an_operator_of_rust(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::stars == 5).count()
}

fn an_operator_of_an_expression(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::title.lower() < "x").count()
}

fn a_boolean_column(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::is_public).count()
}

fn a_condition_of_groups(c: &mut Lite) -> bindery::Result<Vec<i64>> {
    c.posts().filter(bindery::query::count().gt(2)).select(post::stars).all()
}

fn no_last_call_of_a_selection(c: &mut Lite) {
    for (title, author) in c.posts().select((post::title, post::author_id)) {}
}

fn no_last_call_of_pairs(c: &mut Lite) -> usize {
    c.posts().join(post::author_id).map(|(post, _)| post).collect::<Vec<_>>().len()
}

fn a_query_as_a_list(c: &mut Lite, d: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::author_id.in_list(d.users().select(user::id))).count()
}

fn orders_of_different_kinds(c: &mut Lite, by_title: bool) -> bindery::Result<Vec<Post<engine::Lite>>> {
    let order = match by_title {
        true => post::title.lower().asc(),
        false => post::stars.asc(),
    };
    c.posts().order_by(order).all()
}

fn conditions_joined_by_an_operator(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::stars.ge(5) && post::title.like("x")).count()
}

fn no_question_mark(c: &mut Lite) -> usize {
    c.posts().filter(post::stars.ge(1)).all().len()
}

fn no_last_call(c: &mut Lite) {
    for post in c.posts().filter(post::stars.ge(1)) {}
}

fn an_order_by_what_refers_to_a_row(c: &mut Lite) -> bindery::Result<Vec<User<engine::Lite>>> {
    c.users().order_by(user::posts_by_author_id.desc()).all()
}

fn no_direction(c: &mut Lite) -> bindery::Result<Vec<Post<engine::Lite>>> {
    c.posts().order_by(post::stars).all()
}

fn a_closure_without_a_condition(c: &mut Lite, wanted: Option<i64>) -> bindery::Result<u64> {
    c.posts().filter_if(wanted, |stars| { post::stars.ge(stars); }).count()
}

fn a_moved_repository(c: &mut Lite) -> bindery::Result<u64> {
    let posts = c.posts();
    let many = posts.filter(post::stars.ge(1)).count()?;
    Ok(many + posts.filter(post::stars.ge(5)).count()?)
}

fn an_executed_query(c: &mut Lite, other: &mut Lite) -> bindery::Result<u64> {
    let query = c.posts().filter(post::stars.ge(1));
    let many = query.count()?;
    Ok(many + query.using(other).count()?)
}

fn a_condition_on_a_place(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(bindery::query::row_number().over(Window::new()).le(3)).count()
}

fn a_group_by_a_place(c: &mut Lite) -> bindery::Result<Vec<u64>> {
    let place = || bindery::query::row_number().over(Window::new().partition_by(post::author_id));
    c.posts().select(place()).group_by(place()).all()
}

fn a_window_in_the_order_of_a_place(c: &mut Lite) -> bindery::Result<Vec<u64>> {
    let place = bindery::query::row_number::<model::Post>().over(Window::new());
    c.posts().select(bindery::query::row_number().over(Window::new().order_by(place.asc()))).all()
}

fn a_condition_of_no_engine() {
    let _popular = post::stars.ge(5);
}

fn main() {}

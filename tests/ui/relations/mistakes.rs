//! Rows of another model or engine, relations of another model, what is no relation.
bindery_cases::source!(relations);

type Lite = bindery::Connection<engine::Lite>;

fn rows_of_another_model(c: &mut Lite, users: &[User<engine::Lite>]) -> bindery::Result<()> {
    c.load(users, post::author_id).map(drop)
}

fn rows_of_another_engine(c: &mut Lite, posts: &[Post<engine::P>]) -> bindery::Result<()> {
    c.load(posts, post::author_id).map(drop)
}

fn a_column_that_refers_to_nothing(c: &mut Lite, posts: &[Post<engine::Lite>]) -> bindery::Result<()> {
    c.load(posts, post::title).map(drop)
}

fn a_key_that_may_be_missing(c: &mut Lite, post: &Post<engine::Lite>) -> bindery::Result<()> {
    c.users().find(post.editor_id).map(drop)
}

fn the_wrong_child(c: &mut Lite, users: &[User<engine::Lite>]) -> bindery::Result<()> {
    c.load(users, user::posts_by_author_id.with(tag::posts)).map(drop)
}

fn a_row_of_another_engine(c: &mut Lite, post: &Post<engine::P>) -> bindery::Result<()> {
    post.author(c).map(drop)
}

fn adding_a_row_of_another_engine(c: &mut Lite, post: &Post<engine::Lite>, tag: &Tag<engine::P>) -> bindery::Result<bool> {
    post.tags(c).add(tag)
}

fn adding_a_row_of_another_model(c: &mut Lite, post: &Post<engine::Lite>, user: &User<engine::Lite>) -> bindery::Result<bool> {
    post.tags(c).add(user)
}

fn loaded_by_a_condition_of_another_model(c: &mut Lite, posts: &[Post<engine::Lite>]) -> bindery::Result<()> {
    c.load(posts, post::comments.filter(user::name.eq("Ann"))).map(drop)
}

fn an_order_of_one_row(c: &mut Lite, posts: &[Post<engine::Lite>]) -> bindery::Result<()> {
    c.load(posts, post::author_id.order_by(user::name.asc())).map(drop)
}

fn a_limit_of_what_leads_to_one_row(c: &mut Lite, posts: &[Post<engine::Lite>]) -> bindery::Result<()> {
    c.load(posts, post::author_id.filter(user::name.ne("Ann")).limit(3)).map(drop)
}

fn a_count_of_another_model(c: &mut Lite) -> bindery::Result<u64> {
    c.users().filter(post::comments.count().gt(3)).count()
}

fn a_count_as_a_text(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::comments.count().eq("3")).count()
}

fn a_sum_of_another_model(c: &mut Lite) -> bindery::Result<()> {
    c.posts().select(post::comments.sum(user::id)).all().map(drop)
}

fn a_number_of_rows_of_another_engine(c: &mut Lite, p: &mut bindery::Connection<engine::P>) -> bindery::Result<()> {
    let comments = post::comments.count();
    c.posts().select(comments.clone()).all()?;
    p.posts().select(comments).all().map(drop)
}

fn a_relation_that_does_not_follow(c: &mut Lite) -> bindery::Result<()> {
    c.posts().select(post::comments.then(tag::posts).count()).all().map(drop)
}

fn main() {}

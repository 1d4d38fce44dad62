//! Rows of another model or engine, relations of another model, what is no relation.
include!("../../golden/relations/bindery.rs");

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

fn main() {}

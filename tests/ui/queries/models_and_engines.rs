//! Columns of another model, keys and connections of another engine.
bindery_cases::source!(queries);

type Lite = bindery::Connection<engine::Lite>;

fn a_column_of_another_model(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(user::name.eq("Ann")).count()
}

fn joined_with_another_model(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::stars.ge(1).and(user::name.eq("Ann"))).count()
}

fn compared_with_another_model(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::title.eq(user::name)).count()
}

fn ordered_by_another_model(c: &mut Lite) -> bindery::Result<Vec<Post<engine::Lite>>> {
    c.posts().order_by(user::name.asc()).all()
}

fn a_key_of_another_engine(c: &mut Lite, id: UserId<engine::P>) -> bindery::Result<u64> {
    c.posts().filter(post::author_id.eq(id)).count()
}

fn a_model_of_another_engine(c: &mut bindery::Connection<engine::P>) -> bindery::Result<u64> {
    c.visit().filter(visit::path.eq("/")).count()
}

fn moved_to_an_engine_without_the_model(db: &Databases, c: &mut bindery::Connection<engine::P>) -> bindery::Result<u64> {
    db.visit().filter(visit::path.eq("/")).using(c).count()
}

fn without_a_bound<E: bindery::Engine>(c: &mut bindery::Connection<E>) -> bindery::Result<u64> {
    c.posts().filter(post::stars.ge(1)).count()
}

fn a_condition_of_another_model<E: bindery::Hosts<model::Post>>() -> bindery::Condition<model::Post, E> {
    user::name.eq("Ann")
}

fn assigned_a_key_of_another_engine(c: &mut Lite, id: UserId<engine::P>) -> bindery::Result<u64> {
    c.posts().update_where(post::stars.ge(1), post::author_id.set_to(id))
}

fn changed_to_a_key_of_another_engine(c: &mut Lite, post: PostId<engine::Lite>, id: UserId<engine::P>) -> bindery::Result<bool> {
    c.posts().update(post, PostPatch::new().author_id(id))
}

fn inserted_with_a_key_of_another_engine(c: &mut Lite, id: UserId<engine::P>) -> bindery::Result<Post<engine::Lite>> {
    c.posts().insert(NewPost::new(id, "title", 1, true, bindery::types::NaiveDateTime::default()))
}

fn main() {}

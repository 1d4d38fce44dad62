//! What cannot be selected, summed or grouped.
bindery_cases::source!(queries);
use bindery::query::count;

type Lite = bindery::Connection<engine::Lite>;

#[derive(bindery::Row)]
struct Rated {
    title: String,
    stars: i64,
}

fn the_sum_of_a_text(c: &mut Lite) -> bindery::Result<()> {
    c.posts().query().sum(post::title).map(drop)
}

fn the_greatest_boolean(c: &mut Lite) -> bindery::Result<()> {
    c.posts().query().max(post::is_public).map(drop)
}

fn a_column_of_another_model(c: &mut Lite) -> bindery::Result<()> {
    c.posts().select((post::title, user::name)).all().map(drop)
}

fn a_tuple_into_the_wrong_struct(c: &mut Lite) -> bindery::Result<Vec<Rated>> {
    c.posts().select_as::<Rated>((post::stars, post::title)).all()
}

fn a_column_that_may_be_null_into_a_field_that_is_not(c: &mut Lite) -> bindery::Result<Vec<Rated>> {
    c.posts().select_as::<Rated>((post::body, post::stars)).all()
}

fn another_type_of_rows(c: &mut Lite) -> bindery::Result<Vec<(String, i64)>> {
    c.posts().select((post::title, post::rank)).all()
}

fn having_without_groups(c: &mut Lite) -> bindery::Result<Vec<i64>> {
    c.posts().select(post::stars).having(count().gt(1)).all()
}

fn rows_filtered_by_an_aggregate(c: &mut Lite) -> bindery::Result<Vec<i64>> {
    c.posts().select(post::stars).filter(count().gt(1)).all()
}

fn rows_ordered_by_an_aggregate(c: &mut Lite) -> bindery::Result<Vec<Post<engine::Lite>>> {
    c.posts().order_by(post::stars.sum().desc()).all()
}

fn grouped_by_another_model(c: &mut Lite) -> bindery::Result<Vec<u64>> {
    c.posts().select(count()).group_by(user::name).all()
}

fn lower_of_a_number(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::stars.lower().eq("x")).count()
}

fn a_text_added_to_a_number(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter((post::stars + "x").eq(1)).count()
}

fn main() {}

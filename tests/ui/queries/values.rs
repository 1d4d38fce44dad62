//! What a column cannot be compared with.
bindery_cases::source!(queries);

type Lite = bindery::Connection<engine::Lite>;

fn text_for_a_number(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::stars.ge("5")).count()
}

fn another_integer(c: &mut Lite, number: i32) -> bindery::Result<u64> {
    c.posts().filter(post::stars.ge(number)).count()
}

fn a_float(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::stars.ge(5.0)).count()
}

fn a_reference_to_text_for_a_number(c: &mut Lite, text: String) -> bindery::Result<u64> {
    c.posts().filter(post::stars.eq(&text)).count()
}

fn none(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::body.eq(None)).count()
}

fn an_option(c: &mut Lite, wanted: Option<String>) -> bindery::Result<u64> {
    c.posts().filter(post::body.eq(wanted)).count()
}

fn a_bare_key(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::author_id.eq(5)).count()
}

fn a_key_of_another_model(c: &mut Lite, id: PostId<engine::Lite>) -> bindery::Result<u64> {
    c.posts().filter(post::author_id.eq(id)).count()
}

fn a_list_of_another_integer(c: &mut Lite, numbers: &[i32]) -> bindery::Result<u64> {
    c.posts().filter(post::stars.in_list(numbers)).count()
}

fn a_pattern_for_a_number(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::stars.like("5%")).count()
}

fn null_in_a_column_without(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::stars.is_null()).count()
}

fn main() {}

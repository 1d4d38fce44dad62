//! SQL fragments whose columns or values do not fit.
bindery_cases::source!(queries);

use bindery::sql_fragment;

type Lite = bindery::Connection<engine::Lite>;

struct Money(i64);

fn a_misspelt_column(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(sql_fragment!("lower({post::titel}) = {1}")).count()
}

fn a_column_of_another_model(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(sql_fragment!("lower({user::name}) = {1}")).count()
}

fn a_value_of_no_column(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(sql_fragment!("{post::price} > {Money(5)}")).count()
}

fn a_text_of_the_running_program(c: &mut Lite, text: &str) -> bindery::Result<u64> {
    c.posts().filter(sql_fragment!(text)).count()
}

fn a_place_in_quotes(c: &mut Lite, text: &str) -> bindery::Result<u64> {
    c.posts().filter(sql_fragment!("{post::title} LIKE '%{text}%'")).count()
}

fn a_placeholder_of_postgres(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(sql_fragment!("lower({post::title}) = $1")).count()
}

fn of_another_model(c: &mut Lite) -> bindery::Result<u64> {
    let condition: bindery::Condition<model::User, engine::Lite> = sql_fragment!("{user::name} = {1}");
    c.posts().filter(condition).count()
}

fn main() {}

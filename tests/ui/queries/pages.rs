//! Keys that no page is ordered by.
bindery_cases::source!(queries);
use bindery::query::count;

type Lite = bindery::Connection<engine::Lite>;

fn an_order_in_place_of_a_key(c: &mut Lite) -> bindery::Result<usize> {
    Ok(c.posts().query().page_by(post::id.asc()).all()?.len())
}

fn a_value_of_another_type(c: &mut Lite) -> bindery::Result<usize> {
    let keys = (post::stars.desc_after(Some("5")), post::id.asc_after(None));
    Ok(c.posts().query().page_by(keys).all()?.len())
}

fn a_value_that_is_no_option(c: &mut Lite) -> bindery::Result<usize> {
    let keys = (post::stars.desc_after(5), post::id.asc_after(None));
    Ok(c.posts().query().page_by(keys).all()?.len())
}

fn keys_of_another_model(c: &mut Lite) -> bindery::Result<usize> {
    Ok(c.posts().query().page_by(user::id.asc_after(None)).all()?.len())
}

fn an_aggregate_of_all_rows(c: &mut Lite) -> bindery::Result<usize> {
    Ok(c.posts().query().page_by((count().desc_after(None), post::id.asc_after(None))).all()?.len())
}

fn main() {}

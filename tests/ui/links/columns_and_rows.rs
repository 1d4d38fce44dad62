//! Columns that are no links, and rows of other models.
bindery_cases::source!(links);

use bindery::Connection;

fn by_a_column_that_is_no_link(default: &mut Connection<engine::Default>, visits: &[Visit]) {
    let _ = visit::path.load(default, visits);
}

fn rows_of_another_model(default: &mut Connection<engine::Default>, users: &[User]) {
    let _ = visit::user_id.load(default, users);
}

fn what_is_no_row(default: &mut Connection<engine::Default>, ids: &[UserId]) {
    let _ = visit::user_id.load(default, ids);
}

fn a_missing_row_is_not_ignored(default: &mut Connection<engine::Default>, visit: &Visit) -> bindery::Result<User> {
    visit::user_id.load_one(default, visit)
}

fn the_link_of_the_other_model(b: &mut Connection<engine::B>) {
    let _ = b.visits().filter(user::email.eq("ann@example.org"));
}

fn main() {}

//! Links loaded over a connection of another engine than the one they lead to, and by columns that are none.
bindery_cases::source!(links);

use bindery::relation::LinkedRows;
use bindery::{Connection, Result, Transaction};

type Users = Result<LinkedRows<User, UserId>>;

fn over_the_connection_of_the_row(b: &mut Connection<engine::B>, visits: &[Visit]) -> Users {
    visit::user_id.load(b, visits)
}

fn in_a_transaction_of_the_row(b: &mut Transaction<'_, engine::B>, visits: &[Visit]) -> Users {
    visit::user_id.load(b, visits)
}

fn over_an_engine_chosen_at_run_time(any: &mut Connection<engine::Any>, visits: &[Visit]) -> Users {
    visit::user_id.load(any, visits)
}

fn over_all_databases(db: &mut Databases, visits: &[Visit]) -> Users {
    visit::user_id.load(db, visits)
}

fn on_the_other_of_two_engines(b: &mut Connection<engine::B>, review: &Review<engine::B>) {
    let _ = review::blog_id.load_one(b, review);
}

fn on_the_same_engine_as_the_row(default: &mut Connection<engine::Default>, review: &Review<engine::B>) {
    let _ = review::next_id.load_one(default, review);
}

fn main() {}

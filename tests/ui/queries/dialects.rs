//! What one database has and the engine does not.
bindery_cases::source!(queries);

type Lite = bindery::Connection<engine::Lite>;

fn a_lock(c: &mut Lite) -> bindery::Result<Vec<Post<engine::Lite>>> {
    c.transaction(|tx| tx.posts().filter(post::stars.ge(1)).for_update().all())
}

fn a_lock_that_skips(c: &mut Lite) -> bindery::Result<Vec<Post<engine::Lite>>> {
    c.transaction(|tx| tx.posts().query().for_share().skip_locked().all())
}

fn a_pattern_of_postgres(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::title.ilike("rust%")).count()
}

fn a_pattern_of_postgres_on_mariadb(c: &mut bindery::Connection<engine::Default>) -> bindery::Result<u64> {
    c.posts().filter(post::title.ilike("rust%")).count()
}

fn a_regular_expression(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::title.matches("^rust")).count()
}

fn words_of_a_text(c: &mut Lite) -> bindery::Result<u64> {
    c.posts().filter(post::title.matches_words("rust")).count()
}

fn a_pattern_of_sqlite(c: &mut bindery::Connection<engine::P>) -> bindery::Result<u64> {
    c.posts().filter(post::title.glob("rust*")).count()
}

fn main() {}

//! Links lead to other engines, which no path, join or subquery reaches.
bindery_cases::source!(links);

type B = bindery::Connection<engine::B>;

fn a_path_over_a_link(b: &mut B) -> bindery::Result<u64> {
    b.visits().filter(visit::user_id.to(user::email).eq("ann@example.org")).count()
}

fn a_join_by_a_link(b: &mut B) {
    let _ = b.visits().join(visit::user_id);
}

fn a_left_join_by_a_link(b: &mut B) {
    let _ = b.visits().left_join(visit::user_id);
}

fn a_condition_of_another_engine(b: &mut B) {
    let of_default: bindery::Condition<model::Blog, engine::Default> = blog::title.eq("Rust");
    let _ = b.blogs().filter(of_default);
}

fn main() {}

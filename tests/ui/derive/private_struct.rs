//! A row is as public as its tag.

bindery::databases!(models = [User]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
struct User {
    #[key(generated)]
    id: UserId,
}

fn main() {}

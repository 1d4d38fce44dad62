//! A key has a type of its own, so that it cannot be taken for another model's.

bindery::databases!(models = [User, Country]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
pub struct User {
    #[key(generated)]
    pub id: i64,
    pub email: String,
}

#[derive(Debug, Clone, PartialEq, bindery::Model)]
pub struct Country {
    #[key]
    pub code: String,
}

fn main() {}

//! A struct that `databases!` does not name, and a name that no struct has.

bindery::databases!(models = [User, Ghost]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
pub struct User {
    #[key(generated)]
    pub id: UserId,
}

#[derive(Debug, Clone, PartialEq, bindery::Model)]
pub struct Visit {
    #[key(generated)]
    pub id: VisitId,
}

fn main() {}

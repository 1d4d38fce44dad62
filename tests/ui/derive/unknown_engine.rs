//! An engine that is not in `bindery.toml`, and a name no engine can have.

bindery::databases!(models = [User, Visit]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[engines("defualt")]
pub struct User {
    #[key(generated)]
    pub id: UserId,
}

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[engines("b-1")]
pub struct Visit {
    #[key(generated)]
    pub id: VisitId,
}

fn main() {}

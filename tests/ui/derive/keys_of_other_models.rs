//! A struct's statement about another model's key has to be true.

bindery::databases!(models = [User, Visit, Ticket]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[table("users")]
pub struct User {
    #[key(generated)]
    pub id: UserId,
}

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[engines("b")]
pub struct Visit {
    #[key(generated)]
    pub id: VisitId,
    #[references("users(id)")]
    pub user: UserId,
}

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[engines("b")]
pub struct Ticket {
    #[key(generated)]
    pub id: TicketId,
    #[link_to("users(id)")]
    #[column(type = "VARCHAR(40)")]
    pub holder: UserId,
}

fn main() {}

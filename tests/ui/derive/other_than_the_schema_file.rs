//! A struct and `schema.sql` describe one table, and differ.

bindery::databases!(models = [Member]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[engines("b")]
#[table("members")]
pub struct Member {
    #[key]
    pub id: MemberId,
    pub email: Option<String>,
    #[column(type = "VARCHAR(20)")]
    pub nick: Option<String>,
    pub adress: String,
}

fn main() {}

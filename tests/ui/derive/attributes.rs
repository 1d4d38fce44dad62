//! Attributes that cannot be read; all of them are reported together.

bindery::databases!(models = [User]);

#[derive(bindery::Model)]
#[table(users)]
#[engines(default)]
#[key]
pub struct User {
    #[key(counted)]
    pub id: UserId,
    #[column("mail", typ = "TEXT")]
    pub email: String,
    #[unique(nick)]
    #[version]
    #[version]
    pub nick: String,
    #[references("companies", on_delete = "vanish")]
    pub company: i64,
    #[table("x")]
    pub other: i64,
}

fn main() {}

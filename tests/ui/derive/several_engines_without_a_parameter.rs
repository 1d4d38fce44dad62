//! A model on two engines, and rows that do not say which they are on.

bindery::databases!(models = [Blog]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[engines("default", "b")]
pub struct Blog {
    #[key(generated)]
    pub id: BlogId,
    pub title: String,
}

fn main() {}

//! A dialect that does not exist, and a field that does not.

bindery::databases!(models = [Product, Article]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[engines("default")]
#[dialect("postgers")]
pub struct Product {
    #[key(generated)]
    pub id: ProductId,
}

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[table("products")]
#[unique(name, colour)]
pub struct Article {
    #[key(generated)]
    pub id: ArticleId,
    pub name: String,
}

fn main() {}

//! Mistakes in a struct's SQL are reported at the text they are about.

bindery::databases!(models = [Article, Product, Person]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
pub struct Article {
    #[key(generated)]
    pub id: ArticleId,
    #[column(default = "1, extra INTEGER")]
    pub amount: i64,
}

#[derive(Debug, Clone, PartialEq, bindery::Model)]
pub struct Product {
    #[key(generated)]
    pub id: ProductId,
    #[column(type = "VARCHAR(40")]
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, bindery::Model)]
pub struct Person {
    #[key(generated)]
    pub id: PersonId,
    #[column(type = "INTEGER")]
    pub grown_up: bool,
    #[updated]
    pub name: String,
}

fn main() {}

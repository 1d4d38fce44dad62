//! A foreign key stays on the engine of its row.

bindery::databases!(models = [Blog, Post]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[engines("default", "b")]
pub struct Blog<E: bindery::Engine = engine::Default> {
    #[key(generated)]
    pub id: BlogId<E>,
}

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[engines("default", "b")]
pub struct Post<E: bindery::Engine = engine::Default> {
    #[key(generated)]
    pub id: PostId<E>,
    #[references("blog(id)")]
    pub blog: BlogId<engine::B>,
    #[references("blog(id)")]
    #[link_to("blog(id)")]
    pub other: BlogId<E>,
}

fn main() {}

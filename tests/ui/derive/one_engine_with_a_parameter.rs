//! A model on one engine needs no parameter; neither does one that says nothing.

bindery::databases!(models = [User]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
pub struct User<E: bindery::Engine = engine::Default> {
    #[key(generated)]
    pub id: UserId<E>,
    pub email: String,
}

fn main() {}

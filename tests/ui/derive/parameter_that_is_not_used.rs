//! Two engines, and no field that says on which a row is.

bindery::databases!(models = [Measurement]);

#[derive(Debug, Clone, PartialEq, bindery::Model)]
#[engines("default", "b")]
pub struct Measurement<E: bindery::Engine = engine::Default> {
    pub celsius: f64,
}

fn main() {}

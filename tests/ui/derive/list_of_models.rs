//! Arguments that `databases!` does not understand.

bindery::databases!(models = [User, shop::User]);

mod other {
    bindery::databases!(structs = [User]);
}

mod third {
    bindery::databases!();
}

fn main() {}

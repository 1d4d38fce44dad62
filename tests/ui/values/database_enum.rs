//! Enums that cannot be stored.

#[derive(bindery::DatabaseEnum)]
#[value(rename_all = "kebabcase")]
enum Style {
    One,
}

#[derive(bindery::DatabaseEnum)]
enum Same {
    #[value(rename = "two")]
    One,
    #[value(rename = "two")]
    Two,
}

#[derive(bindery::DatabaseEnum)]
enum Holding {
    None,
    Some(i64),
}

#[derive(bindery::DatabaseEnum)]
enum Empty {}

#[derive(bindery::DatabaseEnum)]
struct Plain(i64);

#[derive(bindery::DatabaseEnum)]
#[repr(usize)]
enum Wide {
    One = 1,
}

#[derive(bindery::DatabaseEnum)]
#[repr(i16)]
#[value(rename_all = "lowercase")]
enum Numbered {
    #[value(rename = "one")]
    One = 1,
}

#[derive(bindery::DatabaseEnum)]
enum Misspelt {
    #[value(renamed = "one")]
    One,
    #[value("two")]
    Two,
}

fn main() {}

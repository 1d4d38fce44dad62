//! Types that are not values of a column.

/// Several fields.
#[derive(bindery::Value)]
struct Money(i64, String);

/// None.
#[derive(bindery::Value)]
struct Nothing;

/// An enum has a derive of its own.
#[derive(bindery::Value)]
enum State {
    Open,
}

/// One type for all rows.
#[derive(bindery::Value)]
struct Wrapped<T>(T);

/// Words for enums.
#[derive(bindery::Value)]
#[value(rename_all = "lowercase")]
struct Email(String);

#[derive(bindery::Value)]
struct Named {
    #[value(rename = "text")]
    inner: String,
}

/// Its content cannot be stored.
#[derive(bindery::Value)]
struct Stream(std::net::TcpStream);

fn main() {}

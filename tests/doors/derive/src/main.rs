//! The door `#[derive(Model)]`.

use bindery::types::NaiveDateTime;
use bindery::{Engine, Model};

mod shop;

bindery::databases!(
    models = [
        Blog,
        Category,
        User,
        shop::Order,
        shop::OrderLine,
        shop::Customer,
        shop::Profile,
        shop::Product,
        shop::Measurement,
        shop::Everything,
    ]
);

/// A blog.
#[derive(Debug, Clone, PartialEq, Model)]
#[engines("default", "b")]
#[table("blogs")]
pub struct Blog<E: Engine = engine::Default> {
    /// Counted by the database.
    #[key(generated)]
    pub id: BlogId<E>,
    /// Its title.
    #[column(type = "VARCHAR(255)")]
    pub title: String,
    /// Its text.
    pub content: Option<String>,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Model)]
#[engines("b")]
#[table("categories")]
pub struct Category {
    /// Counted by the database.
    #[key(generated)]
    pub id: CategoryId,
    /// Its name.
    #[unique]
    #[column(type = "VARCHAR(40)")]
    pub name: String,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Model)]
#[table("users")]
pub struct User {
    /// Counted by the database.
    #[key(generated)]
    pub id: UserId,
    /// The address.
    #[unique]
    #[column(type = "VARCHAR(200)")]
    pub email: String,
    /// The nickname.
    #[column(type = "VARCHAR(40)")]
    pub nick: Option<String>,
    /// Counted on by every update.
    #[version]
    pub revision: i32,
    /// Set to now by every update.
    #[updated]
    pub changed: Option<NaiveDateTime>,
}

include!("../../shared/assertions.rs");

fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    run(&db)?;
    shop::run(&db)?;
    // A table goes before those it refers to, in whichever order the models are listed.
    assert_eq!(db.registry().drop_all()?.len(), 13);
    Ok(())
}

// An excerpt: two tables of one name on two engines.
// …

/// Tags of the models, for bounds such as `E: Hosts<model::Name>`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod model {
    /// Tag of [`User`](super::users::User).
    #[derive(Debug, Clone, Copy)]
    pub struct User;

    /// Tag of [`Visitor`](super::visitor_::Visitor).
    #[derive(Debug, Clone, Copy)]
    pub struct Visitor;
}

/// Model `User`, table `users`, on `b`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod users {
    // …

    /// A row of `users`.
    #[derive(Debug, Clone, PartialEq)]
    pub struct User {
        /// `id`
        pub id: UserId,
        /// `email`
        pub email: ::std::string::String,
    }

    // …
}

// …

/// Model `Visitor`, table `users`, on `analytics`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod visitor_ {
    // …

    /// A row of `users`.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Visitor {
        /// `id`
        pub id: VisitorId,
        /// `visits`
        pub visits: i32,
    }

    // …
}

// …

#[allow(unused_imports, unreachable_pub, clippy::pedantic)]
pub use users::{NewUser, User, UserId, UserPatch};

#[allow(unused_imports, unreachable_pub, clippy::pedantic)]
pub use visitor_::{NewVisitor, Visitor, VisitorId, VisitorPatch};

/// The tables of a connection or transaction.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub trait Tables {
    /// The rows of [`users::User`].
    fn users(&mut self) -> ::bindery::generic::RepositoryOf<'_, Self, model::User>
    where
        Self: ::bindery::generic::ReadRoute<model::User>,
    {
        ::bindery::Repository::new(self.target())
    }

    /// The rows of [`visitor_::Visitor`].
    fn visitor(&mut self) -> ::bindery::generic::RepositoryOf<'_, Self, model::Visitor>
    where
        Self: ::bindery::generic::ReadRoute<model::Visitor>,
    {
        ::bindery::Repository::new(self.target())
    }
}

// …

#[allow(dead_code, unreachable_pub, clippy::pedantic)]
impl Databases {
    // …

    /// The rows of [`users::User`].
    pub fn users(&self) -> ::bindery::Repository<'_, model::User, engine::B> {
        self.0.repository(engine::B)
    }

    // …
}

// …

// An excerpt: events of a table, and who relays and consumes them.
// …

/// Model `User`, table `users`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod users {
    // …

    /// Key of [`User`].
    pub type UserId = ::bindery::Key<model::User, engine::Default, i64>;

    // …

    /// A row of `users` was created.
    pub type UserCreated = ::bindery::messages::Created<User>;

    /// A row of `users` was updated.
    pub type UserUpdated = ::bindery::messages::Updated<User>;

    /// A row of `users` was deleted.
    pub type UserDeleted = ::bindery::messages::Deleted<User>;

    /// A row of `users` was created, updated or deleted.
    pub type UserEvent = ::bindery::messages::Change<User>;

    impl ::bindery::messages::Published for User {}

    // …
}

// …

/// Columns of `visits`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod visit {
    // …

    /// `user_id`
    pub const user_id: Column<model::Visit, super::users::UserId, Link<super::users::UserId>> =
        ::bindery::query::column(1).links(1);
}

// …

::bindery::__private::outbox!(engine::Default);

::bindery::__private::inbox!(engine::Analytics);

::bindery::__private::workers!(Databases, engine::Default);

::bindery::__private::relays!(Databases, engine::Default);

::bindery::__private::consumers!(Databases, engine::Analytics);

// …

// An excerpt: a row that lives on two engines, and one with a version and a moment of change.
// …

/// Model `Blog`, table `blogs`, on `default` and `b`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod blogs {
    // …

    /// A row of `blogs`.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Blog<E: ::bindery::Engine = engine::Default> {
        /// `id`
        pub id: BlogId<E>,
        /// `title`
        pub title: ::std::string::String,
        /// `content`
        pub content: ::core::option::Option<::std::string::String>,
    }

    // …
}

// …

/// Model `User`, table `users`, on `default`.
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
        /// `nick`
        pub nick: ::core::option::Option<::std::string::String>,
        /// `revision`
        pub revision: i32,
        /// `changed`
        pub changed: ::core::option::Option<::bindery::types::NaiveDateTime>,
    }

    // …

    impl ::bindery::generic::HasKey for model::User {
        // …

        fn write_saved<E: ::bindery::Engine>(
            row: &User,
            params: &mut ::bindery::types::ParamWriter<'_>,
        ) {
            params.length(200).push(&row.email);
            params.length(40).push(&row.nick);
        }

        fn write_version<E: ::bindery::Engine>(
            row: &User,
            params: &mut ::bindery::types::ParamWriter<'_>,
        ) {
            params.push(&row.revision);
        }
    }

    // …
}

// …

// An excerpt: relations of rows whose engine is a parameter.
// …

/// Model `User`, table `users`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod users {
    // …

    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    impl<E: ::bindery::Engine> User<E> {
        // …

        /// The row of `profiles` that refers to this one.
        ///
        /// # Errors
        /// The row is of another engine than the connection, or the database fails.
        #[track_caller]
        pub fn profile(
            &self,
            c: &mut ::bindery::Connection<E>,
        ) -> ::bindery::Result<::core::option::Option<<model::Profile as ::bindery::Model>::Row<E>>>
        where
            E: ::bindery::Hosts<model::User> + ::bindery::Hosts<model::Profile>,
        {
            c.load_one(self, super::user::profile)
        }

        // …

        /// The rows of `posts` that refer to this one.
        pub fn posts_by_editor_id<'c>(
            &'c self,
            c: &'c mut ::bindery::Connection<E>,
        ) -> ::bindery::Query<'c, model::Post, E>
        where
            E: ::bindery::Hosts<model::User> + ::bindery::Hosts<model::Post>,
        {
            ::bindery::relation::rows_of(super::user::posts_by_editor_id, c, self)
        }

        // …
    }

    // …
}

/// Columns of `users`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod user {
    // …

    /// The row of `profiles` whose `user_id` refers to this one.
    pub const profile: HasOne<model::User, model::Profile> = HasOne::at(0);

    /// The rows of `posts` whose `author_id` refers to this one.
    pub const posts_by_author_id: HasMany<model::User, model::Post> = HasMany::at(1);

    /// The rows of `posts` whose `editor_id` refers to this one.
    pub const posts_by_editor_id: HasMany<model::User, model::Post> = HasMany::at(2);

    // …
}

/// Model `Profile`, table `profiles`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod profiles {
    // …

    /// Key of [`Profile`].
    pub type ProfileId<E = engine::Default> = super::users::UserId<E>;

    // …
}

// …

/// Model `Post`, table `posts`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod posts {
    // …

    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    impl<E: ::bindery::Engine> Post<E> {
        // …

        /// The rows of `tags` that belong to this one.
        pub fn tags<'c>(
            &'c self,
            c: &'c mut ::bindery::Connection<E>,
        ) -> ::bindery::relation::Through<'c, model::Post, model::PostTag, model::Tag, E>
        where
            E: ::bindery::Hosts<model::Post>
                + ::bindery::Hosts<model::PostTag>
                + ::bindery::Hosts<model::Tag>,
        {
            super::post::tags.of(c, self)
        }
    }

    // …
}

/// Columns of `posts`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod post {
    // …

    /// The rows of `tags` that belong to this one by `post_tags`.
    pub const tags: ManyToMany<model::Post, model::PostTag, model::Tag> = ManyToMany::at(1, 1);
}

// …

/// Model `Tag`, table `tags`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod tags {
    // …

    /// Key of [`Tag`].
    pub type TagId<E = engine::Default> = ::bindery::Key<model::Tag, E, ::std::string::String>;

    // …

    impl ::bindery::generic::HasKey for model::Tag {
        // …

        fn write_saved<E: ::bindery::Engine>(
            _: &Tag<E>,
            _: &mut ::bindery::types::ParamWriter<'_>,
        ) {
        }

        // …
    }

    // …
}

// …

/// Model `Note`, table `notes`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod notes {
    // …

    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    impl<E: ::bindery::Engine> Note<E> {
        /// The row of `chapters` that this one refers to.
        ///
        /// # Errors
        /// The row is of another engine than the connection, or the database fails.
        #[track_caller]
        pub fn chapter(
            &self,
            c: &mut ::bindery::Connection<E>,
        ) -> ::bindery::Result<::core::option::Option<super::chapters::Chapter<E>>>
        where
            E: ::bindery::Hosts<model::Note> + ::bindery::Hosts<model::Chapter>,
        {
            c.load_one(self, super::note::chapter)
        }
    }

    // …
}

/// Columns of `notes`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod note {
    // …

    /// The row of `chapters` that `post_id` and `number` refer to.
    pub const chapter: BelongsTo<model::Note, model::Chapter, Nullable> = BelongsTo::by(0);
}

/// Model `Invitation`, table `invitations`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod invitations {
    // …

    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    impl<E: ::bindery::Engine> Invitation<E> {
        /// The row of `users` that this one refers to.
        ///
        /// # Errors
        /// The row is of another engine than the connection, or the database fails.
        #[track_caller]
        pub fn email(
            &self,
            c: &mut ::bindery::Connection<E>,
        ) -> ::bindery::Result<::core::option::Option<super::users::User<E>>>
        where
            E: ::bindery::Hosts<model::Invitation> + ::bindery::Hosts<model::User>,
        {
            ::bindery::relation::parent_of(super::invitation::email, c, self)
        }

        // …
    }

    // …
}

// …

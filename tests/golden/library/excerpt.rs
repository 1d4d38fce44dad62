// An excerpt: relations on one engine: one to one, one to many, many to many, and trees.
// …

/// Columns of `people`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod person {
    // …

    /// The row of `profiles` whose `person_id` refers to this one.
    pub const profile: HasOne<model::Person, model::Profile> = HasOne::at(0);

    // …

    /// The rows of `books` that belong to this one by `authorships`.
    pub const books_by_book_id: ManyToMany<model::Person, model::Authorship, model::Book> =
        ManyToMany::at(2, 0);
}

// …

/// Columns of `categories`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod category {
    // …

    /// `id`
    pub const id: Column<model::Category, super::categories::CategoryId> =
        ::bindery::query::column(0);

    /// `name`
    pub const name: Column<model::Category, ::std::string::String> = ::bindery::query::column(1);

    /// `parent_id`
    pub const parent_id: Column<
        model::Category,
        super::categories::CategoryId,
        To<model::Category, Nullable>,
    > = ::bindery::query::foreign_key(2, 0);

    /// The rows of `categories` whose `parent_id` refers to this one.
    pub const categories: HasMany<model::Category, model::Category> = HasMany::at(0);

    /// The rows of `books` whose `category_id` refers to this one.
    pub const books: HasMany<model::Category, model::Book> = HasMany::at(1);
}

/// Model `Book`, table `books`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod books {
    // …

    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    impl Book {
        /// The row of `people` that this one refers to.
        ///
        /// # Errors
        /// The row is of another engine than the connection, or the database fails.
        #[track_caller]
        pub fn editor<E>(
            &self,
            c: &mut ::bindery::Connection<E>,
        ) -> ::bindery::Result<::core::option::Option<super::people::Person>>
        where
            E: ::bindery::Hosts<model::Book> + ::bindery::Hosts<model::Person>,
        {
            ::bindery::relation::parent_of(super::book::editor_id, c, self)
        }

        // …

        /// The rows of `people` that belong to this one.
        pub fn people<'c, E>(
            &'c self,
            c: &'c mut ::bindery::Connection<E>,
        ) -> ::bindery::relation::Through<'c, model::Book, model::Authorship, model::Person, E>
        where
            E: ::bindery::Hosts<model::Book>
                + ::bindery::Hosts<model::Authorship>
                + ::bindery::Hosts<model::Person>,
        {
            super::book::people.of(c, self)
        }
    }

    // …
}

/// Columns of `books`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod book {
    // …

    /// `category_id`
    pub const category_id: Column<
        model::Book,
        super::categories::CategoryId,
        To<model::Category, Nullable>,
    > = ::bindery::query::foreign_key(3, 1);

    // …

    /// The rows of `reviews` whose `book_id` refers to this one.
    pub const reviews: HasMany<model::Book, model::Review> = HasMany::at(1);

    /// The rows of `people` that belong to this one by `authorships`.
    pub const people: ManyToMany<model::Book, model::Authorship, model::Person> =
        ManyToMany::at(0, 1);
}

// …

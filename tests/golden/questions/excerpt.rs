// An excerpt: relations of a model on two engines, and of one that only links to it.
// …

/// Model `Blog`, table `blogs`, on `default` and `archive`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod blogs {
    // …

    /// A row of `blogs`.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Blog<E: ::bindery::Engine = engine::Default> {
        /// `id`
        pub id: BlogId<E>,
        /// `name`
        pub name: ::std::string::String,
        /// `tagline`
        pub tagline: ::core::option::Option<::std::string::String>,
    }

    // …
}

// …

/// Columns of `entries`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod entry {
    // …

    /// `blog_id`
    pub const blog_id: Column<
        model::Entry,
        super::blogs::BlogId<engine::Default>,
        To<model::Blog>,
    > = ::bindery::query::foreign_key(1, 0);

    // …

    /// `published`
    pub const published: Column<model::Entry, ::bindery::types::NaiveDate> =
        ::bindery::query::column(4);

    // …

    /// `rating`
    pub const rating: Column<model::Entry, i64, Nullable> = ::bindery::query::column(7);

    // …

    /// The rows of `authors` that belong to this one by `entry_authors`.
    pub const authors: ManyToMany<model::Entry, model::EntryAuthor, model::Author> =
        ManyToMany::at(0, 1);
}

// …

/// Columns of `visits`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod visit {
    // …

    /// `entry_id`
    pub const entry_id: Column<
        model::Visit,
        super::entries::EntryId,
        Link<super::entries::EntryId, Nullable>,
    > = ::bindery::query::column(2).links(2);
}

// …

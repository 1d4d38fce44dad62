// An excerpt: an interface of three models, and how its rows are found.
// …

/// The fields that models of several engines share.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod interfaces {
    // …

    /// The fields that rows of `User` on `default`, `LegacyUser` on `legacy` and `Member` on `archive` have in common.
    pub trait Contact {
        /// `number`
        fn number(&self) -> i64;

        /// `email`
        fn email(&self) -> &str;

        /// `name`
        fn name(&self) -> ::core::option::Option<&str>;
    }

    impl Contact for super::users::User {
        fn number(&self) -> i64 {
            *self.id.value()
        }

        fn email(&self) -> &str {
            &self.email
        }

        fn name(&self) -> ::core::option::Option<&str> {
            self.name.as_deref()
        }
    }

    // …

    impl Contact for super::members::Member {
        fn number(&self) -> i64 {
            *self.id.value()
        }

        fn email(&self) -> &str {
            &self.mail
        }

        fn name(&self) -> ::core::option::Option<&str> {
            self.name.as_deref()
        }
    }

    /// A row of [`Contact`], as the model of its engine.
    #[derive(Debug, Clone)]
    pub enum ContactRow {
        /// A [`User`](super::users::User).
        User(super::users::User),
        /// A [`LegacyUser`](super::old_users::LegacyUser).
        LegacyUser(super::old_users::LegacyUser),
        /// A [`Member`](super::members::Member).
        Member(super::members::Member),
    }

    impl Contact for ContactRow {
        // …

        fn name(&self) -> ::core::option::Option<&str> {
            match self {
                Self::User(row) => Contact::name(row),
                Self::LegacyUser(row) => Contact::name(row),
                Self::Member(row) => Contact::name(row),
            }
        }
    }

    /// Look-ups of [`Contact`]: on one engine after the other, in the order of the interface.
    #[derive(Debug, Clone)]
    #[must_use]
    pub struct ContactLookup<'d>(pub(super) ::bindery::__private::Lookup<'d>);

    impl ContactLookup<'_> {
        /// The same look-ups, which leave out an engine that cannot be reached; [`Found::unreachable`] names it. Where no other
        /// engine has a row, that is the error still: whether there is one is not known.
        ///
        /// [`Found::unreachable`]: ::bindery::rows::Found::unreachable
        pub fn tolerate_outages(self) -> Self {
            Self(self.0.tolerate_outages())
        }

        /// The row with this `number` on the first engine that has one.
        ///
        /// # Errors
        /// An engine that comes before cannot be reached, its database fails, or it has several such rows.
        #[track_caller]
        pub fn find_by_number(
            &self,
            number: i64,
        ) -> ::bindery::Result<::core::option::Option<::bindery::rows::Found<ContactRow>>> {
            self.0
                .first()
                .on(
                    engine::Default,
                    Column::<model::User, i64>::at(0),
                    number,
                    ContactRow::User,
                )
                .on(
                    engine::Legacy,
                    Column::<model::LegacyUser, i64>::at(0),
                    number,
                    ContactRow::LegacyUser,
                )
                .on(
                    engine::Archive,
                    Column::<model::Member, i64>::at(0),
                    number,
                    ContactRow::Member,
                )
                .row()
        }

        /// The rows of all engines with this `number`, in the order of the engines.
        ///
        /// # Errors
        /// An engine cannot be reached, or its database fails.
        #[track_caller]
        pub fn find_all_by_number(
            &self,
            number: i64,
        ) -> ::bindery::Result<::std::vec::Vec<::bindery::rows::Found<ContactRow>>> {
            self.0
                .all()
                .on(
                    engine::Default,
                    Column::<model::User, i64>::at(0),
                    number,
                    ContactRow::User,
                )
                .on(
                    engine::Legacy,
                    Column::<model::LegacyUser, i64>::at(0),
                    number,
                    ContactRow::LegacyUser,
                )
                .on(
                    engine::Archive,
                    Column::<model::Member, i64>::at(0),
                    number,
                    ContactRow::Member,
                )
                .rows()
        }

        // …
    }
}

#[allow(unused_imports, unreachable_pub, clippy::pedantic)]
pub use interfaces::{Contact, ContactLookup, ContactRow};

#[allow(dead_code, unreachable_pub, clippy::pedantic)]
impl Databases {
    /// Look-ups of [`Contact`] over its engines.
    pub fn contact(&self) -> ContactLookup<'_> {
        ContactLookup(::bindery::__private::Lookup::new(&self.0))
    }
}

// …

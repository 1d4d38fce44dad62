// An excerpt: events of tables: their types, which rows and columns they have, and the forms of columns in their JSON.
// …

/// Model `User`, table `users`, on `default`, `m` and `lite`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod users {
    // …

    /// A row of `users`.
    #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[serde(bound(serialize = "", deserialize = "E: ::bindery::StaticEngine"))]
    pub struct User<E: ::bindery::Engine = engine::Default> {
        /// `id`
        pub id: UserId<E>,
        /// `email`
        pub email: ::std::string::String,
        /// `stars`
        pub stars: i64,
    }

    /// A row of `users` was created.
    pub type UserCreated<E = engine::Default> = ::bindery::messages::Created<User<E>>;

    /// A row of `users` was updated.
    pub type UserUpdated<E = engine::Default> = ::bindery::messages::Updated<User<E>>;

    /// A row of `users` was deleted.
    pub type UserDeleted<E = engine::Default> = ::bindery::messages::Deleted<User<E>>;

    /// A row of `users` was created, updated or deleted.
    pub type UserEvent<E = engine::Default> = ::bindery::messages::Change<User<E>>;

    impl<E: ::bindery::StaticEngine> ::bindery::messages::Published for User<E> {}

    // …

    impl ::bindery::Model for model::User {
        // …

        const EVENTS: ::bindery::__private::Events = ::bindery::__private::Events {
            name: "user",
            engines: &[0, 2, 1],
            created: true,
            updated: true,
            deleted: true,
            before_update: true,
            before_delete: true,
        };

        fn event_row<E: ::bindery::Engine>(
            row: &User<E>,
        ) -> ::bindery::Result<::bindery::__private::EventRow> {
            let key = <Self as ::bindery::generic::HasKey>::key::<E>(row);
            ::bindery::__private::EventRow::new(&key, row)
        }
    }

    // …
}

// …

/// Model `Seat`, table `seats`, on `default`, `m` and `lite`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod seats {
    // …

    /// Key of [`Seat`].
    #[derive(
        Debug,
        Clone,
        Copy,
        PartialEq,
        Eq,
        PartialOrd,
        Ord,
        Hash,
        ::serde::Serialize,
        ::serde::Deserialize,
    )]
    #[serde(rename_all = "camelCase")]
    #[serde(bound(serialize = "", deserialize = "E: ::bindery::StaticEngine"))]
    pub struct SeatId<E: ::bindery::Engine = engine::Default> {
        /// The engine the row is on.
        #[serde(skip)]
        pub engine: E,
        /// `seat_row`
        pub seat_row: i64,
        /// `number`
        pub number: i64,
    }

    // …

    /// A key of two columns, one event only, and columns with a form of their own in JSON.
    #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[serde(bound(serialize = "", deserialize = "E: ::bindery::StaticEngine"))]
    pub struct Seat<E: ::bindery::Engine = engine::Default> {
        /// The engine the row is on.
        #[serde(skip)]
        pub engine: E,
        /// `seat_row`
        pub seat_row: i64,
        /// `number`
        pub number: i64,
        /// `taken`
        #[serde(rename = "isTaken")]
        pub taken: bool,
        /// `price`
        #[serde(with = "crate::cents")]
        pub price: i64,
        /// `pass_hash`
        #[serde(skip)]
        pub pass_hash: ::std::string::String,
        /// `mood`
        pub mood: ::core::option::Option<super::enums::Mood>,
    }

    /// A row of `seats` was deleted.
    pub type SeatDeleted<E = engine::Default> = ::bindery::messages::Deleted<Seat<E>>;

    /// A row of `seats` was created, updated or deleted.
    pub type SeatEvent<E = engine::Default> = ::bindery::messages::Change<Seat<E>>;

    impl<E: ::bindery::StaticEngine> ::bindery::messages::Published for Seat<E> {}

    // …

    impl ::bindery::__private::WriteForm<3, i64> for model::Seat {
        fn write<S: ::bindery::__private::serde::Serializer>(
            value: &i64,
            to: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            crate::cents::serialize(value, to)
        }
    }

    impl ::bindery::__private::ReadForm<3, i64> for model::Seat {
        fn read<'de, D: ::bindery::__private::serde::Deserializer<'de>>(
            from: D,
        ) -> ::core::result::Result<i64, D::Error> {
            crate::cents::deserialize(from)
        }
    }

    // …

    impl ::bindery::Model for model::Seat {
        // …

        const EVENTS: ::bindery::__private::Events = ::bindery::__private::Events {
            name: "seat",
            engines: &[0, 2, 1],
            created: false,
            updated: false,
            deleted: true,
            before_update: false,
            before_delete: true,
        };

        fn event_row<E: ::bindery::Engine>(
            row: &Seat<E>,
        ) -> ::bindery::Result<::bindery::__private::EventRow> {
            let key = <Self as ::bindery::generic::HasKey>::key::<E>(row);
            ::bindery::__private::EventRow::new(&key, row)
        }
    }

    // …
}

// …

/// Model `Moment`, table `moments`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod moments {
    // …

    /// On one engine, with values of many types.
    #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Moment {
        /// `id`
        pub id: MomentId,
        /// `at`
        pub at: ::bindery::types::NaiveDateTime,
        /// `amount`
        pub amount: ::bindery::types::BigDecimal,
        /// `bytes`
        pub bytes: ::core::option::Option<::std::vec::Vec<u8>>,
        /// `uid`
        pub uid: ::core::option::Option<::bindery::types::Uuid>,
    }

    // …

    impl ::bindery::Model for model::Moment {
        // …

        const EVENTS: ::bindery::__private::Events = ::bindery::__private::Events {
            name: "moment",
            engines: &[0],
            created: true,
            updated: true,
            deleted: true,
            before_update: false,
            before_delete: false,
        };

        fn event_row<E: ::bindery::Engine>(
            row: &Moment,
        ) -> ::bindery::Result<::bindery::__private::EventRow> {
            let key = <Self as ::bindery::generic::HasKey>::key::<E>(row);
            ::bindery::__private::EventRow::new(&key, row)
        }
    }

    // …
}

// …

/// Model `Sample`, table `samples`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod samples {
    // …

    /// A column of each kind of type.
    #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Sample {
        /// `id`
        pub id: SampleId,
        /// `yes`
        pub yes: bool,
        /// `small`
        pub small: i16,
        /// `ratio`
        pub ratio: f64,
        /// `amount`
        pub amount: ::bindery::types::BigDecimal,
        /// `day`
        pub day: ::bindery::types::NaiveDate,
        /// `clock`
        pub clock: ::bindery::types::NaiveTime,
        /// `local`
        pub local: ::bindery::types::NaiveDateTime,
        /// `moment`
        pub moment: ::bindery::types::DateTime<::bindery::types::Utc>,
        /// `uid`
        pub uid: ::bindery::types::Uuid,
        /// `doc`
        pub doc: ::bindery::types::JsonValue,
        /// `mood`
        pub mood: super::enums::Mood,
        /// `tags`
        pub tags: ::std::vec::Vec<::std::string::String>,
        /// `span`
        pub span: ::bindery::types::Interval,
        /// `bytes`
        pub bytes: ::std::vec::Vec<u8>,
        /// `type`
        pub r#type: ::core::option::Option<::std::string::String>,
    }

    // …

    impl ::bindery::Model for model::Sample {
        // …

        const EVENTS: ::bindery::__private::Events = ::bindery::__private::Events {
            name: "sample",
            engines: &[0],
            created: true,
            updated: false,
            deleted: false,
            before_update: false,
            before_delete: false,
        };

        fn event_row<E: ::bindery::Engine>(
            row: &Sample,
        ) -> ::bindery::Result<::bindery::__private::EventRow> {
            let key = <Self as ::bindery::generic::HasKey>::key::<E>(row);
            ::bindery::__private::EventRow::new(&key, row)
        }
    }

    // …
}

// …

::bindery::__private::outbox!(engine::Default);

::bindery::__private::outbox!(engine::Lite);

::bindery::__private::outbox!(engine::M);

::bindery::__private::inbox!(engine::Default);

::bindery::__private::inbox!(engine::Lite);

::bindery::__private::inbox!(engine::M);

::bindery::__private::workers!(Databases);

::bindery::__private::relays!(Databases);

::bindery::__private::consumers!(Databases);

// …

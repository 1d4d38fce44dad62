// An excerpt: required columns of one type, which are given by name.
// …

/// Model `Transfer`, table `transfers`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod transfers {
    // …

    impl NewTransfer {
        /// A new row with what it must have, by name: values of `giver` and `taker` could be exchanged.
        pub fn new(required: super::transfer::Required) -> Self {
            Self {
                id: ::core::option::Option::None,
                giver: required.giver,
                taker: required.taker,
                amount: required.amount,
            }
        }

        // …
    }

    // …
}

/// Columns of `transfers`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod transfer {
    // …

    /// The columns that a new row of `transfers` must have, by name.
    pub struct Required {
        /// `giver`
        pub giver: super::people::PersonId,
        /// `taker`
        pub taker: super::people::PersonId,
        /// `amount`
        pub amount: i64,
    }

    // …
}

// …

/// Columns of `measures`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod measure {
    // …

    /// The columns that a new row of `measures` must have, by name.
    pub struct Required {
        /// `width`
        pub width: i16,
        /// `height`
        pub height: i64,
        /// `low`
        pub low: f64,
        /// `high`
        pub high: f64,
        /// `checked`
        pub checked: bool,
        /// `valid`
        pub valid: bool,
        /// `seen`
        pub seen: ::bindery::types::NaiveDate,
        /// `due`
        pub due: ::bindery::types::NaiveDate,
    }

    // …
}

/// Model `Required`, table `required`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod required_ {
    // …

    impl NewRequired {
        /// A new row with what it must have, by name: values of `type` and `required` could be exchanged.
        pub fn new(required: super::required::Required_) -> Self {
            Self {
                id: ::core::option::Option::None,
                r#type: required.r#type,
                required: required.required,
            }
        }

        // …
    }

    // …
}

/// Columns of `required`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod required {
    // …

    /// The columns that a new row of `required` must have, by name.
    pub struct Required_ {
        /// `type`
        pub r#type: ::std::string::String,
        /// `required`
        pub required: ::std::string::String,
    }

    // …
}

/// Model `Visit`, table `visits`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod visits {
    // …

    impl NewVisit {
        /// A new row with what it must have.
        pub fn new(
            person: super::people::PersonId,
            why: impl ::core::convert::Into<::std::string::String>,
            hours: i64,
            day: ::bindery::types::NaiveDate,
        ) -> Self {
            Self {
                id: ::core::option::Option::None,
                person,
                why: why.into(),
                hours,
                day,
            }
        }

        // …
    }

    // …
}

// …

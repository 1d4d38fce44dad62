// An excerpt: columns that are given by name stay what they are when their lines are exchanged.
// …

/// Model `Person`, table `people`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod people {
    // …

    /// The people of tests/golden/required with lines exchanged.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Person {
        /// `id`
        pub id: PersonId,
        /// `last_name`
        pub last_name: ::std::string::String,
        /// As she is called.
        pub first_name: ::std::string::String,
        /// `nick`
        pub nick: ::core::option::Option<::std::string::String>,
    }

    // …

    impl NewPerson {
        /// A new row with what it must have, by name: values of `last_name` and `first_name` could be exchanged.
        pub fn new(required: super::person::Required) -> Self {
            Self {
                id: ::core::option::Option::None,
                last_name: required.last_name,
                first_name: required.first_name,
                nick: ::core::option::Option::None,
            }
        }

        // …
    }

    // …

    impl ::bindery::__private::ColumnSource for NewPerson {
        // …

        fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>) {
            params.given(&self.id);
            params.push(&self.last_name);
            params.push(&self.first_name);
            params.push(&self.nick);
        }
    }

    // …
}

/// Columns of `people`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod person {
    // …

    /// The columns that a new row of `people` must have, by name.
    pub struct Required {
        /// `last_name`
        pub last_name: ::std::string::String,
        /// As she is called.
        pub first_name: ::std::string::String,
    }

    // …
}

// …

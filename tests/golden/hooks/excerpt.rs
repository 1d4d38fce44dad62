// An excerpt: the rules of the program for rows.
// …

/// Model `Task`, table `tasks`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod tasks {
    // …

    impl ::bindery::Model for model::Task {
        // …

        fn validate_new<E: ::bindery::Engine>(
            new: &NewTask,
        ) -> ::core::result::Result<(), ::bindery::Invalid> {
            <Self as ::bindery::Validate>::new_row::<E>(new)
        }

        fn validate_patch<E: ::bindery::Engine>(
            patch: &TaskPatch,
        ) -> ::core::result::Result<(), ::bindery::Invalid> {
            <Self as ::bindery::Validate>::patch::<E>(patch)
        }

        fn validate_row<E: ::bindery::Engine>(
            row: &Task,
        ) -> ::core::result::Result<(), ::bindery::Invalid> {
            <Self as ::bindery::Validate>::row::<E>(row)
        }

        // …
    }

    // …
}

// …

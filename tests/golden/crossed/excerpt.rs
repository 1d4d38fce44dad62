// An excerpt: a query that only reads, which a replica takes, and one that writes.
// …

/// The queries of the program's files, a module for each file.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod queries {
    // …

    /// The queries of `samples.sql`.
    #[allow(dead_code, unreachable_pub, clippy::pedantic)]
    pub mod samples {
        // …

        /// The query `ids`.
        ///
        /// ```sql
        /// SELECT id FROM samples ORDER BY id
        /// ```
        ///
        /// # Errors
        /// The database fails.
        #[track_caller]
        pub fn ids<C>(on: &mut C) -> ::bindery::Result<::std::vec::Vec<Ids>>
        where
            C: ::bindery::raw::ReadExecutor,
        {
            IDS.many(on, &[])
        }

        // …

        /// The query `mark`.
        ///
        /// ```sql
        /// UPDATE samples SET word = ? WHERE id = ?
        /// ```
        ///
        /// ```sql
        /// UPDATE samples SET word = $1 WHERE id = $2
        /// ```
        ///
        /// # Errors
        /// A constraint is violated, or the database fails.
        #[track_caller]
        pub fn mark<C>(
            on: &mut C,
            word: ::core::option::Option<&str>,
            id: i64,
        ) -> ::bindery::Result<u64>
        where
            C: ::bindery::raw::Executor,
        {
            MARK.execute(on, &[&word, &id])
        }

        // …
    }
}

// …

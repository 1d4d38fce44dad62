// An excerpt: no patch has a setter for the column by whose value a cluster has the row on one of its servers.
// …

/// Model `Visit`, table `visits`, on `default` and `plain`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod visits {
    // …

    impl VisitPatch {
        /// Nothing to be changed, until a column is set.
        pub fn new() -> Self {
            ::core::default::Default::default()
        }

        /// Sets `day`.
        pub fn day(mut self, day: ::bindery::types::NaiveDate) -> Self {
            self.day = ::core::option::Option::Some(day);
            self
        }

        /// Sets `number`.
        pub fn number(mut self, number: i64) -> Self {
            self.number = ::core::option::Option::Some(number);
            self
        }
    }
}

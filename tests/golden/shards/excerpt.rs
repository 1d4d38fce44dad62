// An excerpt: the type of an engine that is one of the shards, and the methods that lead to one by its key.
// …

/// The engines of this program, as types.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod engine {
    // …

    /// An engine among the shards `customers`, chosen at run time.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum CustomersShard {
        /// Engine `s0`.
        S0 = 1,
        /// Engine `s1`.
        S1 = 2,
    }

    impl ::bindery::Engine for CustomersShard {
        type Dialect = ::bindery::dialect::Sqlite;

        fn index(self) -> usize {
            self as usize
        }

        fn name(self) -> &'static str {
            super::PROGRAM.engines[self as usize].name()
        }

        fn dialect(self) -> ::bindery::Dialect {
            ::bindery::Dialect::Sqlite
        }
    }
    // …
}
// …

impl ::bindery::shards::Sharded for engine::CustomersShard {
    const SET: &'static ::bindery::__private::ShardSet<'static> = &::bindery::__private::ShardSet {
        name: "customers",
        map: 0,
        slots: 1024,
    };
    type Key<'k> = i64;
    const ALL: &'static [Self] = &[Self::S0, Self::S1];
}

#[allow(dead_code, unreachable_pub, clippy::pedantic)]
impl Databases {
    /// The shards `customers`: their map, and work on all of them.
    pub fn customers_shards(&self) -> ::bindery::shards::Shards<'_, engine::CustomersShard> {
        ::bindery::shards::Shards::of(&self.0)
    }

    /// A connection of the shard that has the rows of this `tenant_id`.
    ///
    /// # Errors
    /// No shard has its slot, or that shard or the engine with the map cannot be reached.
    #[track_caller]
    pub fn customers_shard(
        &self,
        key: i64,
    ) -> ::bindery::Result<::bindery::Connection<engine::CustomersShard>> {
        self.customers_shards().connect(key)
    }
}
// …

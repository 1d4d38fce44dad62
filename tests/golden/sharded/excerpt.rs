// An excerpt: a set by a text, over databases of three dialects, whose engines are not the first of the program.
// …

#[allow(dead_code, unreachable_pub, clippy::pedantic)]
impl Databases {
    // …

    /// A connection of the shard that has the rows of this `name`.
    ///
    /// # Errors
    /// No shard has its slot, or that shard or the engine with the map cannot be reached.
    #[track_caller]
    pub fn accounts_shard(
        &self,
        key: &str,
    ) -> ::bindery::Result<::bindery::Connection<engine::AccountsShard>> {
        self.accounts_shards().connect(key)
    }
}
// …

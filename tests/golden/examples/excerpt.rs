// An excerpt: the tables of all databases, of which one is on two engines.
// …

#[allow(dead_code, unreachable_pub, clippy::pedantic)]
impl Databases {
    // …

    /// The rows of [`users::User`].
    pub fn users(&self) -> ::bindery::Repository<'_, model::User, engine::Default> {
        self.0.repository(engine::Default)
    }
    // …
}

// …

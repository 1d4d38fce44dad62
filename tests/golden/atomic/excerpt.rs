// An excerpt: a transaction over the engines of a group.
// …

/// A transaction over `default` and `m`: committed on all of them or on none.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
#[must_use = "a transaction that is not committed is rolled back"]
pub struct CheckoutTransaction(::bindery::atomic::AtomicTransaction);

#[allow(dead_code, unreachable_pub, clippy::pedantic)]
impl CheckoutTransaction {
    /// The connection of `default`, within the transaction.
    ///
    /// # Errors
    /// The engine cannot be reached, no connection came free in time, or the deadline has passed.
    pub fn default(&mut self) -> ::bindery::Result<&mut ::bindery::Connection<engine::Default>> {
        self.0.connection(engine::Default)
    }

    /// The connection of `m`, within the transaction.
    ///
    /// # Errors
    /// The engine cannot be reached, no connection came free in time, or the deadline has passed.
    pub fn m(&mut self) -> ::bindery::Result<&mut ::bindery::Connection<engine::M>> {
        self.0.connection(engine::M)
    }

    /// The rows of [`orders::Order`].
    pub fn orders(&mut self) -> ::bindery::Repository<'_, model::Order, engine::Default> {
        self.0.repository(engine::Default)
    }

    /// The rows of [`stock_::Stock`].
    pub fn stock(&mut self) -> ::bindery::Repository<'_, model::Stock, engine::M> {
        self.0.repository(engine::M)
    }

    /// `Note` lives on `default` and `m`: use `db.default()?.notes()` or `db.m()?.notes()`.
    pub fn notes<'a>(&'a mut self) -> ::bindery::Repository<'a, model::Note, engine::Default>
    where
        ::bindery::__private::NotChosen: ChooseEngineOfNote<'a>,
    {
        self.0.repository(engine::Default)
    }

    /// No engine of the group hosts it.
    pub fn drafts<'a>(&'a mut self) -> ::bindery::Repository<'a, model::Draft, engine::Lite>
    where
        ::bindery::__private::NotChosen:
            ::bindery::__private::InGroup<'a, model::Draft, CheckoutTransaction>,
    {
        self.0.repository(engine::Lite)
    }
}

::bindery::__private::atomic!(
    Databases,
    CheckoutTransaction,
    GROUPS[0],
    checkout,
    checkout_with,
    try_checkout,
    checkout_retry
);

// …

::bindery::__private::atomic!(
    Databases,
    EverythingTransaction,
    GROUPS[1],
    everything,
    everything_with,
    try_everything,
    everything_retry
);

static GROUPS: [::bindery::__private::AtomicGroup; 2] = [
    ::bindery::__private::AtomicGroup {
        name: "checkout",
        engines: &[0, 2],
        home: 2,
    },
    ::bindery::__private::AtomicGroup {
        name: "everything",
        engines: &[0, 1, 2],
        home: 1,
    },
];

::bindery::__private::recovery!(Databases, GROUPS);

// …

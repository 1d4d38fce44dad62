//! The methods of the generated `Databases` that programs call daily, each that of its `Registry`: they are the same for every program. What is
//! called rarely is reached by `registry()`, so that a list of methods is one that can be read.

/// The way to the `Registry`, and the methods that stand beside the accessors: no trait has to be imported for them. A name that
/// comes here is one that no engine and no table can have: it stands in `DATABASES_METHODS` of `bindery_core::name`, too.
#[doc(hidden)]
#[macro_export]
macro_rules! __registry {
    ($databases:ident) => {
        #[allow(dead_code, unreachable_pub, clippy::pedantic)]
        impl $databases {
            /// The engines without the accessors of models: what is called rarely, and what code for any program takes.
            pub fn registry(&self) -> &$crate::Registry {
                &self.0
            }

            /// Describes every engine, in the order of their names. Connects to nothing.
            pub fn engines(&self) -> ::std::vec::Vec<$crate::status::EngineStatus> {
                self.0.engines()
            }

            /// Describes the engine of this name. Connects to nothing.
            ///
            /// # Errors
            /// There is no such engine.
            pub fn engine(&self, name: &str) -> $crate::Result<$crate::status::EngineStatus> {
                self.0.engine(name)
            }

            /// A connection of an engine: of its primary, as it may write.
            ///
            /// # Errors
            /// The engine cannot be reached, or no connection came free in time.
            #[track_caller]
            pub fn connect<E: $crate::Engine>(
                &self,
                engine: E,
            ) -> $crate::Result<$crate::Connection<E>> {
                self.0.connect(engine)
            }

            /// Raw SQL on an engine, taking a connection for each statement.
            pub fn sql_on<E: $crate::Engine>(&self, engine: E) -> $crate::raw::RawSql<'_, E> {
                self.0.sql_on(engine)
            }

            /// Loads what belongs to these rows, in their order, by one statement for each relation. See
            /// [`Connection::load`](::bindery::Connection::load).
            ///
            /// # Errors
            /// The engine cannot be reached, or the database fails.
            pub fn load<R: $crate::generic::RowOf, L>(
                &self,
                rows: &[R],
                relation: L,
            ) -> $crate::Result<L::Loaded>
            where
                R::Engine: $crate::StaticEngine,
                L: $crate::relation::Load<R::Engine, From = R::Model>,
            {
                self.0.load(rows, relation)
            }

            /// Creates the tables that are missing, on every engine. See
            /// [`Registry::create_missing`](::bindery::Registry::create_missing).
            ///
            /// # Errors
            /// A database refuses a statement, or has tables that were made for another schema.
            pub fn create_missing(&self) -> $crate::Result<$crate::drift::CreatedTables> {
                self.0.create_missing()
            }

            /// Creates the tables that are missing on one engine.
            ///
            /// # Errors
            /// As [`create_missing`](Self::create_missing).
            pub fn create_missing_on(
                &self,
                engine: impl $crate::Engine,
            ) -> $crate::Result<$crate::drift::CreatedTables> {
                self.0.create_missing_on(engine)
            }

            /// Connects to every engine, all in parallel, and reports how each answered. See
            /// [`Registry::check`](::bindery::Registry::check).
            pub fn check(&self) -> ::std::vec::Vec<(&'static str, $crate::Result<()>)> {
                self.0.check()
            }

            /// A token of the positions that a client's later reads have to see: [`Registry::read_token`](::bindery::Registry::read_token).
            ///
            /// # Errors
            /// An engine cannot be reached.
            pub fn read_token(&self) -> $crate::Result<$crate::replicas::ReadToken> {
                self.0.read_token()
            }

            /// Runs work that is meant to be outside of the transaction or session that is open on this thread. See
            /// [`Registry::outside_transaction`](::bindery::Registry::outside_transaction).
            pub fn outside_transaction<T>(&self, work: impl ::core::ops::FnOnce() -> T) -> T {
                self.0.outside_transaction(work)
            }

            /// Closes the connections of all engines: idle ones now, those in use when they are given back. Later use is an
            /// error.
            pub fn close(&self) {
                self.0.close();
            }

            /// Closes like [`close`](Self::close), waits for the connections in use, and cuts off those that are not back
            /// in time. See [`Registry::close_within`](::bindery::Registry::close_within).
            ///
            /// # Errors
            /// Connections were cut off.
            pub fn close_within(&self, limit: ::core::time::Duration) -> $crate::Result<()> {
                self.0.close_within(limit)
            }
        }

        impl ::core::convert::AsRef<$crate::Registry> for $databases {
            fn as_ref(&self) -> &$crate::Registry {
                &self.0
            }
        }

        $crate::__migrate!($databases);
    };
}

/// Migrations that are embedded in the program.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "migrations")]
macro_rules! __migrate {
    ($databases:ident) => {
        #[allow(dead_code, unreachable_pub, clippy::pedantic)]
        impl $databases {
            /// Applies the pending migrations of every engine. See [`Registry::migrate`](::bindery::Registry::migrate).
            ///
            /// # Errors
            /// That of the engines that failed; the report says of each what became of it.
            pub fn migrate(
                &self,
                migrations: $crate::migrate::Migrations,
            ) -> ::core::result::Result<
                $crate::migrate::MigrateReport,
                $crate::migrate::MigrateFailed,
            > {
                self.0.migrate(migrations)
            }

            /// The same in a way of its own.
            ///
            /// # Errors
            /// As [`migrate`](Self::migrate).
            pub fn migrate_with(
                &self,
                migrations: $crate::migrate::Migrations,
                options: $crate::migrate::MigrateOptions,
            ) -> ::core::result::Result<
                $crate::migrate::MigrateReport,
                $crate::migrate::MigrateFailed,
            > {
                self.0.migrate_with(migrations, options)
            }

            /// Fails unless every migration is applied on every engine. Changes nothing.
            ///
            /// # Errors
            /// With the versions that are not applied. See
            /// [`Registry::ensure_migrated`](::bindery::Registry::ensure_migrated).
            pub fn ensure_migrated(
                &self,
                migrations: $crate::migrate::Migrations,
            ) -> $crate::Result<()> {
                self.0.ensure_migrated(migrations)
            }
        }
    };
}

/// Migrations need the feature `migrations`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "migrations"))]
macro_rules! __migrate {
    ($databases:ident) => {};
}

//! The methods of the generated `DatabaseSession`, and those of `Databases` that lead to one: they are the same for every
//! program.

/// Sessions, as methods of the generated `Databases` and `DatabaseSession`: no trait has to be imported for them.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "session")]
macro_rules! __session {
    ($databases:ident, $session:ident, $any:ty) => {
        #[allow(dead_code, unreachable_pub, clippy::pedantic)]
        impl $databases {
            /// Runs `work` in a session over all engines: committed on `Ok`, rolled back on `Err` and on panics.
            ///
            /// # Errors
            /// Those of `work`, of taking connections and beginning, and of committing.
            #[track_caller]
            pub fn session<T>(
                &self,
                work: impl ::core::ops::FnOnce(&mut $session) -> $crate::Result<T>,
            ) -> $crate::Result<T> {
                self.try_session_with($crate::SessionOptions::new(), work)
            }

            /// The same with an error type of its own.
            ///
            /// # Errors
            /// Those of `work`, of taking connections and beginning, and of committing.
            #[track_caller]
            pub fn try_session<T, F: ::core::convert::From<$crate::Error>>(
                &self,
                work: impl ::core::ops::FnOnce(&mut $session) -> ::core::result::Result<T, F>,
            ) -> ::core::result::Result<T, F> {
                self.try_session_with($crate::SessionOptions::new(), work)
            }

            /// The same with options.
            ///
            /// # Errors
            /// Those of `work`, of taking connections and beginning, and of committing.
            #[track_caller]
            pub fn session_with<T>(
                &self,
                options: $crate::SessionOptions,
                work: impl ::core::ops::FnOnce(&mut $session) -> $crate::Result<T>,
            ) -> $crate::Result<T> {
                self.try_session_with(options, work)
            }

            /// The same with options and an error type of its own.
            ///
            /// # Errors
            /// Those of `work`, of taking connections and beginning, and of committing.
            #[track_caller]
            pub fn try_session_with<T, F: ::core::convert::From<$crate::Error>>(
                &self,
                options: $crate::SessionOptions,
                work: impl ::core::ops::FnOnce(&mut $session) -> ::core::result::Result<T, F>,
            ) -> ::core::result::Result<T, F> {
                $crate::generic::GeneratedDatabases::try_session_with(self, options, work)
            }

            /// Runs `work` in a session, and again in another one where an engine says that it may be tried again and
            /// nothing is stored.
            ///
            /// # Errors
            /// Those of the last attempt.
            #[track_caller]
            pub fn session_retry<T>(
                &self,
                retry: $crate::RetryPolicy,
                work: impl ::core::ops::FnMut(&mut $session) -> $crate::Result<T>,
            ) -> $crate::Result<T> {
                self.session_retry_with(retry, $crate::SessionOptions::new(), work)
            }

            /// The same with options.
            ///
            /// # Errors
            /// Those of the last attempt.
            #[track_caller]
            pub fn session_retry_with<T>(
                &self,
                retry: $crate::RetryPolicy,
                options: $crate::SessionOptions,
                work: impl ::core::ops::FnMut(&mut $session) -> $crate::Result<T>,
            ) -> $crate::Result<T> {
                $crate::generic::GeneratedDatabases::session_retry_with(self, retry, options, work)
            }

            /// Begins a session over all engines. It is rolled back unless `commit` is called.
            ///
            /// # Errors
            /// None without options that begin an engine.
            #[track_caller]
            pub fn begin_session(&self) -> $crate::Result<$session> {
                self.begin_session_with($crate::SessionOptions::new())
            }

            /// The same with options.
            ///
            /// # Errors
            /// An engine that is begun at once cannot be.
            #[track_caller]
            pub fn begin_session_with(
                &self,
                options: $crate::SessionOptions,
            ) -> $crate::Result<$session> {
                $crate::generic::GeneratedDatabases::begin_session_with(self, options)
            }
        }

        #[allow(dead_code, unreachable_pub, clippy::pedantic)]
        impl $session {
            /// The session's connection of an engine chosen at run time, within its transaction.
            ///
            /// # Errors
            /// The engine cannot be reached, no connection came free in time, or the session is locked to another.
            pub fn on(&mut self, engine: $any) -> $crate::Result<&mut $crate::Connection<$any>> {
                self.0.connection(engine)
            }

            /// The session's connection of the engine that `using` has chosen; outside of it that of `default`.
            ///
            /// # Errors
            /// As `on`.
            pub fn chosen(&mut self) -> $crate::Result<&mut $crate::Connection<$any>> {
                let engine: $any = self.0.chosen_engine()?.parse()?;
                self.0.connection(engine)
            }

            /// Runs `work` on an engine, or within a `SessionScope`: `chosen` is the connection of that engine there.
            ///
            /// # Errors
            /// Those of `work`; the session is locked to another engine.
            pub fn using<T>(
                &mut self,
                scope: impl ::core::convert::Into<$crate::session::SessionScope>,
                work: impl ::core::ops::FnOnce(&mut $session) -> $crate::Result<T>,
            ) -> $crate::Result<T> {
                self.try_using(scope, work)
            }

            /// The same with an error type of its own.
            ///
            /// # Errors
            /// Those of `work`; the session is locked to another engine.
            pub fn try_using<T, F: ::core::convert::From<$crate::Error>>(
                &mut self,
                scope: impl ::core::convert::Into<$crate::session::SessionScope>,
                work: impl ::core::ops::FnOnce(&mut $session) -> ::core::result::Result<T, F>,
            ) -> ::core::result::Result<T, F> {
                $crate::session::GeneratedSession::within(self, scope, work)
            }

            /// Runs `work` in a session within this one: what it does is undone alone on `Err` and on panics.
            ///
            /// # Errors
            /// Those of `work`, of taking connections and beginning, and of committing.
            pub fn session<T>(
                &mut self,
                work: impl ::core::ops::FnOnce(&mut $session) -> $crate::Result<T>,
            ) -> $crate::Result<T> {
                self.try_session(work)
            }

            /// The same with an error type of its own.
            ///
            /// # Errors
            /// Those of `work`, of taking connections and beginning, and of committing.
            pub fn try_session<T, F: ::core::convert::From<$crate::Error>>(
                &mut self,
                work: impl ::core::ops::FnOnce(&mut $session) -> ::core::result::Result<T, F>,
            ) -> ::core::result::Result<T, F> {
                $crate::session::GeneratedSession::nested(self, work)
            }

            /// Commits the engines that were used, one after the other: this is not atomic.
            ///
            /// # Errors
            /// Those of `Session::commit`.
            pub fn commit(self) -> $crate::Result<()> {
                self.0.commit()
            }

            /// Undoes what was done on all engines.
            ///
            /// # Errors
            /// A connection is lost; its database then undoes the work by itself.
            pub fn rollback(self) -> $crate::Result<()> {
                self.0.rollback()
            }
        }

        impl ::core::ops::Deref for $session {
            type Target = $crate::Session;

            fn deref(&self) -> &$crate::Session {
                &self.0
            }
        }

        impl ::core::ops::DerefMut for $session {
            fn deref_mut(&mut self) -> &mut $crate::Session {
                &mut self.0
            }
        }

        impl<M: $crate::generic::OnOneEngine> $crate::generic::ReadRoute<M> for $session {
            type Engine = M::Engine;
            type Access = $crate::generic::ReadWrite;

            fn target(&mut self) -> $crate::__private::Target<'_, M::Engine> {
                $crate::Session::target_of(&mut self.0)
            }
        }

        impl $crate::session::GeneratedSession for $session {
            fn from_session(session: $crate::Session) -> Self {
                Self(session)
            }
        }
    };
}

/// Sessions need the feature `session`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "session"))]
macro_rules! __session {
    ($databases:ident, $session:ident, $any:ty) => {
        #[allow(dead_code, unreachable_pub, clippy::pedantic)]
        impl $databases {
            /// Needs the feature `session` of `bindery`.
            pub fn session<'a, T>(
                &'a self,
                _: impl ::core::ops::FnOnce(&mut $session) -> $crate::Result<T>,
            ) -> $crate::Result<T>
            where
                Self: $crate::session::HasSessions<'a>,
            {
                match $crate::session::HasSessions::never(self) {}
            }

            /// Needs the feature `session` of `bindery`.
            pub fn begin_session<'a>(&'a self) -> $crate::Result<$session>
            where
                Self: $crate::session::HasSessions<'a>,
            {
                match $crate::session::HasSessions::never(self) {}
            }
        }
    };
}

// An excerpt: the syncs that a schema declares.
// …
::bindery::__private::require_sync!();

// …

#[allow(dead_code, unreachable_pub, clippy::pedantic)]
impl Databases {
    /// The syncs that the schema declares, each with its name, ready to be run.
    pub fn syncs(&self) -> syncs::Syncs<'_> {
        syncs::Syncs(&self.0)
    }
}

/// The syncs that the schema declares.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod syncs {
    use super::*;

    /// Each sync as a method.
    #[derive(Debug, Clone, Copy)]
    pub struct Syncs<'db>(pub(super) &'db ::bindery::Registry);

    impl<'db> Syncs<'db> {
        /// `app_users` of `default` to `app_users` of `p`, by `updated_at`.
        /// Columns of the same names are copied.
        pub fn app_users_to_p(
            self,
        ) -> ::bindery::sync::SyncJob<'db, AppUser<engine::Default>, AppUser<engine::P>> {
            self.0
                .sync_columns::<AppUser<engine::Default>, AppUser<engine::P>>()
                .by(app_user::updated_at)
                .name("app_users_to_p")
        }

        /// `app_users` of `p` to `user_analytics` of `m`, by `updated_at`.
        pub fn app_users_to_m(
            self,
            mapping: impl Fn(
                &AppUser<engine::P>,
            ) -> ::core::result::Result<
                ::bindery::sync::NewRow<UserAnalytics<engine::M>>,
                ::bindery::sync::Reject,
            > + 'db,
        ) -> ::bindery::sync::SyncJob<'db, AppUser<engine::P>, UserAnalytics<engine::M>> {
            self.0
                .sync::<AppUser<engine::P>, UserAnalytics<engine::M>>(mapping)
                .by(app_user::updated_at)
                .name("app_users_to_m")
        }

        /// `events` of `m` to `events` of `default`, by comparing both tables.
        /// Columns of the same names are copied.
        pub fn events_to_default(
            self,
        ) -> ::bindery::sync::SyncJob<'db, Event<engine::M>, Event<engine::Default>> {
            self.0
                .sync_columns::<Event<engine::M>, Event<engine::Default>>()
                .full()
                .name("events_to_default")
        }

        /// `devices` of `default` to `devices` of `p`, by comparing both tables.
        /// Columns of the same names are copied.
        pub fn devices_to_p(
            self,
        ) -> ::bindery::sync::SyncJob<'db, Device<engine::Default>, Device<engine::P>> {
            self.0
                .sync_columns::<Device<engine::Default>, Device<engine::P>>()
                .full()
                .name("devices_to_p")
        }
    }
}

// …

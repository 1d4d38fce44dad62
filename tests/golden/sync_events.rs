//! The events of runs of syncs.

use std::sync::{Arc, Mutex};

use bindery::observe::EventKind;

use super::*;

/// Covers MON-01.
#[test]
fn mon_01_each_run_of_a_sync_is_an_event() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, _) = (source::<S>(world)?, target::<T>(world)?);
        let new = (0..30).map(|id| user(id, moment(id)));
        users.app_users().insert_many(new)?;
        let runs = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&runs);
        let subscription =
            world
                .db
                .registry()
                .subscribe(move |event: &bindery::observe::Event<'_>| {
                    if event.kind == EventKind::Sync {
                        assert_eq!((event.statement, event.place), (None, None));
                        let name = event.name.map(str::to_owned);
                        let error = event.outcome.error().map(|error| error.kind().name());
                        let run = (event.engine, name, event.model, event.rows, error);
                        seen.lock().expect("no subscriber panicked").push(run);
                    }
                });
        job::<S, T>(&world.db).run()?;
        job::<S, T>(&world.db).run()?;
        let without_domain = NewAppUser::new(31, "nothing", moment(31));
        users.app_users().insert(without_domain)?;
        let error = job::<S, T>(&world.db).run().expect_err("it has no domain");
        drop(subscription);
        let run = |rows, error| {
            let name = Some("users".to_owned());
            let model = Some("UserAnalytics");
            (T::default().name(), name, model, rows, error)
        };
        let failed = Some(error.kind().name());
        assert_eq!(
            *runs.lock().expect("no subscriber panicked"),
            [run(Some(30), None), run(Some(0), None), run(None, failed)]
        );
        Ok(())
    }
    on_each_pair!(show)
}

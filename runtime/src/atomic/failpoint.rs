//! Places at which a test has the process killed. Without the variable of the environment nothing is done; it is read once.

use std::sync::OnceLock;

use super::protocol::Action;

/// `before:CommitHome`, `after:Prepare`, and so on.
const VARIABLE: &str = "BINDERY_TEST_ATOMIC_KILL";

pub(super) fn before(actions: &[Action]) {
    reached("before", actions);
}

pub(super) fn after(actions: &[Action]) {
    reached("after", actions);
}

fn reached(when: &str, actions: &[Action]) {
    static WANTED: OnceLock<Option<String>> = OnceLock::new();
    let Some(wanted) = WANTED.get_or_init(|| std::env::var(VARIABLE).ok()) else {
        return;
    };
    let is_it = |action: &Action| format!("{when}:{action:?}").starts_with(wanted);
    if actions.iter().any(is_it) {
        std::process::abort();
    }
}

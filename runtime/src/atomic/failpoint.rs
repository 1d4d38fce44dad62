//! Places at which a test has the process killed, or something else done. Without the variable of the environment, and without a
//! call of this thread, nothing is; the variable is read once.

use std::cell::RefCell;
use std::sync::OnceLock;

use super::protocol::Action;

/// `before:CommitHome`, `after:Prepare`, and so on.
const VARIABLE: &str = "BINDERY_TEST_ATOMIC_KILL";

type Call = (&'static str, Box<dyn FnOnce()>);

thread_local! {
    static CALLS: RefCell<Vec<Call>> = const { RefCell::new(Vec::new()) };
}

/// Has this done when the transaction of this thread comes to this place, once.
pub(super) fn at(place: &'static str, call: impl FnOnce() + 'static) {
    CALLS.with_borrow_mut(|calls| calls.push((place, Box::new(call))));
}

pub(super) fn before(actions: &[Action]) {
    reached("before", actions);
}

/// Requests are on their way, and no answer is read.
pub(super) fn sent(actions: &[Action]) {
    reached("sent", actions);
}

pub(super) fn after(actions: &[Action]) {
    reached("after", actions);
}

fn reached(when: &str, actions: &[Action]) {
    let is_at = |place: &str| {
        let mut actions = actions.iter();
        actions.any(|action| format!("{when}:{action:?}").starts_with(place))
    };
    let call = CALLS.with_borrow_mut(|calls| {
        let due = calls.iter().position(|(place, _)| is_at(place))?;
        Some(calls.remove(due).1)
    });
    if let Some(call) = call {
        call();
    }
    static WANTED: OnceLock<Option<String>> = OnceLock::new();
    let Some(wanted) = WANTED.get_or_init(|| std::env::var(VARIABLE).ok()) else {
        return;
    };
    if is_at(wanted) {
        std::process::abort();
    }
}

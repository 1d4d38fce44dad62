//! Places at which a test has the process killed. Without the variable of the environment nothing is done; it is read once.

use std::sync::OnceLock;

use super::store::{Record, Way};

/// `committed:forward:1`, and so on.
pub(super) const VARIABLE: &str = "BINDERY_TEST_SAGA_KILL";

pub(super) fn reached(point: &str, record: &Record) {
    static WANTED: OnceLock<Option<String>> = OnceLock::new();
    let Some(wanted) = WANTED.get_or_init(|| std::env::var(VARIABLE).ok()) else {
        return;
    };
    let way = match record.way {
        Way::Forward => "forward",
        Way::Back => "back",
    };
    if *wanted == format!("{point}:{way}:{}", record.at) {
        std::process::abort();
    }
}

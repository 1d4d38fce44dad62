//! Tests that change something of the whole process, such as its recorder: each runs in a process of its own.

use std::process::Command;

/// Set in that process, to the name of the test.
const ALONE: &str = "BINDERY_TEST_ALONE";

/// Whether this is the process of the test of this name; in any other it is started, and has to succeed.
pub(crate) fn is_alone(test: &str) -> bool {
    if std::env::var(ALONE).is_ok_and(|name| name == test) {
        return true;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ALONE, test)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{output:?}"
    );
    false
}

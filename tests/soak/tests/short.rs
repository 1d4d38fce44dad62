//! A few seconds of the soak, so that it works when it is needed and finds what is plainly wrong.

use std::time::Duration;

use bindery_soak::{Options, run};
use bindery_testkit::{Server, skip};

/// Covers TX-16, POOL-2, POOL-5, GEN-9, OUT-1, OUT-3, MSG-2, SYNC-5: rows are where they were meant to be, and what calls said is true, whatever strikes.
#[test]
fn some_seconds_with_a_fixed_seed() {
    for options in [Server::postgres(), Server::mysql()] {
        if let Err(error) = options.check_installed() {
            skip(&error.to_string());
            return;
        }
    }
    let report = run(&Options {
        seed: 1,
        time: Duration::from_secs(8),
        workers: 16,
    })
    .expect("the servers start");
    assert!(report.broken().is_empty(), "{report}");
    assert!(report.applied() > 0 && report.faults() > 0, "{report}");
    assert!(report.tasks() > 0 && report.copied() > 0, "{report}");
    assert!(report.echoed() > 0, "{report}");
}

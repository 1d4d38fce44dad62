//! Patterns that the text of the code must not contain. Each list is short and gets a line only with a reason.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules that read the clock, or take a time of it: it is a value of columns, or stands in a token or a decision that ages.
const WALL_CLOCK: &[&str] = &[
    "databases/read_token/signed.rs",
    "driver/own_tables/mod.rs",
    "outbox/queue.rs",
    "outbox/store.rs",
    "outbox/task.rs",
    "outbox/schedule.rs",
    "outbox/worker/mod.rs",
    "outbox/worker/periodic.rs",
    "sync/capture/reading.rs",
    "value/types/chrono.rs",
    "messages/event.rs",
    "messages/message.rs",
    "observe/background.rs",
];

/// Modules that measure how long something takes or may take.
const MONOTONIC_CLOCK: &[&str] = &[
    "atomic/commit.rs",
    "atomic/options.rs",
    "atomic/thread.rs",
    "databases/connector.rs",
    "databases/connector/server.rs",
    "databases/mod.rs",
    "databases/resolve.rs",
    "driver/cancel.rs",
    "driver/leaving.rs",
    "driver/mysql/login.rs",
    "driver/observed.rs",
    "driver/observed/listened.rs",
    "driver/postgres/replay.rs",
    "driver/queue.rs",
    "driver/sqlite/mod.rs",
    "driver/sqlite/watch.rs",
    "driver/sqlite/writing.rs",
    "driver/turns.rs",
    "driver/wire/deadline.rs",
    "driver/wire/limits.rs",
    "link/backoff.rs",
    "link/held.rs",
    "link/held/pulled.rs",
    "link/held/reading.rs",
    "link/held/standing.rs",
    "link/moment.rs",
    "link/pool/taking.rs",
    "link/replicas.rs",
    "link/replicas/check.rs",
    "link/replicas/health.rs",
    "link/slots/branches.rs",
    "link/slots/mod.rs",
    "messages/contract.rs",
    "messages/memory_queue.rs",
    "messages/relay.rs",
    "migrate/lock.rs",
    "migrate/run.rs",
    "observe/log.rs",
    "observe/meter.rs",
    "observe/running.rs",
    "outbox/worker/claimer.rs",
    "outbox/worker/listener.rs",
    "outbox/worker/pace.rs",
    "outbox/worker/periodic.rs",
    "outbox/worker/recorder.rs",
    "outbox/worker/rest.rs",
    "outbox/worker/run.rs",
    "outbox/worker/run/claiming.rs",
    "outbox/worker/threads.rs",
    "relation/link_cache.rs",
    "saga/drive.rs",
    "saga/drive/log.rs",
    "saga/drive/setback.rs",
    "saga/mod.rs",
    "saga/step.rs",
    "session/options.rs",
    "shards/mod.rs",
    "sync/lock.rs",
    "sync/run.rs",
    "tenants/each.rs",
    "tenants/shared.rs",
    "workers/limit.rs",
    "workers/mod.rs",
    "workers/permit.rs",
    "workers/threads.rs",
];

/// Calls that end the program where a value is not as expected.
const PANICKING: &[&str] = &[
    ".unwrap()",
    ".expect(",
    "panic!",
    "unreachable!",
    "todo!",
    "unimplemented!",
    "assert!",
    "from_row(",
    "get_unwrap(",
    "get_ref_unwrap(",
    "query_first(",
    ".get(",
];

/// Getters of drivers that panic where a value is of another type.
const PANICKING_GETTERS: &[&str] = &[
    "from_row(",
    "get_unwrap(",
    "get_ref_unwrap(",
    "query_first(",
];

pub(super) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All files of Rust below a folder but those of tests, sorted, with their paths from it.
pub(super) fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("the workspace is there") {
            let path = entry.expect("the workspace can be read").path();
            let is_tests = path.file_stem().is_some_and(|stem| {
                stem.to_str()
                    .is_some_and(|stem| stem == "tests" || stem.ends_with("_tests"))
            });
            if is_tests {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).expect("it is below");
                let text = fs::read_to_string(&path).expect("code is UTF-8");
                found.push((name.display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}

/// Lines of code before the tests of a file, without comments.
pub(super) fn code(text: &str) -> impl Iterator<Item = &str> {
    let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..tests]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}

fn assert_only_in(allowed: &[&str], word: &str) {
    for (name, text) in sources(&workspace().join("runtime/src")) {
        let found = code(&text).find(|line| line.contains(word));
        let is_allowed = allowed.contains(&name.as_str());
        assert!(
            is_allowed || found.is_none(),
            "`{word}` in {name}, which is not one of {allowed:?}: {found:?}"
        );
    }
}

/// Nothing that waits can see the wall clock.
///
/// Covers POOL-9, TX-19.
#[test]
fn no_wait_looks_at_the_wall_clock() {
    for word in ["SystemTime", "Utc::now", "Local::now"] {
        assert_only_in(WALL_CLOCK, word);
    }
    assert_only_in(MONOTONIC_CLOCK, "Instant::now");
}

/// Values are taken where they fit, and never by a call that panics where they do not.
///
/// Covers GEN-1.
#[test]
fn generated_code_and_drivers_call_nothing_that_panics() {
    for (name, text) in bindery_cases::CODE {
        for word in PANICKING {
            let found = code(text).find(|line| line.contains(word));
            assert_eq!(found, None, "`{word}` in the case `{name}`");
        }
    }
    for (name, text) in sources(&workspace().join("runtime/src")) {
        for word in PANICKING_GETTERS {
            let found = code(&text).find(|line| line.contains(word));
            assert_eq!(found, None, "`{word}` in {name}");
        }
    }
}

/// The folders of the published crates' code.
const PRODUCT: &[&str] = &[
    "cli/src",
    "codegen/src",
    "core/src",
    "macros/src",
    "queues/src",
    "runtime-macros/src",
    "runtime/src",
    "schema/src",
    "web/src",
];

/// Each value has an owner: descriptions that are read while a program runs are owned by a static (`core/src/kept.rs`).
#[test]
fn published_code_leaks_nothing() {
    for folder in PRODUCT {
        let files = sources(&workspace().join(folder));
        assert!(!files.is_empty(), "{folder}");
        for (name, text) in files {
            for word in ["leak(", "leak)"] {
                let found = code(&text).find(|line| line.contains(word));
                assert_eq!(found, None, "`{word}` in {folder}/{name}");
            }
        }
    }
}

/// Libraries that are not built for tests (`test = false`), so that one in them would not run.
const WITHOUT_TESTS: &[&str] = &["fuzz", "tests", "tests/cases", "tests/dependencies", "web"];

#[test]
fn what_is_not_built_for_tests_has_none() {
    for folder in WITHOUT_TESTS {
        let files = sources(&workspace().join(folder).join("src"));
        assert!(!files.is_empty(), "{folder}");
        for (name, text) in files {
            let found = text.lines().find(|line| line.trim() == "#[cfg(test)]");
            assert_eq!(
                found, None,
                "in {folder}/src/{name}: take `test = false` out of its manifest"
            );
        }
    }
}

//! Generated from `queries/words.txt`, as the head of `statements.rs` says. Not to be edited.

pub(super) const WORDS: &[(&str, [&str; 3])] = &[
    (
        "held",
        [
            "status NOT IN ('pending', 'completed')",
            "status NOT IN ('pending', 'completed')",
            "status NOT IN ('pending', 'completed')",
        ],
    ),
    (
        "keyed",
        [
            "status = 'pending' AND task_key IS NOT NULL",
            "status = 'pending' AND task_key IS NOT NULL",
            "status = 'pending' AND place >= 549755813888",
        ],
    ),
    ("no_claim", ["NULL", "NULL", "''"]),
    ("no_time", ["NULL", "NULL", "0"]),
    (
        "now",
        [
            "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
            "(SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT))",
            "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
        ],
    ),
    (
        "open",
        [
            "e.status IN ('pending', 'scheduled', 'running') AND e.status <> 'completed'",
            "e.status IN ('pending', 'scheduled', 'running') AND e.status <> 'completed'",
            "e.status IN ('pending', 'scheduled', 'running') AND e.status <> 'completed'",
        ],
    ),
    ("place", ["priority", "priority", "place"]),
    (
        "unkeyed",
        [
            "status = 'pending' AND task_key IS NULL",
            "status = 'pending' AND task_key IS NULL",
            "status = 'pending' AND place < 549755813888",
        ],
    ),
];

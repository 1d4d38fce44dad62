//! The order of the runtime.

use super::Order;

pub(super) const ORDER: Order = Order {
    folder: "runtime/src",
    layers: &[
        // Facts that the rooms above report of their failures, without the rooms.
        "data/error | link/drift/found | migrate/error | saga/error | sync/error",
        "error",
        "value",
        "copying",
        "observe",
        "driver",
        "workers",
        "link/moment",
        "link/dialect",
        "link/engine",
        "link/program",
        "link/constraint_names",
        "link/changes",
        "link/drift",
        "link/pool",
        "link/inside",
        "link/held",
        "link",
        "model",
        "repository",
        "raw",
        "query",
        "relation",
        "databases",
        "interface",
        "session",
        "databases/generated",
        // The halves that a program chooses by features.
        "atomic | saga | outbox | tenants | shards | migrate | data | sync",
        "messages",
    ],
    // The root and its macros, and what is re-exported for generated code.
    outside: &[
        "lib.rs",
        "macros.rs",
        "macros/atomic.rs",
        "macros/generated_by.rs",
        "macros/messages.rs",
        "macros/outbox.rs",
        "macros/registry.rs",
        "macros/session.rs",
        "macros/shards.rs",
        "macros/sync.rs",
        "no_atomic.rs",
        "no_session.rs",
        "private.rs",
    ],
};

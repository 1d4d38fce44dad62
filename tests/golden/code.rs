//! The reviewed text of generated code, compiled as it is under the lints a careful user sets, and at work.

mod assigned_values;
mod atomic_at_work;
mod behaviour;
mod bench;
mod bulk_at_work;
mod bulk_of_pages;
mod capture_at_work;
mod cents;
mod derived_values;
mod exports;
mod given_values;
mod interfaces_at_work;
mod links_at_work;
mod messages_at_work;
mod outbox_at_work;
mod own_tables_at_work;
mod own_types;
mod places_at_work;
mod queries_at_work;
mod query_batches;
mod query_dialects;
mod query_joins;
mod query_lists;
mod query_locks;
mod query_numbers;
mod query_prepared;
mod query_random;
mod query_random_edges;
mod query_random_selects;
mod query_rows;
mod query_selects;
mod query_texts;
mod refusals;
mod relations_apart;
mod relations_at_work;
mod relations_many;
mod required_by_name;
mod settings_at_work;
mod sync_at_work;
mod updates;
mod validated;
mod values;
mod views_at_work;

pub use own_types::{Code, Email, Level, Listed, Money, Odd, State};

macro_rules! cases {
    ($($name:ident: $path:literal),* $(,)?) => {$(
        #[deny(warnings, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]
        #[path = $path]
        #[doc = "A case."]
        pub mod $name;
    )*};
}

// A case whose table has its name has another one here: a module and the one within it do not share a name.
cases! {
    assigned: "assigned/bindery.rs",
    atomic: "atomic/bindery.rs",
    capture: "capture/bindery.rs",
    first: "first/bindery.rs",
    derived: "derived/bindery.rs",
    doors: "doors/bindery.rs",
    given: "given/bindery.rs",
    hooks: "hooks/bindery.rs",
    contacts: "contacts/bindery.rs",
    messages: "messages/bindery.rs",
    names: "names/bindery.rs",
    own_tables: "own_tables/bindery.rs",
    one_name: "one_name/bindery.rs",
    outbox: "outbox/bindery.rs",
    shop: "shop/bindery.rs",
    sync: "sync/bindery.rs",
    mixed: "mixed/bindery.rs",
    moments_case: "moments/bindery.rs",
    custom: "custom/bindery.rs",
    exchanged: "exchanged/bindery.rs",
    types: "types/bindery.rs",
    uuids: "uuids/bindery.rs",
    flavours: "flavours/bindery.rs",
    refused: "refused/bindery.rs",
    questions: "questions/bindery.rs",
    published: "published/bindery.rs",
    queries: "queries/bindery.rs",
    links: "links/bindery.rs",
    linked: "linked/bindery.rs",
    library: "library/bindery.rs",
    relations: "relations/bindery.rs",
    required_case: "required/bindery.rs",
    versions: "versions/bindery.rs",
    views: "views/bindery.rs",
    welcome: "welcome/bindery.rs",
}

//! SQLite.

use super::{Counters, Defaults, Facts, ForeignWords, Keys, Portable, Queries};
use crate::model::Counter;
use crate::portable::Function;
use crate::resolve::foreign::sqlite;

pub(super) static FACTS: Facts = Facts {
    keys: Keys {
        take_null: true,
        number_rows: true,
        primary_is_unique: true,
        uniques_have_indexes: false,
        repeats_have_indexes: false,
    },
    defaults: Defaults {
        words_are_texts: true,
        wrapped: false,
    },
    counters: Counters {
        autoincrement: true,
        of_type: |_| Counter::Usual,
    },
    queries: Queries {
        keep_not_null: false,
        own_columns_first: false,
        stars_follow: true,
        virtual_tables: true,
    },
    foreign: ForeignWords {
        of_type: |_, column, in_key| sqlite::of_type(column, in_key),
        of_default: |kind, sql, _| sqlite::of_default(kind, sql),
        any_words_are_types: true,
    },
    portable: Portable {
        functions: &[
            ("length", Function::CharLength),
            ("ifnull", Function::Coalesce),
        ],
        in_defaults: &[("unixepoch", Function::UnixSeconds)],
        concat: false,
        casts: false,
        or: &["or"],
        and: &["and"],
    },
    keeps_comments: false,
};

//! PostgreSQL.

use super::{Counters, Defaults, Facts, ForeignWords, Keys, Portable, Queries};
use crate::portable::Function;
use crate::resolve::foreign::postgres;
use crate::resolve::native::serial;

pub(super) static FACTS: Facts = Facts {
    keys: Keys {
        take_null: false,
        number_rows: false,
        primary_is_unique: false,
        uniques_have_indexes: true,
        repeats_have_indexes: false,
    },
    defaults: Defaults {
        words_are_texts: false,
        wrapped: false,
    },
    counters: Counters {
        autoincrement: false,
        of_type: serial,
    },
    queries: Queries {
        keep_not_null: false,
        own_columns_first: false,
        stars_follow: false,
        virtual_tables: false,
    },
    foreign: ForeignWords {
        of_type: |table, column, _| postgres::of_type(table, column),
        of_default: postgres::of_default,
        any_words_are_types: false,
    },
    portable: Portable {
        functions: &[
            ("length", Function::CharLength),
            ("char_length", Function::CharLength),
            ("character_length", Function::CharLength),
            ("btrim", Function::Trim),
        ],
        in_defaults: &[("now", Function::Now)],
        concat: false,
        casts: true,
        or: &["or"],
        and: &["and"],
    },
    keeps_comments: true,
};

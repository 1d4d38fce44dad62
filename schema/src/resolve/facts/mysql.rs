//! MySQL and MariaDB.

use super::{Counters, Defaults, Facts, ForeignWords, Keys, Portable, Queries};
use crate::model::Counter;
use crate::portable::Function;

pub(super) static FACTS: Facts = Facts {
    keys: Keys {
        take_null: false,
        number_rows: false,
        primary_is_unique: false,
        uniques_have_indexes: true,
        repeats_have_indexes: true,
    },
    defaults: Defaults {
        words_are_texts: false,
        wrapped: true,
    },
    counters: Counters {
        autoincrement: false,
        of_type: |_| Counter::Usual,
    },
    queries: Queries {
        keep_not_null: true,
        own_columns_first: true,
        stars_follow: false,
        virtual_tables: false,
    },
    foreign: ForeignWords {
        of_type: |_, _, _| None,
        of_default: |_, _, _| None,
        any_words_are_types: false,
    },
    portable: Portable {
        functions: &[
            ("lcase", Function::Lower),
            ("ucase", Function::Upper),
            ("length", Function::OctetLength),
            ("char_length", Function::CharLength),
            ("character_length", Function::CharLength),
            ("ifnull", Function::Coalesce),
        ],
        in_defaults: &[
            ("unix_timestamp", Function::UnixSeconds),
            ("now", Function::Now),
            ("curdate", Function::Today),
        ],
        concat: true,
        casts: false,
        or: &["or", "||"],
        and: &["and", "&&"],
    },
    keeps_comments: true,
};

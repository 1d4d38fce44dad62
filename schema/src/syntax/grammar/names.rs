//! Names and quotes.

use bindery_core::dialect::Dialect;

/// Which tokens are names, and which names may stand where.
pub(crate) struct Naming {
    pub(crate) words: Words,
    /// A name without quotes is one in small letters.
    pub(crate) folds: bool,
    /// `"a"` is a text.
    pub(crate) double_quotes_hold_texts: bool,
    /// A backslash in a text begins an escape.
    pub(crate) backslash_escapes: bool,
    /// A text may be a name of a table or a column: `'a'`.
    pub(crate) texts_are_names: bool,
    /// A text may be the name of an item: `SELECT 1 AS 'a'`.
    pub(crate) texts_are_labels: bool,
    /// A word that begins with a digit may be a name: `2fa`.
    pub(crate) may_begin_with_digit: bool,
    /// A name needs quotes in a statement for several products, as each reserves words of its own.
    pub(crate) needs_quotes: bool,
    pub(crate) after_point: AfterPoint,
    /// A reserved word may be the name of an item: `SELECT 1 AS select`.
    pub(crate) reserved_labels: bool,
    /// The most names with points between that make a column.
    pub(crate) most_parts: usize,
    /// The schemas in which names without one are looked up: their own name says nothing.
    pub(crate) common_schemas: &'static [&'static str],
    /// That of them which a file may set a path to and away from.
    pub(crate) public_schema: Option<&'static str>,
    /// Words by which a text that cannot be read is known for one of this dialect.
    pub(crate) telling_words: &'static [&'static str],
    /// The dialect that a text which cannot be read in this one may be of.
    pub(crate) mistaken_for: Dialect,
}

/// The words that are no names unless they are quoted: sorted lists.
pub(crate) struct Words {
    /// No columns and tables.
    pub(crate) reserved: &'static [&'static str],
    /// No aliases without `AS` either.
    pub(crate) not_bare: &'static [&'static str],
    /// No aliases of tables without `AS` either.
    pub(crate) not_table: &'static [&'static str],
    /// Names of functions alone.
    pub(crate) functions: &'static [&'static str],
}

/// The words that may follow a point: `t.select`.
#[derive(Clone, Copy)]
pub(crate) enum AfterPoint {
    Any,
    /// A reserved word only where nothing stands between.
    ReservedDirectly,
    NotReserved,
}

impl Naming {
    /// Whether the word is no name of a column or a table.
    pub(crate) fn is_reserved(&self, word: &str) -> bool {
        has(self.words.reserved, word)
    }

    /// Whether the word may be the name of a function that is called.
    pub(crate) fn may_be_function(&self, word: &str) -> bool {
        !self.is_reserved(word) || has(self.words.functions, word)
    }

    /// Whether the word may stand as an alias without `AS`.
    pub(crate) fn may_be_alias(&self, word: &str) -> bool {
        // Reserved words may, but for those that may follow a value.
        let reserved = !self.reserved_labels && self.is_reserved(word);
        !reserved && !has(self.words.not_bare, word)
    }

    /// Whether the word may stand as an alias of a table without `AS`.
    pub(crate) fn may_be_table_alias(&self, word: &str) -> bool {
        !self.is_reserved(word) && !has(self.words.not_table, word)
    }
}

fn has(list: &[&str], word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    list.binary_search(&lower.as_str()).is_ok()
}

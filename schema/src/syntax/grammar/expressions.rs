//! Expressions: operators, operands, conditions and calls.

/// Operators, and how tightly they bind.
pub(crate) struct Operators {
    /// Operators of signs between two operands.
    pub(crate) signs: &'static [(&'static str, u8)],
    /// The rank of every other run of signs, where each is an operator.
    pub(crate) any_signs: Option<u8>,
    /// Operators that are several tokens; of a beginning in common the longest comes first.
    pub(crate) joined_signs: &'static [&'static str],
    /// Signs before an operand.
    pub(crate) before: &'static [(&'static str, u8)],
    /// `AND`, `OR` and their kin, in lower case.
    pub(crate) words: &'static [(&'static str, u8)],
    /// Operators of words that are no names.
    pub(crate) more_words: &'static [WordOperator],
    /// `a OPERATOR(schema.+) b`, and its rank.
    pub(crate) named: Option<u8>,
    pub(crate) is: u8,
    /// `LIKE`, `IN` and `BETWEEN`.
    pub(crate) matching: u8,
    pub(crate) collate: u8,
    /// `AT TIME ZONE`, `AT LOCAL`.
    pub(crate) at_zone: Option<u8>,
    /// `a < b < c` compares what the first comparison gives.
    pub(crate) chains_comparisons: bool,
    /// `a IS NULL` may be an operand of what binds tighter: `a IS NULL + b`.
    pub(crate) condition_is_operand: bool,
    /// `NOT a` may be an operand of what binds tighter: `a + NOT b`.
    pub(crate) negation_is_operand: bool,
    /// `BINARY a`.
    pub(crate) binary: bool,
    /// `AND`, `IN` and their kin may be the name of a value where no operand follows: `SELECT a IN, b`.
    pub(crate) may_be_labels: bool,
    /// `a = ANY (…)`.
    pub(crate) quantified: bool,
    /// `a LIKE ANY (…)`.
    pub(crate) quantified_matching: bool,
}

/// An operator of words.
pub(crate) struct WordOperator {
    pub(crate) words: &'static [&'static str],
    /// As the tree has it.
    pub(crate) text: &'static str,
    pub(crate) rank: u8,
}

/// Constants, and what is no call and no column.
pub(crate) struct Operands {
    pub(crate) adjacent_texts: AdjacentTexts,
    /// `B'01'`.
    pub(crate) bits: bool,
    /// `X'0'` is of bits, and takes any number of digits.
    pub(crate) hex_is_bits: bool,
    /// `_utf8mb4'text'`, `CHARACTER SET utf8mb4`.
    pub(crate) character_sets: bool,
    pub(crate) typed_texts: TypedTexts,
    /// `INTERVAL 1 DAY`, of a value and a unit.
    pub(crate) intervals: bool,
    /// `@a`, `@@session.a`, `@a := 1`.
    pub(crate) variables: bool,
    /// `DEFAULT` for the default of a column.
    pub(crate) default: bool,
    /// `ROW(a, b)`.
    pub(crate) rows: bool,
    /// Arrays and rows are values of columns: `ARRAY[1, 2]`, `a[1]`, `(a).b`, `(a).*`, `f(t.*)`.
    pub(crate) composites: bool,
    /// The first words of types that a value is cast to, where these are not all: a character set may follow them.
    pub(crate) cast_types: Option<&'static [&'static str]>,
    /// Signs before a parameter's name: those beyond `:`.
    pub(crate) named_parameters: &'static [&'static str],
    /// The sign before a parameter's number.
    pub(crate) numbered_parameter: Option<&'static str>,
    /// `?` is the next parameter.
    pub(crate) next_parameter: bool,
}

/// The number of texts in `'a' 'b'`.
#[derive(Clone, Copy)]
pub(crate) enum AdjacentTexts {
    OneText,
    /// One where the second begins on a line of its own.
    OneOverLines,
    TwoTexts,
}

/// Types before a text: `DATE '2020-01-01'`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypedTexts {
    Never,
    /// Those of dates and times.
    Times,
    Every,
}

/// `IS`, `IN`, `BETWEEN`, `LIKE` and their kin.
pub(crate) struct Conditions {
    /// `IS` takes any operand: `a IS b`.
    pub(crate) is_any: bool,
    /// `IS DISTINCT FROM b`.
    pub(crate) is_distinct: bool,
    /// `IS JSON ARRAY`, `IS NFC NORMALIZED`.
    pub(crate) is_kind: bool,
    /// `a ISNULL`, `a NOTNULL`.
    pub(crate) isnull: bool,
    /// `a NOT NULL`.
    pub(crate) not_null: bool,
    /// `a IN t`, `a IN ()`.
    pub(crate) in_table_or_nothing: bool,
    /// `BETWEEN SYMMETRIC`.
    pub(crate) symmetric: bool,
    pub(crate) between: BetweenBounds,
    /// Words that match a text beside `LIKE`.
    pub(crate) matches: &'static [&'static str],
    /// `SIMILAR TO`.
    pub(crate) similar: bool,
    /// `REGEXP` takes `ESCAPE`, too.
    pub(crate) escape_of_regexp: bool,
    /// The pattern of `LIKE` may be a condition that begins with `NOT`: `a LIKE b NOT IN (c)`.
    pub(crate) negated_patterns: bool,
}

/// The expressions that bound `BETWEEN`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BetweenBounds {
    /// Both may be conditions of its own rank.
    OfItsRank,
    /// The lower is any condition.
    LowIsCondition,
    /// The lower has no operators of words.
    LowIsPlain,
}

/// Calls of functions.
pub(crate) struct Calls {
    /// Functions that are called without parentheses.
    pub(crate) bare: &'static [&'static str],
    pub(crate) bare_parentheses: BareParentheses,
    /// Functions whose parenthesis follows directly, sorted.
    pub(crate) adjacent: &'static [&'static str],
    /// Functions may be in schemas.
    pub(crate) schemas: bool,
    /// Functions whose parentheses have a grammar of their own.
    pub(crate) forms: &'static [(&'static str, CallForm)],
    /// `extract` takes units alone; another takes any word.
    pub(crate) extract_of_units: bool,
    /// `trim(a FROM b, c)`.
    pub(crate) trim_list: bool,
    /// `count(ALL)` has no argument.
    pub(crate) all_of_nothing: bool,
    /// `group_concat(a SEPARATOR ',' LIMIT 2)`.
    pub(crate) separator: bool,
    /// `f(a => 1)`, `f(VARIADIC a)`.
    pub(crate) named_arguments: bool,
    pub(crate) within_group: WithinGroup,
    /// `FILTER (WHERE …)`.
    pub(crate) filter: bool,
}

/// Parentheses after a function that is called without them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BareParentheses {
    Never,
    /// With a number of digits, after some of them.
    Digits,
    Any,
}

/// A grammar between parentheses.
#[derive(Clone, Copy)]
pub(crate) enum CallForm {
    /// `extract(year FROM a)`.
    Extract,
    /// `position(a IN b)`.
    Position,
    /// `substring(a FROM 1 FOR 2)`.
    Substring,
    /// `trim(BOTH a FROM b)`.
    Trim,
    /// `convert(a, type)`, `convert(a USING utf8mb4)`.
    Convert,
    /// `char(77, 121 USING utf8mb4)`.
    Char,
    /// `match (a, b) against ('text' IN BOOLEAN MODE)`.
    Match,
    /// `timestampdiff(DAY, a, b)`.
    OfUnit,
}

/// The functions that take `WITHIN GROUP (ORDER BY a)`.
#[derive(Clone, Copy)]
pub(crate) enum WithinGroup {
    Never,
    /// `percentile_cont` and `percentile_disc`.
    Percentiles,
    Every,
}

//! Constant texts that have a syntax of their own: JSON and its paths, ranges, full-text searches, patterns, values of types.
//! The servers refuse a wrong one when a row is computed, and here it is refused while the program is built. Only what every server
//! refuses is called wrong: what is not known to be wrong is left to the server.

mod document;
mod full_text;
mod json_path;
mod pattern;
mod range;
mod search;
mod value;
mod zone;

use super::checker::Checker;
use super::findings;
use super::literal::written_number;
use super::postgres::PgType;
use crate::source::Span;
use crate::syntax::{Call, Expr, ExprKind};

pub(super) use full_text::is_search as is_search_of_full_text;
pub(super) use json_path::{is_jsonpath, is_path_of_mysql, is_path_of_sqlite};
pub(super) use value::{is_time_of_mysql, is_value_of};

/// SQLite's functions whose first argument is a document.
const OF_DOCUMENTS: [&str; 15] = [
    "json",
    "json_array_insert",
    "json_array_length",
    "json_each",
    "json_extract",
    "json_insert",
    "json_patch",
    "json_pretty",
    "json_remove",
    "json_replace",
    "json_set",
    "json_tree",
    "json_type",
    "jsonb",
    "jsonb_extract",
];

/// Functions of PostgreSQL, MySQL and MariaDB whose second argument is a regular expression.
const OF_PATTERNS: [&str; 10] = [
    "regexp_count",
    "regexp_instr",
    "regexp_like",
    "regexp_match",
    "regexp_matches",
    "regexp_replace",
    "regexp_split_to_array",
    "regexp_split_to_table",
    "regexp_substr",
    "substring",
];

impl Checker<'_> {
    /// Constant arguments of a call.
    pub(super) fn check_texts(&mut self, call: &Call) {
        if !self.own_functions(call.function()).is_empty() {
            return;
        }
        self.check_paths(call);
        (self.facts.values.check_texts_of_call)(self, call);
    }

    /// Paths into documents.
    fn check_paths(&mut self, call: &Call) {
        let is_path: fn(usize) -> bool = match call.function().to_lowercase().as_str() {
            _ if self.facts.values.paths_are_typed => return,
            "json_extract" | "json_remove" => |at| at > 0,
            "json_set" | "json_insert" | "json_replace" | "json_array_append"
            | "json_array_insert" => |at| at % 2 == 1,
            "json_type" | "json_array_length" | "json_each" | "json_tree" | "json_length"
            | "json_keys" | "json_value" | "json_query" | "json_exists" | "json_table" => {
                |at| at == 1
            }
            _ => return,
        };
        let arguments = call.arguments.iter().enumerate();
        for (_, argument) in arguments.filter(|(at, _)| is_path(*at)) {
            self.check_path(&argument.value);
        }
    }

    pub(super) fn check_path(&mut self, value: &Expr) {
        if let ExprKind::Text(text) = &value.kind
            && !(self.facts.values.is_path)(text)
        {
            self.report(findings::no_path(value.span));
        }
    }

    /// SQLite's documents, and the names of one that is made.
    pub(super) fn check_documents(&mut self, call: &Call) {
        let name = call.function();
        let documents = match name {
            "json_patch" => 2,
            _ => usize::from(OF_DOCUMENTS.contains(&name)),
        };
        for argument in call.arguments.iter().take(documents) {
            self.check_document(&argument.value);
        }
        let is_name =
            |at: usize| matches!(name, "json_object" | "jsonb_object") && at.is_multiple_of(2);
        let arguments = call.arguments.iter().enumerate();
        for (_, argument) in arguments.filter(|(at, _)| is_name(*at)) {
            if matches!(argument.value.kind, ExprKind::Number(_) | ExprKind::Null) {
                self.report(findings::no_name_in_document(argument.value.span));
            }
        }
    }

    pub(super) fn check_document(&mut self, value: &Expr) {
        if let ExprKind::Text(text) = &value.kind
            && !document::is_document_of_sqlite(text)
        {
            self.report(findings::no_document(value.span));
        }
    }

    pub(super) fn check_texts_of_postgres(&mut self, call: &Call) {
        self.check_pattern_of(call);
        self.check_range_of(call);
        let last = call.arguments.last();
        match (call.function(), last) {
            ("to_tsquery", Some(last)) => self.check_search_text(&last.value),
            ("setweight", Some(_)) if call.arguments.len() > 1 => {
                self.check_weight(&call.arguments[1].value);
            }
            ("timezone", Some(_)) if call.arguments.len() == 2 => {
                self.check_zone(&call.arguments[0].value);
            }
            _ => {}
        }
    }

    /// `to_tsquery('a & b')`.
    fn check_search_text(&mut self, value: &Expr) {
        if let ExprKind::Text(text) = &value.kind
            && !search::is_search(text)
        {
            let help =
                "write `'heart & attack'`, or take what people type by `websearch_to_tsquery`";
            self.report(findings::no_search_text(help, value.span));
        }
    }

    /// The weight of words in a search.
    fn check_weight(&mut self, value: &Expr) {
        let is_weight = |text: &str| matches!(text, "A" | "B" | "C" | "D" | "a" | "b" | "c" | "d");
        if let ExprKind::Text(text) = &value.kind
            && !is_weight(text)
        {
            self.report(findings::no_weight(value.span));
        }
    }

    /// The zone of `AT TIME ZONE` and its kin.
    pub(super) fn check_zone(&mut self, value: &Expr) {
        if let ExprKind::Text(text) = &value.kind
            && let Err(near) = zone::find(text)
        {
            self.report(findings::no_zone(text, near, value.span));
        }
    }

    /// The name of a configuration of the text search; the schema may create others.
    pub(super) fn check_configuration(&mut self, name: &str, span: Span) {
        let bare = name.rsplit_once('.').map_or(name, |(_, bare)| bare);
        let is_own = self.model.text_searches.contains(&bare.to_lowercase());
        if !is_own && let Err(near) = search::find_configuration(name) {
            self.report(findings::no_configuration(name, near, span));
        }
    }

    /// The regular expression that is a function's second argument.
    pub(super) fn check_pattern_of(&mut self, call: &Call) {
        if let Some(pattern) = call.arguments.get(1)
            && OF_PATTERNS.contains(&call.function())
            && call.word.is_none()
        {
            self.check_pattern(&pattern.value);
        }
    }

    pub(super) fn check_pattern(&mut self, value: &Expr) {
        if let ExprKind::Text(text) = &value.kind
            && !pattern::is_pattern(text)
        {
            self.report(findings::no_pattern(value.span));
        }
    }

    /// The bounds and their kinds of a range that a call makes of constants.
    fn check_range_of(&mut self, call: &Call) {
        let range = PgType::named(call.function()).filter(|range| range.bound().is_some());
        let (Some(_), Some(low), Some(high)) =
            (range, call.arguments.first(), call.arguments.get(1))
        else {
            return;
        };
        if let (Some(from), Some(to)) = (written_number(&low.value), written_number(&high.value))
            && from > to
        {
            self.report(findings::range_backward(low.value.span));
        }
        if let (ExprKind::Text(from), ExprKind::Text(to)) = (&low.value.kind, &high.value.kind)
            && range::is_later(from, to)
        {
            self.report(findings::range_backward(low.value.span));
        }
        if let Some(kinds) = call.arguments.get(2)
            && let ExprKind::Text(text) = &kinds.value.kind
            && !["[]", "[)", "(]", "()"].contains(&text.as_str())
        {
            self.report(findings::no_bounds(kinds.value.span));
        }
    }
}

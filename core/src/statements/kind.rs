//! Names the kind of a statement in words, by its leading keywords.

use super::lex::{Token, TokenKind};
use crate::lists::IntoVec as _;

/// `"CREATE TRIGGER"`, `"INSERT"`, …: upper case, as a person would call it.
pub fn kind_of(text: &str, tokens: &[Token]) -> String {
    let words: Vec<String> = tokens
        .iter()
        .take(16)
        .map(|token| word(text, token))
        .into_vec();
    match words.first().map(String::as_str) {
        Some(verb @ ("CREATE" | "DROP" | "ALTER" | "COMMENT")) => match object(&words[1..]) {
            Some(object) if verb == "COMMENT" => format!("COMMENT ON {object}"),
            Some(object) => format!("{verb} {object}"),
            None => verb.to_owned(),
        },
        Some("START") => "START TRANSACTION".to_owned(),
        Some(first) => first.to_owned(),
        None => String::new(),
    }
}

fn word(text: &str, token: &Token) -> String {
    match token.kind {
        TokenKind::Word => text[token.start as usize..token.end as usize].to_uppercase(),
        TokenKind::Symbol => text[token.start as usize..token.end as usize].to_owned(),
        _ => String::new(),
    }
}

/// The first word that names a kind of object, with the word that belongs to it.
fn object(words: &[String]) -> Option<String> {
    let at = words
        .iter()
        .position(|word| OBJECTS.contains(&word.as_str()))?;
    let next = words.get(at + 1).map(String::as_str);
    let before = at.checked_sub(1).map(|index| words[index].as_str());
    let found = match (before, words[at].as_str(), next) {
        (Some("MATERIALIZED"), "VIEW", _) => "MATERIALIZED VIEW",
        (Some("VIRTUAL"), "TABLE", _) => "VIRTUAL TABLE",
        (Some("FOREIGN"), "TABLE", _) => "FOREIGN TABLE",
        (Some("TEMP" | "TEMPORARY"), "TABLE", _) => "TEMPORARY TABLE",
        (Some("EVENT"), "TRIGGER", _) => "EVENT TRIGGER",
        (_, "EVENT", Some("TRIGGER")) => "EVENT TRIGGER",
        (_, "TEXT", Some("SEARCH")) => "TEXT SEARCH",
        (_, "ACCESS", Some("METHOD")) => "ACCESS METHOD",
        (_, "DEFAULT", Some("PRIVILEGES")) => "DEFAULT PRIVILEGES",
        (_, "OPERATOR", Some(kind @ ("CLASS" | "FAMILY"))) => {
            return Some(format!("OPERATOR {kind}"));
        }
        (_, found, _) => found,
    };
    Some(found.to_owned())
}

const OBJECTS: [&str; 37] = [
    "TABLE",
    "INDEX",
    "VIEW",
    "TRIGGER",
    "FUNCTION",
    "PROCEDURE",
    "TYPE",
    "DOMAIN",
    "SEQUENCE",
    "SCHEMA",
    "DATABASE",
    "EXTENSION",
    "RULE",
    "EVENT",
    "ROLE",
    "USER",
    "SERVER",
    "LANGUAGE",
    "OPERATOR",
    "AGGREGATE",
    "COLLATION",
    "CAST",
    "STATISTICS",
    "POLICY",
    "PUBLICATION",
    "SUBSCRIPTION",
    "TEXT",
    "CONVERSION",
    "ACCESS",
    "TRANSFORM",
    "TABLESPACE",
    "DEFAULT",
    "COLUMN",
    "CONSTRAINT",
    "LARGE",
    "GROUP",
    "ROUTINE",
];

/// Words a statement may begin with; anything else is worth a word to the user.
pub const STATEMENTS: [&str; 114] = [
    "CREATE",
    "ALTER",
    "DROP",
    "COMMENT",
    "RENAME",
    "COPY",
    "INSERT",
    "UPDATE",
    "DELETE",
    "REPLACE",
    "MERGE",
    "SELECT",
    "WITH",
    "VALUES",
    "TABLE",
    "TRUNCATE",
    "GRANT",
    "REVOKE",
    "SET",
    "RESET",
    "SHOW",
    "USE",
    "BEGIN",
    "START",
    "COMMIT",
    "END",
    "ROLLBACK",
    "ABORT",
    "SAVEPOINT",
    "RELEASE",
    "LOCK",
    "UNLOCK",
    "PREPARE",
    "EXECUTE",
    "DEALLOCATE",
    "DO",
    "CALL",
    "ANALYZE",
    "ANALYSE",
    "VACUUM",
    "REINDEX",
    "CLUSTER",
    "PRAGMA",
    "ATTACH",
    "DETACH",
    "EXPLAIN",
    "DESCRIBE",
    "DESC",
    "FLUSH",
    "OPTIMIZE",
    "REPAIR",
    "CHECK",
    "CHECKSUM",
    "LOAD",
    "HANDLER",
    "XA",
    "DECLARE",
    "FETCH",
    "CLOSE",
    "MOVE",
    "LISTEN",
    "NOTIFY",
    "UNLISTEN",
    "DISCARD",
    "REASSIGN",
    "REFRESH",
    "SECURITY",
    "IMPORT",
    "CHECKPOINT",
    "INSTALL",
    "UNINSTALL",
    "DELIMITER",
    "SOURCE",
    "KILL",
    "IF",
    "RETURN",
    "SIGNAL",
    "RESIGNAL",
    "LEAVE",
    "ITERATE",
    "LOOP",
    "WHILE",
    "REPEAT",
    "CASE",
    "ELSE",
    "ELSEIF",
    "UNTIL",
    "WHEN",
    "THEN",
    "RAISE",
    "PERFORM",
    "OPEN",
    "SHUTDOWN",
    "HELP",
    "BINLOG",
    "PURGE",
    "CHANGE",
    "STOP",
    "RESTART",
    "CACHE",
    "CLONE",
    // Words of the shell of MySQL only.
    "WARNINGS",
    "NOWARNING",
    "TEE",
    "NOTEE",
    "PAGER",
    "NOPAGER",
    "PROMPT",
    "REHASH",
    "SYSTEM",
    "STATUS",
    "CHARSET",
    "EXIT",
    "QUIT",
];

/// Whether statements of this kind may hold others, as the body of a function does.
pub fn has_body(kind: &str) -> bool {
    const BODIES: [&str; 7] = [
        "FUNCTION",
        "PROCEDURE",
        "TRIGGER",
        "EVENT",
        "EVENT TRIGGER",
        "RULE",
        "ROUTINE",
    ];
    const PARTS_OF_BODIES: [&str; 15] = [
        "DO", "DECLARE", "IF", "ELSE", "ELSEIF", "CASE", "WHEN", "THEN", "LOOP", "WHILE", "REPEAT",
        "UNTIL", "OPEN", "FETCH", "CLOSE",
    ];
    PARTS_OF_BODIES.contains(&kind)
        || kind
            .split_once(' ')
            .is_some_and(|(_, object)| BODIES.contains(&object))
}

/// Whether this word may stand right after `CREATE` or `ALTER`.
pub fn follows_verb(word: &str) -> bool {
    const MODIFIERS: [&str; 22] = [
        "OR",
        "TEMP",
        "TEMPORARY",
        "UNIQUE",
        "UNLOGGED",
        "GLOBAL",
        "LOCAL",
        "DEFINER",
        "ALGORITHM",
        "SQL",
        "MATERIALIZED",
        "RECURSIVE",
        "FULLTEXT",
        "SPATIAL",
        "VECTOR",
        "FOREIGN",
        "VIRTUAL",
        "TRUSTED",
        "PROCEDURAL",
        "ONLINE",
        "IGNORE",
        "SYSTEM",
    ];
    OBJECTS.contains(&word) || MODIFIERS.contains(&word)
}

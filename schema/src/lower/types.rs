//! The few facts about types that decide how statements fold.

use crate::ast::{Expression, ExpressionPiece, PieceKind, TypeName};
use crate::dialect::Dialect;
use crate::draft::DraftColumn;
use crate::sql_writer::SqlWriter;

/// Whether this is one of the types that count by themselves.
pub(super) fn is_serial(type_name: &TypeName, dialect: Dialect) -> bool {
    let names: &[&str] = match dialect {
        Dialect::Postgres => &[
            "serial",
            "bigserial",
            "smallserial",
            "serial2",
            "serial4",
            "serial8",
        ],
        Dialect::Mysql => &["serial"],
        Dialect::Sqlite => &[],
    };
    type_name.schema.is_none() && names.contains(&type_name.name.as_str())
}

/// Whether this is the next number of a sequence and nothing else: `nextval('s')`, `nextval('s'::regclass)`.
pub(super) fn is_nextval(value: &Expression) -> bool {
    let mut pieces = value.tokens.iter().map(|piece| piece.text.as_str());
    let named = pieces
        .by_ref()
        .take_while(|text| *text != "(")
        .collect::<Vec<_>>();
    let calls = match named[..] {
        [function] => function.eq_ignore_ascii_case("nextval"),
        [schema, ".", function] => {
            schema.eq_ignore_ascii_case("pg_catalog") && function.eq_ignore_ascii_case("nextval")
        }
        _ => false,
    };
    let mut depth = 1_usize;
    for text in pieces.by_ref() {
        match text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    let rest: Vec<&str> = pieces.collect();
    calls && depth == 0 && rest.is_empty()
}

/// Whether the database may count in a column of this type. A type that is not known may be a domain over an integer.
pub(super) fn may_count(type_name: &TypeName) -> bool {
    const OTHERS: [&str; 13] = [
        "text",
        "varchar",
        "character varying",
        "char",
        "character",
        "bpchar",
        "numeric",
        "decimal",
        "real",
        "float",
        "float4",
        "float8",
        "double precision",
    ];
    type_name.schema.is_some() || !OTHERS.contains(&type_name.name.as_str())
}

/// PostgreSQL keeps a default as what it is when the column's type changes: `'x'::character varying` of a column that
/// is a text now. A text or NULL alone took its type from the column.
pub(super) fn keep_type_of_default(column: &mut DraftColumn, to: &TypeName) {
    let from = &column.type_name;
    let same = (&from.schema, &from.name, from.array) == (&to.schema, &to.name, to.array);
    let Some(value) = column.default.as_mut().filter(|_| !same) else {
        return;
    };
    let [piece] = &value.tokens[..] else {
        return;
    };
    let is_null = piece.kind == PieceKind::Word && piece.text.eq_ignore_ascii_case("null");
    // NULL alone is not a default, unless it has a length.
    let is_measured = is_null && !from.arguments.is_empty();
    if piece.kind == PieceKind::Text || is_measured {
        let words = unmeasured(from);
        value.sql = format!("{}::{}", value.sql, words.join(""));
        value.tokens.push(symbol("::"));
        value.tokens.extend(words.iter().map(|word| symbol(word)));
    }
}

fn symbol(text: &str) -> ExpressionPiece {
    let is_word = text.starts_with(|first: char| first.is_alphanumeric() || first == '_');
    ExpressionPiece {
        kind: if is_word {
            PieceKind::Word
        } else {
            PieceKind::Symbol
        },
        text: text.to_owned(),
    }
}

/// A type without its length, as a constant has it.
fn unmeasured(from: &TypeName) -> Vec<String> {
    let identifier = |text: &str| {
        let is_plain =
            |letter: char| letter.is_ascii_lowercase() || " _0123456789".contains(letter);
        let mut sql = SqlWriter::new(Dialect::Postgres);
        if text.chars().all(is_plain) {
            sql.push(text);
        } else {
            sql.identifier(text);
        }
        sql.finish()
    };
    let mut words = Vec::new();
    if let Some(schema) = &from.schema {
        words.extend([identifier(schema), ".".to_owned()]);
    }
    words.push(match from.name.as_str() {
        "char" | "character" if from.schema.is_none() => "bpchar".to_owned(),
        name => identifier(name),
    });
    let suffix = from.suffix.split_whitespace();
    words.extend(suffix.flat_map(|word| [" ".to_owned(), word.to_owned()]));
    words.extend(from.array.then(|| "[]".to_owned()));
    words
}

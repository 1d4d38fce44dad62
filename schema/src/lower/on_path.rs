//! PostgreSQL's `search_path`: types, sequences, functions and collations that are named without a schema get the one
//! in which the path of their statement finds them, as what we write is read with no such path.

use crate::ast::{Expression, ExpressionPiece, FileAst, Name, ObjectKind, ObjectName, PieceKind};
use crate::dialect::Dialect;
use crate::draft::{DraftColumn, DraftCounter, DraftGenerated, DraftObject, DraftObjectKind};
use crate::source::Span;

use super::Fold;
use super::objects::is_sequence;

/// The test for the kind of object that a name stands for at its place.
type Kind = fn(&DraftObject) -> bool;

impl Fold<'_> {
    /// The column's type, collation and values.
    pub(super) fn place_column(&self, file: &FileAst, column: &mut DraftColumn) {
        if !self.counts_path(file) {
            return;
        }
        let written = &mut column.type_name;
        // None of a user's own has arguments: `bit(5)` is the database's.
        if written.schema.is_none() && written.arguments.is_empty() {
            written.schema = self.schema_of(file, &written.name, is_type);
        }
        if let Some(collation) = &mut column.collation
            && collation.schema.is_none()
        {
            collation.schema = self.schema_of(file, &collation.name.text, is_collation);
        }
        if let DraftCounter::Default(value) = &mut column.counter {
            self.place_expression(file, value);
        }
        if let DraftGenerated::Computed { expression, .. } = &mut column.generated {
            self.place_expression(file, expression);
        }
        if let Some(value) = &mut column.default {
            self.place_expression(file, value);
        }
    }

    /// `nextval('s')`, `'a'::kind`, `CAST (a AS kind)`, `f(a)`.
    pub(super) fn place_expression(&self, file: &FileAst, value: &mut Expression) {
        self.place(file, value, kind_at);
    }

    /// Returns the text after the name of a type, domain or function, with names on the path resolved.
    pub(super) fn placed_definition(&self, file: &FileAst, written: &Expression) -> String {
        let mut placed = written.clone();
        self.place(file, &mut placed, |tokens, at| {
            kind_at(tokens, at).or_else(|| type_at(tokens, at))
        });
        placed.sql
    }

    fn place(
        &self,
        file: &FileAst,
        value: &mut Expression,
        kind_at: fn(&[ExpressionPiece], usize) -> Option<Kind>,
    ) {
        if !self.counts_path(file) {
            return;
        }
        let mut placed = Vec::with_capacity(value.tokens.len());
        let mut changed = false;
        for (at, piece) in value.tokens.iter().enumerate() {
            let schema = kind_at(&value.tokens, at).and_then(|kind| {
                let name = name_of(piece);
                self.schema_of(file, &name, kind)
            });
            match schema {
                Some(schema) if piece.kind == PieceKind::Text => {
                    let text = quoted(&schema) + "." + &quoted(&name_of(piece));
                    placed.push(ExpressionPiece {
                        text,
                        ..piece.clone()
                    });
                    changed = true;
                }
                Some(schema) => {
                    placed.extend([
                        quoted_piece(schema),
                        symbol("."),
                        quoted_piece(name_of(piece)),
                    ]);
                    changed = true;
                }
                None => placed.push(piece.clone()),
            }
        }
        if changed {
            value.sql = super::rename::written(&placed, Dialect::Postgres);
            value.tokens = placed;
        }
    }

    fn counts_path(&self, file: &FileAst) -> bool {
        file.dialect == Dialect::Postgres && self.path.is_some()
    }

    /// Of what a name without one means, if there is such a thing and it needs to be said.
    fn schema_of(&self, file: &FileAst, name: &str, kind: Kind) -> Option<String> {
        let name = ObjectName {
            schema: None,
            name: Name {
                text: name.to_owned(),
                span: Span {
                    file: file.file,
                    start: 0,
                    end: 0,
                },
            },
            in_public: false,
            path: self.path.clone(),
        };
        let found = self.objects.meant(file.file, &name, kind)?;
        self.objects.get(found)?.name.schema.clone()
    }
}

/// Returns the kind of object that the piece at this place names, if it has no schema.
fn kind_at(tokens: &[ExpressionPiece], at: usize) -> Option<Kind> {
    let before = |back: usize| at.checked_sub(back).map(|at| &tokens[at]);
    let is = |piece: Option<&ExpressionPiece>, text: &str| {
        piece.is_some_and(|piece| piece.kind != PieceKind::Text && piece.text == text)
    };
    let is_word = |piece: Option<&ExpressionPiece>, word: &str| {
        piece.is_some_and(|piece| {
            piece.kind == PieceKind::Word && piece.text.eq_ignore_ascii_case(word)
        })
    };
    let piece = &tokens[at];
    let next = tokens.get(at + 1);
    if piece.kind == PieceKind::Text {
        let is_call = is(before(1), "(") && is_word(before(2), "nextval");
        return is_call.then_some(is_sequence);
    }
    if !piece.is_name() || is(before(1), ".") || is(next, ".") {
        return None;
    }
    if is(before(1), "::") || is_word(before(1), "as") {
        return Some(is_type);
    }
    is(next, "(").then_some(is_function)
}

/// Of attributes and arguments the last word is the type: `(kind kind, mark kind)`, `RETURNS kind`.
fn type_at(tokens: &[ExpressionPiece], at: usize) -> Option<Kind> {
    const BEHIND: [&str; 9] = [
        "as",
        "collate",
        "cost",
        "default",
        "immutable",
        "language",
        "stable",
        "strict",
        "volatile",
    ];
    let is_name = |at: usize| tokens.get(at).is_some_and(ExpressionPiece::is_name);
    let ends = tokens.get(at + 1).is_none_or(|next| {
        let text = next.text.to_lowercase();
        !next.is_name() || BEHIND.contains(&text.as_str())
    });
    let is_qualified = at > 0 && tokens[at - 1].text == ".";
    (is_name(at) && ends && !is_qualified).then_some(is_type)
}

/// As PostgreSQL folds it.
fn name_of(piece: &ExpressionPiece) -> String {
    let text = piece.text.trim();
    match piece.kind {
        PieceKind::Text => {
            let inner = text
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'));
            inner.map_or_else(|| text.to_lowercase(), |inner| inner.replace("\"\"", "\""))
        }
        PieceKind::Word => text.to_lowercase(),
        PieceKind::Quoted
        | PieceKind::DoubleQuoted
        | PieceKind::Number
        | PieceKind::Hex
        | PieceKind::Bits
        | PieceKind::Symbol => piece.text.clone(),
    }
}

fn quoted(name: &str) -> String {
    let mut sql = crate::sql_writer::SqlWriter::new(Dialect::Postgres);
    sql.identifier(name);
    sql.finish()
}

fn quoted_piece(text: String) -> ExpressionPiece {
    ExpressionPiece {
        kind: PieceKind::Quoted,
        text,
    }
}

fn symbol(text: &str) -> ExpressionPiece {
    ExpressionPiece {
        kind: PieceKind::Symbol,
        text: text.to_owned(),
    }
}

fn is_type(object: &DraftObject) -> bool {
    matches!(
        object.kind,
        DraftObjectKind::Enum(_) | DraftObjectKind::Other(ObjectKind::Type | ObjectKind::Domain)
    )
}

fn is_function(object: &DraftObject) -> bool {
    object.kind == DraftObjectKind::Other(ObjectKind::Function)
}

fn is_collation(object: &DraftObject) -> bool {
    object.kind == DraftObjectKind::Other(ObjectKind::Collation)
}

//! Expressions as text: short lists on one line, what has parts of its own with a line for each.

use super::{TAB, new_line, push_bracketed};

/// An expression to be laid out.
#[derive(Debug, Clone)]
pub(crate) enum Expr {
    /// Text as it is; a raw string may hold lines of its own.
    Text(String),
    /// `Path { name: value }`.
    Struct(String, Vec<(String, Expr)>),
    /// The same where the fields that are not given are those of a constant.
    StructOver(String, Vec<(String, Expr)>, &'static str),
    /// `&[a, b]`.
    Array(Vec<Expr>),
    /// `path(arguments)`.
    Call(String, Vec<Expr>),
    /// `root.first.then(…)`: the root, a field or none, and calls.
    Chain(String, Vec<Expr>),
    /// `a && b`.
    All(Vec<Expr>),
}

/// A chain of more parts has a line for each.
const SHORT_CHAIN: usize = 3;

impl Expr {
    /// Text as it is.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// `path(argument)`.
    pub(crate) fn call(path: &str, arguments: Vec<Expr>) -> Self {
        Self::Call(path.to_owned(), arguments)
    }

    /// Appends the expression to a line that is indented by this number of columns.
    pub(super) fn push(&self, indent: usize, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Struct(path, fields) => push_struct((path, fields), None, indent, out),
            Self::StructOver(path, fields, other) => {
                push_struct((path, fields), Some(other), indent, out);
            }
            Self::Array(items) => push_list(("&[", "]"), items, indent, out),
            Self::Call(path, arguments) => {
                out.push_str(path);
                push_list(("(", ")"), arguments, indent, out);
            }
            Self::Chain(root, parts) => push_chain(root, parts, indent, out),
            Self::All(operands) => push_all(operands, indent, out),
        }
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Struct(..)
            | Self::StructOver(..)
            | Self::Array(_)
            | Self::Call(..)
            | Self::Chain(..)
            | Self::All(_) => None,
        }
    }
}

fn push_struct(
    (path, fields): (&str, &[(String, Expr)]),
    other: Option<&str>,
    indent: usize,
    out: &mut String,
) {
    out.push_str(path);
    out.push_str(" {");
    for (name, value) in fields {
        new_line(indent + TAB, out);
        out.push_str(name);
        if value.as_text() != Some(name) {
            out.push_str(": ");
            value.push(indent + TAB, out);
        }
        out.push(',');
    }
    if let Some(other) = other {
        new_line(indent + TAB, out);
        out.push_str("..");
        out.push_str(other);
    }
    if other.is_some() || !fields.is_empty() {
        new_line(indent, out);
    }
    out.push('}');
}

fn push_list(brackets: (&str, &str), items: &[Expr], indent: usize, out: &mut String) {
    let texts: Option<Vec<&str>> = items.iter().map(Expr::as_text).collect();
    if let Some(texts) = texts {
        return push_bracketed(brackets, &texts, indent, out);
    }
    out.push_str(brackets.0);
    for item in items {
        new_line(indent + TAB, out);
        item.push(indent + TAB, out);
        out.push(',');
    }
    new_line(indent, out);
    out.push_str(brackets.1);
}

fn push_chain(root: &str, parts: &[Expr], indent: usize, out: &mut String) {
    out.push_str(root);
    for part in parts {
        if parts.len() > SHORT_CHAIN {
            new_line(indent + TAB, out);
        }
        out.push('.');
        part.push(indent + TAB, out);
    }
}

fn push_all(operands: &[Expr], indent: usize, out: &mut String) {
    for (at, operand) in operands.iter().enumerate() {
        out.push_str(if at > 0 { " && " } else { "" });
        operand.push(indent, out);
    }
}

//! Expressions and how rustfmt breaks them: struct literals past 18 columns, arrays, calls and chains past 60.

use super::{LaidOut, MAX_WIDTH, TAB, fits, packed, push_indent, width};

/// rustfmt's `struct_lit_width`.
const STRUCT_WIDTH: usize = 18;
/// rustfmt's `array_width`, `fn_call_width` and `chain_width`.
const LIST_WIDTH: usize = 60;
/// rustfmt's `short_array_element_width_threshold`.
const SHORT_ELEMENT: usize = 10;

/// An expression to be laid out.
#[derive(Debug, Clone)]
pub(crate) enum Expr {
    /// Text that cannot be broken; a raw string may hold lines of its own.
    Text(String),
    /// `Path { name: value }`.
    Struct(String, Vec<(String, Expr)>),
    /// `&[a, b]`.
    Array(Vec<Expr>),
    /// `path(arguments)`.
    Call(String, Vec<Expr>),
    /// `root.first.then(…)`: the root, a field or none, and calls.
    Chain(String, Vec<Expr>),
    /// `a && b`.
    All(Vec<Expr>),
}

impl Expr {
    /// Text that cannot be broken.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// `path(argument)`.
    pub(crate) fn call(path: &str, arguments: Vec<Expr>) -> Self {
        Self::Call(path.to_owned(), arguments)
    }

    /// The expression starting `used` columns after `indent`, with `tail` columns after its end.
    pub(super) fn laid_out(&self, indent: usize, used: usize, tail: usize) -> LaidOut {
        let mut laid = LaidOut::default();
        self.push(indent, used, tail, &mut laid);
        laid
    }

    /// Is it written on one line that has `others` other columns?
    pub(super) fn fits(&self, others: usize) -> bool {
        let room = MAX_WIDTH.saturating_sub(others);
        self.one_line(room).is_some()
    }

    fn push(&self, indent: usize, used: usize, tail: usize, laid: &mut LaidOut) {
        let room = MAX_WIDTH.saturating_sub(indent + used + tail);
        // Most expressions are texts, and most of those fit: they need no copy.
        if let Self::Text(text) = self {
            return push_text(text, room, laid);
        }
        if let Some(line) = self.one_line(room) {
            laid.text.push_str(&line);
            return;
        }
        match self {
            Self::Text(text) => push_text(text, room, laid),
            Self::Struct(path, fields) => push_struct(path, fields, indent, laid),
            Self::Array(items) => push_array(items, indent, used, laid),
            Self::Call(path, arguments) => {
                laid.text.push_str(path);
                push_arguments(arguments, indent, used + width(path), tail, laid);
            }
            Self::Chain(root, parts) => push_chain(root, parts, indent, used, laid),
            Self::All(operands) => push_all(operands, indent, laid),
        }
    }

    /// On one line, if rustfmt would put it on one of at most `room` columns.
    fn one_line(&self, room: usize) -> Option<String> {
        let line = match self {
            Self::Text(text) if text.len() > 4 * room => return None,
            Self::Text(text) => text.clone(),
            Self::Struct(path, fields) => one_line_struct(path, fields)?,
            Self::Array(items) => format!("&[{}]", list(items, LIST_WIDTH)?),
            Self::Call(path, arguments) => format!("{path}({})", list(arguments, LIST_WIDTH)?),
            Self::Chain(root, parts) => one_line_chain(root, parts)?,
            Self::All(operands) => {
                let lines: Option<Vec<_>> = operands.iter().map(|one| one.one_line(room)).collect();
                lines?.join(" && ")
            }
        };
        (fits(&line, 0, room) && !line.contains('\n')).then_some(line)
    }
}

/// Joined by `, ` if that takes at most `limit` columns.
fn list(items: &[Expr], limit: usize) -> Option<String> {
    joined(items.iter().map(|item| item.one_line(limit)), limit)
}

fn joined(items: impl Iterator<Item = Option<String>>, limit: usize) -> Option<String> {
    let mut line = String::new();
    for (index, item) in items.enumerate() {
        if index > 0 {
            line.push_str(", ");
        }
        line.push_str(&item?);
        if !fits(&line, 0, limit) {
            return None;
        }
    }
    Some(line)
}

fn one_line_struct(path: &str, fields: &[(String, Expr)]) -> Option<String> {
    if fields.is_empty() {
        return Some(format!("{path} {{}}"));
    }
    let one = |(name, value): &(String, Expr)| {
        let value = value.one_line(STRUCT_WIDTH)?;
        Some(field_text(name, &value))
    };
    let line = joined(fields.iter().map(one), STRUCT_WIDTH)?;
    Some(format!("{path} {{ {line} }}"))
}

fn field_text(name: &str, value: &str) -> String {
    if name == value {
        name.to_owned()
    } else {
        format!("{name}: {value}")
    }
}

/// A chain of one call may be as long as the line; a longer one only 60 columns.
fn one_line_chain(root: &str, parts: &[Expr]) -> Option<String> {
    let mut line = root.to_owned();
    for part in parts {
        line.push('.');
        line.push_str(&part.one_line(MAX_WIDTH)?);
        if parts.len() > 1 && !fits(&line, 0, LIST_WIDTH) {
            return None;
        }
    }
    Some(line)
}

fn push_text(text: &str, room: usize, laid: &mut LaidOut) {
    if text.len() > room {
        let first = text.lines().next().unwrap_or_default();
        laid.beyond |= !fits(first, 0, room) && !text.contains('"');
    }
    laid.text.push_str(text);
}

fn push_struct(path: &str, fields: &[(String, Expr)], indent: usize, laid: &mut LaidOut) {
    laid.text.push_str(path);
    laid.text.push_str(" {\n");
    for (name, value) in fields {
        new_line(indent + TAB, laid);
        if matches!(value, Expr::Text(text) if text == name) {
            laid.text.push_str(name);
        } else {
            push_field(name, value, indent + TAB, laid);
        }
        laid.text.push_str(",\n");
    }
    new_line(indent, laid);
    laid.text.push('}');
}

/// `name: value`; a text literal stays on the line however long it is.
fn push_field(name: &str, value: &Expr, indent: usize, laid: &mut LaidOut) {
    let used = width(name) + 2;
    laid.text.push_str(name);
    laid.text.push_str(": ");
    value.push(indent, used, 1, laid);
}

fn push_array(items: &[Expr], indent: usize, used: usize, laid: &mut LaidOut) {
    laid.text.push_str("&[");
    if let [only] = items
        && overflows(only, MAX_WIDTH.saturating_sub(indent + used + 4))
    {
        only.push(indent, used + 2, 1, laid);
        laid.text.push(']');
        return;
    }
    laid.text.push('\n');
    match short_elements(items) {
        Some(elements) => {
            let room = MAX_WIDTH.saturating_sub(indent + TAB);
            for line in packed(elements.iter().map(String::as_str), room) {
                new_line(indent + TAB, laid);
                laid.text.push_str(&line);
                laid.text.push('\n');
            }
        }
        None => push_items(items, indent + TAB, laid),
    }
    new_line(indent, laid);
    laid.text.push(']');
}

/// An only item that may start on the line of its bracket, where there are `room` columns for a text.
fn overflows(item: &Expr, room: usize) -> bool {
    match item {
        Expr::Struct(..) | Expr::Call(..) | Expr::Array(..) => true,
        Expr::Text(text) => match text.split_once('\n') {
            Some((first, _)) => width(first) <= LIST_WIDTH,
            None => width(text) <= room,
        },
        Expr::Chain(..) | Expr::All(..) => false,
    }
}

fn short_elements(items: &[Expr]) -> Option<Vec<String>> {
    items
        .iter()
        .map(|item| item.one_line(SHORT_ELEMENT))
        .collect()
}

fn push_items(items: &[Expr], indent: usize, laid: &mut LaidOut) {
    for item in items {
        new_line(indent, laid);
        item.push(indent, 0, 1, laid);
        laid.text.push_str(",\n");
    }
}

fn push_arguments(arguments: &[Expr], indent: usize, used: usize, tail: usize, laid: &mut LaidOut) {
    laid.text.push('(');
    let fitting = list(arguments, LIST_WIDTH)
        .filter(|line| indent + used + width(line) + 2 + tail <= MAX_WIDTH);
    match (fitting, arguments) {
        (Some(line), _) => laid.text.push_str(&line),
        (None, [only]) if overflows(only, 0) => only.push(indent, used + 1, tail + 1, laid),
        (None, _) => {
            laid.text.push('\n');
            push_items(arguments, indent + TAB, laid);
            new_line(indent, laid);
        }
    }
    laid.text.push(')');
}

/// A short root at the start of its line takes the first part with it.
fn push_chain(root: &str, parts: &[Expr], indent: usize, used: usize, laid: &mut LaidOut) {
    laid.text.push_str(root);
    let mut parts = parts.iter();
    if width(root) + used <= TAB
        && let Some(first) = parts.next()
    {
        laid.text.push('.');
        first.push(indent, used + width(root) + 1, 0, laid);
    }
    for part in parts {
        laid.text.push('\n');
        new_line(indent + TAB, laid);
        laid.text.push('.');
        part.push(indent + TAB, 1, 1, laid);
    }
}

fn push_all(operands: &[Expr], indent: usize, laid: &mut LaidOut) {
    for (index, operand) in operands.iter().enumerate() {
        if index == 0 {
            operand.push(indent, 0, 0, laid);
        } else {
            laid.text.push('\n');
            new_line(indent + TAB, laid);
            laid.text.push_str("&& ");
            operand.push(indent + TAB, 3, 0, laid);
        }
    }
}

fn new_line(indent: usize, laid: &mut LaidOut) {
    push_indent(indent, &mut laid.text);
}

//! The one place that lays out Rust text: lines and their indentation. Where a person reads the text as a file of a
//! project, `rustfmt` breaks and joins its lines afterwards.
//!
//! The content is decided in `emit`.

use bindery_schema::lists::IntoVec as _;

mod expr;
mod literal;

pub(crate) use expr::Expr;
pub(crate) use literal::{code_line, doc_line, string_literal};

/// One level of indentation.
const TAB: usize = 4;
/// A list that takes more bytes has each of its items on a line of its own.
const LIST_WIDTH: usize = 90;

/// Rust text being written, item by item.
#[derive(Debug, Default)]
pub(crate) struct RustWriter {
    out: String,
    indent: usize,
    /// The next item follows another one, so a blank line goes between.
    gap: bool,
}

/// A function's head.
#[derive(Debug, Default)]
pub(crate) struct Signature {
    /// `pub fn find<E: Engine>`.
    pub(crate) head: String,
    /// `&self`, `key: Key`.
    pub(crate) params: Vec<String>,
    /// The type after the arrow.
    pub(crate) returns: Option<String>,
    /// Bounds after `where`.
    pub(crate) bounds: Vec<String>,
}

impl Signature {
    /// A function that returns something, without bounds.
    pub(crate) fn new(head: &str, params: &[&str], returns: &str) -> Self {
        Self {
            head: head.to_owned(),
            params: params.iter().map(|&param| param.to_owned()).into_vec(),
            returns: Some(returns.to_owned()),
            bounds: Vec::new(),
        }
    }
}

impl RustWriter {
    /// Returns a writer without any text.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Returns the text that was written.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Appends text that is laid out already.
    pub(crate) fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Writes one line.
    pub(crate) fn line(&mut self, text: &str) {
        if !text.is_empty() {
            self.start_line();
            self.out.push_str(text);
        }
        self.out.push('\n');
    }

    fn start_line(&mut self) {
        push_indent(self.indent, &mut self.out);
    }

    /// Writes `///` lines; `text` is already safe, see [`doc_line`].
    pub(crate) fn docs<T: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = T>) {
        for text in lines {
            self.doc(text.as_ref());
        }
    }

    /// Writes one `///` line.
    pub(crate) fn doc(&mut self, text: &str) {
        self.line(["/// ", text].concat().trim_end());
    }

    /// Writes an item with everything that belongs to it; a blank line parts it from the one before.
    pub(crate) fn item(&mut self, write: impl FnOnce(&mut Self)) {
        if std::mem::take(&mut self.gap) {
            self.out.push('\n');
        }
        write(self);
        self.gap = true;
    }

    /// Writes `head {`, what `body` writes, `}`; braces with nothing between them on one line.
    pub(crate) fn block(&mut self, head: &str, body: impl FnOnce(&mut Self)) {
        self.start_line();
        self.out.push_str(head);
        self.out.push_str(" {");
        let start = self.out.len();
        self.out.push('\n');
        self.indented(body);
        if self.out.len() == start + 1 {
            self.out.truncate(start);
            self.out.push_str("}\n");
        } else {
            self.line("}");
        }
    }

    /// Writes lines one level deeper, between brackets that the caller writes.
    pub(crate) fn indented(&mut self, body: impl FnOnce(&mut Self)) {
        let gap = std::mem::replace(&mut self.gap, false);
        self.indent += TAB;
        body(self);
        self.indent -= TAB;
        self.gap = gap;
    }

    /// Writes `#[derive(…)]`, and nothing where nothing is derived.
    pub(crate) fn derive(&mut self, names: &[&str]) {
        if !names.is_empty() {
            self.line(&format!("#[derive({})]", names.join(", ")));
        }
    }

    /// Writes a function with its body.
    pub(crate) fn function(&mut self, signature: &Signature, body: impl FnOnce(&mut Self)) {
        self.block(&self.signature(signature), body);
    }

    /// Writes a function without a body.
    pub(crate) fn declaration(&mut self, signature: &Signature) {
        self.line(&format!("{};", self.signature(signature)));
    }

    fn signature(&self, signature: &Signature) -> String {
        let Signature {
            head,
            params,
            returns,
            bounds,
        } = signature;
        let mut text = head.clone();
        push_bracketed(("(", ")"), params, self.indent, &mut text);
        if let Some(ty) = returns {
            text.push_str(" -> ");
            text.push_str(ty);
        }
        if !bounds.is_empty() {
            text.push_str(" where ");
            text.push_str(&bounds.join(", "));
        }
        text
    }

    /// Writes an expression as the value of a block.
    pub(crate) fn value(&mut self, expr: &Expr) {
        self.expression("", expr, "");
    }

    /// Writes `left = expression;`.
    pub(crate) fn assignment(&mut self, left: &str, expr: &Expr) {
        self.expression(&format!("{left} = "), expr, ";");
    }

    fn expression(&mut self, before: &str, expr: &Expr, after: &str) {
        self.start_line();
        self.out.push_str(before);
        expr.push(self.indent, &mut self.out);
        self.out.push_str(after);
        self.out.push('\n');
    }

    /// Writes `pub use module::{names};`, names in the order given.
    pub(crate) fn reexport(&mut self, module: &str, names: &[String]) {
        let mut line = format!("pub use {module}::");
        match names {
            [name] => line.push_str(name),
            several => push_bracketed(("{", "}"), several, self.indent, &mut line),
        }
        self.line(&format!("{line};"));
    }
}

/// Appends items between brackets: on one line, or where that is long on a line each.
fn push_bracketed<T: AsRef<str>>(
    (open, close): (&str, &str),
    items: &[T],
    indent: usize,
    out: &mut String,
) {
    let items = || items.iter().map(AsRef::as_ref);
    let is_long = items().map(|item| item.len() + 2).sum::<usize>() > LIST_WIDTH;
    out.push_str(open);
    for (at, item) in items().enumerate() {
        if is_long {
            new_line(indent + TAB, out);
            out.push_str(item);
            out.push(',');
        } else {
            out.push_str(if at > 0 { ", " } else { "" });
            out.push_str(item);
        }
    }
    if is_long {
        new_line(indent, out);
    }
    out.push_str(close);
}

fn new_line(indent: usize, out: &mut String) {
    out.push('\n');
    push_indent(indent, out);
}

/// Appends blanks, a slice at a time: this is most of what is written, and build scripts are not optimised.
fn push_indent(columns: usize, out: &mut String) {
    const BLANKS: &str = "                                                                ";
    for _ in 0..columns / BLANKS.len() {
        out.push_str(BLANKS);
    }
    out.push_str(&BLANKS[..columns % BLANKS.len()]);
}

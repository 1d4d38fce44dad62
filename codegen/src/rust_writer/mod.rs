//! The one place that lays out Rust text. What it writes is already what `rustfmt` (edition 2024, default widths) would leave.
//!
//! What is to be written is decided in `emit`; only lines, widths and indents are decided here.

mod expr;
mod literal;
mod ty;

pub(crate) use expr::Expr;
pub(crate) use literal::{doc_line, string_literal};

/// The width of a line.
const MAX_WIDTH: usize = 100;
/// One level of indentation.
const TAB: usize = 4;

/// Rust text being written, item by item.
#[derive(Debug, Default)]
pub(crate) struct RustWriter {
    out: String,
    level: usize,
    /// Start of the item being written and whether its layout is beyond what is known here.
    item: usize,
    beyond: bool,
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

impl RustWriter {
    /// An empty text.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Returns the written text.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Text that is laid out already, for where it is put.
    pub(crate) fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn indent(&self) -> usize {
        self.level * TAB
    }

    /// One line as it is.
    pub(crate) fn line(&mut self, text: &str) {
        if text.is_empty() {
            self.out.push('\n');
            return;
        }
        if !fits(text, self.indent(), MAX_WIDTH) && !text.contains('"') && !is_comment(text) {
            self.beyond = true;
        }
        self.certain_line(text);
    }

    /// A line that rustfmt leaves however long it is.
    fn certain_line(&mut self, text: &str) {
        self.start_line();
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn start_line(&mut self) {
        push_indent(self.indent(), &mut self.out);
    }

    /// `///` lines; `text` is already safe, see [`doc_line`].
    pub(crate) fn docs<T: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = T>) {
        for text in lines {
            self.doc(text.as_ref());
        }
    }

    /// One `///` line.
    pub(crate) fn doc(&mut self, text: &str) {
        let text = text.trim_end();
        if text.is_empty() {
            self.line("///");
        } else {
            self.line(&format!("/// {text}"));
        }
    }

    /// An item with everything that belongs to it; a blank line parts it from the one before.
    pub(crate) fn item(&mut self, write: impl FnOnce(&mut Self)) {
        if self.gap {
            self.out.push('\n');
        }
        let outer = (self.item, self.beyond);
        (self.item, self.beyond, self.gap) = (self.out.len(), false, false);
        write(self);
        if self.beyond {
            let skip = format!("{}#[rustfmt::skip]\n", " ".repeat(self.indent()));
            self.out.insert_str(self.item, &skip);
        }
        (self.item, self.beyond) = outer;
        self.gap = true;
    }

    /// `head {`, what `body` writes, `}`.
    pub(crate) fn block(&mut self, head: &str, body: impl FnOnce(&mut Self)) {
        self.line(&format!("{head} {{"));
        self.body(body);
    }

    /// Braces with nothing between them stay on one line.
    fn close(&mut self, start: usize) {
        if self.out.len() == start && self.out.ends_with(" {\n") {
            self.out.truncate(start - 1);
            self.out.push_str("}\n");
        } else {
            self.line("}");
        }
    }

    /// Writes the content between braces that are open already, and the closing one.
    fn body(&mut self, body: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        self.nested(body);
        self.close(start);
    }

    /// Lines one level deeper, between brackets that the caller writes.
    pub(crate) fn indented(&mut self, body: impl FnOnce(&mut Self)) {
        self.nested(body);
    }

    fn nested(&mut self, body: impl FnOnce(&mut Self)) {
        let gap = std::mem::replace(&mut self.gap, false);
        self.level += 1;
        body(self);
        self.level -= 1;
        self.gap = gap;
    }

    /// `#[derive(…)]`, where it is too long with a name on each line, as rustfmt has it.
    pub(crate) fn derive(&mut self, names: &[&str]) {
        let line = format!("#[derive({})]", names.join(", "));
        if fits(&line, self.indent(), MAX_WIDTH) {
            return self.certain_line(&line);
        }
        self.line("#[derive(");
        self.nested(|w| {
            for name in names {
                w.certain_line(&format!("{name},"));
            }
        });
        self.line(")]");
    }

    /// A struct with its fields; `write` writes them with [`field`](Self::field).
    pub(crate) fn structure(&mut self, head: &str, empty: bool, write: impl FnOnce(&mut Self)) {
        if empty {
            self.line(&format!("{head} {{}}"));
            return;
        }
        // Inside a module rustfmt gives a struct's head two columns more.
        let room = MAX_WIDTH + if self.level == 0 { 0 } else { 2 };
        let line = self.indent() + width(head) + 2;
        if line > room
            && let Some((name, parameter)) = head.split_once('<')
        {
            self.line(&format!("{name}<"));
            let parameter = parameter.trim_end_matches('>');
            self.nested(|w| w.line(&format!("{parameter},")));
            self.line("> {");
        } else {
            self.certain_line(&format!("{head} {{"));
        }
        self.body(write);
    }

    /// `name: Type,` of a struct.
    pub(crate) fn field(&mut self, name: &str, ty: &str) {
        let others = self.indent() + width(name) + 3;
        let next_line = self.indent() + TAB + 1;
        if !fits(ty, others, MAX_WIDTH) && fits(ty, next_line, MAX_WIDTH) {
            self.line(&format!("{name}:"));
            self.nested(|w| w.line(&format!("{ty},")));
        } else {
            self.parameter(name, ty);
        }
    }

    fn parameter(&mut self, name: &str, ty: &str) {
        self.start_line();
        self.out.push_str(name);
        self.out.push_str(": ");
        let used = width(name) + 2;
        let text = ty::laid_out(ty, self.indent(), used, 1);
        self.push_checked(&text);
        self.out.push_str(",\n");
    }

    /// `left = Type;`, broken after the `=` where it is too long.
    pub(crate) fn type_alias(&mut self, left: &str, ty: &str) {
        if fits(ty, self.indent() + width(left) + 4, MAX_WIDTH) {
            self.line(&format!("{left} = {ty};"));
        } else {
            self.line(&format!("{left} ="));
            self.nested(|w| w.line(&format!("{ty};")));
        }
    }

    /// An implementation; its head is broken before `for` where it is too long. rustfmt leaves the indent out of account there.
    pub(crate) fn implementation(&mut self, head: &str, write: impl FnOnce(&mut Self)) {
        match head.split_once(" for ") {
            Some((left, right)) if !fits(head, 2, MAX_WIDTH) => {
                self.line(left);
                self.nested(|w| w.line(&format!("for {right}")));
                self.line("{");
            }
            _ => self.certain_line(&format!("{head} {{")),
        }
        self.body(write);
    }

    /// An implementation with nothing in it.
    pub(crate) fn empty_implementation(&mut self, head: &str) {
        if fits(head, 2, MAX_WIDTH) {
            return self.certain_line(&format!("{head} {{}}"));
        }
        self.implementation(head, |_| ());
    }

    /// A function with its body.
    pub(crate) fn function(&mut self, signature: &Signature, body: impl FnOnce(&mut Self)) {
        if signature.bounds.is_empty() {
            self.signature(signature, " {");
        } else {
            self.signature(signature, "");
            self.line("where");
            self.nested(|w| {
                for bound in &signature.bounds {
                    w.line(&format!("{bound},"));
                }
            });
            self.line("{");
        }
        self.nested(body);
        self.line("}");
    }

    /// A function that does nothing and gives nothing back.
    pub(crate) fn empty_function(&mut self, signature: &Signature) {
        let line = format!("{}({}) {{}}", signature.head, signature.params.join(", "));
        if fits(&line, self.indent(), MAX_WIDTH) {
            self.line(&line);
        } else {
            self.function(signature, |_| ());
        }
    }

    /// A function without a body.
    pub(crate) fn declaration(&mut self, signature: &Signature) {
        self.signature(signature, ";");
    }

    fn signature(&mut self, signature: &Signature, end: &str) {
        let returns = signature
            .returns
            .as_ref()
            .map_or(String::new(), |ty| format!(" -> {ty}"));
        let params = signature.params.join(", ");
        let line = format!("{}({params})", signature.head);
        let all = self.indent() + width(&line) + width(&returns) + end.len();
        // rustfmt counts a semicolon twice at first: where it only just fits, the type goes on a line of its own.
        if end == ";" && all == MAX_WIDTH && !returns.is_empty() {
            self.line(&line);
            self.line(&format!("{}{end}", returns.trim_start()));
        } else if all <= MAX_WIDTH || signature.params.is_empty() {
            self.line(&format!("{line}{returns}{end}"));
        } else {
            self.tall_signature(signature, end);
        }
    }

    fn tall_signature(&mut self, signature: &Signature, end: &str) {
        self.line(&format!("{}(", signature.head));
        self.nested(|w| {
            for param in &signature.params {
                match param.split_once(": ") {
                    Some((name, ty)) => w.parameter(name, ty),
                    None => w.line(&format!("{param},")),
                }
            }
        });
        let returns = signature.returns.as_deref().unwrap_or_default();
        self.start_line();
        self.out.push(')');
        if !returns.is_empty() {
            self.out.push_str(" -> ");
            // Two columns more than a line has: rustfmt measures a type after the arrow so.
            let text = ty::laid_out(returns, self.indent(), 3, 0);
            self.push_checked(&text);
        }
        // And it counts the indent twice when it looks whether the brace still fits.
        let line = 2 * self.indent() + 5 + width(returns) + end.len();
        let broken = width(returns) + self.indent() + 3 > MAX_WIDTH;
        if end == " {" && !broken && line > MAX_WIDTH {
            self.out.push('\n');
            self.line("{");
        } else {
            self.out.push_str(end);
            self.out.push('\n');
        }
    }

    /// An expression as the value of a block.
    pub(crate) fn value(&mut self, expr: &Expr) {
        self.expression("", expr, "");
    }

    /// `left = expression;`.
    pub(crate) fn assignment(&mut self, left: &str, expr: &Expr) {
        self.expression(&format!("{left} = "), expr, ";");
    }

    /// `call(…, |params| value)` of an open call; the value in a block where the line is too long.
    pub(crate) fn call_with_closure(&mut self, call: &str, value: &str) {
        if fits(value, self.indent() + width(call) + 2, MAX_WIDTH) {
            self.line(&format!("{call} {value})"));
        } else {
            self.line(&format!("{call} {{"));
            self.nested(|w| w.line(value));
            self.line("})");
        }
    }

    /// `left = |params| value;`, on the next line or with a block where it is long.
    pub(crate) fn closure(&mut self, left: &str, params: &str, value: &Expr) {
        let before = format!("{left} = {params} ");
        if value.fits(self.indent() + width(&before) + 1) {
            self.expression(&before, value, ";");
        } else if value.fits(self.indent() + TAB + width(params) + 2) {
            self.line(&format!("{left} ="));
            self.nested(|w| w.expression(&format!("{params} "), value, ";"));
        } else {
            self.line(&format!("{before}{{"));
            self.nested(|w| w.value(value));
            self.line("};");
        }
    }

    fn expression(&mut self, before: &str, expr: &Expr, after: &str) {
        self.start_line();
        self.out.push_str(before);
        let text = expr.laid_out(self.indent(), width(before), after.len());
        self.push_checked(&text);
        self.out.push_str(after);
        self.out.push('\n');
    }

    /// An arm of a match.
    pub(crate) fn arm(&mut self, pattern: &str, value: &str) {
        if fits(value, self.indent() + width(pattern) + 5, MAX_WIDTH) {
            self.line(&format!("{pattern} => {value},"));
        } else {
            self.line(&format!("{pattern} => {{"));
            self.nested(|w| w.line(value));
            self.line("}");
        }
    }

    /// `pub use module::{names};`, names in the order given.
    pub(crate) fn reexport(&mut self, module: &str, names: &[String]) {
        if let [name] = names {
            return self.line(&format!("pub use {module}::{name};"));
        }
        let one_line = format!("pub use {module}::{{{}}};", names.join(", "));
        if self.indent() + width(&one_line) <= MAX_WIDTH - 2 {
            return self.line(&one_line);
        }
        self.line(&format!("pub use {module}::{{"));
        self.nested(|w| {
            let packed = packed(names.iter().map(String::as_str), MAX_WIDTH - w.indent());
            for line in packed {
                w.line(&line);
            }
        });
        self.line("};");
    }

    fn push_checked(&mut self, text: &LaidOut) {
        self.beyond |= text.beyond;
        self.out.push_str(&text.text);
    }
}

/// A laid-out piece, and whether it is certain that rustfmt would leave it.
#[derive(Debug, Default)]
struct LaidOut {
    text: String,
    beyond: bool,
}

/// A slice at a time: this is most of what is written, and build scripts are not optimised.
fn push_indent(columns: usize, out: &mut String) {
    const BLANKS: &str = "                                                                ";
    for _ in 0..columns / BLANKS.len() {
        out.push_str(BLANKS);
    }
    out.push_str(&BLANKS[..columns % BLANKS.len()]);
}

/// Items on as few lines as they fit, each followed by a comma. rustfmt keeps one column free, and does not count the last
/// comma as long as there is one line.
fn packed<'a>(items: impl Iterator<Item = &'a str>, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut items = items.peekable();
    while let Some(item) = items.next() {
        let comma = usize::from(items.peek().is_some() || lines.len() > 1);
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(item) + comma < room => {
                line.push(' ');
                line.push_str(item);
                line.push(',');
            }
            _ => lines.push(format!("{item},")),
        }
    }
    lines
}

fn is_comment(line: &str) -> bool {
    line.starts_with("//") || line.starts_with('#')
}

/// The columns a text takes.
fn width(text: &str) -> usize {
    text.chars().count()
}

/// Has a line of `room` columns the text beside `others`? No text has more columns than bytes, so most need no counting.
fn fits(text: &str, others: usize, room: usize) -> bool {
    text.len() + others <= room || width(text) + others <= room
}

//! Writes the nodes of a tree as SQL, without recursion.

use bindery_core::dialect::{Function, ListKind, SearchPart, ValueKind};
use bindery_core::sql_writer::SqlWriter;

use super::joins::Tables;
use super::order::Direction;
use super::related::Related;
use super::render_selected::alias;
use super::shape::ColumnPath;
use super::shared;
use super::tree::{Node, Over, Piece, Tree};
use super::window::Frame;
use crate::error::{Error, ErrorKind, Result};

/// The next thing to write.
enum Step {
    Push(&'static str),
    Text(String),
    /// A text constant.
    Literal(String),
    Node(usize),
    Placeholder,
    /// Keeps the number of placeholders before an argument or a window, as this mark.
    Mark(usize),
    /// Back to that number.
    Again(usize),
    /// To the number before that.
    Onward,
    Number(u64),
    /// With the power of two that holds the number of values.
    OneOf(ListKind, u8),
    Column(ColumnPath),
    /// The tables of a subquery, and which of their rows are related.
    Related,
    /// The end of a subquery.
    Close,
    /// The end of what is written of another row.
    Leave,
}

/// Writes trees over the columns of tables.
pub(super) struct NodeWriter<'a> {
    pub(super) sql: SqlWriter,
    pub(super) tables: Tables<'a>,
}

impl NodeWriter<'_> {
    /// Writes the expression or condition at this position.
    ///
    /// # Errors
    /// The dialect has no such function.
    pub(super) fn write(&mut self, tree: &Tree, root: usize) -> Result<()> {
        let mut steps = vec![Step::Node(root)];
        let (mut marks, mut left) = (Vec::new(), Vec::new());
        while let Some(step) = steps.pop() {
            match step {
                Step::Push(text) => {
                    self.sql.push(text);
                }
                Step::Text(text) => {
                    self.sql.push(&text);
                }
                Step::Literal(text) => {
                    self.sql.text_literal(&text);
                }
                Step::Placeholder => {
                    self.sql.placeholder();
                }
                Step::Mark(at) => marks[at] = self.sql.placeholders(),
                Step::Again(at) => {
                    left.push(self.sql.placeholders());
                    self.sql.number_from(marks[at]);
                }
                Step::Onward => {
                    let before = left.pop().expect("it follows what is written again");
                    self.sql.number_from(before);
                }
                Step::Number(number) => {
                    self.sql.push(&number.to_string());
                }
                Step::OneOf(kind, power) => {
                    self.sql.one_of(kind, 1 << power);
                }
                Step::Column(path) => self.tables.column(&mut self.sql, path),
                Step::Related => self.tables.related_rows(&mut self.sql),
                Step::Close => self.tables.close(&mut self.sql),
                Step::Leave => self.tables.leave(),
                Step::Node(at) => {
                    let parts = self.node(tree, &tree.nodes[at], &mut marks)?;
                    steps.extend(parts.into_iter().rev());
                }
            }
        }
        Ok(())
    }

    /// Writes what a column is set to.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(super) fn write_stored(&mut self, tree: &Tree, root: usize) -> Result<()> {
        let Some(kind) = tree.stored_integer(root) else {
            return self.write(tree, root);
        };
        let (before, after) = self.sql.dialect().stored_integer(kind);
        self.sql.push(before);
        // The guard of the column refuses all that the one of the expression would.
        let within = match &tree.nodes[root] {
            Node::Integer(_, operators) => *operators,
            _ => root,
        };
        self.write(tree, within)?;
        self.sql.push(after);
        Ok(())
    }

    /// Writes a node that has no children, or returns what it is written as.
    fn node(&mut self, tree: &Tree, node: &Node, marks: &mut Vec<usize>) -> Result<Vec<Step>> {
        use Step::{Node as Child, Placeholder, Push};
        let dialect = self.sql.dialect();
        Ok(match node {
            Node::Column(path) => vec![Step::Column(*path)],
            Node::Value => vec![Placeholder],
            Node::Typed(kind) => {
                let (before, after) = dialect.typed_value(*kind);
                vec![Push(before), Placeholder, Push(after)]
            }
            Node::Number(number) => vec![Step::Number((*number).into())],
            // As positions of what is selected are counted in SQL.
            Node::Selected(position) => vec![Step::Number(u64::from(*position) + 1)],
            Node::Call(function, arguments) => {
                let text = self.template(tree, *function, arguments)?;
                let window = &Vec::new;
                self.filled(text, arguments, window, marks)
            }
            Node::Over(over) => {
                let text = dialect.function(over.function).ok_or_else(not_here)?;
                if !text.contains("{over}") {
                    return Err(not_over_a_window());
                }
                let window = &|| self.window(tree, over);
                self.filled(text, &over.arguments, window, marks)
            }
            Node::Integer(computed, operators) => {
                if computed.may_overflow && !computed.is_covered {
                    let text = self.template(tree, Function::CheckedInteger, &[*operators])?;
                    self.filled(text, &[*operators], &Vec::new, marks)
                } else {
                    vec![Child(*operators)]
                }
            }
            Node::Case(branches) => {
                let mut parts = case(branches);
                if results(branches)
                    .all(|at| matches!(tree.nodes[at], Node::Typed(ValueKind::Text)))
                {
                    parts.push(Push(dialect.query_syntax().by_bytes));
                }
                parts
            }
            Node::Row(expressions) => row(expressions),
            Node::Compare(operator, left, right) => {
                vec![Child(*left), Push(operator), Child(*right)]
            }
            Node::Between(value, low, high) => vec![
                Child(*value),
                Push(" BETWEEN "),
                Child(*low),
                Push(" AND "),
                Child(*high),
            ],
            Node::Search(text, _, true) if !dialect.query_syntax().texts_have_nul => {
                vec![Push("("), Child(*text), Push(" IS NULL AND NULL)")]
            }
            Node::Search(text, search, _) => {
                let parts = dialect.text_search(*search).iter();
                parts.map(|part| searched(*part, *text)).collect()
            }
            Node::In(value, kind, power) => vec![Child(*value), Step::OneOf(*kind, *power)],
            Node::IsNull(value) => vec![Child(*value), Push(" IS NULL")],
            Node::IsNotNull(value) => vec![Child(*value), Push(" IS NOT NULL")],
            Node::Never => vec![Push("1 = 0")],
            Node::Excluded(column) => {
                let column = self.tables.excluded(*column)?;
                let (before, after) = dialect.query_syntax().excluded;
                vec![Push(before), Push(column), Push(after)]
            }
            Node::Fragment(pieces) => self.fragment(pieces),
            Node::And(..) => joined(tree, node, &tree.operands(node), " AND "),
            Node::Or(..) => joined(tree, node, &tree.operands(node), " OR "),
            Node::Not(inner) => vec![Push("NOT ("), Child(*inner), Push(")")],
            Node::Shared(place) => shared(&alias(0), *place),
            Node::SharedCount(place) => shared("count(*)", *place),
            Node::At(path, of) => {
                self.tables.enter(*path);
                vec![Child(*of), Step::Leave]
            }
            Node::Any(related, condition) => {
                self.tables.open(&[*related], tree, condition.as_slice())?;
                let mut parts = vec![Push("EXISTS (SELECT 1")];
                parts.extend(rows_of(tree, &[*related], *condition));
                parts.push(Step::Close);
                parts
            }
            Node::OfRows(related, value, condition) => {
                let roots: Vec<_> = [*value].into_iter().chain(*condition).collect();
                self.tables.open(related, tree, &roots)?;
                let mut parts = vec![Push("(SELECT "), Child(*value)];
                parts.extend(rows_of(tree, related, *condition));
                parts.push(Step::Close);
                parts
            }
            Node::StringAgg(of, separator, order) => {
                let syntax = dialect.query_syntax();
                let order = self.order(tree, order, true);
                let mut parts = vec![Push(syntax.string_agg), Push("("), Child(*of)];
                let separator = Step::Literal(separator.clone());
                match syntax.separator_after_order {
                    Some(word) => {
                        parts.extend(order);
                        parts.extend([Push(word), separator]);
                    }
                    None => {
                        parts.extend([Push(", "), separator]);
                        parts.extend(order);
                    }
                }
                parts.push(Push(")"));
                parts
            }
            Node::FirstRows(of, order, limit) => self.first_rows(tree, *of, order, *limit)?,
        })
    }

    /// How a function of these arguments is written.
    fn template(
        &self,
        tree: &Tree,
        function: Function,
        arguments: &[usize],
    ) -> Result<&'static str> {
        let dialect = self.sql.dialect();
        if tree.has_windows && arguments.iter().any(|&at| tree.has_window(at)) {
            return dialect
                .function_of_window(function)
                .ok_or_else(not_of_a_window);
        }
        dialect.function(function).ok_or_else(not_here)
    }

    fn filled(
        &self,
        text: &'static str,
        arguments: &[usize],
        window: &dyn Fn() -> Vec<Step>,
        all_marks: &mut Vec<usize>,
    ) -> Vec<Step> {
        let marks = all_marks.len();
        all_marks.resize(marks + arguments.len() + 1, 0);
        let template = Template {
            text,
            arguments,
            window,
            marks,
        };
        template.filled()
    }

    /// In parentheses of its own, whatever operators it has; a comment at its end ends with the line.
    fn fragment(&self, pieces: &[Piece]) -> Vec<Step> {
        let part = |piece: &Piece| match piece {
            Piece::Text(text) => Step::Text(text.clone()),
            Piece::Value => Step::Placeholder,
            Piece::Column(path) => Step::Column(*path),
        };
        let has_comment = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains("--"));
        let has_comment = pieces.iter().any(has_comment);
        let mut parts = vec![Step::Push("(")];
        parts.extend(pieces.iter().map(part));
        parts.push(Step::Push(if has_comment { "\n)" } else { ")" }));
        parts
    }

    fn window(&self, tree: &Tree, over: &Over) -> Vec<Step> {
        use Step::Push;
        let mut parts = vec![Push(" OVER (")];
        let mut separator = "PARTITION BY ";
        for &root in &over.partition {
            parts.extend([Push(separator), Step::Node(root)]);
            separator = ", ";
        }
        let order = self.order(tree, &over.order, over.goes_by_key());
        if order.is_empty() && over.needs_order() {
            parts.push(Push(" ORDER BY NULL"));
        }
        parts.extend(order);
        parts.extend(over.frame().map_or_else(Vec::new, rows));
        parts.push(Push(")"));
        parts
    }

    /// An order within an expression; equal rows go by the key where they have to.
    fn order(&self, tree: &Tree, order: &[(Direction, usize)], by_key: bool) -> Vec<Step> {
        use Step::Push;
        let mut parts = Vec::new();
        let mut separator = " ORDER BY ";
        for &(direction, root) in order {
            parts.push(Push(separator));
            let words = direction.words(self.sql.dialect());
            if let Some(nulls) = words.before {
                parts.extend([Step::Node(root), Push(nulls)]);
            }
            parts.extend([Step::Node(root), Push(words.way), Push(words.nulls)]);
            separator = ", ";
        }
        let is_said = |path: &ColumnPath| {
            let mut columns = order.iter().filter_map(|(_, at)| tree.column(*at));
            columns.any(|column| column.is_same(*path))
        };
        let descending = order.last().is_some_and(|(last, _)| last.descending);
        let key = self.tables.key().iter().filter(|_| by_key);
        let key = key.map(|&column| ColumnPath::own(column as u16));
        for path in key.filter(|path| !is_said(path)) {
            parts.extend([Push(separator), Step::Column(path)]);
            parts.extend(descending.then_some(Push(" DESC")));
            separator = ", ";
        }
        parts
    }

    /// The values of the first rows of a table. MySQL has no LIMIT in a list of rows, but in a table of its own.
    fn first_rows(
        &mut self,
        tree: &Tree,
        of: usize,
        order: &[(Direction, usize)],
        limit: usize,
    ) -> Result<Vec<Step>> {
        use Step::Push;
        let Node::OfRows(related, value, condition) = &tree.nodes[of] else {
            unreachable!("first rows are those of a subquery")
        };
        let ordered = order.iter().map(|(_, at)| *at);
        let roots: Vec<_> = ordered.chain([*value]).chain(*condition).collect();
        self.tables.open(related, tree, &roots)?;
        let mut parts = vec![Push("(SELECT * FROM (SELECT "), Step::Node(*value)];
        parts.extend(rows_of(tree, related, *condition));
        parts.extend(self.order(tree, order, true));
        let words = self.sql.dialect().query_syntax().limit;
        parts.extend([
            Push(words),
            Step::Node(limit),
            Step::Close,
            Push(" AS first_rows)"),
        ]);
        Ok(parts)
    }
}

/// A part of a search in the text at this position.
fn searched(part: SearchPart, text: usize) -> Step {
    match part {
        SearchPart::Sql(sql) => Step::Push(sql),
        SearchPart::Text => Step::Node(text),
        SearchPart::Value => Step::Placeholder,
    }
}

/// A template whose holes are filled: with the arguments one after the other, with one that was there before by its number, and
/// with the window that it is over. What is there again has the placeholders that it had first.
struct Template<'a> {
    text: &'static str,
    arguments: &'a [usize],
    window: &'a dyn Fn() -> Vec<Step>,
    /// The first mark of its arguments; that of its window is after theirs.
    marks: usize,
}

impl Template<'_> {
    fn filled(&self) -> Vec<Step> {
        let mut texts = self.text.split('{');
        let mut parts = vec![Step::Push(texts.next().unwrap_or_default())];
        let (mut next, mut has_window) = (0, false);
        for text in texts {
            let (hole, text) = text.split_once('}').unwrap_or((text, ""));
            match hole {
                "over" => {
                    let mark = self.marks + self.arguments.len();
                    let is_again = std::mem::replace(&mut has_window, true);
                    parts.push(if is_again {
                        Step::Again(mark)
                    } else {
                        Step::Mark(mark)
                    });
                    parts.extend((self.window)());
                    parts.extend(is_again.then_some(Step::Onward));
                }
                "" => {
                    parts.extend([
                        Step::Mark(self.marks + next),
                        Step::Node(self.arguments[next]),
                    ]);
                    next += 1;
                }
                number if number.len() == 1 => {
                    let number = usize::from(number.as_bytes()[0] - b'0');
                    let argument = Step::Node(self.arguments[number]);
                    parts.extend([Step::Again(self.marks + number), argument, Step::Onward]);
                }
                // Numbers of a regular expression.
                bounds => parts.extend(["{", bounds, "}"].map(Step::Push)),
            }
            parts.push(Step::Push(text));
        }
        parts
    }
}

/// The rows of a window around each row.
fn rows(frame: Frame) -> Vec<Step> {
    use Step::{Number, Push};
    let mut parts = vec![Push(" ROWS BETWEEN ")];
    let bound = |rows: i64| {
        let side = match rows {
            0 => return vec![Push("CURRENT ROW")],
            ..0 => " PRECEDING",
            1.. => " FOLLOWING",
        };
        vec![Number(rows.unsigned_abs()), Push(side)]
    };
    let unbound = |side| vec![Push("UNBOUNDED"), Push(side)];
    parts.extend(frame.from.map_or_else(|| unbound(" PRECEDING"), bound));
    parts.push(Push(" AND "));
    parts.extend(frame.to.map_or_else(|| unbound(" FOLLOWING"), bound));
    parts
}

impl Over {
    /// Equal rows go by the key: what it gives is not the same for them.
    fn goes_by_key(&self) -> bool {
        self.frame.is_some()
            || matches!(
                self.function,
                Function::RowNumber
                    | Function::Lag
                    | Function::Lead
                    | Function::FirstValue
                    | Function::LastValue
            )
    }

    /// MariaDB refuses it without an order (error 4018).
    fn needs_order(&self) -> bool {
        matches!(
            self.function,
            Function::Rank | Function::DenseRank | Function::Lag | Function::Lead
        )
    }

    /// The rows that are said, or meant: the last value of those up to the row itself is its own.
    fn frame(&self) -> Option<Frame> {
        let is_last = self.function == Function::LastValue;
        self.frame.or(is_last.then_some(Frame::ALL))
    }
}

/// The positions of what a CASE may be.
pub(super) fn results(branches: &[usize]) -> impl Iterator<Item = usize> {
    let pairs = branches.chunks_exact(2);
    let otherwise = pairs.remainder().first().copied();
    pairs.map(|pair| pair[1]).chain(otherwise)
}

fn case(branches: &[usize]) -> Vec<Step> {
    use Step::{Node as Child, Push};
    let mut parts = vec![Push("CASE")];
    let pairs = branches.chunks_exact(2);
    let otherwise = pairs.remainder().first().copied();
    for pair in pairs {
        parts.extend([
            Push(" WHEN "),
            Child(pair[0]),
            Push(" THEN "),
            Child(pair[1]),
        ]);
    }
    if let Some(otherwise) = otherwise {
        parts.extend([Push(" ELSE "), Child(otherwise)]);
    }
    parts.push(Push(" END"));
    parts
}

/// `(a, b)`.
fn row(expressions: &[usize]) -> Vec<Step> {
    let mut parts = Vec::new();
    for (index, &expression) in expressions.iter().enumerate() {
        parts.push(Step::Push(if index > 0 { ", " } else { "(" }));
        parts.push(Step::Node(expression));
    }
    parts.push(Step::Push(")"));
    parts
}

/// The most conditions that are written one after the other. SQLite's parser makes a tree as deep as there are of them, and
/// takes one of 1,000 at most (`SQLITE_MAX_EXPR_DEPTH`): more are joined in parentheses, halves of halves.
pub(super) const MOST_IN_A_ROW: usize = 64;

/// Conditions that one operator joins.
fn joined(tree: &Tree, parent: &Node, conditions: &[usize], word: &'static str) -> Vec<Step> {
    let mut parts = Vec::new();
    if conditions.len() > MOST_IN_A_ROW {
        let (first, rest) = conditions.split_at(conditions.len() / 2);
        parts.push(Step::Push("("));
        parts.extend(joined(tree, parent, first, word));
        parts.extend([Step::Push(")"), Step::Push(word), Step::Push("(")]);
        parts.extend(joined(tree, parent, rest, word));
        parts.push(Step::Push(")"));
        return parts;
    }
    for (index, &child) in conditions.iter().enumerate() {
        if index > 0 {
            parts.push(Step::Push(word));
        }
        if needs_parentheses(parent, &tree.nodes[child]) {
            parts.extend([Step::Push("("), Step::Node(child), Step::Push(")")]);
        } else {
            parts.push(Step::Node(child));
        }
    }
    parts
}

/// This of a query under a name.
fn shared(what: &str, place: u8) -> Vec<Step> {
    let from = shared::name(place);
    vec![Step::Text(format!("(SELECT {what} FROM {from})"))]
}

/// The rows that these steps lead to, from FROM on.
fn rows_of(tree: &Tree, related: &[Related], condition: Option<usize>) -> Vec<Step> {
    let mut parts = vec![Step::Related];
    match (related, condition) {
        ([Related::All(_)], Some(root)) => parts.extend([Step::Push(" WHERE "), Step::Node(root)]),
        (_, Some(root)) => parts.extend(within_and(tree, root)),
        (_, None) => {}
    }
    parts
}

/// A condition that follows another.
fn within_and(tree: &Tree, root: usize) -> [Step; 3] {
    let is_or = matches!(tree.nodes[root], Node::Or(..));
    let (before, after) = if is_or {
        (" AND (", ")")
    } else {
        (" AND ", "")
    };
    [Step::Push(before), Step::Node(root), Step::Push(after)]
}

fn needs_parentheses(parent: &Node, child: &Node) -> bool {
    let (is_and, is_or) = (
        matches!(child, Node::And(..)),
        matches!(child, Node::Or(..)),
    );
    (is_and && matches!(parent, Node::Or(..))) || (is_or && matches!(parent, Node::And(..)))
}

#[cold]
fn not_over_a_window() -> Error {
    let why =
        "an aggregate over a window that databases have none of, as the number of different values";
    Error::new(ErrorKind::Unsupported(why))
}

#[cold]
fn not_of_a_window() -> Error {
    let why = "this function of a value over a window, which the database would compute within a query of its own: select the value, and compute in the program";
    Error::new(ErrorKind::Unsupported(why))
}

#[cold]
fn not_here() -> Error {
    Error::new(ErrorKind::Unsupported(
        "an operator that the dialect of this engine does not have",
    ))
}

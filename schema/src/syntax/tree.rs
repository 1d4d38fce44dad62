//! Expressions as a tree with a place on every node.
//!
//! Operators of one rank that follow each other are one [`Chain`], so that a long text nests nothing: what nests is bounded when it is read.

#[cfg_attr(
    not(feature = "diff"),
    allow(dead_code, reason = "only comparing queries needs all of it")
)]
mod query;
mod write;

use crate::ast::name::{Name, TypeName};
use crate::lists::IntoVec as _;
use crate::source::Span;

pub(crate) use query::{
    Body, CommonTable, Distinct, Frame, FrameUnit, Group, ItemKind, Join, JoinKind, JoinOn, Limit,
    Lock, Query, Select, SelectItem, SetPart, Sort, Source, SourceKind, Window, With,
};
pub(crate) use write::{
    Assignment, Conflict, ConflictAction, Delete, Insert, InsertSource, Merge, MergeAction,
    MergeWhen, Statement, Update, Values,
};

/// An expression.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    pub(crate) span: Span,
    pub(crate) kind: ExprKind,
}

#[derive(Debug, Clone)]
pub(crate) enum ExprKind {
    Null,
    Bool(bool),
    /// As written.
    Number(String),
    /// A text constant, with MySQL's introducer left out.
    Text(String),
    /// `X'00'`.
    Bytes,
    /// `B'01'`.
    Bits,
    /// `DEFAULT`, of a value that is written.
    Default,
    /// `table.column`; the last is the column.
    Column(Vec<Name>),
    /// MySQL's `@name` and `@@name`.
    Variable,
    Parameter(Parameter),
    /// `a + b - c`: operators of one rank, from the left.
    Chain(Box<Chain>),
    /// An operator before its operand: `-`, `+`, `~`, `not`, `binary`, and PostgreSQL's others.
    Prefix(Operator, Box<Expr>),
    Is(Box<Is>),
    Between(Box<Between>),
    In(Box<In>),
    Match(Box<Match>),
    /// `a = ANY (…)`.
    Quantified(Box<Quantified>),
    Exists(Box<Query>),
    /// A query in parentheses, as one value.
    Query(Box<Query>),
    /// `ARRAY[a, b]`.
    Array(Vec<Expr>),
    /// `ARRAY(SELECT …)`.
    ArrayOf(Box<Query>),
    /// `(a, b)`, `ROW(a)`.
    Row(Vec<Expr>),
    /// `a[1]`, `a[1:2]`.
    Subscript(Box<Subscript>),
    /// `(a).b`.
    Field(Box<Expr>, Name),
    Cast(Box<Cast>),
    Collate(Box<Expr>, Name),
    /// `a AT TIME ZONE b`; without a zone, `AT LOCAL`.
    AtZone(Box<Expr>, Option<Box<Expr>>),
    Case(Box<Case>),
    Call(Box<Call>),
    /// `DATE '2020-01-01'`.
    Typed(Box<TypeName>, String),
    /// MySQL's `INTERVAL a DAY`.
    Interval(Box<Expr>, Name),
}

/// A place for a value of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Parameter {
    /// `:name`, SQLite's `@name` and `$name`.
    Named(String),
    /// `$1`, `?1`.
    Numbered(u32),
    /// `?`.
    Next,
}

/// An operator as written, words in lower case, with its place.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    pub(crate) text: String,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) first: Expr,
    pub(crate) rest: Vec<(Operator, Expr)>,
}

/// `a IS NOT NULL`.
#[derive(Debug, Clone)]
pub(crate) struct Is {
    pub(crate) operand: Expr,
    pub(crate) what: IsWhat,
    pub(crate) negated: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum IsWhat {
    Null,
    /// `true`, `false`, `unknown`.
    Truth(&'static str),
    /// `IS DISTINCT FROM b`.
    Distinct(Expr),
    /// SQLite's `IS b`: not distinct from it.
    Other(Expr),
    /// `document`, `normalized`, `json`, with the words beside it.
    Kind(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Between {
    pub(crate) operand: Expr,
    pub(crate) negated: bool,
    /// PostgreSQL's `SYMMETRIC`: the bounds in either order.
    pub(crate) symmetric: bool,
    pub(crate) low: Expr,
    pub(crate) high: Expr,
}

#[derive(Debug, Clone)]
pub(crate) struct In {
    pub(crate) operand: Expr,
    pub(crate) list: InList,
    pub(crate) negated: bool,
    /// `IN`, `NOT IN`.
    pub(crate) operator: Span,
}

#[derive(Debug, Clone)]
pub(crate) enum InList {
    Values(Vec<Expr>),
    Query(Box<Query>),
    /// SQLite's `IN table`.
    Table(Vec<Name>),
    /// `IN :ids`: any number of values, which the program gives.
    Parameter(Parameter, Span),
}

/// `a LIKE b`, by whatever word.
#[derive(Debug, Clone)]
pub(crate) struct Match {
    pub(crate) operand: Expr,
    pub(crate) operator: Operator,
    pub(crate) pattern: Expr,
    pub(crate) escape: Option<Expr>,
}

#[derive(Debug, Clone)]
pub(crate) struct Quantified {
    pub(crate) operand: Expr,
    pub(crate) operator: Operator,
    /// `ALL`, else `ANY` or `SOME`.
    pub(crate) all: bool,
    /// A query or an array.
    pub(crate) of: Expr,
}

#[derive(Debug, Clone)]
pub(crate) struct Subscript {
    pub(crate) base: Expr,
    pub(crate) first: Option<Expr>,
    /// `[a:b]`.
    pub(crate) slice: bool,
    pub(crate) last: Option<Expr>,
}

#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub(crate) operand: Expr,
    pub(crate) to: TypeName,
}

#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) operand: Option<Expr>,
    pub(crate) branches: Vec<(Expr, Expr)>,
    pub(crate) otherwise: Option<Expr>,
}

/// A call of a function, with all that may stand beside its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The schema, where one is written, and the name in lower case unless it is quoted.
    pub(crate) name: Vec<Name>,
    pub(crate) arguments: Vec<Argument>,
    /// `count(*)`.
    pub(crate) star: bool,
    pub(crate) distinct: bool,
    /// `ORDER BY` within the parentheses.
    pub(crate) order: Vec<Sort>,
    /// MySQL's `SEPARATOR`, which is a comma without it.
    pub(crate) separator: Option<String>,
    pub(crate) filter: Option<Expr>,
    pub(crate) within: Vec<Sort>,
    pub(crate) over: Option<Window>,
    /// The word of a form with a syntax of its own: the field of `EXTRACT(field FROM a)`, the unit of `TIMESTAMPDIFF`.
    pub(crate) word: Option<Name>,
    /// Without parentheses: `CURRENT_DATE`.
    pub(crate) bare: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Argument {
    /// `name => a`.
    pub(crate) name: Option<Name>,
    pub(crate) variadic: bool,
    pub(crate) value: Expr,
}

impl Call {
    /// The function's own name.
    pub(crate) fn function(&self) -> &str {
        self.name.last().map_or("", |name| name.text.as_str())
    }
}

impl Expr {
    /// The value that is cast, however often.
    pub(crate) fn without_casts(&self) -> &Self {
        let mut value = self;
        while let ExprKind::Cast(cast) = &value.kind {
            value = &cast.operand;
        }
        value
    }

    /// The expressions that it is made of, without those of queries within.
    pub(crate) fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Chain(chain) => {
                let rest = chain.rest.iter().map(|(_, value)| value);
                std::iter::once(&chain.first).chain(rest).into_vec()
            }
            ExprKind::Prefix(_, one)
            | ExprKind::Field(one, _)
            | ExprKind::Collate(one, _)
            | ExprKind::Interval(one, _) => vec![one],
            ExprKind::Is(is) => match &is.what {
                IsWhat::Distinct(other) | IsWhat::Other(other) => vec![&is.operand, other],
                IsWhat::Null | IsWhat::Truth(_) | IsWhat::Kind(_) => vec![&is.operand],
            },
            ExprKind::Between(between) => vec![&between.operand, &between.low, &between.high],
            ExprKind::In(list) => {
                let values = match &list.list {
                    InList::Values(values) => values.as_slice(),
                    InList::Query(_) | InList::Table(_) | InList::Parameter(..) => &[],
                };
                std::iter::once(&list.operand).chain(values).into_vec()
            }
            ExprKind::Match(matching) => {
                let both = [&matching.operand, &matching.pattern];
                both.into_iter().chain(&matching.escape).into_vec()
            }
            ExprKind::Quantified(quantified) => vec![&quantified.operand, &quantified.of],
            ExprKind::Array(values) | ExprKind::Row(values) => values.iter().into_vec(),
            ExprKind::Subscript(subscript) => {
                let bounds = [&subscript.first, &subscript.last];
                let bounds = bounds.into_iter().flatten();
                std::iter::once(&subscript.base).chain(bounds).into_vec()
            }
            ExprKind::Cast(cast) => vec![&cast.operand],
            ExprKind::AtZone(value, zone) => {
                std::iter::once(&**value).chain(zone.as_deref()).into_vec()
            }
            ExprKind::Case(case) => {
                let branches = case.branches.iter().flat_map(|(when, then)| [when, then]);
                let outer = case.operand.iter().chain(&case.otherwise);
                outer.chain(branches).into_vec()
            }
            ExprKind::Call(call) => call.children(),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Bytes
            | ExprKind::Bits
            | ExprKind::Default
            | ExprKind::Column(_)
            | ExprKind::Variable
            | ExprKind::Parameter(_)
            | ExprKind::Exists(_)
            | ExprKind::Query(_)
            | ExprKind::ArrayOf(_)
            | ExprKind::Typed(..) => Vec::new(),
        }
    }
}

impl Call {
    fn children(&self) -> Vec<&Expr> {
        let arguments = self.arguments.iter().map(|argument| &argument.value);
        let order = self
            .order
            .iter()
            .chain(&self.within)
            .map(|sort| &sort.value);
        let window = self.over.iter().flat_map(|window| {
            let order = window.order.iter().map(|sort| &sort.value);
            window.partition.iter().chain(order)
        });
        arguments
            .chain(order)
            .chain(&self.filter)
            .chain(window)
            .into_vec()
    }
}

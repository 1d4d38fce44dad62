//! Walks over one SELECT: its tables, the conditions that all of its rows meet, and the queries within.

use super::super::extras::Extras;
use super::super::joins::Tables;
use super::super::order::Ordered;
use super::super::related::Related;
use super::super::render::{Limit, Parts, Wanted};
use super::super::scope::Join;
use super::super::shape::{ColumnPath, ShapeReader};
use super::super::tree::{Node, Tree};
use super::flow::{Flow, Known, Reach, Use};
use super::survey::{Correlated, Survey};
use crate::error::Result;
use crate::value::recorded::of_list;

/// How what is known within a query reaches the row around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// And back: `EXISTS`.
    Both,
    /// It does not, but what is known of the row reaches the query: `NOT EXISTS`.
    Inward,
    Neither,
}

/// The tables of one SELECT, or the row that a path leads to from there.
#[derive(Clone)]
struct Frame {
    /// By the references that lead to them, and the number of the condition of the join.
    rows: Vec<(Vec<u8>, Option<usize>, Use)>,
    all: Vec<Use>,
}

impl Frame {
    fn base(&self) -> Use {
        self.rows[0].2
    }

    fn find(&self, hops: &[u8]) -> Option<Use> {
        let mut rows = self.rows.iter();
        let found = rows.find(|(at, condition, _)| at == hops && condition.is_none());
        found.map(|(.., one)| *one)
    }

    /// The table of a join, as if the SELECT were of that.
    fn at(&self, hops: &[u8], base: Use) -> Self {
        let further = self.rows.iter().filter_map(|(at, condition, one)| {
            let rest = at.strip_prefix(hops).filter(|rest| !rest.is_empty())?;
            condition.is_none().then(|| (rest.to_vec(), None, *one))
        });
        Self {
            rows: std::iter::once((Vec::new(), None, base))
                .chain(further)
                .collect(),
            all: self.all.clone(),
        }
    }
}

/// The way through one SELECT.
pub(super) struct Walk<'s, 'a> {
    pub(super) survey: &'s mut Survey,
    pub(super) tables: Tables<'a>,
    frames: Vec<Frame>,
    /// The conditions are those of an outer join, which leave no row out.
    is_in_join: bool,
}

/// The next thing to look at.
enum Step {
    /// A node, and whether it is a condition that all rows meet.
    Node(usize, bool),
    /// The end of a query within.
    Close,
    /// The end of what is of another row.
    Leave,
}

impl<'s, 'a> Walk<'s, 'a> {
    pub(super) fn new(survey: &'s mut Survey, tables: Tables<'a>) -> Self {
        Self {
            survey,
            tables,
            frames: Vec::new(),
            is_in_join: false,
        }
    }

    fn frame(&self) -> &Frame {
        self.frames.last().expect("a SELECT is open")
    }

    /// Begins the SELECT that is open in `tables`. Its own rows may be known already.
    pub(super) fn open(&mut self, base: Option<Use>) -> Use {
        let scope = self.tables.scope();
        let flow = &mut self.survey.flow;
        let base = base.unwrap_or_else(|| flow.add(scope.table));
        let mut frame = Frame {
            rows: vec![(Vec::new(), None, base)],
            all: vec![base],
        };
        for join in &scope.joins {
            let one = flow.add(join.reference.to());
            frame.all.push(one);
            let before = &join.hops[..join.hops.len() - 1];
            if let Some(from) = frame.find(before) {
                refer(flow, join, from, one);
            }
            frame.rows.push((join.hops.clone(), join.condition, one));
        }
        self.frames.push(frame);
        base
    }

    /// Opens a query within for the rows that these steps lead to.
    fn open_within(
        &mut self,
        steps: &[Related],
        (tree, parts): (&Tree, &[usize]),
        link: Option<Link>,
    ) -> Result<()> {
        let around = self.frame().clone();
        self.tables.open(steps, tree, parts)?;
        let mut near = self.open(None);
        let Self {
            survey,
            tables,
            frames,
            ..
        } = self;
        let frame = frames.last_mut().expect("it was opened before");
        let Some((nearest, further)) = tables.scope().relations.split_first() else {
            return Ok(());
        };
        for relation in further.iter().rev() {
            let from = survey.flow.add(relation.from.0);
            let (to_columns, from_columns) = (relation.to.1, relation.from.1);
            let flow = &mut survey.flow;
            flow.equal((near, to_columns), (from, from_columns), Reach::Both);
            frame.all.push(from);
            near = from;
        }
        let is_correlated = !nearest.to.1.is_empty();
        let Some(link) = link.filter(|_| is_correlated) else {
            return Ok(());
        };
        let reach = match link {
            Link::Both => Reach::Within,
            Link::Inward => Reach::Onward,
            Link::Neither => survey.reach_apart(),
        };
        let outer = (around.base(), nearest.from.1);
        survey.flow.equal(outer, (near, nearest.to.1), reach);
        survey.correlated.push(Correlated {
            own: frame.all.clone(),
            around: around.all,
            is_of_changed: frames.len() == 2 && is_changed_around(tables),
        });
        Ok(())
    }

    /// A value that is computed of all rows that refer to those of the query, in groups of their own.
    pub(super) fn group(&mut self, items: &Tree, root: usize) -> Result<()> {
        let Some((step, _, value)) = items.aggregate_of(root) else {
            return Ok(());
        };
        let base = self.frame().base();
        self.open_within(&[step], (items, &[value]), None)?;
        self.joined_group(base);
        self.close();
        Ok(())
    }

    /// The groups of a value are joined by the columns that refer to the row.
    fn joined_group(&mut self, base: Use) {
        let reach = self.survey.reach_apart();
        if let Some(nearest) = self.tables.scope().relations.first() {
            let of_group = (self.frame().base(), nearest.to.1);
            let flow = &mut self.survey.flow;
            flow.equal((base, nearest.from.1), of_group, reach);
        }
    }

    fn close(&mut self) {
        self.tables.close_all();
        self.frames.pop();
    }

    pub(super) fn conditions_of_joins(&mut self, extras: Option<&Extras>) -> Result<()> {
        let Some(extras) = extras else { return Ok(()) };
        let on = self.survey.tree(&extras.on);
        for joined in extras.joined() {
            let Some(number) = joined.condition else {
                continue;
            };
            let frame = self.frame();
            let mut rows = frame.rows.iter();
            let row = rows.find(|(_, condition, _)| *condition == Some(number));
            let Some((hops, _, one)) = row else { continue };
            let entered = frame.at(hops, *one);
            self.frames.push(entered);
            self.tables.enter_if(number);
            self.is_in_join = true;
            self.tree(&on, on.roots[number], true)?;
            self.is_in_join = false;
            self.tables.leave();
            self.frames.pop();
        }
        Ok(())
    }

    /// The condition, the groups and the order of a query.
    pub(super) fn rows(&mut self, parts: &Parts<'_>, selected: Option<&Extras>) -> Result<()> {
        self.condition(parts.condition, parts.values)?;
        if let Some(extras) = selected {
            self.trees(&self.survey.tree(&extras.groups), false)?;
            self.trees(&self.survey.tree(&extras.having), false)?;
        }
        let is_ordered = match parts.wanted {
            Wanted::Rows | Wanted::Selected => true,
            Wanted::Part => parts.limit != Limit::All || parts.offset,
            Wanted::AnyRows | Wanted::Count | Wanted::Exists => false,
        };
        let orders = ShapeReader::new(parts.order).orders().into_iter();
        for (_, ordered) in orders.filter(|_| is_ordered) {
            if let Ordered::Expression(shape) = ordered {
                self.trees(&Tree::read(shape), false)?;
            }
        }
        Ok(())
    }

    pub(super) fn condition(&mut self, shape: &[u8], values: &[u8]) -> Result<()> {
        self.trees(&self.survey.read(shape, values), true)
    }

    pub(super) fn trees(&mut self, tree: &Tree, holds: bool) -> Result<()> {
        let mut roots = tree.roots.iter();
        roots.try_for_each(|&root| self.tree(tree, root, holds))
    }

    /// An expression or condition, which `holds` for all rows or does not.
    pub(super) fn tree(&mut self, tree: &Tree, root: usize, holds: bool) -> Result<()> {
        let mut steps = vec![Step::Node(root, holds)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Close => self.close(),
                Step::Leave => {
                    self.tables.leave();
                    self.frames.pop();
                }
                Step::Node(at, holds) => self.node(tree, at, holds, &mut steps)?,
            }
        }
        Ok(())
    }

    fn node(&mut self, tree: &Tree, at: usize, holds: bool, steps: &mut Vec<Step>) -> Result<()> {
        let mut parts_hold = false;
        self.compare_with_scope(tree, at, holds);
        match &tree.nodes[at] {
            Node::And(..) => parts_hold = holds,
            Node::Or(..) if holds => self.one_of(tree, at),
            Node::In(of, ..) if holds => {
                if let Some(key) = self.key(tree, *of) {
                    self.know(key, Known::OneOf);
                }
            }
            Node::Compare(" = ", left, right) if holds => self.equality(tree, *left, *right),
            Node::Compare(" IN ", left, right)
                if holds && self.semi_join(tree, (*left, *right), steps)? =>
            {
                return Ok(());
            }
            Node::Not(inner) if holds => {
                if let Node::Any(related, condition) = &tree.nodes[*inner] {
                    return self.exists((tree, *related), *condition, Link::Inward, steps);
                }
            }
            Node::Any(related, condition) => {
                let link = if holds { Link::Both } else { Link::Neither };
                return self.exists((tree, *related), *condition, link, steps);
            }
            Node::OfRows(..) => return self.value_of_rows(tree, at, &[], steps),
            Node::FirstRows(of, order, _) => {
                let order: Vec<usize> = order.iter().map(|(_, at)| *at).collect();
                return self.value_of_rows(tree, *of, &order, steps);
            }
            Node::At(path, of) => {
                self.enter(*path);
                steps.extend([Step::Leave, Step::Node(*of, holds)]);
                return Ok(());
            }
            Node::Column(path) if self.tables.scope().is_changed() => {
                self.refer_from_changed(*path)
            }
            _ => {}
        }
        let parts = tree.nodes[at].children();
        steps.extend(parts.into_iter().map(|part| Step::Node(part, parts_hold)));
        Ok(())
    }

    fn enter(&mut self, path: ColumnPath) {
        let frame = self.frame();
        let base = frame.find(path.hops()).unwrap_or(frame.base());
        let entered = frame.at(path.hops(), base);
        self.frames.push(entered);
        self.tables.enter(path);
    }

    /// Related rows, with a condition on them.
    fn exists(
        &mut self,
        (tree, related): (&Tree, Related),
        condition: Option<usize>,
        link: Link,
        steps: &mut Vec<Step>,
    ) -> Result<()> {
        let link = if self.is_in_join { Link::Neither } else { link };
        self.open_within(&[related], (tree, condition.as_slice()), Some(link))?;
        steps.push(Step::Close);
        steps.extend(condition.map(|at| Step::Node(at, true)));
        Ok(())
    }

    /// A value of the rows of a query within, or the values of the first of them in an order.
    fn value_of_rows(
        &mut self,
        tree: &Tree,
        at: usize,
        order: &[usize],
        steps: &mut Vec<Step>,
    ) -> Result<()> {
        let Node::OfRows(related, value, condition) = &tree.nodes[at] else {
            unreachable!("first rows are those of a subquery")
        };
        let values = order.iter().copied().chain([*value]);
        let parts: Vec<usize> = values.clone().chain(*condition).collect();
        self.open_within(related, (tree, &parts), Some(Link::Neither))?;
        steps.push(Step::Close);
        steps.extend(values.map(|at| Step::Node(at, false)));
        steps.extend(condition.map(|at| Step::Node(at, true)));
        Ok(())
    }

    /// `a IN (SELECT b …)`: shard columns among them are equal.
    fn semi_join(
        &mut self,
        tree: &Tree,
        (left, right): (usize, usize),
        steps: &mut Vec<Step>,
    ) -> Result<bool> {
        let (Node::OfRows(_, value, _), Some((outer, at)), false) =
            (&tree.nodes[right], self.column(tree, left), self.is_in_join)
        else {
            return Ok(false);
        };
        self.value_of_rows(tree, right, &[], steps)?;
        if let Some((inner, of)) = self.column(tree, *value) {
            let flow = &mut self.survey.flow;
            flow.equal((outer, &[at]), (inner, &[of]), Reach::Within);
        }
        Ok(true)
    }

    /// Compares a condition on a shard column with the only shard that there may be.
    fn compare_with_scope(&mut self, tree: &Tree, at: usize, holds: bool) {
        let Some(scope) = self.survey.scope.clone() else {
            return;
        };
        let pairs = match tree.nodes[at] {
            Node::Fragment(_) => {
                self.survey.has_sql = true;
                return;
            }
            Node::Compare(" = ", left, right) => [(left, right), (right, left)],
            Node::In(of, ..) => [(of, at); 2],
            _ => return,
        };
        for (of, value) in pairs {
            let (Some(key), Some(value)) = (self.key(tree, of), tree.value(value)) else {
                continue;
            };
            match of_list(value).into_iter().all(|value| scope.is(value)) {
                true if holds => self.know(key, Known::Value),
                true => {}
                false => self.survey.other = Some(key),
            }
        }
    }

    fn equality(&mut self, tree: &Tree, left: usize, right: usize) {
        let is_value = |at: usize| matches!(tree.nodes[at], Node::Value | Node::Typed(_));
        match (self.column(tree, left), self.column(tree, right)) {
            (Some((one, at)), Some((other, of))) if !self.is_in_join => {
                let flow = &mut self.survey.flow;
                flow.equal((one, &[at]), (other, &[of]), Reach::Both);
            }
            (Some(_), None) if is_value(right) => self.know_key(tree, left),
            (None, Some(_)) if is_value(left) => self.know_key(tree, right),
            _ => {}
        }
    }

    fn know_key(&mut self, tree: &Tree, at: usize) {
        // In a scope the value was compared with the scope's already.
        if self.survey.scope.is_some() {
            return;
        }
        if let Some(key) = self.key(tree, at) {
            self.know(key, Known::Value);
        }
    }

    fn know(&mut self, key: Use, known: Known) {
        let is_filter = !self.is_in_join;
        self.survey.flow.know(key, known, is_filter);
    }

    /// The table and position of the column that a node is.
    fn column(&self, tree: &Tree, at: usize) -> Option<(Use, usize)> {
        let path = tree.column(at)?;
        Some((self.frame().find(path.hops())?, path.index()))
    }

    /// The table whose shard column a node is.
    fn key(&self, tree: &Tree, at: usize) -> Option<Use> {
        let (one, column) = self.column(tree, at)?;
        (self.survey.flow.key(one) == Some(column)).then_some(one)
    }

    /// Alternatives each of which gives a shard column a value: it has one of theirs.
    fn one_of(&mut self, tree: &Tree, at: usize) {
        let mut alternatives = tree.operands(&tree.nodes[at]).into_iter();
        let keys_of = |at: usize| -> Vec<Use> {
            let parts = match &tree.nodes[at] {
                node @ Node::And(..) => tree.operands(node),
                _ => vec![at],
            };
            let key = |at: &usize| match tree.nodes[*at] {
                Node::Compare(" = ", column, value)
                    if matches!(tree.nodes[value], Node::Value | Node::Typed(_)) =>
                {
                    self.key(tree, column)
                }
                Node::In(of, ..) => self.key(tree, of),
                _ => None,
            };
            parts.iter().filter_map(key).collect()
        };
        let mut common = alternatives.next().map_or_else(Vec::new, keys_of);
        for alternative in alternatives {
            if common.is_empty() {
                return;
            }
            let keys = keys_of(alternative);
            common.retain(|key| keys.contains(key));
        }
        for key in common {
            self.know(key, Known::OneOf);
        }
    }

    /// The column of a row that a changed one refers to is read by a query of its own.
    fn refer_from_changed(&mut self, path: ColumnPath) {
        let target = self.frame().base();
        let apart = self.survey.reach_apart();
        let mut own = Vec::new();
        let mut from = target;
        for &hop in path.hops() {
            let flow = &mut self.survey.flow;
            let reference = &flow.table(from).references[usize::from(hop)];
            let one = flow.add(reference.to());
            let reach = if own.is_empty() { apart } else { Reach::Both };
            let columns = (from, reference.columns);
            flow.equal(columns, (one, reference.to_columns()), reach);
            own.push(one);
            from = one;
        }
        if !own.is_empty() {
            self.survey.correlated.push(Correlated {
                own,
                around: vec![target],
                is_of_changed: true,
            });
        }
    }
}

/// Hands on over a join what is known of the shard columns of two tables.
fn refer(flow: &mut Flow, join: &Join, from: Use, to: Use) {
    let reach = match join.is_inner {
        true => Reach::Both,
        false => Reach::Outer,
    };
    let columns = (from, join.reference.columns);
    flow.equal(columns, (to, join.reference.to_columns()), reach);
}

/// Whether the SELECT within stands beside what a changed row gets.
fn is_changed_around(tables: &Tables<'_>) -> bool {
    tables.outermost().is_changed()
}

//! Which computed integers of a tree may be beyond their type, where a database has to be made to refuse that.

use bindery_core::dialect::{Function, IntegerKind};

use super::tree::{Node, Tree};

/// No integer of 64 bits is further from zero than this power of two, and none this far from it is lost.
const SAFE_BITS: u8 = 62;

/// The type and the size of a computed integer, as far as they are known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Computed {
    kind: IntegerKind,
    /// It is no further from zero than this power of two, as far as integers are counted.
    bits: u8,
    /// It, or what it is computed from, may be beyond 64 bits.
    pub(super) may_overflow: bool,
    /// It is part of another computation, which refuses what is beyond 64 bits.
    pub(super) is_covered: bool,
}

impl Computed {
    /// An integer of this type, of which nothing else is known.
    pub(super) const fn of(kind: IntegerKind) -> Self {
        Self {
            kind,
            bits: u8::MAX,
            may_overflow: true,
            is_covered: false,
        }
    }
}

impl Tree {
    /// The node of what these operators compute.
    pub(super) fn computed(&mut self, mut computed: Computed, operators: usize) -> Node {
        let kind = computed.kind;
        if let Node::Call(function, arguments) = &self.nodes[operators] {
            let (function, arguments) = (*function, arguments.clone());
            let bits = arguments.iter().map(|&at| self.bits(at, kind));
            computed.bits = bits_of(function, &bits.collect::<Vec<_>>());
            // A quotient or remainder by zero is NULL, and would hide what was beyond.
            let hides = matches!(function, Function::DivideIntegers | Function::Remainder);
            let covered = !hides && self.cover(&arguments);
            // `abs` refuses the one value that has no opposite.
            computed.may_overflow =
                covered || (computed.bits > SAFE_BITS && function != Function::Abs);
        }
        Node::Integer(computed, operators)
    }

    /// The computed integers among these arguments are refused with what they are part of, unless that is NULL as another
    /// argument is. Returns whether one is to be refused.
    fn cover(&mut self, arguments: &[usize]) -> bool {
        let mut may_overflow = false;
        for &at in arguments {
            let at = self.narrower(at);
            if let Node::Integer(computed, _) = &mut self.nodes[at] {
                computed.is_covered = true;
                may_overflow |= computed.may_overflow;
            }
        }
        may_overflow
    }

    /// The integer that is computed with as a wider one.
    fn narrower(&self, at: usize) -> usize {
        match &self.nodes[at] {
            Node::Call(Function::Widened, arguments) => arguments[0],
            _ => at,
        }
    }

    fn bits(&self, at: usize, kind: IntegerKind) -> u8 {
        let narrower = self.narrower(at);
        let kind = if narrower == at {
            kind.bits()
        } else {
            kind.bits().min(32)
        };
        self.bits_of_node(narrower, kind)
    }

    fn bits_of_node(&self, at: usize, of_kind: u8) -> u8 {
        match &self.nodes[at] {
            Node::Column(_) | Node::Value | Node::Typed(_) | Node::Excluded(_) => of_kind,
            Node::Integer(computed, _) => computed.bits,
            Node::Number(_)
            | Node::Selected(_)
            | Node::Call(..)
            | Node::Case(_)
            | Node::Row(_)
            | Node::Compare(..)
            | Node::Between(..)
            | Node::Search(..)
            | Node::In(..)
            | Node::IsNull(_)
            | Node::IsNotNull(_)
            | Node::Never
            | Node::Fragment(_)
            | Node::And(..)
            | Node::Or(..)
            | Node::Not(_)
            | Node::Any(..)
            | Node::OfRows(..)
            | Node::FirstRows(..)
            | Node::StringAgg(..)
            | Node::Over(_)
            | Node::At(..)
            | Node::Shared(_)
            | Node::SharedCount(_) => u8::MAX,
        }
    }

    /// The type of a column that is set to this expression, where a computed integer may be what it gives.
    pub(super) fn stored_integer(&self, root: usize) -> Option<IntegerKind> {
        let mut open = vec![root];
        while let Some(at) = open.pop() {
            match &self.nodes[at] {
                Node::Integer(computed, _) => return Some(computed.kind),
                Node::Call(Function::Coalesce, arguments) => open.extend(arguments),
                Node::Case(branches) => open.extend(super::nodes::results(branches)),
                // They compute no integer of the column's type from what they hold.
                Node::Column(_)
                | Node::Value
                | Node::Typed(_)
                | Node::Number(_)
                | Node::Selected(_)
                | Node::Call(..)
                | Node::Row(_)
                | Node::Compare(..)
                | Node::Between(..)
                | Node::Search(..)
                | Node::In(..)
                | Node::IsNull(_)
                | Node::IsNotNull(_)
                | Node::Never
                | Node::Excluded(_)
                | Node::Fragment(_)
                | Node::And(..)
                | Node::Or(..)
                | Node::Not(_)
                | Node::Any(..)
                | Node::OfRows(..)
                | Node::FirstRows(..)
                | Node::StringAgg(..)
                | Node::At(..)
                | Node::Shared(_)
                | Node::SharedCount(_)
                | Node::Over(_) => {}
            }
        }
        None
    }
}

/// The power of two that bounds what a function gives, from those of its arguments.
fn bits_of(function: Function, bits: &[u8]) -> u8 {
    let most = bits.iter().copied().max().unwrap_or(u8::MAX);
    match function {
        Function::Plus | Function::Minus => most.saturating_add(1),
        Function::Times => bits
            .iter()
            .fold(0, |sum: u8, &bits| sum.saturating_add(bits)),
        Function::Abs | Function::DivideIntegers | Function::Remainder => most,
        // Of the others nothing is known, so what they give may have any size.
        _ => u8::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::condition::Predicate;
    use crate::query::shape::{ColumnPath, op};

    /// `(column <function> column) <function> column`, and so on.
    fn chain(kind: IntegerKind, function: Function, operators: usize) -> Tree {
        let column = || ColumnPath::own(0);
        let mut predicate = Predicate::column(column());
        for _ in 0..operators {
            predicate.push_column(column());
            predicate.shape.fixed([op::CALL, function as u8]);
            predicate.shape.fixed([op::INTEGER, kind as u8]);
        }
        Tree::read(predicate.shape.bytes())
    }

    fn root(tree: &Tree) -> Computed {
        match tree.nodes[tree.roots[0]] {
            Node::Integer(computed, _) => computed,
            ref other => panic!("{other:?} is not a computed integer"),
        }
    }

    #[test]
    fn small_integers_are_refused_where_they_may_be_beyond_64_bits() {
        let may_overflow =
            |kind, function, operators| root(&chain(kind, function, operators)).may_overflow;
        assert!(may_overflow(IntegerKind::I64, Function::Plus, 1));
        assert!(may_overflow(IntegerKind::I64, Function::DivideIntegers, 1));
        assert!(!may_overflow(IntegerKind::I32, Function::Minus, 31));
        assert!(may_overflow(IntegerKind::I32, Function::Minus, 32));
        assert!(!may_overflow(IntegerKind::I32, Function::Times, 1));
        assert!(may_overflow(IntegerKind::I32, Function::Times, 2));
        assert!(may_overflow(IntegerKind::U32, Function::Times, 1));
        assert!(!may_overflow(IntegerKind::I8, Function::Times, 7));
    }

    #[test]
    fn of_a_chain_the_whole_is_refused_alone() {
        let tree = chain(IntegerKind::I64, Function::Plus, 3);
        let uncovered = tree
            .nodes
            .iter()
            .filter(|node| matches!(node, Node::Integer(computed, _) if !computed.is_covered));
        assert_eq!(uncovered.count(), 1);
    }
}

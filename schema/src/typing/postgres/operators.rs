//! The operator that two operands mean: section 10.2 of the manual.

use super::Failure;
use super::catalog::{OperatorRow, operators};
use super::nulls::{self, Null};
use super::polymorphic;
use super::select::{Candidate, Choice, choose};
use super::types::PgType;
use crate::lists::IntoVec as _;

/// An operator with the types that its operands become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) left: Option<PgType>,
    pub(crate) right: PgType,
    pub(crate) result: PgType,
    /// When the result may be NULL.
    pub(crate) null: Null,
}

/// Returns the operator of a symbol for these operands; without a left one it is a prefix. Of an untyped operand the type in
/// the answer is the one that the server infers.
///
/// # Errors
/// There is none, or several are meant equally.
pub(crate) fn resolve_operator(
    symbol: &str,
    left: Option<PgType>,
    right: PgType,
) -> Result<Operator, Failure> {
    // The server reads the old spelling, too.
    let symbol = if symbol == "!=" { "<>" } else { symbol };
    let rows = operators(symbol);
    if rows.is_empty() {
        return Err(Failure::UnknownName(None));
    }
    let given: Vec<_> = left.into_iter().chain([right]).into_vec();
    let row = exactly(rows, left, right).map_or_else(|| nearest(rows, &given, symbol), Ok)?;
    let settled = polymorphic::settle(&given, &row.operands())?;
    let mut operands = settled.arguments.iter().copied();
    let left = row.left.and_then(|_| operands.next());
    Ok(Operator {
        left,
        right: operands.next().unwrap_or(row.right),
        result: settled.result(row.result)?,
        null: nulls::of_operator(symbol, &row),
    })
}

impl OperatorRow {
    fn operands(&self) -> Vec<PgType> {
        self.left.into_iter().chain([self.right]).into_vec()
    }

    pub(super) fn signature(&self, symbol: &str) -> String {
        let right = self.right.name();
        match self.left {
            Some(left) => format!("{} {symbol} {right}", left.name()),
            None => format!("{symbol} {right}"),
        }
    }
}

/// The operator of exactly these types, an untyped operand taken for one of the other's type.
fn exactly(rows: &[OperatorRow], left: Option<PgType>, right: PgType) -> Option<OperatorRow> {
    let or_other = |one: PgType, other: PgType| if one == PgType::UNKNOWN { other } else { one };
    let wanted = match left {
        Some(left) => (Some(or_other(left, right)), or_other(right, left)),
        None => (None, right),
    };
    rows.iter()
        .find(|row| (row.left, row.right) == wanted)
        .copied()
}

fn nearest(rows: &[OperatorRow], given: &[PgType], symbol: &str) -> Result<OperatorRow, Failure> {
    let is_of_form = |row: &&OperatorRow| row.left.is_some() == (given.len() == 2);
    let rows: Vec<_> = rows.iter().filter(is_of_form).into_vec();
    let candidate = |(index, row): (usize, &&OperatorRow)| Candidate {
        arguments: row.operands(),
        index: Some(index),
    };
    let candidates: Vec<_> = rows.iter().enumerate().map(candidate).into_vec();
    let all = || rows.iter().map(|row| row.signature(symbol)).into_vec();
    match choose(given, candidates) {
        Choice::One(index) => Ok(*rows[index]),
        Choice::None => Err(Failure::NoneTakes(all())),
        Choice::Several => Err(Failure::Ambiguous(all())),
    }
}

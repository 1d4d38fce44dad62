//! A query of rows, seen from the rows that refer to them.

use super::clauses::Clauses;
use super::order::{Direction, Ordered};
use super::shape::{ColumnPath, Shape, op};

impl Clauses {
    /// The conditions, the order and the limit of rows with this key, for a query of the rows that refer to them: by the
    /// reference with this number. Those that refer to none are left out.
    pub(crate) fn seen_from(&self, reference: u8, key: &[usize]) -> Self {
        let path = ColumnPath::own(0).behind(ColumnPath::own(0), reference, false);
        let mut seen = Self::of(self.filters());
        if !seen.predicate.shape.is_empty() {
            seen.predicate.shape.push(op::AT);
            path.write(&mut seen.predicate.shape);
        }
        for (direction, ordered) in Direction::all(self.order(), key) {
            seen.order_at(path, direction, ordered);
        }
        if let Some(extras) = &self.extras {
            seen.order_values(&extras.order_values, false);
        }
        seen.limit(self.limit);
        seen
    }

    fn order_at(&mut self, path: ColumnPath, direction: Direction, ordered: Ordered<'_>) {
        let order = self.order_shape();
        match ordered {
            Ordered::Column(column) => {
                order.push(direction.code());
                column.after(path).write(order);
            }
            Ordered::Expression(shape) => {
                let mut end = Shape::new();
                end.push(op::AT);
                path.write(&mut end);
                let length = shape.len() + end.bytes().len();
                order.push(direction.code_of_expression());
                order.fixed((length as u32).to_le_bytes());
                order.extend(shape);
                order.extend(end.bytes());
            }
        }
    }
}

//! Blocks side by side on shelves, so that all together are about as wide as a screen is to its height.

/// Width beside height.
const ASPECT: f64 = 1.5;

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Shape {
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Shape {
    pub(super) fn padded(self, width: f64, height: f64) -> Self {
        Self {
            width: self.width + width,
            height: self.height + height,
        }
    }
}

/// Tables that are placed relative to each other.
pub(super) struct Block {
    pub(super) members: Vec<usize>,
    pub(super) shape: Shape,
}

impl Block {
    /// Moves its tables.
    pub(super) fn shift(&self, at: &mut [(f64, f64)], (x, y): (f64, f64)) {
        for member in &self.members {
            at[*member] = (at[*member].0 + x, at[*member].1 + y);
        }
    }
}

/// The upper left corner of each, and the shape of all.
#[derive(Debug, Default)]
pub(super) struct Placed {
    pub(super) at: Vec<(f64, f64)>,
    pub(super) shape: Shape,
}

/// Places blocks in their order.
pub(super) fn shelved(blocks: &[Block], gap: f64) -> Placed {
    let shapes: Vec<Shape> = blocks.iter().map(|block| block.shape).collect();
    on_shelves(&shapes, gap)
}

/// Places shapes in their order.
pub(super) fn on_shelves(shapes: &[Shape], gap: f64) -> Placed {
    let area: f64 = shapes
        .iter()
        .map(|shape| (shape.width + gap) * (shape.height + gap))
        .sum();
    let widest = shapes.iter().map(|shape| shape.width).fold(0.0, f64::max);
    let limit = (area * ASPECT).sqrt().max(widest) * 1.02;
    let mut placed = Placed::default();
    let (mut x, mut y, mut shelf) = (0.0, 0.0, 0.0_f64);
    for shape in shapes {
        if x > 0.0 && x + shape.width > limit {
            (x, y, shelf) = (0.0, y + shelf + gap, 0.0);
        }
        placed.at.push((x, y));
        placed.shape.width = placed.shape.width.max(x + shape.width);
        shelf = shelf.max(shape.height);
        placed.shape.height = placed.shape.height.max(y + shape.height);
        x += shape.width + gap;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overlaps() {
        let shapes: Vec<Shape> = (1..40)
            .map(|at| Shape {
                width: f64::from(at * 37 % 90 + 10),
                height: f64::from(at * 53 % 70 + 10),
            })
            .collect();
        let placed = on_shelves(&shapes, 5.0);
        for (at, one) in placed.at.iter().enumerate() {
            for (other, two) in placed.at.iter().enumerate().skip(at + 1) {
                let beside =
                    one.0 + shapes[at].width <= two.0 || two.0 + shapes[other].width <= one.0;
                let below =
                    one.1 + shapes[at].height <= two.1 || two.1 + shapes[other].height <= one.1;
                assert!(beside || below, "{one:?} and {two:?}");
            }
        }
    }
}

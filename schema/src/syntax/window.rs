//! Windows, their frames, and the values that rows are ordered by.

use super::cursor::Read;
use super::reader::Reader;
use super::tree::{Expr, ExprKind, Frame, FrameUnit, Sort, Window};
use crate::lists::IntoVec as _;

/// A bound of a frame, in the order of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Start,
    Before,
    Row,
    After,
    End,
}

impl Reader<'_> {
    pub(super) fn over(&mut self) -> Read<Window> {
        if self.is_symbol(0, "(") {
            return self.window();
        }
        let name = self.own_name("a window's name")?;
        Ok(Window {
            name: Some(name),
            ..Window::default()
        })
    }

    /// `(PARTITION BY … ORDER BY … ROWS …)`.
    pub(super) fn window(&mut self) -> Read<Window> {
        self.enclosed(|reader| {
            let mut window = Window::default();
            let begins = &["PARTITION", "ORDER", "RANGE", "ROWS", "GROUPS"];
            if !reader.is_any_word(0, begins) && !reader.is_symbol(0, ")") {
                window.name = Some(reader.own_name("a window's name")?);
            }
            if reader.eat(&["PARTITION", "BY"]) {
                window.partition = reader.list(Self::expr)?;
            }
            if reader.eat(&["ORDER", "BY"]) {
                window.order = reader.list(Self::sort)?;
            }
            let units = [
                ("ROWS", FrameUnit::Rows),
                ("GROUPS", FrameUnit::Groups),
                ("RANGE", FrameUnit::Range),
            ];
            let is_here = |(word, unit): &(&str, FrameUnit)| {
                let has = *unit != FrameUnit::Groups || reader.grammar.windows.groups;
                has && reader.is_word(0, word)
            };
            let found = units.into_iter().find(is_here);
            if let Some((_, unit)) = found {
                window.frame = Some(Box::new(reader.frame(unit)?));
            }
            Ok(window)
        })
    }

    fn frame(&mut self, unit: FrameUnit) -> Read<Frame> {
        let from = self.at;
        self.advance(1);
        let (first, last) = if self.eat(&["BETWEEN"]) {
            let first = self.bound()?;
            self.expect(&["AND"])?;
            (first, self.bound()?)
        } else {
            (self.bound()?, (Edge::Row, None))
        };
        let is_backward = first.0 > last.0 || first.0 == Edge::End || last.0 == Edge::Start;
        self.excluded()?;
        let span = self.span_from(from);
        let bounds = [first.1, last.1].into_iter().flatten().into_vec();
        Ok(Frame {
            unit,
            bounds,
            is_backward,
            span,
        })
    }

    /// The rows that a frame leaves out.
    fn excluded(&mut self) -> Read<()> {
        if self.grammar.windows.exclude && self.eat(&["EXCLUDE"]) {
            let excluded = self.eat(&["CURRENT", "ROW"])
                || self.eat(&["NO", "OTHERS"])
                || self.eat_any(&["GROUP", "TIES"]);
            if !excluded {
                return Err(self.unexpected("`CURRENT ROW`, `GROUP`, `TIES` or `NO OTHERS`"));
            }
        }
        Ok(())
    }

    fn bound(&mut self) -> Read<(Edge, Option<Expr>)> {
        if self.eat(&["CURRENT", "ROW"]) {
            return Ok((Edge::Row, None));
        }
        let value = if self.eat(&["UNBOUNDED"]) {
            None
        } else {
            let value = self.above(super::precedence::NOT + 1)?;
            let is_column = matches!(value.kind, ExprKind::Column(_));
            if is_column && !self.grammar.windows.bound_of_column {
                return Err(self.unexpected("a number before this"));
            }
            Some(value)
        };
        let edges = if self.eat(&["PRECEDING"]) {
            [Edge::Start, Edge::Before]
        } else if self.eat(&["FOLLOWING"]) {
            [Edge::End, Edge::After]
        } else {
            return Err(self.unexpected("`PRECEDING` or `FOLLOWING`"));
        };
        Ok((edges[usize::from(value.is_some())], value))
    }

    /// A value with `ASC`, `DESC`, `NULLS LAST`.
    pub(super) fn sort(&mut self) -> Read<Sort> {
        let value = self.expr()?;
        let mut operator = None;
        if self.grammar.windows.order_by_operator
            && self.eat(&["USING"])
            && let Some((text, tokens)) = self.symbols()
        {
            operator = Some(text.to_owned());
            self.advance(tokens);
        }
        let falls = operator.is_none() && !self.eat(&["ASC"]) && self.eat(&["DESC"]);
        let nulls = self.grammar.windows.nulls && self.eat(&["NULLS"]);
        let nulls_first = nulls.then(|| self.eat(&["FIRST"]));
        if nulls_first == Some(false) && !self.eat(&["LAST"]) {
            return Err(self.unexpected("`FIRST` or `LAST`"));
        }
        Ok(Sort {
            value,
            falls,
            nulls_first,
            operator,
        })
    }
}

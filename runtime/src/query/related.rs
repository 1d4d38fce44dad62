//! Conditions on the rows of another model that a foreign key relates to a row.

use std::any::Any;

use super::condition::Predicate;
use super::shape::{ShapeReader, op};
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::lives_on::Hosts;

/// Which rows, seen from the table of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Related {
    /// Those that refer to it: the number of the reference among those to the table.
    Referring(u16),
    /// The same by the number of the reference among those of the referring table, and what finds that table. A derived
    /// model does not know which tables refer to it.
    ReferringBy(u8, u64),
    /// The one that it refers to, by the number of its reference.
    Referred(u8),
    /// All rows of a table, whichever row this is; what finds the table.
    All(u64),
}

/// The rows that relations lead to from a row, one after the other, and a condition on the last ones.
pub(crate) struct RelatedRows {
    pub(crate) steps: Vec<(Related, RelatedModel)>,
    /// Empty where it is all of them.
    pub(crate) condition: Predicate,
}

impl RelatedRows {
    /// All rows of a model that meet a condition, whichever row they are seen from.
    pub(super) fn all<M: Model, E: Hosts<M>>(condition: Predicate) -> Self {
        let model = RelatedModel::of::<M, E>();
        Self {
            steps: vec![(Related::All(model.address()), model)],
            condition,
        }
    }
}

/// Finds the statements of a model on an engine. `None` where the engine is of another type, or does not host it.
type FindTable = fn(&dyn Any) -> Option<&'static TableSql>;

/// A model that the conditions of another are on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RelatedModel {
    name: &'static str,
    lives_on: &'static [&'static str],
    find: FindTable,
}

impl RelatedModel {
    pub(crate) fn of<M: Model, E: Hosts<M>>() -> Self {
        Self {
            name: M::NAME,
            lives_on: M::ENGINES,
            find: |engine| {
                let engine = engine.downcast_ref::<E>();
                engine.and_then(|engine| Hosts::<M>::sql(*engine))
            },
        }
    }

    /// Stands in shapes for the table.
    pub(crate) fn address(self) -> u64 {
        self.find as usize as u64
    }

    /// Its table on this engine.
    pub(super) fn table(self, engine: &dyn Any) -> Option<&'static TableSql> {
        (self.find)(engine)
    }

    /// Refuses an engine that does not host the model.
    pub(super) fn ensure(self, engine: impl Engine) -> Result<()> {
        if self.lives_on.contains(&engine.name()) {
            return Ok(());
        }
        let lives_on = self.lives_on;
        let error = Error::new(ErrorKind::NotHosted { lives_on });
        Err(error.of(self.name, Operation::Select))
    }
}

/// The models that the conditions of one query are on, and the engine that it is executed on.
pub(crate) struct RelatedModels<'a> {
    pub(super) engine: &'a dyn Any,
    pub(super) of: Vec<RelatedModel>,
}

impl RelatedModels<'_> {
    /// Of queries that have columns of their own table alone.
    pub(super) const NONE: Self = Self {
        engine: &(),
        of: Vec::new(),
    };

    /// The table that stands in a shape by this address.
    ///
    /// # Errors
    /// The query was moved to an engine of another type.
    pub(super) fn table(&self, address: u64) -> Result<&'static TableSql> {
        let model = self.of.iter().find(|model| model.address() == address);
        let table = model.and_then(|model| model.table(self.engine));
        table.ok_or_else(|| {
            let why = "a condition through `reversed()`, or with a query within it, on another engine than it was written for: `using` cannot move it";
            Error::new(ErrorKind::Unsupported(why))
        })
    }
}

impl Predicate {
    /// A related row meets the condition; without one, there is a related row.
    pub(crate) fn any(related: Related, model: RelatedModel, condition: Option<Self>) -> Self {
        let takes = u8::from(condition.is_some());
        let mut predicate = condition.unwrap_or_else(Self::new);
        predicate.shape.push(op::ANY);
        predicate.step(related, model);
        predicate.shape.push(takes);
        predicate
    }

    /// This aggregate, of the related rows of each row.
    pub(crate) fn of_rows(mut self, rows: RelatedRows) -> Self {
        let takes = u8::from(!rows.condition.shape.is_empty());
        self.append(&rows.condition);
        self.shape.fixed([op::OF_ROWS, rows.steps.len() as u8]);
        for (related, model) in rows.steps {
            self.step(related, model);
        }
        self.shape.push(takes);
        self
    }

    fn step(&mut self, related: Related, model: RelatedModel) {
        let shape = &mut self.shape;
        match related {
            Related::Referring(number) => {
                shape.push(0);
                shape.fixed(number.to_le_bytes());
            }
            Related::ReferringBy(number, address) => {
                shape.fixed([1, number]);
                shape.fixed(address.to_le_bytes());
            }
            Related::Referred(number) => shape.fixed([2, number]),
            Related::All(address) => {
                shape.push(3);
                shape.fixed(address.to_le_bytes());
            }
        }
        self.relate(model);
    }
}

impl ShapeReader<'_> {
    /// Which rows a condition is on.
    pub(super) fn related(&mut self) -> Related {
        match self.byte() {
            0 => Related::Referring(u16::from_le_bytes([self.byte(), self.byte()])),
            1 => Related::ReferringBy(self.byte(), self.address()),
            2 => Related::Referred(self.byte()),
            _ => Related::All(self.address()),
        }
    }

    fn address(&mut self) -> u64 {
        u64::from_le_bytes(self.take(8).try_into().expect("eight bytes"))
    }
}

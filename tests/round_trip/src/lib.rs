//! Every model of a generated crate there and back on a real database (scenario QRY-09): a program of its own for each
//! schema binds the models by [`table!`] and [`view!`] and calls [`run`]. What is tried with a row is here, compiled once.
//!
//! `cargo xtask corpus` writes, compiles and runs the programs of a folder of schemas.

mod database;
mod extremes;
mod hints;
mod own_text;
mod pattern;
pub mod programs;
mod refusal;
mod run;
mod seeds;
mod table;
mod there_and_back;
mod trial;
mod value;

#[path = "../../tests/corpus/original.rs"]
mod original;
#[path = "../../tests/corpus/schema.rs"]
mod schema;

pub use bindery::{Config, Connection, Result};
pub use run::{Connect, run};
pub use table::{Bound, Keyed, NewOf, PatchOf, Readable, Row, RowOf, Shown, Table, repository};
pub use value::{Cell, Value, get, parsed};

/// Binds an enum of generated code: `enumeration!(Here, program::enums::Colour)`.
#[macro_export]
macro_rules! enumeration {
    ($here:ty, $enum:ty) => {
        impl $crate::Cell<$here> for $enum {
            fn from_value(value: &$crate::Value) -> Option<Self> {
                $crate::parsed(value)
            }

            fn to_value(&self) -> $crate::Value {
                $crate::Value::Text(self.as_str().to_owned())
            }
        }
    };
}

/// Binds a type that is written and read as its text: `own_type!(Here, ::bindery::types::Interval)`.
#[macro_export]
macro_rules! own_type {
    ($here:ty, $type:ty) => {
        impl $crate::Cell<$here> for $type {
            fn from_value(value: &$crate::Value) -> Option<Self> {
                $crate::parsed(value)
            }

            fn to_value(&self) -> $crate::Value {
                $crate::Value::Text(self.to_string())
            }
        }
    };
}

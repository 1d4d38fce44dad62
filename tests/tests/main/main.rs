//! Whole programs against real databases, and what a user's compiler and linker see. One binary, as each links every driver.

mod chinook;
mod dependencies;
mod dialect_names;
mod embedded;
mod features;
mod layers;
mod methods;
mod names;
mod plots;
mod promises;
mod publishing;
mod readme;
mod rebuilds;
mod surface;
mod tidy;
mod ui;
mod words;
mod words_alone;

//! SQLite alone: calls, rows that every database has, constants.

mod forms;
mod literal;
mod rows;

//! The running program, over HTTP.

mod load;
mod readme;
mod shop;

//! Queues of the crate on real servers, each started for its test.

mod redis;
mod shop;

//! Queues of the crate on real servers.

mod brokers;
mod certificate;
mod intake;
mod nats;
mod parts;
mod rabbitmq;
mod rabbitmq_refusals;
mod redis;
mod refusals;
mod shop;

//! `#[derive(Task)]`: what a task can be, its name and its keys.
use bindery::outbox::Task;
use serde::{Deserialize, Serialize};

/// It cannot be stored.
#[derive(Task)]
struct WithoutSerde {
    user: i64,
}

#[derive(Serialize, Deserialize, Task)]
#[task(nmae = "send-welcome")]
struct WithAnUnknownWord {
    user: i64,
}

#[derive(Serialize, Deserialize, Task)]
#[task(name = "")]
struct WithoutAName {
    user: i64,
}

#[derive(Serialize, Deserialize, Task)]
#[task(max_attempts = "three")]
struct WithAttemptsInWords {
    user: i64,
}

#[derive(Serialize, Deserialize, Task)]
struct WithTwoKeys {
    #[task(key)]
    user: i64,
    #[task(key)]
    order: i64,
}

#[derive(Serialize, Deserialize, Task)]
struct WithAKeyThatIsNoText {
    #[task(key)]
    users: Vec<i64>,
}

#[derive(Serialize, Deserialize, Task)]
struct Generic<T> {
    user: T,
}

fn main() {}

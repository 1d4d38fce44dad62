//! The responses of the applications.

use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize)]
pub struct UserPage {
    pub id: i64,
    pub name: String,
    pub email: String,
}

#[derive(Debug, Serialize)]
pub struct Listed {
    pub id: i64,
    pub title: String,
    pub body: String,
    pub author: UserPage,
}

#[derive(Debug, Serialize)]
pub struct Written {
    pub id: i64,
    pub title: String,
}

#[derive(Debug, Deserialize)]
pub struct Draft {
    pub user_id: i64,
    pub title: String,
}

/// How many a list has.
pub const LIST: u32 = 20;
/// The text of a new post.
pub const BODY: &str = "a few words, as many as a short post has";

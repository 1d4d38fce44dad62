//! The row that every client reads and writes.

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The key.
    pub id: i64,
    /// About sixteen characters.
    pub name: String,
    /// NULL for one in four.
    pub hair_color: Option<String>,
}

impl Person {
    /// The person of this number, always the same.
    pub fn numbered(id: i64) -> Self {
        let colors = [Some("black"), Some("brown"), None, Some("grey")];
        let color = colors[id.rem_euclid(4) as usize];
        Self {
            id,
            name: format!("person number {id}"),
            hair_color: color.map(str::to_owned),
        }
    }

    /// A number of people, from this number on.
    pub fn from(first: i64, count: usize) -> Vec<Self> {
        (first..).take(count).map(Self::numbered).collect()
    }
}

impl From<(i64, String, Option<String>)> for Person {
    fn from((id, name, hair_color): (i64, String, Option<String>)) -> Self {
        Self {
            id,
            name,
            hair_color,
        }
    }
}

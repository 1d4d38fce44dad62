//! The case `questions` with some rows, for the examples of docs/questions.md.

pub use crate::questions::*;

/// Three blogs, two authors and four entries, in memory.
///
/// # Errors
///
/// None is expected.
pub fn filled() -> bindery::Result<Databases> {
    let db = Databases::in_memory()?;
    db.create_missing()?;
    let mut c = db.default()?;
    let beatles = c
        .blogs()
        .insert(NewBlog::new("Beatles Blog").tagline("All about them"))?;
    let cheese = c
        .blogs()
        .insert(NewBlog::new("Cheddar Talk").tagline("Thoughts on cheese"))?;
    c.blogs().insert(NewBlog::new("Empty Blog"))?;
    let author = |name: &str, email: &str| {
        NewAuthor::new(author::Required {
            name: name.into(),
            email: email.into(),
        })
    };
    let joe = c.authors().insert(author("Joe", "joe@example.org"))?;
    let ann = c.authors().insert(author("Ann", "ann@example.org"))?;
    let day = |year, month, day| {
        bindery::types::NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
    };
    let entries = [
        NewEntry::new(beatles.id, "Lennon at 40", day(2008, 5, 30))
            .comments(7)
            .rating(5),
        NewEntry::new(beatles.id, "What Lennon sang", day(2010, 1, 2)).pingbacks(3),
        NewEntry::new(cheese.id, "What is mould?", day(2008, 1, 3))
            .comments(2)
            .pingbacks(2)
            .rating(3),
        NewEntry::new(cheese.id, "100% cheddar", day(2011, 9, 9)).rating(5),
    ];
    for (at, new) in entries.into_iter().enumerate() {
        let entry = c.entries().insert(new)?;
        let author = if at == 1 { &ann } else { &joe };
        c.entry_authors()
            .insert(NewEntryAuthor::new(entry.id, author.id))?;
    }
    drop(c);
    Ok(db)
}

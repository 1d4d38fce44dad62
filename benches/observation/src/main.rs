//! Finds a row by its key a number of times, over a connection that is held and over the pool: for callgrind, which counts the
//! instructions. `cargo xtask bench --observation` compares them with a build that observes nothing.

include!(concat!(env!("OUT_DIR"), "/bindery.rs"));

fn main() -> bindery::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let is_pooled = arguments.next().as_deref() == Some("pooled");
    let times: u32 = arguments
        .next()
        .and_then(|times| times.parse().ok())
        .unwrap_or(1);
    let db = Databases::in_memory()?;
    db.create_missing()?;
    let user = db.users().insert(NewUser::new("ann@example.org"))?;
    let mut held = db.default()?;
    for _ in 0..times {
        let found = if is_pooled {
            db.users().find(user.id)?
        } else {
            held.users().find(user.id)?
        };
        std::hint::black_box(found);
    }
    Ok(())
}

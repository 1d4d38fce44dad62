//! A transaction of an atomic group has the engines of its group and the models on them; its outcome is not a `Result`.
bindery_cases::source!(atomic);

use bindery::atomic::AtomicOutcome;
use bindery::Result;

fn a_model_outside_of_the_group(db: &Databases) -> Result<u64> {
    db.checkout(|tx| tx.drafts().count()).stored()
}

fn an_engine_outside_of_the_group(db: &Databases) -> Result<u64> {
    db.checkout(|tx| tx.lite()?.drafts().count()).stored()
}

fn a_model_of_several_engines(db: &Databases) -> Result<Note> {
    db.checkout(|tx| tx.notes().insert(NewNote::new("sold"))).stored()
}

fn a_group_within_a_group(db: &Databases) -> Result<u64> {
    db.everything(|tx| tx.checkout(|tx| tx.orders().count()).stored()).stored()
}

fn a_group_that_is_not_in_the_configuration(db: &Databases) -> Result<u64> {
    db.purchase(|tx| tx.orders().count()).stored()
}

fn an_outcome_as_a_result(db: &Databases) -> Result<u64> {
    db.checkout(|tx| tx.orders().count())
}

fn an_outcome_with_a_question_mark(db: &Databases) -> Result<u64> {
    let count = db.checkout(|tx| tx.orders().count())?;
    Ok(count)
}

fn an_outcome_without_doubt(db: &Databases) -> Option<u64> {
    match db.checkout(|tx| tx.orders().count()) {
        AtomicOutcome::Committed { value, .. } => Some(value),
        AtomicOutcome::RolledBack { .. } => None,
    }
}

fn a_row_that_is_not_moved_by_its_own_model(db: &Databases, order: Order) -> Result<()> {
    let moved = db.checkout(|tx| {
        tx.move_row(
            &order,
            engine::M,
            |m, order| m.stock().find(order.id),
            |m, order| m.stock().insert(NewStock::new(order.item, 1)),
        )
    });
    moved.stored().map(drop)
}

fn main() {}

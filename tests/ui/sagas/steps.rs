//! Steps run on the transaction of their engine, each with its compensation; what they return is stored, and reaches the next one.
bindery_cases::source!(atomic);

use std::rc::Rc;

use bindery::saga::{Saga, Undone};
use bindery::{Connection, Result};

fn a_step_whose_compensation_is_forgotten() -> Result<Saga<String, u64>> {
    Saga::<String>::builder("buy", engine::Default)
        .step("order", engine::Default, |tx, step| Ok(tx.orders().insert(NewOrder::new(step.input()))?.id))
        .step("stock", engine::M, |tx, _| Ok(tx.stock().count()?))
        .build()
}

fn a_model_of_another_engine() -> Result<Saga<String, u64>> {
    Saga::<String>::builder("buy", engine::Default)
        .step("order", engine::M, |tx, _| Ok(tx.orders().count()?))
        .build()
}

fn a_compensation_that_does_not_say_what_it_did() -> Result<Saga<String, OrderId>> {
    Saga::<String>::builder("buy", engine::Default)
        .step("order", engine::Default, |tx, step| Ok(tx.orders().insert(NewOrder::new(step.input()))?.id))
        .compensate(|tx, undo| Ok(tx.orders().delete(*undo.output())?))
        .build()
}

fn a_compensation_of_another_output() -> Result<Saga<String, OrderId>> {
    Saga::<String>::builder("buy", engine::Default)
        .step("order", engine::Default, |tx, step| Ok(tx.orders().insert(NewOrder::new(step.input()))?.id))
        .compensate(|tx, undo| {
            let item: &StockId = undo.output();
            tx.orders().find_by_item(item)?;
            Ok(Undone::Done)
        })
        .build()
}

fn the_output_of_the_step_before_as_another_type() -> Result<Saga<String, ()>> {
    Saga::<String>::builder("buy", engine::Default)
        .step("order", engine::Default, |tx, step| Ok(tx.orders().insert(NewOrder::new(step.input()))?.id))
        .without_compensation()
        .step("stock", engine::M, |tx, step| {
            tx.stock().insert(NewStock::new(step.previous(), 1))?;
            Ok(())
        })
        .build()
}

struct Receipt(OrderId);

fn an_output_that_cannot_be_stored() -> Result<Saga<String, Receipt>> {
    Saga::<String>::builder("buy", engine::Default)
        .step("order", engine::Default, |tx, step| Ok(Receipt(tx.orders().insert(NewOrder::new(step.input()))?.id)))
        .build()
}

fn a_step_of_one_thread(prefix: Rc<str>) -> Result<Saga<String, ()>> {
    Saga::<String>::builder("buy", engine::Default)
        .step("order", engine::Default, move |tx, step| {
            tx.orders().insert(NewOrder::new(format!("{prefix}{}", step.input())))?;
            Ok(())
        })
        .build()
}

fn parameters_of_another_type(db: &Databases, saga: &Saga<String, ()>) -> Result<()> {
    saga.run(db, "request-17", 17)?.completed()
}

fn a_start_outside_of_a_connection(db: &Databases, saga: &Saga<String, ()>) -> Result<bool> {
    saga.enqueue(db, "request-17", "pen".to_owned())
}

fn a_start_with_the_connection_itself(default: Connection<engine::Default>, saga: &Saga<String, ()>) -> Result<bool> {
    saga.enqueue(default, "request-17", "pen".to_owned())
}

fn main() {}

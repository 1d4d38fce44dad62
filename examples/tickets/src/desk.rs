//! What the help desk does. Nothing here knows whether the database is a file, a server or a cluster.

use bindery::Result;

bindery::include_schema!();

use queries::desk::{OpenTickets, Waiting};

/// With their hours to the first answer.
const URGENCIES: [(&str, i32); 3] = [("low", 72), ("normal", 24), ("urgent", 2)];

pub(crate) fn add_company(db: &Databases, id: i64, name: &str) -> Result<()> {
    db.default()?.transaction(|tx| {
        for (code, hours) in URGENCIES {
            tx.urgencies()
                .insert_or_ignore(NewUrgency::new(code, hours))?;
        }
        tx.companies().insert_only(NewCompany::new(id, name))?;
        tx.counters().insert_only(NewCounter::new(id.into()))
    })
}

/// The row of the counter stays locked until the COMMIT: no number is given twice, and none is left out.
pub(crate) fn open(db: &Databases, company: i64, urgency: &str, subject: &str) -> Result<Ticket> {
    db.default()?.transaction(|tx| {
        let number = queries::desk::next_ticket(tx, company)?;
        let urgency = UrgencyId::new(urgency.into());
        tx.tickets()
            .insert(NewTicket::new(company.into(), number, urgency, subject))
    })
}

pub(crate) fn answer(db: &Databases, company: i64, ticket: i64, body: &str) -> Result<Answer> {
    db.default()?.transaction(|tx| {
        let number = queries::desk::next_answer(tx, company, ticket)?;
        let new = NewAnswer::new(answer::Required {
            company_id: company.into(),
            ticket,
            number,
            body: body.into(),
        });
        tx.answers().insert(new)
    })
}

/// Returns whether there is such a ticket.
pub(crate) fn close(db: &Databases, company: i64, number: i64) -> Result<bool> {
    let key = TicketId {
        company_id: company.into(),
        number,
    };
    let patch = TicketPatch::new().is_open(false);
    db.default()?.tickets().update(key, patch)
}

pub(crate) fn open_tickets(db: &Databases, company: i64) -> Result<Vec<OpenTickets>> {
    queries::desk::open_tickets(&mut db.default()?, company)
}

pub(crate) fn waiting(db: &Databases) -> Result<Vec<Waiting>> {
    queries::desk::waiting(&mut db.default()?)
}

#[cfg(test)]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::*;

    /// A company of this test alone: other tests and other runs have others.
    fn company(db: &Databases, name: &str) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let id = i64::try_from(now.expect("after 1970").as_nanos()).expect("before 2262");
        add_company(db, id, &format!("{name} {id}")).expect("it is new");
        id
    }

    #[test]
    fn numbers_are_of_each_company_and_one_after_the_other() {
        let db = Databases::open().expect("the database of bindery.toml");
        let (ours, theirs) = (company(&db, "ours"), company(&db, "theirs"));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        open(&db, ours, "low", "It is slow").expect("it is written");
                    }
                });
            }
        });
        open(&db, theirs, "urgent", "It is down").expect("it is written");
        let numbers = |company| -> Vec<i64> {
            let tickets = open_tickets(&db, company).expect("it is read");
            tickets.iter().map(|it| it.number).collect()
        };
        assert_eq!(numbers(ours), (1..=20).collect::<Vec<_>>());
        assert_eq!(numbers(theirs), [1]);
    }

    #[test]
    fn a_ticket_is_listed_with_its_last_answer_until_it_is_closed() {
        let db = Databases::open().expect("the database of bindery.toml");
        let company = company(&db, "answered");
        let ticket = open(&db, company, "normal", "No sound").expect("it is written");
        for body in ["Is it on?", "Turn it on."] {
            answer(&db, company, ticket.number, body).expect("it is written");
        }
        let listed = open_tickets(&db, company).expect("it is read");
        assert_eq!(listed[0].last_answer.as_deref(), Some("Turn it on."));
        assert!(close(&db, company, ticket.number).expect("it is written"));
        assert!(open_tickets(&db, company).expect("it is read").is_empty());
        assert!(answer(&db, company, 99, "Whose?").is_err());
    }
}

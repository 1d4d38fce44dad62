//! The help desk as a command; the routes of a web service would call the same functions.

mod desk;

use std::process::ExitCode;

use desk::Databases;

const USAGE: &str = "tickets company ID NAME
tickets open COMPANY URGENCY SUBJECT
tickets answer COMPANY TICKET TEXT
tickets close COMPANY TICKET
tickets list COMPANY
tickets waiting";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(command) = Command::of(&words) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

enum Command<'a> {
    Company(i64, &'a str),
    Open(i64, &'a str, &'a str),
    Answer(i64, i64, &'a str),
    Close(i64, i64),
    List(i64),
    Waiting,
}

impl<'a> Command<'a> {
    fn of(words: &[&'a str]) -> Option<Self> {
        let number = |word: &str| word.parse().ok();
        Some(match *words {
            ["company", id, name] => Self::Company(number(id)?, name),
            ["open", company, urgency, subject] => Self::Open(number(company)?, urgency, subject),
            ["answer", company, ticket, body] => {
                Self::Answer(number(company)?, number(ticket)?, body)
            }
            ["close", company, ticket] => Self::Close(number(company)?, number(ticket)?),
            ["list", company] => Self::List(number(company)?),
            ["waiting"] => Self::Waiting,
            _ => return None,
        })
    }

    fn run(self) -> bindery::Result<()> {
        let db = Databases::open()?;
        match self {
            Self::Company(id, name) => desk::add_company(&db, id, name)?,
            Self::Open(company, urgency, subject) => {
                let ticket = desk::open(&db, company, urgency, subject)?;
                println!("ticket {}", ticket.number);
            }
            Self::Answer(company, ticket, body) => {
                let answer = desk::answer(&db, company, ticket, body)?;
                println!("answer {} to ticket {ticket}", answer.number);
            }
            Self::Close(company, ticket) => {
                if !desk::close(&db, company, ticket)? {
                    println!("there is no ticket {ticket}");
                }
            }
            Self::List(company) => {
                for it in desk::open_tickets(&db, company)? {
                    let last = it.last_answer.as_deref().unwrap_or("no answer yet");
                    println!("{:>3}  {} h  {}: {last}", it.number, it.hours, it.subject);
                }
            }
            Self::Waiting => {
                for it in desk::waiting(&db)? {
                    println!("{:>3}  {}", it.tickets, it.urgency);
                }
            }
        }
        Ok(())
    }
}

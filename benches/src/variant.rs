//! A client of any type, as what is measured.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::counted::calls;
use crate::{Case, Client, Failure, Person};

/// A client whose rows may be of any type.
pub trait Variant {
    /// The library's name.
    fn name(&self) -> &'static str;

    /// Leaves exactly these rows in the table.
    ///
    /// # Errors
    /// The database fails, as in all other methods.
    fn fill(&mut self, people: Vec<Person>) -> Result<(), Failure>;

    /// Returns the result of a case; rows that it inserts are numbered from `first` on.
    ///
    /// # Errors
    /// The database fails.
    fn rows(&mut self, case: Case, first: i64) -> Result<Vec<Person>, Failure>;

    /// Does it have this case?
    fn has(&self, case: Case) -> bool;

    /// Returns how long a number of runs of a case takes.
    ///
    /// # Errors
    /// The database fails.
    fn time(&mut self, case: Case, first: i64, times: u32) -> Result<Duration, Failure>;
}

impl<C: Client> Variant for C {
    fn name(&self) -> &'static str {
        Client::name(self)
    }

    fn fill(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        self.clear()?;
        self.insert_many(people)
    }

    fn rows(&mut self, case: Case, first: i64) -> Result<Vec<Person>, Failure> {
        let mut rows: Vec<Person> = Vec::new();
        let input = Input::of(case, first);
        once(self, case, input, &mut |row: C::Row| rows.push(row.into()))?;
        match case {
            Case::HasMany => self.has_many(&mut |pet| rows.push(pet.into()))?,
            Case::Family(query) => self.family(query, &mut |pet| rows.push(pet.into()))?,
            // No rows.
            Case::Checkout => rows = Person::from(1, 1),
            Case::InsertOnly | Case::InsertMany(_) | Case::Delete => {
                rows = self.all()?.into_iter().map(Into::into).collect();
            }
            // They are there, so that none of the same name can be inserted.
            Case::UpsertMany(count) => {
                let last = Person::numbered(count as i64);
                let is_there = self.insert_defaults(last.name.clone()).is_err();
                rows = is_there.then_some(last).into_iter().collect();
            }
            Case::Update | Case::UpdatePooled | Case::Save => {
                let row = self.find(case.person(first))?;
                rows = row.into_iter().map(Into::into).collect();
            }
            // Each database has its own keys.
            Case::InsertDefaults | Case::Upsert => rows.iter_mut().for_each(|row| row.id = 0),
            _ => {}
        }
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    }

    fn has(&self, case: Case) -> bool {
        Client::has(self, case)
    }

    fn time(&mut self, case: Case, first: i64, times: u32) -> Result<Duration, Failure> {
        let inputs: Vec<Input> = (0..i64::from(times))
            .map(|turn| Input::of(case, first + turn * case.adds().max(1) as i64))
            .collect();
        if case == Case::Delete {
            self.insert_many(Person::from(first, times as usize))?;
        }
        let started = Instant::now();
        calls(|| {
            let mut inputs = inputs.into_iter();
            inputs.try_for_each(|input| once(self, case, input, &mut |row| drop(black_box(row))))
        })?;
        Ok(started.elapsed())
    }
}

/// The input of a case, made before time is taken.
enum Input {
    Nothing,
    Keys(Vec<i64>),
    People(Vec<Person>),
}

impl Input {
    /// Keys are spread over the table, and differ from one time to the next.
    fn of(case: Case, first: i64) -> Self {
        let keys = |count: usize| {
            let rows = case.rows() as i64;
            let spread = (0..count as i64).map(|at| (first * 7_919 + at * 997).rem_euclid(rows));
            Self::Keys(spread.map(|key| key + 1).collect())
        };
        match case {
            Case::FindListed(count) => Self::Keys(listed(first, count)),
            Case::Find => keys(1),
            Case::Finds(count) | Case::FindMany(count) => keys(count),
            Case::Select(_) | Case::SelectChecked(_) => Self::Nothing,
            Case::Iterate(_) | Case::Export(_) => Self::Nothing,
            Case::HasMany | Case::Family(_) | Case::Checkout => Self::Nothing,
            Case::Insert | Case::InsertInTransaction | Case::InsertInSession => {
                Self::People(Person::from(first, 1))
            }
            Case::InsertMany(rows) => Self::People(Person::from(first, rows)),
            Case::UpsertMany(rows) => Self::People(Person::from(case.person(first), rows)),
            _ => Self::People(vec![Person::numbered(case.person(first))]),
        }
    }

    fn keys(self) -> Vec<i64> {
        match self {
            Self::Keys(keys) => keys,
            Self::Nothing | Self::People(_) => Vec::new(),
        }
    }

    fn people(self) -> Vec<Person> {
        match self {
            Self::People(people) => people,
            Self::Nothing | Self::Keys(_) => Vec::new(),
        }
    }
}

/// Different keys: as many as there are rows are spread over the table, and of more most have no row.
fn listed(first: i64, count: usize) -> Vec<i64> {
    let range = count.max(10_000) as i64;
    let spread = (0..count as i64).map(|at| (first * 7_919 + at * 997).rem_euclid(range));
    spread.map(|key| key + 1).collect()
}

fn once<C: Client>(
    client: &mut C,
    case: Case,
    input: Input,
    take: &mut dyn FnMut(C::Row),
) -> Result<(), Failure> {
    match case {
        Case::Find | Case::Finds(_) => {
            for key in input.keys() {
                client.find(key)?.map(&mut *take);
            }
        }
        Case::FindMany(_) => {
            let found = client.find_many(&input.keys())?;
            found.into_iter().flatten().for_each(take);
        }
        Case::FindListed(_) => client
            .find_listed(&input.keys())?
            .into_iter()
            .for_each(take),
        Case::Select(_) => client.all()?.into_iter().for_each(take),
        Case::SelectChecked(_) => client.all_checked(take)?,
        Case::Iterate(_) => client.each(take)?,
        Case::Export(_) => client.export(take)?,
        Case::Insert => {
            for person in input.people() {
                take(client.insert(person)?);
            }
        }
        Case::InsertInTransaction => {
            for person in input.people() {
                take(client.insert_in_transaction(person)?);
            }
        }
        Case::InsertInSession => {
            for person in input.people() {
                take(client.insert_in_session(person)?);
            }
        }
        Case::InsertsInTransaction(_) => client.inserts_in_transaction(input.people(), take)?,
        Case::InsertMany(_) => client.insert_many(input.people())?,
        Case::UpsertMany(_) => client.upsert_many(input.people())?,
        Case::HasMany => client.has_many(&mut |pet| drop(black_box(pet)))?,
        Case::Family(query) => client.family(query, &mut |pet| drop(black_box(pet)))?,
        Case::Checkout => client.checkout()?,
        _ => {
            for person in input.people() {
                once_for(client, case, person, take)?;
            }
        }
    }
    Ok(())
}

/// The cases that are about one row.
fn once_for<C: Client>(
    client: &mut C,
    case: Case,
    person: Person,
    take: &mut dyn FnMut(C::Row),
) -> Result<(), Failure> {
    let is_there = match case {
        Case::FindWhere => client
            .find_where(person.id, &person.name)?
            .map(take)
            .is_some(),
        Case::FindChecked => client.find_checked(person.id)?.map(take).is_some(),
        Case::FindPooled => client.find_pooled(person.id)?.map(take).is_some(),
        Case::InsertOnly => {
            client.insert_only(person)?;
            true
        }
        Case::InsertDefaults => {
            take(client.insert_defaults(person.name)?);
            true
        }
        Case::InsertGiven => {
            take(client.insert_given(person)?);
            true
        }
        Case::Upsert => {
            take(client.upsert(person)?);
            true
        }
        Case::Update => client.update(person.id, other_color(person))?,
        Case::UpdatePooled => client.update_pooled(person.id, other_color(person))?,
        Case::Save => client.save(person)?,
        Case::Delete => client.delete(person.id)?,
        _ => false,
    };
    if is_there {
        Ok(())
    } else {
        Err(format!("{case}: there is no such row").into())
    }
}

fn other_color(person: Person) -> Option<String> {
    Some(
        person
            .hair_color
            .map_or_else(|| "blond".to_owned(), |color| color + "ish"),
    )
}

//! bindery, through the code that it generates.

use bindery::{Config, Connection, EngineOptions, Hosts, Repository, StaticEngine};

use crate::family::{LAST, OF_QUERY};
use crate::suite::DatabaseAddress;
use crate::{Case, Client, Failure, FamilyQuery, Owner, Pet};

#[allow(missing_docs, reason = "the schema's words are enough")]
mod generated {
    bindery::include_schema!();
}

use generated::{
    Databases, MemberQueries, NewMember, NewOwner, NewPerson, NewPet, PersonPatch, Tables, engine,
    model, owner, person as column, pet, queries,
};

/// A connection of any engine.
pub(crate) struct Bindery<E: StaticEngine> {
    connection: Connection<E>,
    databases: Databases,
    engine: E,
    name: &'static str,
}

/// An engine that has the tables.
pub(crate) trait Hosting:
    StaticEngine + Hosts<model::Person> + Hosts<model::Member> + Hosts<model::Owner> + Hosts<model::Pet>
{
}

impl<E> Hosting for E where
    E: StaticEngine
        + Hosts<model::Person>
        + Hosts<model::Member>
        + Hosts<model::Owner>
        + Hosts<model::Pet>
{
}

/// The databases, with the one that is measured at this URL.
fn databases(engine: &str, url: &str) -> Result<Databases, Failure> {
    let nowhere = [
        ("default", "sqlite::memory:"),
        ("mariadb", "mysql://nobody@127.0.0.1:1/nothing"),
        ("mysql", "mysql://nobody@127.0.0.1:1/nothing"),
        ("postgres", "postgres://nobody@127.0.0.1:1/nothing"),
    ];
    let config = nowhere
        .into_iter()
        .fold(Config::new(), |config, (name, other)| {
            let url = if name == engine { url } else { other };
            config.engine(name, EngineOptions::url(url))
        });
    Ok(Databases::with_config(&config)?)
}

impl Bindery<engine::Default> {
    pub(crate) fn sqlite() -> Result<Self, Failure> {
        let databases = databases("default", "sqlite::memory:")?;
        let connection = databases.default()?;
        Self::with(databases, connection, engine::Default)?.with_tables()
    }
}

impl Bindery<engine::Postgres> {
    pub(crate) fn postgres(place: &DatabaseAddress) -> Result<Self, Failure> {
        let DatabaseAddress { user, database, .. } = place;
        let (socket, port) = (&place.socket, place.port);
        let url = format!("postgres://{user}@:{port}/{database}?host={socket}");
        let databases = databases("postgres", &url)?;
        let connection = databases.postgres()?;
        Self::with(databases, connection, engine::Postgres)
    }
}

impl Bindery<engine::Mysql> {
    pub(crate) fn mysql(place: &DatabaseAddress) -> Result<Self, Failure> {
        let databases = databases("mysql", &mysql_url(place))?;
        let connection = databases.mysql()?;
        Self::with(databases, connection, engine::Mysql)
    }
}

#[cfg(feature = "clients")]
impl Bindery<engine::Mariadb> {
    /// The same server by its flavour, whose statements return rows.
    pub(crate) fn mariadb(place: &DatabaseAddress) -> Result<Self, Failure> {
        let databases = databases("mariadb", &mysql_url(place))?;
        let connection = databases.mariadb()?;
        let with = Self::with(databases, connection, engine::Mariadb)?;
        let name = "bindery, mariadb";
        Ok(Self { name, ..with })
    }
}

fn mysql_url(place: &DatabaseAddress) -> String {
    let DatabaseAddress { user, database, .. } = place;
    let (socket, password) = (&place.socket, place.password());
    format!("mysql://{user}:{password}@/{database}?socket={socket}")
}

impl<E: Hosting> Bindery<E> {
    fn with(databases: Databases, connection: Connection<E>, engine: E) -> Result<Self, Failure> {
        Ok(Self {
            connection,
            databases,
            engine,
            name: "bindery",
        })
    }

    /// Creates the tables, with the families. On a server another client may have done it.
    pub(crate) fn with_tables(mut self) -> Result<Self, Failure> {
        self.databases.create_missing_on(self.engine)?;
        let owners = Owner::all().map(|owner| NewOwner::new(owner.id, owner.name));
        self.connection.owners().insert_many(owners)?;
        let pets = Pet::all().map(|pet| NewPet::new(pet.id, pet.owner_id.into(), pet.name));
        self.connection.pets().insert_many(pets)?;
        Ok(self)
    }

    /// The repository that `db.people()` is where a model lives on one engine: each call takes a connection.
    fn pooled(&self) -> Repository<'_, model::Person, E> {
        self.databases.registry().repository(self.engine)
    }
}

impl<E: StaticEngine> From<generated::Person<E>> for crate::Person {
    fn from(row: generated::Person<E>) -> Self {
        Self {
            id: row.id.into_value(),
            name: row.name,
            hair_color: row.hair_color,
        }
    }
}

fn new(person: crate::Person) -> NewPerson {
    NewPerson::new(person.id, person.name).hair_color(person.hair_color)
}

/// In the type of the other rows.
fn as_person<E: StaticEngine>(member: generated::Member<E>) -> generated::Person<E> {
    generated::Person {
        id: member.id.into_value().into(),
        name: member.name,
        hair_color: member.hair_color,
    }
}

impl<E: Hosting> Client for Bindery<E> {
    type Row = generated::Person<E>;

    fn name(&self) -> &'static str {
        self.name
    }

    fn clear(&mut self) -> Result<(), Failure> {
        self.connection.people().query().all_rows().delete()?;
        self.connection.members().query().all_rows().delete()?;
        Ok(())
    }

    fn has(&self, _: Case) -> bool {
        true
    }

    fn find(&mut self, id: i64) -> Result<Option<Self::Row>, Failure> {
        Ok(self.connection.people().find(id.into())?)
    }

    fn find_many(&mut self, ids: &[i64]) -> Result<Vec<Option<Self::Row>>, Failure> {
        let keys = ids.iter().map(|&id| id.into());
        Ok(self.connection.people().find_many(keys)?)
    }

    fn all(&mut self) -> Result<Vec<Self::Row>, Failure> {
        Ok(self.connection.people().all()?)
    }

    fn each(&mut self, take: &mut dyn FnMut(Self::Row)) -> Result<(), Failure> {
        for row in self.connection.people().iter()? {
            take(row?);
        }
        Ok(())
    }

    fn insert(&mut self, person: crate::Person) -> Result<Self::Row, Failure> {
        Ok(self.connection.people().insert(new(person))?)
    }

    fn insert_in_transaction(&mut self, person: crate::Person) -> Result<Self::Row, Failure> {
        let new = new(person);
        Ok(self.connection.transaction(|tx| tx.people().insert(new))?)
    }

    fn insert_in_session(&mut self, person: crate::Person) -> Result<Self::Row, Failure> {
        let (engine, new) = (self.engine, new(person));
        let inserted = self
            .databases
            .session(|s| s.connection(engine)?.people().insert(new));
        Ok(inserted?)
    }

    fn inserts_in_transaction(
        &mut self,
        people: Vec<crate::Person>,
        take: &mut dyn FnMut(Self::Row),
    ) -> Result<(), Failure> {
        let done: bindery::Result<()> = self.connection.transaction(|tx| {
            for person in people {
                take(tx.people().insert(new(person))?);
            }
            Ok(())
        });
        Ok(done?)
    }

    fn insert_only(&mut self, person: crate::Person) -> Result<(), Failure> {
        Ok(self.connection.people().insert_only(new(person))?)
    }

    fn insert_many(&mut self, people: Vec<crate::Person>) -> Result<(), Failure> {
        let people = people.into_iter().map(new);
        self.connection.people().insert_many(people)?;
        Ok(())
    }

    fn find_where(&mut self, id: i64, name: &str) -> Result<Option<Self::Row>, Failure> {
        let key: generated::PersonId<E> = id.into();
        let condition = column::id.eq(key).and(column::name.eq(name));
        Ok(self.connection.people().filter(condition).first()?)
    }

    fn find_checked(&mut self, id: i64) -> Result<Option<Self::Row>, Failure> {
        let row = queries::people::by_key(&mut self.connection, id)?;
        Ok(row.map(|row| generated::Person {
            id: row.id.into(),
            name: row.name,
            hair_color: row.hair_color,
        }))
    }

    fn all_checked(&mut self, take: &mut dyn FnMut(Self::Row)) -> Result<(), Failure> {
        for row in queries::people::everyone(&mut self.connection)? {
            take(generated::Person {
                id: row.id.into(),
                name: row.name,
                hair_color: row.hair_color,
            });
        }
        Ok(())
    }

    fn find_listed(&mut self, ids: &[i64]) -> Result<Vec<Self::Row>, Failure> {
        let keys = ids.iter().map(|&id| generated::PersonId::<E>::new(id));
        Ok(self
            .connection
            .people()
            .filter(column::id.in_list(keys))
            .all()?)
    }

    fn find_pooled(&mut self, id: i64) -> Result<Option<Self::Row>, Failure> {
        Ok(self.pooled().find(id.into())?)
    }

    fn insert_defaults(&mut self, name: String) -> Result<Self::Row, Failure> {
        let member = self.connection.members().insert(NewMember::new(name))?;
        Ok(as_person(member))
    }

    fn insert_given(&mut self, person: crate::Person) -> Result<Self::Row, Failure> {
        let new = NewMember::new(person.name).id(person.id);
        let member = self
            .connection
            .members()
            .insert(new.hair_color(person.hair_color))?;
        Ok(as_person(member))
    }

    fn update(&mut self, id: i64, hair_color: Option<String>) -> Result<bool, Failure> {
        let patch = patch(hair_color);
        Ok(self.connection.people().update(id.into(), patch)?)
    }

    fn update_pooled(&mut self, id: i64, hair_color: Option<String>) -> Result<bool, Failure> {
        Ok(self.pooled().update(id.into(), patch(hair_color))?)
    }

    fn save(&mut self, person: crate::Person) -> Result<bool, Failure> {
        let row = generated::Person {
            id: person.id.into(),
            name: person.name,
            hair_color: person.hair_color,
        };
        Ok(self.connection.people().save(&row)?)
    }

    fn upsert(&mut self, person: crate::Person) -> Result<Self::Row, Failure> {
        let new = NewMember::new(person.name).hair_color(person.hair_color);
        Ok(as_person(self.connection.members().upsert_by_name(new)?))
    }

    fn upsert_many(&mut self, people: Vec<crate::Person>) -> Result<(), Failure> {
        let people = people.into_iter();
        let new = people.map(|person| NewMember::new(person.name).hair_color(person.hair_color));
        self.connection.members().upsert_many_by_name(new)?;
        Ok(())
    }

    fn delete(&mut self, id: i64) -> Result<bool, Failure> {
        Ok(self.connection.people().delete(id.into())?)
    }

    fn has_many(&mut self, take: &mut dyn FnMut(Pet)) -> Result<(), Failure> {
        let owners = self.connection.owners().all()?;
        let pets = self.connection.load(&owners, owner::pets)?;
        for pet in pets.into_rows() {
            take(Pet {
                id: pet.id.into_value(),
                owner_id: pet.owner_id.into_value(),
                name: pet.name,
            });
        }
        Ok(())
    }

    fn family(&mut self, query: FamilyQuery, take: &mut dyn FnMut(Pet)) -> Result<(), Failure> {
        let pets = self.connection.pets();
        let pets = match query {
            FamilyQuery::Counts => {
                let counted = self
                    .connection
                    .owners()
                    .select((owner::id, owner::pets.count()));
                for (owner, count) in counted.all()? {
                    take(Pet {
                        id: owner.into_value(),
                        owner_id: count as i64,
                        name: String::new(),
                    });
                }
                return Ok(());
            }
            FamilyQuery::LastOfEach => pets
                .order_by(pet::id.desc())
                .per_group(pet::owner_id)
                .limit(LAST),
            FamilyQuery::OfQuery => {
                let owners = owner::id
                    .select()
                    .filter(owner::id.le(generated::OwnerId::new(OF_QUERY)));
                pets.filter(pet::owner_id.in_query(owners))
            }
        };
        for pet in pets.all()? {
            take(Pet {
                id: pet.id.into_value(),
                owner_id: pet.owner_id.into_value(),
                name: pet.name,
            });
        }
        Ok(())
    }

    fn checkout(&mut self) -> Result<(), Failure> {
        drop(self.databases.connect(self.engine)?);
        Ok(())
    }
}

fn patch(hair_color: Option<String>) -> PersonPatch {
    PersonPatch {
        hair_color: Some(hair_color),
        ..PersonPatch::default()
    }
}

//! Models of every shape in a module of their own: composite keys, keys that are foreign keys, links, types of the
//! program, tables without a key.

use std::collections::HashSet;

use bindery::types::NaiveDateTime;
use bindery::types::{
    BigDecimal, DateTime, FromColumn, JsonValue, NaiveDate, NaiveTime, ToColumn, Utc, Uuid,
};
use bindery::types::{ParamWriter, RowReader};
use bindery::{Engine, ErrorKind, Invalid, Model, Validate};

use crate::{Databases, engine, model};

/// The material of a product: a type of the program's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Material {
    /// Of a tree.
    Wood,
    /// Of a mine.
    Iron,
}

impl ToColumn for Material {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.text(match self {
            Self::Wood => "wood",
            Self::Iron => "iron",
        });
    }
}

impl FromColumn for Material {
    fn read(row: &mut RowReader<'_>) -> bindery::Result<Self> {
        match row.text()? {
            "wood" => Ok(Self::Wood),
            "iron" => Ok(Self::Iron),
            _ => Err(row.mismatch("material")),
        }
    }
}

/// An order, listed before what it refers to.
#[derive(Debug, Clone, PartialEq, Model)]
#[engines("b")]
#[table("orders")]
pub struct Order {
    /// Counted by the database.
    #[key(generated)]
    pub id: OrderId,
    /// Goes with the customer.
    #[index]
    #[references("customers(id)", on_delete = "cascade")]
    pub customer: CustomerId,
    /// A product of the other engine.
    #[link_to("products(id)")]
    pub gift: Option<ProductId<engine::Default>>,
}

/// A line of an order; its key has two columns.
#[derive(Debug, Clone, PartialEq, Model)]
#[engines("b")]
#[table("order_lines")]
pub struct OrderLine {
    /// First part of the key.
    #[key]
    #[references("orders(id)", on_delete = "cascade")]
    pub order: OrderId,
    /// Second part.
    #[key]
    pub line: i32,
    /// On this engine, which one of several is said here.
    #[references("products(id)")]
    pub product: ProductId<engine::B>,
    /// How many.
    pub amount: i64,
    /// For how much each.
    pub price: i64,
    /// For how much in all.
    #[computed("amount * price")]
    pub total: i64,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Model)]
#[engines("b")]
#[table("customers")]
pub struct Customer {
    /// Counted by the database.
    #[key(generated)]
    pub id: CustomerId,
    /// In full.
    pub name: String,
}

/// Details of some customers only; its key is the customer's.
#[derive(Debug, Clone, PartialEq, Model)]
#[engines("b")]
#[table("profiles")]
#[validate]
pub struct Profile {
    /// Whose.
    #[key]
    #[references("customers(id)")]
    pub customer: CustomerId,
    /// In words.
    pub text: Option<String>,
}

/// A product, on both engines; called by another name here than elsewhere.
#[derive(Debug, Clone, PartialEq, Model)]
#[engines("default", "b")]
#[table("products")]
#[unique(name, material)]
pub struct Product<On: Engine = engine::Default> {
    /// Counted by the database.
    #[key(generated)]
    pub id: ProductId<On>,
    /// A keyword of Rust as its column.
    #[column("type", type = "VARCHAR(40)")]
    pub name: String,
    /// Stored as text.
    #[column(type = "VARCHAR(10)")]
    pub material: Material,
    /// Refers to its own table.
    #[references("products(id)")]
    pub part_of: Option<ProductId<On>>,
}

/// A measurement: no key, so a field says where it is.
#[derive(Debug, Clone, PartialEq, Model)]
#[engines("default", "b")]
#[table("measurements")]
pub struct Measurement<E: Engine = engine::Default> {
    /// Where it is.
    pub engine: E,
    /// What was measured.
    pub celsius: f64,
}

/// A value of every type.
#[derive(Debug, Clone, PartialEq, Model)]
#[table("everything")]
pub struct Everything {
    /// Given by the program.
    #[key]
    #[column(type = "VARCHAR(20)")]
    pub r#type: EverythingId,
    /// Of 16 bits.
    pub small: i16,
    /// Of 32 bits.
    pub medium: i32,
    /// Of 64 bits.
    pub large: i64,
    /// Yes or no.
    pub truth: bool,
    /// Of 64 bits.
    pub float: f64,
    /// As they are.
    pub bytes: Vec<u8>,
    /// Exact.
    #[column(type = "DECIMAL(10, 2)")]
    pub price: BigDecimal,
    /// Of the calendar.
    pub date: NaiveDate,
    /// Of the day.
    pub time: NaiveTime,
    /// Of a clock on the wall.
    pub moment: NaiveDateTime,
    /// Of the world.
    pub instant: Option<DateTime<Utc>>,
    /// Of 128 bits.
    pub uuid: Uuid,
    /// As text or parsed.
    pub json: Option<JsonValue>,
    /// Told by the database.
    #[column(type = "VARCHAR(10)", default = "'usual'")]
    pub usual: String,
}

impl Validate for model::Profile {
    fn new_row<E: Engine>(new: &NewProfile) -> Result<(), Invalid> {
        match &new.text {
            Some(Some(text)) if text.is_empty() => Err(Invalid::of("text", "says nothing")),
            Some(_) | None => Ok(()),
        }
    }
}

/// Runs all assertions on tables that are there and empty.
pub fn run(db: &Databases) -> bindery::Result<()> {
    let mut b = db.b()?;
    let chair = b.insert_product("chair", None)?;
    let leg = b.insert_product("leg", Some(chair.id))?;
    assert_eq!((leg.part_of, chair.part_of), (Some(chair.id), None));
    let found = b
        .products()
        .find_by_name_and_material("leg", &Material::Wood)?;
    assert_eq!(found, Some(leg));

    let once: HashSet<_> = [NewCustomer::new("Ann"), NewCustomer::new("Ann")].into();
    let ann = once.into_iter().next().expect("they are equal");
    let ann = db.customers().insert(ann)?;
    let silent = db
        .profiles()
        .insert(NewProfile::new(ann.id).text(String::new()));
    let silent = silent.expect_err("a rule refuses it");
    assert!(matches!(silent.kind(), ErrorKind::Invalid(_)), "{silent}");
    db.profiles().insert(NewProfile::new(ann.id))?;
    assert_eq!(db.profiles().get(ann.id)?.text, None);
    let gift = chair.copy_to(&mut db.default()?)?;
    let order = db.orders().insert(NewOrder::new(ann.id).gift(gift.id))?;
    assert_eq!(order.gift, Some(gift.id));

    let line = db
        .order_lines()
        .insert(NewOrderLine::new(order_line::Required {
            order: order.id,
            line: 1,
            product: chair.id,
            amount: 3,
            price: 7,
        }))?;
    let key = OrderLineId {
        order: order.id,
        line: 1,
    };
    assert_eq!((db.order_lines().get(key)?, line.total), (line, 21));
    let nobody = NewOrder::new(CustomerId::new(-1));
    let error = db
        .orders()
        .insert(nobody)
        .expect_err("there is no such customer");
    assert!(
        matches!(error.kind(), ErrorKind::ForeignKeyViolation(_)),
        "{error}"
    );

    let orders = order::customer.reversed();
    let ordered = b.customers().filter(orders.any(order::id.eq(order.id)));
    assert_eq!(ordered.count()?, 1);
    let parts = product::part_of.reversed();
    let whole = b.products().filter(parts.exists()).all()?;
    assert_eq!(whole, [chair]);
    let sold = || order_line::product.reversed().exists();
    let mut any = db.on("b".parse()?)?;
    assert_eq!(any.products().filter(sold()).count()?, 1);
    let mut any = db.on("default".parse()?)?;
    let error = any.products().filter(sold()).count();
    let error = error.expect_err("lines of orders are not there");
    assert!(
        matches!(error.kind(), ErrorKind::NotHosted { .. }),
        "{error}"
    );

    b.measurements().insert(NewMeasurement::new(20.5))?;
    assert_eq!(
        b.measurements().all()?,
        [Measurement {
            engine: engine::B,
            celsius: 20.5
        }]
    );
    everything(db)
}

fn everything(db: &Databases) -> bindery::Result<()> {
    let instant = DateTime::<Utc>::from_timestamp(1_700_000_000, 250_000_000);
    let moment = instant
        .map(|instant| instant.naive_utc())
        .unwrap_or_default();
    let new = NewEverything::new(everything::Required {
        r#type: "all".into(),
        small: -1,
        medium: 2,
        large: i64::MIN,
        truth: true,
        float: 0.5,
        bytes: vec![0, 255],
        price: BigDecimal::from(3),
        date: moment.date(),
        time: moment.time(),
        moment,
        uuid: Uuid::from_u128(7),
    });
    let new = new.instant(instant).json(JsonValue::from("text"));
    let stored = db.everything().insert(new.clone())?;
    assert_eq!(stored.usual, "usual");
    assert_eq!(
        db.everything().get(EverythingId::new("all".into()))?,
        stored
    );
    assert_eq!(
        (stored.bytes, stored.price, stored.time),
        (new.bytes, new.price, new.time)
    );
    assert_eq!(
        (Some(stored.instant), stored.uuid, Some(stored.json)),
        (new.instant, new.uuid, new.json)
    );
    Ok(())
}

/// A trait of the program's own beside those of the models.
trait InsertProduct<E: Engine> {
    fn insert_product(
        &mut self,
        name: &str,
        part_of: Option<ProductId<E>>,
    ) -> bindery::Result<Product<E>>;
}

impl<E: bindery::Hosts<crate::model::Product>> InsertProduct<E> for bindery::Connection<E> {
    fn insert_product(
        &mut self,
        name: &str,
        part_of: Option<ProductId<E>>,
    ) -> bindery::Result<Product<E>> {
        self.products()
            .insert(NewProduct::new(name, Material::Wood).part_of(part_of))
    }
}

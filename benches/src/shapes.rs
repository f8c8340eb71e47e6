//! Records of three shapes, and the envelope that goes around them.

use backstitch::Push;
use serde::Serialize;

/// Two fields.
#[derive(Push, Serialize)]
#[push(table = "customers", key = "id", doc_test = false)]
pub struct Small {
    id: i64,
    name: String,
}

/// Twelve fields of mixed types.
#[derive(Push, Serialize)]
#[push(table = "orders", key = "id", doc_test = false)]
pub struct Medium {
    id: i64,
    customer_id: u64,
    order_status: &'static str,
    note: Option<String>,
    total_amount: f64,
    discount_rate: f64,
    is_paid: bool,
    currency_code: &'static str,
    country_name: &'static str,
    email_address: String,
    created_at: String,
    line_count: u16,
}

/// An address within a record.
#[derive(Clone, Push, Serialize)]
pub struct Address {
    street: String,
    city: String,
    zip: String,
    country: &'static str,
    latitude: f64,
    longitude: f64,
}

/// A line of an order.
#[derive(Clone, Push, Serialize)]
pub struct Line {
    sku: String,
    quantity: u32,
    price: f64,
    gift: bool,
}

macro_rules! wide {
    ($($name:ident: $type:ty,)*) => {
        /// Sixty fields, arrays and objects among them.
        #[derive(Clone, Push, Serialize)]
        #[push(table = "order_details", key = "id", doc_test = false)]
        pub struct Wide {
            $($name: $type,)*
        }
    };
}

wide! {
    id: i64, number: String, status: &'static str, channel: &'static str, currency: &'static str,
    customer_id: u64, customer_name: String, customer_email: String, customer_phone: Option<String>,
    customer_since: String, customer_orders: u32, customer_is_member: bool,
    billing: Address, shipping: Option<Address>,
    lines: Vec<Line>, tags: Vec<String>, weights: Vec<f64>, events: Vec<u64>,
    subtotal: f64, tax: f64, tax_rate: f64, shipping_cost: f64, discount: f64, total: f64, paid: f64, due: f64,
    is_paid: bool, is_gift: bool, is_express: bool, is_test: bool,
    created_at: String, updated_at: String, paid_at: Option<String>, shipped_at: Option<String>,
    closed_at: Option<String>, cancelled_at: Option<String>,
    warehouse: &'static str, carrier: &'static str, service: &'static str, tracking: String,
    parcels: u8, weight_grams: u32, volume: f32, score: f64, attempts: u16, revision: i32,
    source: &'static str, campaign: Option<String>, referrer: String, landing: String,
    browser: &'static str, platform: &'static str, language: &'static str, session: String,
    ip: String, coupon: Option<String>, note: String, comment: Option<String>, rating: Option<u8>, region: &'static str,
}

/// A record with `id`, 148 bytes in JSON.
#[must_use]
pub fn small(id: i64) -> Small {
    Small { id, name: format!("Finn {}", id % 90 + 10) }
}

/// A number of so many decimals at most, as it is read from its text.
fn decimal(number: i64, places: i32) -> f64 {
    f64::from(i32::try_from(number).unwrap_or_default()) / 10_f64.powi(places)
}

/// A record with `id`, 406 bytes in JSON.
#[must_use]
pub fn medium(id: i64) -> Medium {
    Medium {
        id,
        customer_id: id.unsigned_abs() * 7,
        order_status: "shipped",
        note: (id % 2 == 0).then(|| format!("leave it with the neighbour at number {id}")),
        total_amount: decimal(id % 10_000 * 25, 2),
        discount_rate: 0.05,
        is_paid: id % 3 == 0,
        currency_code: "EUR",
        country_name: "Germany",
        email_address: format!("buyer.{id}@example.com"),
        created_at: "2026-02-28T12:34:56.789Z".to_owned(),
        line_count: 12,
    }
}

fn address(id: i64) -> Address {
    Address {
        street: format!("{id} Long Acre Road"),
        city: "Frankfurt am Main".to_owned(),
        zip: format!("{:05}", id % 100_000),
        country: "Germany",
        latitude: decimal(50_110_924 + id % 1_000 * 1_001, 6),
        longitude: 8.682_127,
    }
}

/// A record with `id`, 1.9 KB in JSON.
#[must_use]
pub fn wide(id: i64) -> Wide {
    let line = |index: i64| Line {
        sku: format!("SKU-{:06}", id * 3 + index),
        quantity: 1 + (index as u32),
        price: decimal(id % 400 * 100 + 95, 2),
        gift: index == 1,
    };
    Wide {
        id,
        number: format!("2026-{id:08}"),
        status: "shipped",
        channel: "web",
        currency: "EUR",
        customer_id: id.unsigned_abs() * 7,
        customer_name: format!("Finn the customer {id}"),
        customer_email: format!("customer.number.{id}@example.com"),
        customer_phone: (id % 2 == 0).then(|| "+49 69 1234567".to_owned()),
        customer_since: "2019-04-01".to_owned(),
        customer_orders: 17,
        customer_is_member: id % 3 == 0,
        billing: address(id),
        shipping: (id % 4 == 0).then(|| address(id + 1)),
        lines: vec![line(0), line(1)],
        tags: ["spring", "newsletter", "returning"].map(str::to_owned).to_vec(),
        weights: vec![0.25, 1.5, 12.75],
        events: vec![1_765_880_017, 1_765_880_099, 1_765_881_240],
        subtotal: decimal(id % 10_000 * 25, 2),
        tax: decimal(id % 1_000 * 19, 2),
        tax_rate: 0.19,
        shipping_cost: 4.95,
        discount: 0.0,
        total: decimal(id % 10_000 * 31, 2),
        paid: decimal(id % 10_000 * 31, 2),
        due: 0.0,
        is_paid: true,
        is_gift: false,
        is_express: id % 5 == 0,
        is_test: false,
        created_at: "2026-02-28T12:34:56.789Z".to_owned(),
        updated_at: "2026-03-01T08:00:00.000Z".to_owned(),
        paid_at: (id % 2 == 0).then(|| "2026-02-28T12:36:01.120Z".to_owned()),
        shipped_at: None,
        closed_at: None,
        cancelled_at: None,
        warehouse: "FRA-2",
        carrier: "DHL",
        service: "standard",
        tracking: format!("JD0146{id:012}"),
        parcels: 1,
        weight_grams: 1_250,
        volume: 0.75,
        score: decimal(id % 97, 1),
        attempts: 1,
        revision: 3,
        source: "newsletter",
        campaign: Some("spring-2026".to_owned()),
        referrer:
            "https://www.example.com/offers/spring/garden-furniture?page=2&sort=price&campaign=spring-2026-newsletter"
                .to_owned(),
        landing: format!("/products/{}?utm_source=newsletter", id % 500),
        browser: "Firefox",
        platform: "Linux",
        language: "de-DE",
        session: format!("{:016x}{:016x}", id * 7_919, id * 104_729),
        ip: format!("203.0.113.{}", id % 256),
        coupon: None,
        note: "Please ring twice; the bell is \"quiet\", and the door on the left is the one in use.".to_owned(),
        comment: None,
        rating: (id % 3 == 0).then_some(5),
        region: "EU",
    }
}

/// The envelope of the Push endpoint, as one would write it by hand.
#[derive(Serialize)]
pub struct Envelope<'a, T> {
    client_id: i64,
    table_name: &'a str,
    sequence: i64,
    data: &'a T,
    key_names: &'a [&'a str],
    action: &'a str,
}

impl<'a, T: Push> Envelope<'a, T> {
    /// The envelope of `data`.
    pub fn new(data: &'a T, sequence: i64) -> Self {
        Envelope {
            client_id: 7723,
            table_name: T::TABLE_NAME,
            sequence,
            data,
            key_names: T::KEY_NAMES,
            action: "upsert",
        }
    }
}

//! Validation by the derive, against `garde` and `validator` with the same rules on the same record.
//!
//! The derive's checks are those of the rivals and what the API asks of any record: numbers are finite, keys are short
//! enough, data points are counted.

use backstitch::Push;
use backstitch_benches::{Measured, Variant, interleaved};
use garde::Validate as Garde;
use validator::Validate as Validator;

/// A record with 11 rules, each written three times.
#[derive(Push, Garde, Validator)]
#[push(table = "orders", key = "id")]
struct Order {
    #[push(minimum = 1)]
    #[garde(range(min = 1))]
    #[validate(range(min = 1))]
    id: i64,
    #[push(min_length = 1, max_length = 80)]
    #[garde(length(chars, min = 1, max = 80))]
    #[validate(length(min = 1, max = 80))]
    name: String,
    #[push(max_length = 200)]
    #[garde(length(chars, max = 200))]
    #[validate(length(max = 200))]
    note: Option<String>,
    #[push(minimum = 0, maximum = 1_000_000)]
    #[garde(range(min = 0.0, max = 1_000_000.0))]
    #[validate(range(min = 0.0, max = 1_000_000.0))]
    total: f64,
    #[garde(skip)]
    paid: bool,
    #[push(max_items = 10)]
    #[garde(length(max = 10))]
    #[validate(length(max = 10))]
    tags: Vec<String>,
    #[push(minimum = 0, maximum = 100)]
    #[garde(range(min = 0, max = 100))]
    #[validate(range(min = 0, max = 100))]
    discount: i32,
    #[push(minimum = 1, maximum = 10_000)]
    #[garde(range(min = 1, max = 10_000))]
    #[validate(range(min = 1, max = 10_000))]
    lines: u32,
    #[push(minimum = 1)]
    #[garde(range(min = 1))]
    #[validate(range(min = 1))]
    customer: Option<i64>,
    #[push(min_length = 3, max_length = 254)]
    #[garde(length(chars, min = 3, max = 254))]
    #[validate(length(min = 3, max = 254))]
    email: String,
    #[push(min_length = 2, max_length = 2)]
    #[garde(length(chars, min = 2, max = 2))]
    #[validate(length(min = 2, max = 2))]
    country: String,
    #[push(min_length = 20, max_length = 35)]
    #[garde(length(chars, min = 20, max = 35))]
    #[validate(length(min = 20, max = 35))]
    created: String,
}

/// How many records are validated in a run: few enough for the processor's cache, so that what is measured is the
/// validation and not the memory.
const RECORDS: usize = 500;

/// How many rounds are timed.
const ROUNDS: usize = 501;

fn valid(number: usize) -> Order {
    Order {
        id: 1 + i64::try_from(number).unwrap_or_default(),
        name: format!("Finn the customer {number}"),
        note: number.is_multiple_of(2).then(|| format!("leave it with the neighbour at number {number}")),
        total: 12.25,
        paid: number.is_multiple_of(3),
        tags: vec!["new".to_owned(), "gift".to_owned(), "express".to_owned()],
        discount: 5,
        lines: 12,
        customer: Some(17),
        email: format!("customer.{number}@example.com"),
        country: "DE".to_owned(),
        created: "2026-02-28T12:34:56.789Z".to_owned(),
    }
}

/// A record that breaks three rules: one of a string, one of an integer, one of a number.
fn broken(number: usize) -> Order {
    Order { name: String::new(), discount: 101, total: -0.5, ..valid(number) }
}

/// Counts what `validate` finds in all records, and lets it go as a caller would.
fn count<E>(records: &[Order], validate: impl Fn(&Order) -> Result<(), E>, violations: impl Fn(&E) -> usize) -> usize {
    records.iter().map(|record| validate(record).as_ref().err().map_or(0, &violations)).sum()
}

fn with_push(records: &[Order]) -> usize {
    count(records, Push::validate, |told| told.as_slice().len())
}

fn with_garde(records: &[Order]) -> usize {
    count(records, Garde::validate, |told| told.iter().count())
}

fn with_validator(records: &[Order]) -> usize {
    count(records, Validator::validate, |told| told.field_errors().values().map(|field| field.len()).sum())
}

/// Prints a row a variant: nanoseconds of a record, and how often longer it takes than ours.
fn print(title: &str, measured: &[Measured]) {
    println!("{title}");
    let Some(ours) = measured.first() else { return };
    for row in measured {
        println!(
            "  {:32} {:>9.1} ns a record {:>8.2} x ours",
            row.name,
            row.median.as_secs_f64() * 1e9 / RECORDS as f64,
            row.median.as_secs_f64() / ours.median.as_secs_f64(),
        );
    }
}

fn compare(title: &str, records: &[Order], violations: usize) {
    for validate in [with_push, with_garde, with_validator] {
        assert_eq!(validate(records), violations * records.len(), "all find the same violations");
    }
    let mut variants = [
        Variant::new("Push", || with_push(records)),
        Variant::new("garde", || with_garde(records)),
        Variant::new("validator", || with_validator(records)),
    ];
    print(title, &interleaved(&mut variants, ROUNDS));
}

fn main() {
    let (valid, broken): (Vec<_>, Vec<_>) = (0..RECORDS).map(|number| (valid(number), broken(number))).unzip();
    compare("validation of 12 fields with 11 rules: valid", &valid, 0);
    compare("validation of 12 fields with 11 rules: 3 violations", &broken, 3);
}

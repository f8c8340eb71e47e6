//! Random streams of records end as the same tables in both databases.

use std::fmt::Write as _;

use super::random::Random;
use super::{Fixture, Made};
use crate::cell::Cell;
use crate::request::decimal;

/// How many streams, unless `BACKSTITCH_STREAMS` says so; from which seed on, unless `BACKSTITCH_SEED` does.
const STREAMS: u64 = 12;

const REQUESTS: u64 = 12;
const TABLES: [&str; 3] = ["t", "orders", "T"];
const FIELDS: [&str; 8] = ["a", "b", "A", "c d", "e!", "__x", "v__w", "age__bi"];

impl Random {
    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).expect("small")]
    }

    fn scalar(&mut self) -> String {
        let scalars = [
            "null",
            "0",
            "-7",
            "9223372036854775807",
            "12345678901234567890123",
            "1.5",
            "-0.0",
            "1e300",
            "true",
            "false",
            r#""""#,
            r#""x""#,
            r#""2020-01-13T21:25:03+0200""#,
            r#""a\"b\\c\u00e4\ud83d\udd11""#,
        ];
        self.one(&scalars).to_owned()
    }

    fn value(&mut self, depth: u64) -> String {
        match self.below(if depth == 0 { 5 } else { 9 }) {
            0..=4 => self.scalar(),
            5 | 6 => {
                let items: Vec<String> = (0..self.below(4)).map(|_| self.value(depth - 1)).collect();
                format!("[{}]", items.join(","))
            }
            _ => self.object(depth - 1),
        }
    }

    fn object(&mut self, depth: u64) -> String {
        let mut object = String::from("{");
        for field in FIELDS {
            // A record with a name that is refused is not loaded at all.
            let chance = if field == "age__bi" { 60 } else { 4 };
            if self.below(chance) == 0 {
                let comma = if object.len() > 1 { "," } else { "" };
                write!(object, "{comma}\"{field}\":{}", self.value(depth)).expect("written");
            }
        }
        object.push('}');
        object
    }

    fn record(&mut self) -> Made {
        let table = self.one(&TABLES);
        if self.below(12) == 0 {
            let version = i64::try_from(self.below(4)).expect("small");
            return Made { table, ..Made::activate(version) };
        }
        let mut data = self.object(3);
        let keys: &'static [&'static str] = match (table, self.below(30)) {
            (_, 0) => &["id", "k"],
            ("orders", _) => &[],
            _ => &["id"],
        };
        let id = match self.below(20) {
            0 => r#""seven""#.to_owned(),
            _ => self.below(6).to_string(),
        };
        data.truncate(data.len() - 1);
        let comma = if data.len() > 1 { "," } else { "" };
        data.push_str(&format!(r#"{comma}"id":{id},"k":"k{}"}}"#, self.below(2)));
        let sequence = i64::try_from(self.below(50)).expect("small");
        let version = i64::try_from(self.below(8)).ok().filter(|version| *version < 3);
        let extracted_at = (self.below(6) == 0).then_some("2020-01-13T21:25:03.5Z");
        Made { table, keys, version, extracted_at, ..Made::new(sequence, data) }
    }
}

/// All that a database shows, but for what is made anew each time: times of loading, and generated keys.
fn shown(it: &mut Fixture) -> Vec<String> {
    let mut lines = Vec::new();
    for table in it.0.tables() {
        lines.push(format!("{table}: {}", it.columns(&table).join(", ")));
        let view = it.view(&table).expect("a table");
        let is_same = |name: &str| {
            !matches!(name, "_sdc_received_at" | "_sdc_batched_at" | "_sdc_rejected_at")
                && !name.ends_with("__sdc_primary_key")
        };
        let mut rows: Vec<String> = Vec::new();
        for row in &view.rows {
            let cells = view.columns.iter().zip(row).filter(|(name, _)| is_same(name)).map(|(name, cell)| match cell {
                Cell::Decimal(digits) => format!("{name}={}", decimal::canonical(digits)),
                cell => format!("{name}={cell:?}"),
            });
            rows.push(cells.collect::<Vec<_>>().join(" "));
        }
        // Rows with generated keys have an order of their own.
        rows.sort_unstable();
        lines.extend(rows);
    }
    lines
}

fn number(name: &str, otherwise: u64) -> u64 {
    let value = std::env::var(name).ok();
    value.map_or(otherwise, |value| value.parse().unwrap_or_else(|_| panic!("{name} is {value}: write a number")))
}

#[test]
fn both_databases_end_the_same_whatever_comes() {
    let Some(mut postgres) = Fixture::postgres() else { return };
    let mut sqlite = Fixture::sqlite();
    let first = number("BACKSTITCH_SEED", 1);
    for seed in first..first + number("BACKSTITCH_STREAMS", STREAMS) {
        let mut random = Random::new(seed);
        sqlite.0.reset();
        postgres.0.reset();
        for request in 0..REQUESTS {
            let records: Vec<Made> = (0..=random.below(12)).map(|_| random.record()).collect();
            let loaded = (sqlite.load(&records), postgres.load(&records));
            assert_eq!(loaded.0, loaded.1, "seed {seed}, request {request}");
            if random.below(4) == 0 {
                sqlite.forget();
                postgres.forget();
            }
            let (left, right) = (shown(&mut sqlite), shown(&mut postgres));
            let sent: Vec<String> = records.iter().map(Made::shown).collect();
            assert!(
                left == right,
                "seed {seed}, request {request}:\n{}\n\nSQLite:\n{}\n\nPostgreSQL:\n{}",
                sent.join("\n"),
                left.join("\n"),
                right.join("\n")
            );
        }
    }
}

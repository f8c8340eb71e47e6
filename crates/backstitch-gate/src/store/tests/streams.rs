//! Random streams of records against what the rules say in the plainest form.

use std::collections::BTreeMap;

use super::random::Random;
use super::{Fixture, Made};
use crate::cell::Cell;

const STREAMS: u64 = 60;
const REQUESTS: usize = 12;
const IDS: u64 = 6;
const VERSIONS: u64 = 4;
const VALUES: [(&str, &str); 6] =
    [("null", "-"), ("1", "1"), ("\"x\"", "x"), ("1.5", "1.5"), ("true", "true"), ("{\"w\":7}", "-")];

/// What is known of one row: its sequence, its value, its tags.
type Row = (i64, String, Vec<String>);

#[derive(Default)]
struct Model {
    active: Option<i64>,
    versions: BTreeMap<i64, BTreeMap<u64, Row>>,
}

impl Model {
    fn load(&mut self, version: Option<i64>, id: u64, row: Row) {
        let active = *self.active.get_or_insert(version.unwrap_or(0));
        let version = version.unwrap_or(active);
        if version < active {
            return;
        }
        let rows = self.versions.entry(version).or_default();
        if rows.get(&id).is_none_or(|known| known.0 < row.0) {
            rows.insert(id, row);
        }
    }

    fn activate(&mut self, version: i64) {
        if self.active.is_none_or(|active| version > active) {
            self.active = Some(version);
            self.versions = self.versions.split_off(&version);
        }
    }

    fn shown(&self) -> BTreeMap<u64, Row> {
        self.active.and_then(|active| self.versions.get(&active)).cloned().unwrap_or_default()
    }
}

/// The rows as the tables show them.
fn shown(it: &mut Fixture) -> BTreeMap<u64, Row> {
    let mut rows = BTreeMap::new();
    let Some(view) = it.view("t") else { return rows };
    let text = |cell: Option<&Cell>| cell.map(ToString::to_string).unwrap_or_default();
    for row in 0..view.rows.len() {
        let values = view.columns.iter().filter(|name| *name == "v" || name.starts_with("v__") && *name != "v__w");
        let mut values = values.filter_map(|name| view.cell(row, name)).filter(|cell| **cell != Cell::Null);
        let value = values.next().map_or("-".to_owned(), ToString::to_string);
        assert_eq!(values.next(), None, "one value has one column");
        let id = text(view.cell(row, "id")).parse().expect("an integer");
        let sequence = text(view.cell(row, "_sdc_sequence")).parse().expect("an integer");
        rows.insert(id, (sequence, value, Vec::new()));
    }
    let Some(view) = it.view("t__tags") else { return rows };
    for row in 0..view.rows.len() {
        let id = text(view.cell(row, "_sdc_source_key_id")).parse().expect("an integer");
        let tags = &mut rows.get_mut(&id).expect("a parent").2;
        assert_eq!(text(view.cell(row, "_sdc_level_0_id")), tags.len().to_string());
        tags.push(text(view.cell(row, "_sdc_value")));
    }
    rows
}

super::on_each_store! {
    tables_are_what_the_rules_say_whatever_comes,
}

fn tables_are_what_the_rules_say_whatever_comes(mut it: Fixture) {
    for stream in 1..=STREAMS {
        let mut random = Random::new(stream);
        it.0.reset();
        let mut model = Model::default();
        // Each sequence once, out of order.
        let mut sequences: Vec<i64> = (1..1_000).collect();
        for _ in 0..REQUESTS {
            let mut records = Vec::new();
            for _ in 0..=random.below(8) {
                if random.below(10) == 0 {
                    let version = i64::try_from(random.below(VERSIONS)).expect("small");
                    model.activate(version);
                    records.push(Made::activate(version));
                    continue;
                }
                let at = usize::try_from(random.below(sequences.len() as u64)).expect("small");
                let sequence = sequences.swap_remove(at);
                let id = random.below(IDS);
                let (value, kept) = VALUES[usize::try_from(random.below(6)).expect("small")];
                let tags: Vec<String> = (0..random.below(4)).map(|tag| format!("{sequence}.{tag}")).collect();
                let quoted: Vec<String> = tags.iter().map(|tag| format!("\"{tag}\"")).collect();
                let data = format!(r#"{{"id":{id},"v":{value},"tags":[{}]}}"#, quoted.join(","));
                let version = i64::try_from(random.below(VERSIONS + 1)).ok().filter(|version| *version < 4);
                model.load(version, id, (sequence, kept.to_owned(), tags));
                records.push(Made { version, ..Made::new(sequence, data) });
            }
            it.load(&records);
            if random.below(4) == 0 {
                it.forget();
            }
            assert_eq!(shown(&mut it), model.shown(), "stream {stream}");
        }
        assert!(it.reasons().is_empty(), "stream {stream}: {:?}", it.reasons());
    }
}

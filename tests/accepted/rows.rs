//! What the tables hold.

use std::collections::BTreeMap;

use backstitch_gate::{Cell, Gate, TableView};

use crate::record::{Account, Home, Line};

/// The accounts by their keys, each with its sequence.
pub(crate) async fn accounts(gate: &Gate) -> BTreeMap<i64, (Account, i64)> {
    let mut lines = lines(gate).await;
    let view = gate.table("accounts", usize::MAX).await.unwrap();
    let account = |row| {
        let (region, id) = (text(&view, row, "region"), integer(&view, row, "id"));
        let account = Account {
            nonce: integer(&view, row, "nonce"),
            note: text(&view, row, "note"),
            home: Home { street: optional_text(&view, row, "home__street") },
            lines: lines.remove(&(region.clone(), id)).unwrap_or_default(),
            region,
            id,
        };
        (account.key(), (account, integer(&view, row, "_sdc_sequence")))
    };
    let accounts: BTreeMap<_, _> = (0..view.rows.len()).map(account).collect();
    assert_eq!(accounts.len() as u64, view.count, "a key occurs twice");
    assert!(lines.is_empty(), "lines of no account: {lines:?}");
    let rejected = gate.table("_sdc_rejected", 1).await.unwrap();
    assert_eq!(rejected.count, 0, "{rejected:?}");
    accounts
}

/// The lines of each account, in the order of their places, which leave none out.
async fn lines(gate: &Gate) -> BTreeMap<(String, i64), Vec<Line>> {
    let mut tags: BTreeMap<(String, i64, i64), Vec<String>> = BTreeMap::new();
    if let Some(view) = existing(gate, "accounts__lines__tags").await {
        for row in 0..view.rows.len() {
            let (region, id) = source(&view, row);
            let tags = tags.entry((region, id, integer(&view, row, "_sdc_level_0_id"))).or_default();
            assert_eq!(integer(&view, row, "_sdc_level_1_id"), tags.len() as i64);
            tags.push(text(&view, row, "_sdc_value"));
        }
    }
    let mut lines: BTreeMap<(String, i64), Vec<Line>> = BTreeMap::new();
    if let Some(view) = existing(gate, "accounts__lines").await {
        for row in 0..view.rows.len() {
            let (region, id) = source(&view, row);
            let place = integer(&view, row, "_sdc_level_0_id");
            let tags = tags.remove(&(region.clone(), id, place)).unwrap_or_default();
            let lines = lines.entry((region, id)).or_default();
            assert_eq!(place, lines.len() as i64);
            lines.push(Line { amount: integer(&view, row, "amount"), tags });
        }
    }
    assert!(tags.is_empty(), "tags of no line: {tags:?}");
    lines
}

/// How often each number is among the visits.
pub(crate) async fn visits(gate: &Gate) -> BTreeMap<i64, u64> {
    let mut visits = BTreeMap::new();
    if let Some(view) = existing(gate, "visits").await {
        for row in 0..view.rows.len() {
            *visits.entry(integer(&view, row, "number")).or_default() += 1;
        }
    }
    visits
}

/// A table, if anything was ever sent for it.
async fn existing(gate: &Gate, name: &str) -> Option<TableView> {
    let tables = gate.tables().await.unwrap();
    if !tables.iter().any(|table| table.name == name) {
        return None;
    }
    Some(gate.table(name, usize::MAX).await.unwrap())
}

/// The key of the account that a row is of.
fn source(view: &TableView, row: usize) -> (String, i64) {
    (text(view, row, "_sdc_source_key_region"), integer(view, row, "_sdc_source_key_id"))
}

fn integer(view: &TableView, row: usize, column: &str) -> i64 {
    match view.cell(row, column) {
        Some(Cell::Integer(number)) => *number,
        other => panic!("{}: row {row} has {other:?} as its {column}", view.name),
    }
}

fn text(view: &TableView, row: usize, column: &str) -> String {
    optional_text(view, row, column).unwrap_or_else(|| panic!("{}: row {row} has no {column}", view.name))
}

fn optional_text(view: &TableView, row: usize, column: &str) -> Option<String> {
    match view.cell(row, column) {
        Some(Cell::Text(text)) => Some(text.clone()),
        Some(Cell::Null) | None => None,
        other => panic!("{}: row {row} has {other:?} as its {column}", view.name),
    }
}

//! The rows that are written: which of them, in which order, and which value to which column.

use std::cmp::Ordering;

use super::kind::Kind;
use super::table::Table;
use crate::batch::{ColumnName, Group, Value};

/// What the rows of a request have in common.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) received_at: String,
    pub(crate) batched_at: String,
}

/// Rows of one part of a group, in the order in which they are written.
pub(crate) struct Rows<'a> {
    pub(crate) group: &'a Group,
    pub(crate) stamp: &'a Stamp,
    /// The version that the rows are of.
    pub(crate) version: i64,
    part: usize,
    rows: Vec<usize>,
    /// For each column of the part and each type the table's column.
    places: Vec<[Option<usize>; Kind::ALL.len()]>,
    width: usize,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(
        group: &'a Group,
        part: usize,
        table: &Table,
        rows: Vec<usize>,
        stamp: &'a Stamp,
        version: i64,
    ) -> Self {
        let columns = group.parts[part].columns.iter();
        // A field of the same name in other letters is another's.
        let field = |column: &ColumnName| table.field(&column.folded).filter(|field| field.name == column.name);
        let places = columns.map(|column| Kind::ALL.map(|kind| field(column)?.column(kind))).collect();
        Rows { group, stamp, version, part, rows, places, width: table.columns.len() }
    }

    /// The same, but only those of the rows.
    pub(crate) fn only(&self, wanted: &[bool]) -> Self {
        let rows = self.rows.iter().zip(wanted).filter(|(_, wanted)| **wanted).map(|(row, _)| *row).collect();
        Rows { rows, places: self.places.clone(), ..*self }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The index of the record of each row.
    pub(crate) fn records(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().map(|&row| self.group.parts[self.part].rows[row].record)
    }

    /// The sequence of a row.
    pub(crate) fn sequence(&self, at: usize) -> i64 {
        let record = self.group.parts[self.part].rows[self.rows[at]].record;
        self.group.records[record as usize].sequence
    }

    /// The values of a row, one for each of the table's columns of data.
    pub(crate) fn values(&self, at: usize, values: &mut Vec<Option<Value>>) {
        values.clear();
        values.resize(self.width, None);
        for (column, value) in self.group.values(self.part, self.rows[at]) {
            let place = self.places[column][value.kind() as usize];
            if let Some(slot) = place.and_then(|place| values.get_mut(place)) {
                *slot = Some(value);
            }
        }
    }
}

/// Of rows with the same key the one with the greatest sequence, of equal sequences the last; in the order of
/// their keys, in which a database writes them fastest. And how many lost to one with the same sequence.
pub(crate) fn winners(group: &Group, mut rows: Vec<usize>) -> (Vec<usize>, u64) {
    let mut ties = 0;
    let record = |row: usize| group.parts[0].rows[row].record;
    let keys = |row: usize| group.keys_of(record(row));
    let sequence = |row: usize| group.records[record(row) as usize].sequence;
    rows.sort_unstable_by(|&a, &b| {
        // The winner of a key stands before the others.
        compare(group, keys(a), keys(b)).then_with(|| sequence(b).cmp(&sequence(a))).then_with(|| b.cmp(&a))
    });
    rows.dedup_by(|later, winner| {
        let is_double = compare(group, keys(*later), keys(*winner)) == Ordering::Equal;
        ties += u64::from(is_double && sequence(*later) == sequence(*winner));
        is_double
    });
    (rows, ties)
}

fn compare(group: &Group, a: &[Option<Value>], b: &[Option<Value>]) -> Ordering {
    let mut orders = a.iter().zip(b).map(|(a, b)| compare_values(group, *a, *b));
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// The order of two keys, as the primary key finds it. Those of one column are all of one type.
fn compare_values(group: &Group, a: Option<Value>, b: Option<Value>) -> Ordering {
    match (a, b) {
        (Some(Value::Integer(a)), Some(Value::Integer(b))) => a.cmp(&b),
        (Some(Value::Boolean(a)), Some(Value::Boolean(b))) => a.cmp(&b),
        (Some(Value::Double(a)), Some(Value::Double(b))) => a.total_cmp(&b),
        (Some(a), Some(b)) => {
            let text = |value| match value {
                Value::Decimal(span) | Value::Timestamp(span) | Value::Text(span) => Some(group.text(span)),
                _ => None,
            };
            a.kind().cmp(&b.kind()).then_with(|| text(a).cmp(&text(b)))
        }
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

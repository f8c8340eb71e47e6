//! What the records of a group need of their tables, and which of them can be loaded.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::ops::Range;

use super::database::{Database, Rejection, Written};
use super::family::{Family, Tables};
use super::kind::Kind;
use super::rows::{Rows, Stamp, winners};
use super::table::{Location, Table};
use crate::batch::{Group, Part, Value};
use crate::names::{self, DESTINATION};

/// The tables of a group, with room for all records that can be loaded.
pub(crate) struct Plan<'a, D> {
    group: &'a Group,
    /// The records that are looked at.
    range: Range<usize>,
    waiting: Option<i64>,
    /// One for each part.
    tables: Vec<Planned>,
    /// Whether each record can be loaded.
    loadable: Vec<bool>,
    rejections: Vec<Rejection<'a>>,
    /// Records with a column that the database can't have, of which the rest is loaded: each once, with the reason.
    cut: Vec<(usize, String)>,
    /// Whether some text has the character NUL, and the database can't hold it.
    has_nul: bool,
    database: PhantomData<fn(&mut D)>,
}

struct Planned {
    /// None where the name is somebody else's.
    table: Option<Table>,
    /// Why nothing is loaded into it.
    refused: Option<String>,
    /// For each column of the part, for which types it has room.
    known: Vec<[bool; Kind::ALL.len()]>,
    /// For each column of the part why there can be none of its name; empty where all can be.
    impossible: Vec<Option<String>>,
}

/// What became of a group.
pub(crate) enum Outcome<'a> {
    /// None of it is loaded.
    Refused(String),
    /// All is loaded but for these records; and whether the family is as the database is.
    Written { rejections: Vec<Rejection<'a>>, is_current: bool, ties: u64 },
}

/// A column of a part that has to take values of a type.
type Need = (usize, usize, Kind);

impl<'a, D: Database> Plan<'a, D> {
    pub(crate) fn new(
        group: &'a Group,
        range: Range<usize>,
        family: &mut Family,
        waiting: Option<i64>,
        database: &mut D,
    ) -> Result<Self, D::Error> {
        let parts = 0..group.parts.len();
        let tables =
            parts.map(|part| planned(group, part, family, waiting, database)).collect::<Result<Vec<_>, _>>()?;
        let mut plan = Plan {
            group,
            range,
            waiting,
            tables,
            loadable: vec![false; group.records.len()],
            rejections: Vec::new(),
            cut: Vec::new(),
            has_nul: !D::HOLDS_NUL && group.text.contains('\0'),
            database: PhantomData,
        };
        plan.extend();
        Ok(plan)
    }

    fn reject(&mut self, record: usize, reason: String) {
        self.rejections.push(Rejection { reason, record: &self.group.records[record].record });
    }

    /// Makes room in the tables for every record that can be loaded.
    fn extend(&mut self) {
        let group = self.group;
        let mut next = vec![0; group.parts.len()];
        let mut needs: Vec<Need> = Vec::new();
        for (record, entry) in group.records.iter().enumerate() {
            let is_wanted = self.range.contains(&record);
            if let Some(reason) = entry.rejected.as_ref().filter(|_| is_wanted) {
                self.reject(record, reason.clone());
            }
            if !is_wanted || entry.rejected.is_some() {
                // A rejected record has no rows.
                for (part, next) in next.iter_mut().enumerate() {
                    *next +=
                        group.parts[part].rows[*next..].iter().take_while(|row| row.record as usize == record).count();
                }
                continue;
            }
            needs.clear();
            let mut unfit = None;
            for (part, next) in next.iter_mut().enumerate() {
                let rows = &group.parts[part].rows;
                while rows.get(*next).is_some_and(|row| row.record as usize == record) {
                    unfit = unfit.or(self.need(part, *next, record, &mut needs));
                    *next += 1;
                }
            }
            if let Some(reason) = unfit.or_else(|| self.conflict(&needs)) {
                for &(part, column, kind) in &needs {
                    self.tables[part].known[column][kind as usize] = false;
                }
                self.reject(record, reason);
                continue;
            }
            for &(part, column, kind) in &needs {
                if let Some(table) = &mut self.tables[part].table {
                    table.extend(&group.parts[part].columns[column].name, kind);
                }
            }
            self.loadable[record] = true;
        }
        for (planned, part) in self.tables.iter_mut().zip(&group.parts) {
            let width = planned.table.as_ref().map_or(0, Table::width);
            if part.overflow || width > names::COLUMNS {
                planned.refused.get_or_insert_with(|| "ERROR: too many columns".to_owned());
            }
        }
    }

    /// Adds what a row needs beyond what is known already; or says why the database can't hold its values.
    fn need(&mut self, part: usize, row: usize, record: usize, needs: &mut Vec<Need>) -> Option<String> {
        let planned = &mut self.tables[part];
        if planned.refused.is_some() {
            return None;
        }
        let mut unfit = None;
        for (column, value) in self.group.values(part, row) {
            if let Some(Some(reason)) = planned.impossible.get(column) {
                if self.cut.last().is_none_or(|(last, _)| *last != record) {
                    self.cut.push((record, reason.clone()));
                }
                continue;
            }
            if self.has_nul
                && unfit.is_none()
                && let Value::Text(span) = value
                && self.group.text(span).contains('\0')
            {
                let column = &self.group.parts[part].columns[column].name;
                unfit = Some(format!("{DESTINATION} cannot hold the character NUL on {column}"));
            }
            let kind = value.kind();
            if !std::mem::replace(&mut planned.known[column][kind as usize], true) {
                needs.push((part, column, kind));
            }
        }
        unfit
    }

    /// Why a record with these needs cannot be loaded, if it cannot.
    fn conflict(&self, needs: &[Need]) -> Option<String> {
        let mut names: HashMap<(usize, &str), &str> = HashMap::new();
        for &(part, column, kind) in needs {
            let column = &self.group.parts[part].columns[column];
            let known = self.tables[part].table.as_ref().and_then(|table| table.field(&column.folded));
            let known_name = match known {
                Some(field) => &field.name,
                // Rows of one subtable can differ in a name's case within one record.
                None => *names.entry((part, &column.folded)).or_insert(&column.name),
            };
            if known_name != column.name {
                return Some(format!("Field collision on {}", column.name));
            }
            if let Some(field) = known
                && field.key
                && field.column(kind).is_none()
            {
                let stored = field.kind().map_or("", Kind::name);
                return Some(format!("the key {} is a {stored}, not a {}", column.name, kind.name()));
            }
        }
        None
    }

    /// Writes the rows.
    pub(crate) fn write(
        mut self,
        database: &mut D,
        family: &mut Family,
        stamp: &Stamp,
        version: i64,
    ) -> Result<Outcome<'a>, D::Error> {
        let group = self.group;
        if let Some(reason) = self.tables.first_mut().and_then(|planned| planned.refused.take()) {
            return Ok(Outcome::Refused(reason));
        }
        let root = group.parts[0].table.as_str();
        let rows = self.rows(0, |_| true);
        let mut ties = 0;
        if !rows.is_empty() && !self.is_void() {
            for (part, planned) in self.tables.iter().enumerate() {
                if let (Some(table), None) = (&planned.table, &planned.refused)
                    && group.parts[part].rows.iter().any(|row| self.loadable[row.record as usize])
                {
                    database.shape(root, table)?;
                }
            }
            ties = self.write_rows(database, family, rows, stamp, version)?;
            if self.waiting.is_none() && family.active.is_none() && version != 0 {
                database.set_active(root, version)?;
                family.active = Some(version);
            }
        }
        self.report();
        let is_current = self.tables.iter().all(|planned| planned.refused.is_none());
        let is_void = self.is_void();
        for planned in self.tables {
            if let Some(mut table) = planned.table
                && (!table.new || !is_void && planned.known.iter().flatten().any(|known| *known))
            {
                table.settle();
                family.put(table);
            }
        }
        Ok(Outcome::Written { rejections: self.rejections, is_current, ties })
    }

    /// Whether there would be a new table without a value that anyone sent.
    fn is_void(&self) -> bool {
        let group = self.group;
        let own = |part: &Part| part.keys + usize::from(part.extracted_at.is_some());
        group.append
            && self.tables.first().and_then(|planned| planned.table.as_ref()).is_some_and(|table| table.new)
            && (0..group.parts.len()).all(|part| {
                let known = self.tables[part].known.iter().filter(|known| known.iter().any(|known| *known)).count();
                if part == 0 { known <= own(&group.parts[0]) } else { known == 0 }
            })
    }

    /// The rows of a part whose records can be loaded, and are wanted.
    fn rows(&self, part: usize, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        let rows = self.group.parts[part].rows.iter().enumerate();
        let is_wanted = |record: usize| self.loadable[record] && wanted(record);
        rows.filter(|(_, row)| is_wanted(row.record as usize)).map(|(index, _)| index).collect()
    }

    /// Writes the rows; how many were not since theirs is a sequence that was there.
    fn write_rows(
        &self,
        database: &mut D,
        family: &Family,
        rows: Vec<usize>,
        stamp: &Stamp,
        version: i64,
    ) -> Result<u64, D::Error> {
        let group = self.group;
        let Some(table) = &self.tables[0].table else { return Ok(0) };
        let (rows, mut ties) = if group.append { (rows, 0) } else { winners(group, rows) };
        let rows = Rows::new(group, 0, table, rows, stamp, version);
        let rows = if group.append {
            database.append(table, &rows)?;
            rows
        } else {
            let written: Written = database.upsert(table, &rows)?;
            ties += written.ties;
            let rows = rows.only(&written.rows);
            self.delete_children(database, family, &rows)?;
            rows
        };
        if group.parts.len() == 1 {
            return Ok(ties);
        }
        // Children are written in the order of their parents.
        let mut rank: Vec<Option<usize>> = vec![None; group.records.len()];
        for (at, record) in rows.records().enumerate() {
            rank[record as usize] = Some(at);
        }
        for (part, planned) in self.tables.iter().enumerate().skip(1) {
            let (Some(table), None) = (&planned.table, &planned.refused) else { continue };
            let mut rows = self.rows(part, |record| rank[record].is_some());
            if rows.is_empty() {
                continue;
            }
            rows.sort_by_key(|&row| rank[group.parts[part].rows[row].record as usize]);
            database.append(table, &Rows::new(group, part, table, rows, stamp, version))?;
        }
        Ok(ties)
    }

    /// Deletes what the subtables hold of rows that were replaced.
    fn delete_children(&self, database: &mut D, family: &Family, parents: &Rows<'_>) -> Result<(), D::Error> {
        let root = &self.group.parts[0].table;
        let here = self.tables.iter().skip(1).filter_map(|planned| planned.table.as_ref()).filter(|table| !table.new);
        let others = family.tables(self.waiting).into_iter().flat_map(|tables| tables.values());
        for table in here.chain(others.filter(|table| table.location.table != *root)) {
            database.delete_children(table, parents)?;
        }
        Ok(())
    }

    /// Says of loaded records what is missing of them.
    fn report(&mut self) {
        let group = self.group;
        for (record, entry) in group.records.iter().enumerate().filter(|(record, _)| self.loadable[*record]) {
            if let Some(reason) = &entry.left_out {
                let record = &group.records[record].record;
                self.rejections.push(Rejection { reason: reason.clone(), record });
            }
        }
        for (record, reason) in std::mem::take(&mut self.cut) {
            if self.loadable[record] {
                self.reject(record, reason);
            }
        }
        for (planned, part) in self.tables.iter().zip(&group.parts) {
            let Some(reason) = &planned.refused else { continue };
            let mut last = None;
            for row in part.rows.iter().filter(|row| self.loadable[row.record as usize]) {
                if last.replace(row.record) != Some(row.record) {
                    let record = &group.records[row.record as usize].record;
                    self.rejections.push(Rejection { reason: reason.clone(), record });
                }
            }
        }
    }
}

fn planned<D: Database>(
    group: &Group,
    part: usize,
    family: &mut Family,
    waiting: Option<i64>,
    database: &mut D,
) -> Result<Planned, D::Error> {
    let part_index = part;
    let part = &group.parts[part];
    let keys: Vec<&str> = part.columns[..part.keys].iter().map(|key| key.name.as_str()).collect();
    let location = Location { table: part.table.clone(), waiting };
    let shown = Location { table: part.table.clone(), waiting: None };
    let subtables = family.tables(waiting).map_or(0, Tables::len);
    let (table, refused) = if let Some(table) = family.take(&location) {
        (Some(table), None)
    } else if let Some(shown) = family.table(&shown) {
        (Some(shown.like(location)), None)
    } else if part_index > 0 && database.is_taken(&shown)? || waiting.is_some() && database.is_taken(&location)? {
        (None, Some(format!("Table collision on {}", part.table)))
    } else if subtables > names::COLUMNS {
        (None, Some("ERROR: too many subtables".to_owned()))
    } else {
        (Some(Table::new(location, keys.iter().map(|key| (*key).to_owned()).collect())), None)
    };
    // Nested in another way, a field of the same name has other keys.
    let mismatch = table.as_ref().is_some_and(|table| !table.has_keys(&keys));
    let refused = refused
        .or_else(|| mismatch.then(|| "Primary Keys for table do not match Primary Keys of incoming data".to_owned()))
        .or_else(|| D::table_refusal(&part.table))
        .or_else(|| keys.iter().find_map(|key| D::column_refusal(key)));
    let mut impossible: Vec<_> = part.columns.iter().map(|column| D::column_refusal(&column.name)).collect();
    if impossible.iter().all(Option::is_none) {
        impossible.clear();
    }
    Ok(Planned { table, refused, known: vec![[false; Kind::ALL.len()]; part.columns.len()], impossible })
}

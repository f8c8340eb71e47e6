//! A table with its subtables, in all of its versions.

use std::collections::BTreeMap;

use super::table::{Location, Table};

/// Tables by name.
pub(crate) type Tables = BTreeMap<String, Table>;

/// What the loader knows of a table, its subtables and its versions.
#[derive(Debug, Default, Clone)]
pub(crate) struct Family {
    /// The active version, where something was ever said of versions.
    pub(crate) active: Option<i64>,
    /// The tables that hold its rows.
    pub(crate) shown: Tables,
    /// The tables in which the rows of newer versions wait.
    pub(crate) waiting: BTreeMap<i64, Tables>,
}

/// Where the rows of a group go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// To the active version, which is this one.
    Shown(i64),
    /// To a newer version.
    Waiting(i64),
    /// Nowhere: they are of an older version.
    Ignored,
}

impl Family {
    /// The version of the rows that are shown; none where there is nothing to show and nothing was said.
    fn version(&self) -> Option<i64> {
        self.active.or_else(|| (!self.shown.is_empty()).then_some(0))
    }

    /// Where rows of a version go. The first rows of a table are shown, whatever their version.
    pub(crate) fn side(&self, version: Option<i64>) -> Side {
        match (self.version(), version) {
            (None, version) => Side::Shown(version.unwrap_or(0)),
            (Some(active), None) => Side::Shown(active),
            (Some(active), Some(version)) if version == active => Side::Shown(active),
            (Some(active), Some(version)) if version > active => Side::Waiting(version),
            _ => Side::Ignored,
        }
    }

    /// Whether activating a version changes anything.
    pub(crate) fn is_newer(&self, version: i64) -> bool {
        self.version().is_none_or(|active| version > active)
    }

    /// The tables on a side, as far as there are any.
    pub(crate) fn tables(&self, waiting: Option<i64>) -> Option<&Tables> {
        match waiting {
            None => Some(&self.shown),
            Some(version) => self.waiting.get(&version),
        }
    }

    /// A table on a side.
    pub(crate) fn table(&self, location: &Location) -> Option<&Table> {
        self.tables(location.waiting)?.get(&location.table)
    }

    /// Takes a table out, to be changed and put back.
    pub(crate) fn take(&mut self, location: &Location) -> Option<Table> {
        match location.waiting {
            None => self.shown.remove(&location.table),
            Some(version) => self.waiting.get_mut(&version)?.remove(&location.table),
        }
    }

    /// Keeps what is known of a table.
    pub(crate) fn put(&mut self, table: Table) {
        let tables = match table.location.waiting {
            None => &mut self.shown,
            Some(version) => self.waiting.entry(version).or_default(),
        };
        tables.insert(table.location.table.clone(), table);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_by_their_version() {
        let new = Family::default();
        assert_eq!(new.side(None), Side::Shown(0));
        assert_eq!(new.side(Some(7)), Side::Shown(7));
        let known = Family { active: Some(7), ..Family::default() };
        assert_eq!(known.side(None), Side::Shown(7));
        assert_eq!(known.side(Some(7)), Side::Shown(7));
        assert_eq!(known.side(Some(8)), Side::Waiting(8));
        assert_eq!(known.side(Some(6)), Side::Ignored);
        let mut unversioned = Family::default();
        unversioned.put(Table::new(Location { table: "t".to_owned(), waiting: None }, Vec::new()));
        assert_eq!(unversioned.side(Some(0)), Side::Shown(0));
        assert_eq!(unversioned.side(Some(1)), Side::Waiting(1));
    }
}

//! What PostgreSQL, as a destination, allows as names of tables and columns. The SQLite store keeps to
//! the same rules.

use backstitch_api::Destination;
pub(crate) use backstitch_api::destination::SEPARATOR;
use backstitch_api::destination::{Nested, Profile, Split};

/// The destination whose rules the gate follows, as its definition describes it.
pub(crate) const PROFILE: &Profile = Destination::Postgres.profile();

// The store renames the first column of a split, and flattens objects. A definition that says another
// thing needs another store.
const _: () = assert!(matches!(PROFILE.split, Split::RenamesOriginal) && matches!(PROFILE.nested, Nested::Flattened));

/// The destination as rejections name it.
pub(crate) const DESTINATION: &str = PROFILE.title;

/// The most columns of a table, system columns included.
pub(crate) const COLUMNS: usize = match PROFILE.columns {
    Some(most) => most,
    None => usize::MAX,
};

/// The most digits of a decimal before its point.
pub(crate) const DECIMAL_DIGITS: usize = 131_072;

/// The most digits of a decimal after its point.
pub(crate) const DECIMAL_SCALE: usize = 16_383;

/// The key of a row whose record has none.
pub(crate) const GENERATED_KEY: &str = "__sdc_primary_key";

/// What the names of the columns begin with that hold a parent's keys in a subtable.
pub(crate) const SOURCE_KEY: &str = "_sdc_source_key_";

/// The column of a subtable that holds an array's elements that are no objects.
pub(crate) const ELEMENT: &str = "_sdc_value";

/// The column that holds the time of extraction, in tables whose records say it.
pub(crate) const EXTRACTED_AT: &str = "_sdc_extracted_at";

/// The column of a subtable that holds a row's place in its array, for the arrays around it from the
/// outermost on.
pub(crate) fn level(level: usize) -> String {
    format!("_sdc_level_{level}_id")
}

const SHOWN_CHARACTERS: usize = 1_000;

/// The prefix of the gate's own tables.
pub(crate) const OWN_PREFIX: &str = "_backstitch_";

/// What becomes of a record because of a column's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is loaded into the column of this name.
    Load(String),
    /// It is loaded without the column, for this reason.
    LeaveOut(String),
    /// It is rejected, for this reason.
    Reject(String),
}

/// What becomes of a record with a column of this name, nested names joined.
pub(crate) fn column(name: &str) -> Fate {
    let excess = || Fate::LeaveOut(format!("Column name {} is too long for {DESTINATION}", visible(name)));
    if is_endless(name) {
        return excess();
    }
    let stored = PROFILE.transform(name);
    if !PROFILE.column_name_fits(&stored) {
        return excess();
    }
    match rejection(name, &stored) {
        Some(reason) => Fate::Reject(reason),
        None => Fate::Load(stored),
    }
}

/// Why a record with a field of this name, which is stored so, is rejected, if it is.
fn rejection(name: &str, stored: &str) -> Option<String> {
    let not = |what: &str| Some(format!("column names from client should not {what}"));
    if name.is_empty() {
        return not("be empty");
    }
    let name = visible(name);
    if stored.is_empty() {
        return not(&format!("consist of special characters on {name}"));
    }
    // No definition of a destination need remove it, and SQL would stop at it.
    if stored.contains('\0') {
        return not(&format!("include the character NUL on {name}"));
    }
    if PROFILE.reserved_column_suffix(stored).is_some() {
        return not(&format!("include reserved datatype suffix on {name}"));
    }
    if PROFILE.reserved_column_prefix(stored).is_some() || stored.eq_ignore_ascii_case(GENERATED_KEY) {
        return not(&format!("include reserved prefix on {name}"));
    }
    None
}

/// The column of a subtable that holds a key of its parent, or why there can be none.
pub(crate) fn source_key(key: &str) -> Result<String, String> {
    let name = format!("{SOURCE_KEY}{key}");
    if PROFILE.column_name_fits(&name) {
        return Ok(name);
    }
    Err(format!("Column name {name} is too long for {DESTINATION}"))
}

/// What becomes of a record with an array of this name, nested names joined: the same, but for the name of
/// the subtable.
pub(crate) fn subtable(table: &str, name: &str) -> Fate {
    let stored = if is_endless(name) { visible(name) } else { PROFILE.transform(name) };
    match rejection(name, &stored) {
        Some(reason) => Fate::Reject(reason),
        None => own_subtable(table, &stored),
    }
}

/// The same of a record with an array in an array.
pub(crate) fn element_subtable(table: &str) -> Fate {
    own_subtable(table, ELEMENT)
}

fn own_subtable(table: &str, field: &str) -> Fate {
    let name = format!("{table}{SEPARATOR}{field}");
    match table_rejection(&name) {
        None => Fate::Load(name),
        Some(reason) => Fate::LeaveOut(reason),
    }
}

/// Why no table of this name is made, if none is.
pub(crate) fn table_rejection(name: &str) -> Option<String> {
    if !PROFILE.table_name_fits(name) {
        return Some(format!("Table name {} is too long for {DESTINATION}", visible(name)));
    }
    if name.contains('\0') {
        return Some(format!("table names from client should not include the character NUL on {}", visible(name)));
    }
    let folded = folded(name);
    let reserved = PROFILE.is_reserved_table(name)
        || folded.starts_with(OWN_PREFIX)
        // SQLite keeps these for itself.
        || folded.starts_with("sqlite_");
    reserved.then(|| format!("table names from client should not include reserved prefix on {name}"))
}

/// Whether a name is longer than what is looked at: a name can be as long as a request, and stand above
/// thousands of values.
pub(crate) fn is_endless(name: &str) -> bool {
    name.len() > SHOWN_CHARACTERS && name.chars().nth(SHOWN_CHARACTERS).is_some()
}

/// The form in which SQLite compares names: without the case of ASCII letters.
pub(crate) fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// A name in a reason: reasons are read in shells that stop at NUL, and a name can be as long as a
/// request.
fn visible(name: &str) -> String {
    match name.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
    .replace('\0', "\u{2400}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_names_are_reserved_in_any_case() {
        for name in ["_sdc_sequence", "_SDC_x", "_rjm", "age__bi", "AGE__St", "__SDC_primary_key", "!_sdc_x", "a__b!i"]
        {
            assert!(matches!(column(name), Fate::Reject(_)), "{name}");
        }
        for name in ["age", "_sdc_deleted_at", "__bi_", "a__b", "age_bi", "rowid"] {
            assert_eq!(column(name), Fate::Load(name.to_owned()));
        }
        for name in ["_sdc_rejected", "_RJM_t", "_backstitch_gate", "SQLite_sequence", "a\0b"] {
            assert!(table_rejection(name).is_some(), "{name}");
        }
        assert_eq!(table_rejection("orders"), None);
    }

    #[test]
    fn names_have_a_greatest_length_in_characters() {
        assert!(matches!(column(&"ä".repeat(59)), Fate::Load(_)));
        assert!(matches!(column(&"ä".repeat(60)), Fate::LeaveOut(_)));
        assert!(matches!(column(&format!("{}!", "ä".repeat(59))), Fate::Load(_)));
        assert!(matches!(column(&"!".repeat(2_000)), Fate::LeaveOut(_)));
        assert_eq!(table_rejection(&"ä".repeat(63)), None);
        assert!(table_rejection(&"ä".repeat(64)).is_some());
    }

    #[test]
    fn names_of_columns_are_the_destinations() {
        for (name, stored) in [
            ("CuStOmErId", "CuStOmErId"),
            ("customer id", "customer id"),
            ("!customerid", "customerid"),
            ("CUSTOMER! ID", "CUSTOMER ID"),
            ("123customerid", "customerid"),
            ("_customerid", "_customerid"),
            ("_987CUSTOMERID", "_987CUSTOMERID"),
            ("ключ 鍵 🔑", "ключ 鍵 "),
        ] {
            assert_eq!(column(name), Fate::Load(stored.to_owned()));
        }
        assert!(matches!(column("\0\"!?"), Fate::Reject(_)));
        assert_eq!(subtable("t", "!line-items"), Fate::Load("t__lineitems".to_owned()));
    }
}

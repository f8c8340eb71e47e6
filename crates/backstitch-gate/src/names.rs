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
    /// It is loaded.
    Load,
    /// It is loaded without the column, for this reason.
    LeaveOut(String),
    /// It is rejected, for this reason.
    Reject(String),
}

/// What becomes of a record with a column of this name, nested names joined.
pub(crate) fn column(name: &str) -> Fate {
    if name.is_empty() {
        return Fate::Reject("column names from client should not be empty".to_owned());
    }
    if let Some(reason) = column_excess(name) {
        return Fate::LeaveOut(reason);
    }
    if name.contains('\0') {
        return Fate::Reject(format!(
            "column names from client should not include the character NUL on {}",
            visible(name)
        ));
    }
    if PROFILE.reserved_column_suffix(name).is_some() {
        return Fate::Reject(format!("column names from client should not include reserved datatype suffix on {name}"));
    }
    if PROFILE.reserved_column_prefix(name).is_some() || name.eq_ignore_ascii_case(GENERATED_KEY) {
        return Fate::Reject(format!("column names from client should not include reserved prefix on {name}"));
    }
    Fate::Load
}

/// Why a column's name is too long, if it is.
pub(crate) fn column_excess(name: &str) -> Option<String> {
    is_long_column(name).then(|| format!("Column name {} is too long for {DESTINATION}", visible(name)))
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

/// Whether a column's name is too long, without looking at all of it.
pub(crate) fn is_long_column(name: &str) -> bool {
    !PROFILE.column_name_fits(name)
}

/// Whether a table's name is too long, without looking at all of it.
pub(crate) fn is_long_table(name: &str) -> bool {
    !PROFILE.table_name_fits(name)
}

/// The name of the subtable of a field; or why there can be none.
pub(crate) fn subtable(table: &str, field: &str) -> Result<String, String> {
    let name = if is_long_table(field) { visible(field) } else { field.to_owned() };
    let name = format!("{table}{SEPARATOR}{name}");
    match table_rejection(&name) {
        None => Ok(name),
        Some(reason) => Err(reason),
    }
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
        for name in ["_sdc_sequence", "_SDC_x", "_rjm", "age__bi", "AGE__St", "__SDC_primary_key"] {
            assert!(matches!(column(name), Fate::Reject(_)), "{name}");
        }
        for name in ["age", "_sdc_deleted_at", "__bi_", "a__b", "age_bi", "rowid"] {
            assert_eq!(column(name), Fate::Load, "{name}");
        }
        for name in ["_sdc_rejected", "_RJM_t", "_backstitch_gate", "SQLite_sequence", "a\0b"] {
            assert!(table_rejection(name).is_some(), "{name}");
        }
        assert_eq!(table_rejection("orders"), None);
    }

    #[test]
    fn names_have_a_greatest_length_in_characters() {
        assert_eq!(column(&"ä".repeat(59)), Fate::Load);
        assert!(matches!(column(&"ä".repeat(60)), Fate::LeaveOut(_)));
        assert_eq!(table_rejection(&"ä".repeat(63)), None);
        assert!(table_rejection(&"ä".repeat(64)).is_some());
    }
}

//! Names in SQL.

/// A name quoted for SQL. No name reaches SQL in another way.
///
/// NUL would end the statement in the middle of the name. No table or column is ever made with one, so
/// that a name changed here names nothing.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\"").replace('\0', "\u{fffd}"))
}

/// Names quoted, with commas between.
pub(crate) fn quote_all<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(quote).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_name_is_one_name() {
        assert_eq!(quote("a\"; DROP TABLE b; --"), "\"a\"\"; DROP TABLE b; --\"");
        assert_eq!(quote("a\0b"), "\"a\u{fffd}b\"");
        assert_eq!(quote_all(["a", "b\""]), "\"a\", \"b\"\"\"");
    }
}

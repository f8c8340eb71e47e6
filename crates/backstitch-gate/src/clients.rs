//! Several clients behind one gate: each has a database of its own.

/// The URL of the database of a client that is not the first: beside that of the first, with the client's id in its name.
pub(crate) fn database(first: &str, client_id: i64) -> String {
    let file = first.rfind(['/', '\\']).map_or(0, |at| at + 1);
    // A point at the start is that of a hidden file.
    match first[file..].rfind('.').filter(|at| *at > 0) {
        Some(at) => format!("{}-{client_id}{}", &first[..file + at], &first[file + at..]),
        None => format!("{first}-{client_id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::database;

    #[test]
    fn the_name_of_a_database_has_the_clients_id() {
        for (first, other) in [
            ("sqlite://gate.db", "sqlite://gate-7.db"),
            ("sqlite:///tmp/a.b/gate", "sqlite:///tmp/a.b/gate-7"),
            ("sqlite://.gate", "sqlite://.gate-7"),
            ("sqlite:///tmp/my.gate.db", "sqlite:///tmp/my.gate-7.db"),
        ] {
            assert_eq!(database(first, 7), other);
        }
    }
}

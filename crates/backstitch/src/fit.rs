//! Whether the names and the counts of a record fit its destinations, as the compiler can tell: nested names too,
//! which no single struct shows.
//!
//! Everything here runs while a program is compiled. Names beyond ASCII are passed over, since the compiler knows no
//! letters but those; the derive has looked at the struct's own names, whatever their script.

mod names;
mod walk;

use backstitch_api::Destination;

use crate::encode::Name;
use crate::push::Push;
use names::Text;
use walk::Walk;

/// What a type is, as far as names and counts go.
#[derive(Debug)]
pub enum Shape {
    /// Not known before there is a value, or not followed.
    Open,
    /// Null, of which no column is ever made.
    Null,
    /// One value.
    Scalar,
    /// Null, or such a value.
    Optional(&'static Shape),
    /// Such a value, which is left out now and then.
    Maybe(&'static Shape),
    /// Fields: their names, and what each is.
    Object(&'static [Name], &'static [&'static Shape]),
    /// Such elements, at least so many.
    Array(&'static Shape, usize),
}

/// The names of fields, and of the fields that stand flat among them.
#[derive(Debug)]
pub struct Parts {
    /// The names; an empty one where flattened fields stand.
    pub names: &'static [Name],
    /// What is flattened.
    pub flattened: &'static [&'static Parts],
}

impl Parts {
    /// How often the name occurs.
    const fn count(&self, name: &str) -> usize {
        let mut count = 0;
        let mut index = 0;
        while index < self.names.len() {
            count += is_same(self.names[index][0], name) as usize;
            index += 1;
        }
        let mut index = 0;
        while index < self.flattened.len() {
            count += self.flattened[index].count(name);
            index += 1;
        }
        count
    }

    /// The first of `self`'s names that occurs in `all` more than once.
    const fn repeated(&self, all: &Parts) -> Option<&'static str> {
        let mut index = 0;
        while index < self.names.len() {
            let name = self.names[index][0];
            if !name.is_empty() && all.count(name) > 1 {
                return Some(name);
            }
            index += 1;
        }
        let mut index = 0;
        while index < self.flattened.len() {
            if let Some(name) = self.flattened[index].repeated(all) {
                return Some(name);
            }
            index += 1;
        }
        None
    }
}

/// Whether two texts are the same, as the compiler can tell.
pub(crate) const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// A name that two fields have, where one of them is flattened.
#[must_use]
pub const fn repeated(parts: &Parts) -> Misfit {
    let Some(name) = parts.repeated(parts) else { return Misfit::NONE };
    let mut text = Text::EMPTY;
    text.push_str("two fields are called `");
    text.push_str(name);
    text.push_str("` on the wire, at least one of them flattened");
    let help = text.length;
    text.push_str("\n\n= help: rename one of them, or take `flatten` away");
    Misfit { text, help }
}

impl Shape {
    /// The least number of data points of such a value.
    const fn data_points(&self) -> usize {
        match self {
            Shape::Open | Shape::Maybe(_) => 0,
            Shape::Null | Shape::Scalar => 1,
            Shape::Optional(shape) => match shape.data_points() {
                0 => 0,
                _ => 1,
            },
            Shape::Object(_, shapes) => {
                let mut points = 0_usize;
                let mut index = 0;
                while index < shapes.len() {
                    points = points.saturating_add(shapes[index].data_points());
                    index += 1;
                }
                points
            }
            Shape::Array(element, least) => element.data_points().saturating_mul(*least),
        }
    }
}

/// What keeps a record from its destinations, if anything does.
#[derive(Debug)]
pub struct Misfit {
    text: Text,
    /// Where what to do about it begins.
    help: usize,
}

impl Misfit {
    /// Nothing does.
    pub const NONE: Misfit = Misfit { text: Text::EMPTY, help: 0 };

    /// What it is.
    #[must_use]
    #[inline]
    pub const fn message(&self) -> Option<&str> {
        if self.help == 0 { None } else { Some(shown(self.text.bytes.split_at(self.help).0)) }
    }

    /// What it is, and what to do about it.
    #[must_use]
    pub const fn explained(&self) -> Option<&str> {
        if self.help == 0 { None } else { Some(shown(self.text.as_bytes())) }
    }
}

const fn shown(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // What is cut off may end within a character.
        Err(_) => "a name of the record does not fit its destination",
    }
}

/// What keeps the records of a type from the destinations that it names.
#[must_use]
pub const fn misfit<T: Push>() -> Misfit {
    let mut index = 0;
    while index < T::DESTINATIONS.len() {
        let misfit = misfit_in::<T>(T::DESTINATIONS[index]);
        if misfit.message().is_some() {
            return misfit;
        }
        index += 1;
    }
    Misfit::NONE
}

/// What keeps the records of a type from one destination.
#[must_use]
pub const fn misfit_in<T: Push>(destination: Destination) -> Misfit {
    let mut walk = Walk::new(T::TABLE_NAME, destination.profile());
    walk.record(T::SHAPE);
    walk.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_what_the_definitions_say() {
        let names =
            ["CuStOmErId", "customer id", " 4 customer#id ", "_987", "!!", "", "a-b_c$@#", "123", "  ", "x__st"];
        for destination in Destination::ALL {
            for name in names {
                let mut text = Text::EMPTY;
                text.push_str(name);
                let ours = text.transformed(destination.profile());
                let theirs = destination.profile().transform(name);
                assert_eq!(ours.as_bytes(), theirs.as_bytes(), "{name:?} in {destination}");
            }
        }
    }

    const fn named(name: &'static str) -> Name {
        [name, "", ""]
    }

    fn told(destination: Destination, table: &str, shape: &Shape) -> Option<String> {
        let mut walk = Walk::new(table, destination.profile());
        walk.record(shape);
        walk.finish().message().map(ToOwned::to_owned)
    }

    const ONE: &Shape = &Shape::Scalar;

    #[test]
    fn nested_names_are_held_against_the_destination() {
        const STATE: &Shape = &Shape::Object(&[named("st")], &[ONE]);
        const RECORD: &Shape = &Shape::Object(&[named("id"), named("address")], &[ONE, &Shape::Optional(STATE)]);
        let message = told(Destination::Postgres, "t", RECORD).expect("it does not fit");
        assert!(message.starts_with("the column `address__st` of the table `t` ends in `__st`"), "{message}");
        // Where nothing is flattened there is no such column.
        assert_eq!(told(Destination::Snowflake, "t", RECORD), None);
        assert_eq!(told(Destination::Bigquery, "t", RECORD), None);
        // The elements of an array have a table of their own, where the name is `st` alone.
        const LINES: &Shape = &Shape::Object(&[named("address")], &[&Shape::Array(STATE, 0)]);
        assert_eq!(told(Destination::Postgres, "t", LINES), None);
        assert!(told(Destination::Postgres, &"t".repeat(60), LINES).is_some_and(|told| told.contains("too long")));
    }

    #[test]
    fn nested_names_can_meet() {
        const INNER: &Shape = &Shape::Object(&[named("b")], &[ONE]);
        const RECORD: &Shape = &Shape::Object(&[named("a__b"), named("a")], &[ONE, INNER]);
        let message = told(Destination::Redshift, "t", RECORD).expect("two are the same");
        assert_eq!(message, "`a__b` and `a.b` of the table `t` are both called `a__b` in Amazon Redshift");
        const CASES: &Shape = &Shape::Object(&[named(""), named("B")], &[INNER, ONE]);
        assert_eq!(told(Destination::Postgres, "t", CASES), None);
        let message = told(Destination::AzureSynapse, "t", CASES).expect("two are the same");
        assert!(message.starts_with("`b` and `B` of the table `t` are both called `"), "{message}");
        assert!(message.ends_with(", which takes upper and lower case for the same"), "{message}");
        // Of two tables one has the clash.
        const LINES: &Shape = &Shape::Object(&[named("a__b"), named("lines")], &[ONE, &Shape::Array(RECORD, 0)]);
        let message = told(Destination::Postgres, "t", LINES).expect("two are the same");
        assert_eq!(message, "`a__b` and `a.b` of the table `t__lines` are both called `a__b` in PostgreSQL");
    }

    #[test]
    fn data_points_are_counted_through_arrays() {
        const POINTS: &Shape = &Shape::Object(&[named("a")], &[&Shape::Array(&Shape::Array(ONE, 101), 100)]);
        let message = told(Destination::DataWorld, "t", POINTS).expect("too many");
        assert_eq!(
            message,
            "a record of the table `t` has at least 10100 data points, all of them in `a`, and the API takes at most 10000"
        );
        const FLAT: &Shape = &Shape::Object(&[named("o"), named("")], &[ONE, POINTS]);
        const NESTED: &Shape = &Shape::Object(&[named("n"), named("id")], &[FLAT, ONE]);
        let message = told(Destination::DataWorld, "t", NESTED).expect("too many");
        assert!(message.contains("10102 data points, 10100 of them in `n.a`"), "{message}");
        const TWOS: &Shape = &Shape::Object(&[named("a"), named("b")], &[ONE; 2]);
        assert_eq!(told(Destination::DataWorld, "t", TWOS), None);
        const MAYBE: &Shape = &Shape::Object(&[named("a")], &[&Shape::Optional(&Shape::Array(ONE, 20_000))]);
        assert_eq!(told(Destination::DataWorld, "t", MAYBE), None);
    }
}

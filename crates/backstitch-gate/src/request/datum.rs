//! The value of `data`, read no further than it is looked at.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use backstitch_api::JsonType;
use backstitch_api::transit::Transit;

use super::attribute;
use crate::json;
use crate::json::fields::Fields;

/// A value within a record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Datum<'a> {
    /// A JSON text.
    Json(&'a str),
    Transit(&'a Transit),
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    /// An integer beyond 64 bits, or a number that is exact by its type.
    Decimal(&'a str),
    /// A JSON number with a point or an exponent.
    Number(&'a str),
    Double(f64),
    Text(Cow<'a, str>),
    /// Milliseconds since 1970.
    Instant(i64),
    Array(Vec<Datum<'a>>),
    Object(Members<'a>),
}

/// The fields of an object, each name once.
#[derive(Debug)]
pub(crate) enum Members<'a> {
    Json(Fields<'a>),
    Transit(Vec<(Cow<'a, str>, &'a Transit)>),
}

impl<'a> Datum<'a> {
    /// Looks at a value.
    ///
    /// # Errors
    /// The parser's, for a text that cannot be read.
    pub(crate) fn open(self) -> Result<Content<'a>, serde_json::Error> {
        match self {
            Datum::Json(text) => of_json(text),
            Datum::Transit(value) => Ok(of_transit(value)),
        }
    }

    /// The fields of an object; none of anything else.
    ///
    /// # Errors
    /// The parser's, for a text that cannot be read.
    pub(crate) fn members(self) -> Result<Members<'a>, serde_json::Error> {
        match self.open()? {
            Content::Object(members) => Ok(members),
            _ => Ok(Members::Transit(Vec::new())),
        }
    }
}

fn of_json(text: &str) -> Result<Content<'_>, serde_json::Error> {
    Ok(match JsonType::of(text) {
        JsonType::Null => Content::Null,
        JsonType::Boolean => Content::Boolean(text.starts_with('t')),
        JsonType::Integer => text.parse().map_or(Content::Decimal(text), Content::Integer),
        JsonType::Number => Content::Number(text),
        JsonType::String => Content::Text(json::string(text)?),
        JsonType::Array => Content::Array(attribute::elements(text)?.into_iter().map(Datum::Json).collect()),
        JsonType::Object => Content::Object(Members::Json(Fields::parse(text)?)),
    })
}

fn of_transit(value: &Transit) -> Content<'_> {
    match value {
        Transit::Null => Content::Null,
        Transit::Boolean(value) => Content::Boolean(*value),
        Transit::Integer(value) => Content::Integer(*value),
        Transit::BigInteger(digits) | Transit::Decimal(digits) => Content::Decimal(digits),
        Transit::Double(value) => Content::Double(*value),
        Transit::Instant(milliseconds) => Content::Instant(*milliseconds),
        Transit::Text(text)
        | Transit::Uuid(text)
        | Transit::Uri(text)
        | Transit::Keyword(text)
        | Transit::Symbol(text)
        | Transit::Bytes(text) => Content::Text(Cow::Borrowed(text)),
        Transit::Array(values) | Transit::Set(values) => Content::Array(values.iter().map(Datum::Transit).collect()),
        Transit::Map(entries) => Content::Object(Members::Transit(members(entries))),
        // What a type of somebody's own is cannot be known; what stands for it can be kept.
        Transit::Tagged(_, value) => of_transit(value),
    }
}

/// Up to this many fields, looking at each is faster than hashing.
const FEW: usize = 16;

/// The entries by their names; of those with the same name only the last counts, where the first stood.
fn members(entries: &[(Transit, Transit)]) -> Vec<(Cow<'_, str>, &Transit)> {
    let mut members: Vec<(Cow<'_, str>, &Transit)> = Vec::with_capacity(entries.len());
    let mut index = HashMap::new();
    for (key, value) in entries {
        let name = name(key);
        let known = if entries.len() > FEW {
            match index.entry(name.clone()) {
                Entry::Occupied(known) => Some(*known.get()),
                Entry::Vacant(new) => {
                    new.insert(members.len());
                    None
                }
            }
        } else {
            members.iter().position(|(known, _)| *known == name)
        };
        match known {
            Some(at) => members[at].1 = value,
            None => members.push((name, value)),
        }
    }
    members
}

/// A key of a map as the name of a field.
fn name(key: &Transit) -> Cow<'_, str> {
    match of_transit(key) {
        Content::Text(text) => text,
        Content::Decimal(digits) | Content::Number(digits) => Cow::Borrowed(digits),
        Content::Boolean(value) => Cow::Owned(value.to_string()),
        Content::Integer(value) | Content::Instant(value) => Cow::Owned(value.to_string()),
        Content::Double(value) => Cow::Owned(value.to_string()),
        Content::Null => Cow::Borrowed("null"),
        // Such a key names nothing; the check of names says so.
        Content::Array(_) | Content::Object(_) => Cow::Borrowed(""),
    }
}

impl<'a> Members<'a> {
    /// Each field in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Datum<'a>)> {
        let (json, transit) = match self {
            Members::Json(fields) => (Some(fields), None),
            Members::Transit(members) => (None, Some(members)),
        };
        let json = json.into_iter().flat_map(Fields::iter).map(|(name, text)| (name.as_ref(), Datum::Json(text)));
        let transit = transit.into_iter().flatten().map(|(name, value)| (name.as_ref(), Datum::Transit(value)));
        json.chain(transit)
    }
}

#[cfg(test)]
mod tests {
    use backstitch_api::transit::read;

    use super::*;

    fn names(value: &Transit) -> Vec<(String, String)> {
        let Ok(Content::Object(members)) = Datum::Transit(value).open() else { panic!("an object") };
        members.iter().map(|(name, value)| (name.to_owned(), format!("{:?}", value.open().expect("a value")))).collect()
    }

    #[test]
    fn transits_keys_are_names() {
        let value = read(br#"["^ ","a",1,"~:b","~$c","~i5",["~#ratio",[1,2]],"a",2]"#).expect("transit");
        let names = names(&value);
        let names: Vec<(&str, &str)> = names.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(names[0], ("a", "Integer(2)"));
        assert_eq!(names[1], ("b", r#"Text("c")"#));
        assert_eq!(names[2].0, "5");
        assert!(names[2].1.starts_with("Array"), "{names:?}");
    }

    #[test]
    fn the_last_of_equal_names_counts_among_many() {
        let entries: Vec<String> = (0..100).map(|n| format!("\"f{}\",{n}", n % 50)).collect();
        let value = read(format!("[\"^ \",{}]", entries.join(",")).as_bytes()).expect("transit");
        let names = names(&value);
        assert_eq!(names.len(), 50);
        assert_eq!((names[0].0.as_str(), names[0].1.as_str()), ("f0", "Integer(50)"));
    }
}

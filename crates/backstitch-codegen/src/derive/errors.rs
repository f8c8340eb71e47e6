//! Mistakes, gathered and reported at once; and all their wordings.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

use crate::destination::Profile;

/// The mistakes of one struct.
#[derive(Default)]
pub(super) struct Errors {
    all: Option<syn::Error>,
}

impl Errors {
    pub(super) fn push(&mut self, error: syn::Error) {
        match &mut self.all {
            Some(all) => all.combine(error),
            None => self.all = Some(error),
        }
    }

    pub(super) fn at(&mut self, tokens: impl ToTokens, message: String) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(super) fn at_span(&mut self, span: Span, message: String) {
        self.push(syn::Error::new(span, message));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_none()
    }

    pub(super) fn into_tokens(self) -> TokenStream {
        self.all.map(|all| all.to_compile_error()).unwrap_or_default()
    }
}

pub(super) fn unknown(key: &str, on: &str, known: &[&str]) -> String {
    let help = match crate::name::nearest(key, known.iter().copied()) {
        Some(near) => format!("write `{near}`"),
        None => format!("the keys on a {on} are {}", list(known)),
    };
    format!("unknown key `{key}` on a {on}\n\n= help: {help}")
}

/// A field's key on the struct or the enum itself.
pub(super) fn key_of_a_field(key: &str, is_enum: bool) -> String {
    let on = if is_enum { "an enum" } else { "a struct" };
    let help = match (key, is_enum) {
        ("rename", true) => "take it away: only the variants of an enum have names on the wire",
        ("rename", false) => "take it away: a struct's name on the wire is its `table`, and a nested object has none",
        (_, true) => "take it away: it belongs on a field, and an enum has none",
        (_, false) => "move it to the field that it is about",
    };
    format!("`{key}` does not go on {on}\n\n= help: {help}")
}

pub(super) fn key_of_a_struct(key: &str) -> String {
    format!("`{key}` does not go on a field\n\n= help: take it away: it belongs on the struct")
}

pub(super) fn no_such_destination(name: &str, known: &[Profile]) -> String {
    let known: Vec<&str> = known.iter().map(|profile| profile.key).collect();
    let help = match crate::name::nearest(name, known.iter().copied()) {
        Some(near) => format!("write `{near}`"),
        None => format!("the destinations are {}", list(&known)),
    };
    format!("unknown destination `{name}`\n\n= help: {help}")
}

pub(super) fn reserved_prefix(what: &str, name: &str, prefix: &str) -> String {
    format!(
        "the {what} `{name}` starts with `{prefix}`, which is kept for the loader's own\n\n= help: give it another name: \
         records with this one are rejected when they are loaded"
    )
}

pub(super) fn prefix_of_destination(name: &str, prefix: &str, title: &str) -> String {
    format!(
        "the column `{name}` starts with `{prefix}`, which {title} keeps for itself\n\n= help: give it another name: records with \
         this one are rejected when they are loaded"
    )
}

/// `keepers` are the titles of the destinations; `is_named` tells whether the struct names its own.
pub(super) fn reserved_suffix(name: &str, suffix: &str, keepers: &[&str], is_named: bool) -> String {
    let keepers = match keepers {
        [first, second, rest @ ..] if rest.len() > 2 => format!("{first}, {second} and {} others", rest.len()),
        _ => sentence(keepers),
    };
    let or_name =
        if is_named { "" } else { ", or name the destination if it is another: `destination = \"…\"` on the struct" };
    format!(
        "the column `{name}` ends in `{suffix}`, which is kept for columns that are split by type in {keepers}\n\n= help: give it \
         another name: records with this one are rejected when they are loaded{or_name}"
    )
}

pub(super) fn reserved_table_suffix(name: &str, suffix: &str, title: &str) -> String {
    format!("the table `{name}` ends in `{suffix}`, which {title} keeps for itself\n\n= help: give it another name")
}

/// `shown` is the name in the destination, where it is another.
pub(super) fn too_long(what: &str, shown: Option<&str>, length: &str, most: &str, title: &str) -> String {
    let shown = shown.map(|name| format!(" as `{name}`")).unwrap_or_default();
    format!("the {what}'s name has {length}{shown}, and {title} takes at most {most}\n\n= help: give it a shorter name")
}

pub(super) fn nothing_left(name: &str, title: &str, steps: &str) -> String {
    format!(
        "nothing is left of the name `{name}` in {title}, where {steps}\n\n= help: give it a name with letters: `rename = \"…\"`"
    )
}

pub(super) fn same_column(first: &str, second: &str, shown: &str, title: &str) -> String {
    format!("`{first}` and `{second}` are both called `{shown}` in {title}\n\n= help: rename one of them")
}

pub(super) fn too_many_columns(count: usize, most: usize, title: &str) -> String {
    format!(
        "{title} takes at most {most} columns, and the struct has {count}\n\n= help: make several tables of it, or one field that \
         holds the others"
    )
}

pub(super) fn too_many_data_points(count: usize, most: usize) -> String {
    format!(
        "a record has at most {most} data points, and this struct has {count} fields\n\n= help: make several tables of it"
    )
}

pub(super) fn twice(key: &str) -> String {
    format!("`{key}` is given twice\n\n= help: remove one of them")
}

pub(super) fn needs_text(key: &str, example: &str) -> String {
    format!("`{key}` takes a string\n\n= help: write `{example}`")
}

pub(super) fn needs_value(key: &str, example: &str) -> String {
    format!("`{key}` takes a value\n\n= help: write `{example}`")
}

pub(super) fn needs_false_or_path(key: &str) -> String {
    format!(
        "`{key}` takes `false` or a path as a string\n\n= help: write `{key} = false` or `{key} = \"crate_name::Customer\"`"
    )
}

pub(super) fn no_identifier(name: &str, example: &str) -> String {
    format!("`{name}` is no Rust identifier\n\n= help: write e.g. `{example}`")
}

pub(super) fn no_predicate(text: &str, example: &str) -> String {
    format!("`{text}` is no where-predicate\n\n= help: write e.g. `{example}`")
}

pub(super) fn needs_path(key: &str, example: &str) -> String {
    format!("`{key}` takes a path\n\n= help: write `{example}`")
}

pub(super) fn needs_number(key: &str) -> String {
    format!("`{key}` takes a whole number\n\n= help: write `{key} = 9`")
}

pub(super) fn empty_range(least: i64, greatest: i64) -> String {
    format!(
        "no value is at least {least} and at most {greatest}\n\n= help: make the greatest at least as large as the least"
    )
}

pub(super) fn limit_of_another_type(key: &str, of: &str) -> String {
    format!("`{key}` is about {of}\n\n= help: remove it, or use the constraint for this type")
}

pub(super) fn limit_of_what_serde_writes(key: &str) -> String {
    format!(
        "`{key}` is about the field's type, and this field is what serde makes of it\n\n= help: take `{key}` away, or have the type \
         written as it is"
    )
}

pub(super) fn no_such_case(name: &str, help: &str) -> String {
    format!("unknown case `{name}`\n\n= help: {help}")
}

pub(super) fn serde_key(key: &str) -> String {
    format!(
        "`{key}` changes what serde writes, and `Push` does not follow it\n\n= help: take it off; a field can be written as serde \
         writes it, with `#[push(serde)]` or `#[push(with = module)]`"
    )
}

pub(super) fn contradiction(key: &str, ours: &str, theirs: &str) -> String {
    format!(
        "`push` says `{ours}` and `serde` says `{theirs}` for `{key}`\n\n= help: give both the same value, or remove one of \
         the two"
    )
}

pub(super) fn useless_on_flattened(key: &str) -> String {
    format!("a flattened field has no `{key}` of its own\n\n= help: remove one of the two")
}

pub(super) fn serde_and_with() -> String {
    "`serde` and `with` both say how the field is written\n\n= help: keep one of the two".to_owned()
}

pub(super) fn only_on_table(key: &str) -> String {
    format!("`{key}` is about a table, and this struct has none\n\n= help: add `table = \"…\"`, or take `{key}` away")
}

pub(super) fn never_a_table(key: &str, what: &str) -> String {
    format!("`{key}` is about a table, and {what} is none\n\n= help: take `{key}` away")
}

pub(super) fn no_table_here(what: &str) -> String {
    format!(
        "{what} can't be a table\n\n= help: a record is a struct with named fields; take `table` away to make it a value"
    )
}

pub(super) fn variant_with_fields() -> String {
    "`Push` takes enums whose variants have no fields: they are strings on the wire\n\n= help: hold the fields in a \
     struct, or write the enum with serde: `#[push(serde)]` on the field that holds it"
        .to_owned()
}

pub(super) fn no_variants() -> String {
    "an enum without variants has no value to send\n\n= help: add a variant".to_owned()
}

pub(super) fn transparent_fields(count: usize) -> String {
    let other = if count == 0 { "take `skip` off one field" } else { "put `#[push(skip)]` on all fields but one" };
    format!(
        "`transparent` is for a struct that sends one field, and this one sends {count}\n\n= help: take `transparent` off, or {other}"
    )
}

pub(super) fn no_such_sequence(name: &str, fields: &[String]) -> String {
    let help = match crate::name::nearest(name, fields.iter().map(String::as_str)) {
        Some(near) => format!("write `{near}`"),
        None => "name a field of the struct".to_owned(),
    };
    format!("the sequence `{name}` is no field of the record\n\n= help: {help}")
}

pub(super) fn sequences_twice() -> String {
    "the sequence is named twice\n\n= help: a record has one; keep one of the two".to_owned()
}

/// `by` is what leaves it out.
pub(super) fn sometimes_missing_key(key: &str, by: &str) -> String {
    format!(
        "the key field `{key}` must be in every record, and `{by}` can leave it out\n\n= help: take `{by}` away, or name another \
         key"
    )
}

pub(super) fn unproved_key(key: &str) -> String {
    format!(
        "the key `{key}` is written by serde, which may write anything for it\n\n= help: a key's type says that it is one value and \
         never null: take `serde` or `with` away, or name another key"
    )
}

pub(super) fn no_names(key: &str, what: &str) -> String {
    format!("`{key}` needs a field with a name, and {what} has none\n\n= help: take `{key}` away")
}

pub(super) fn takes_nothing(key: &str) -> String {
    format!("`{key}` takes no value on a field\n\n= help: write `#[push({key})]`")
}

pub(super) fn empty_table() -> String {
    "a table's name can't be empty\n\n= help: give it a name".to_owned()
}

pub(super) fn empty_rename() -> String {
    "a field's name can't be empty\n\n= help: give it a name, or take `rename` away".to_owned()
}

pub(super) fn not_a_struct(found: &str) -> String {
    format!(
        "`Push` can't be derived for {found}\n\n= help: a record is a struct with named fields; an enum is a value where its variants have no fields"
    )
}

pub(super) fn no_key(first_field: Option<&str>) -> String {
    let example = first_field.unwrap_or("id");
    format!(
        "a table needs a key\n\n= help: say which field tells one row from another: `key = \"{example}\"` here, or \
         `#[push(key)]` on the field"
    )
}

pub(super) fn no_table() -> String {
    "a key without a table\n\n= help: add `table = \"…\"` to `#[push(…)]` on the struct; without a table the struct is \
     a nested object, and has no key"
        .to_owned()
}

pub(super) fn no_such_key(key: &str, fields: &[String]) -> String {
    let help = match crate::name::nearest(key, fields.iter().map(String::as_str)) {
        Some(near) => format!("write `{near}`"),
        None if fields.is_empty() => "add the field to the struct".to_owned(),
        None => format!("the fields are: {}", list(&fields.iter().map(String::as_str).collect::<Vec<_>>())),
    };
    format!("the key `{key}` is no field of the record\n\n= help: {help}")
}

pub(super) fn renamed_key(key: &str, wire: &str) -> String {
    format!("the field `{key}` is called `{wire}` on the wire\n\n= help: write `{wire}`")
}

pub(super) fn nested_key(key: &str) -> String {
    format!(
        "the key `{key}` is not a top-level field\n\n= help: a key can't lie within another field; move it to the \
         struct itself"
    )
}

pub(super) fn skipped_key(key: &str) -> String {
    format!("the key `{key}` is skipped, so that no record would have it\n\n= help: remove `skip`, or name another key")
}

pub(super) fn keys_twice() -> String {
    "keys are named both on the struct and on a field\n\n= help: keep one of the two".to_owned()
}

pub(super) fn optional_key(key: &str) -> String {
    format!(
        "the key `{key}` can be null\n\n= help: a key field is never null; take the `Option` away, or name another key"
    )
}

pub(super) fn same_variant(name: &str) -> String {
    format!("two variants are called `{name}` on the wire\n\n= help: rename one of them")
}

pub(super) fn no_such_format(format: &str, near: &str) -> String {
    format!("unknown format `{format}`\n\n= help: write `{near}`")
}

/// `first` and `second` are the fields' names in Rust.
pub(super) fn same_name(first: &str, second: &str, name: &str) -> String {
    format!("fields `{first}` and `{second}` are both called `{name}` on the wire\n\n= help: rename one of them")
}

pub(super) fn useless_on_skipped(key: &str) -> String {
    format!("`{key}` on a field that is skipped\n\n= help: remove one of the two")
}

/// `a`, `a and b`, `a, b and c`.
fn sentence(names: &[&str]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

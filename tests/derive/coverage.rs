//! Nothing is left out: what the derive takes, what its documentation says that it takes, and what stands in the sources
//! of these tests are the same attributes and types.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use quote::ToTokens as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Fields, GenericArgument, Item, Meta, PathArguments, Token, Type};

use crate::attributes::CASES;

/// A key and what follows it: `=`, `(`, or nothing.
type Key = (String, &'static str);

/// What of these tests derives `Push`.
#[derive(Default)]
struct Used {
    /// The keys of `#[push(…)]` by where they stand.
    on_structs: BTreeSet<Key>,
    on_enums: BTreeSet<Key>,
    on_fields: BTreeSet<Key>,
    on_variants: BTreeSet<Key>,
    /// Those of `#[serde(…)]`.
    serde_on_types: BTreeSet<Key>,
    serde_on_fields: BTreeSet<Key>,
    types: Vec<Type>,
}

/// Types of the documentation that no field here has, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    // It has the one impl of all zones, and offsets that depend on the machine.
    ("chrono::DateTime<Local>", "chrono::DateTime<chrono::FixedOffset>"),
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All structs and enums of these tests that derive `Push`.
fn used() -> Used {
    let mut used = Used::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("derive");
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name();
        let file = syn::parse_file(&read(&format!("derive/{}", name.to_string_lossy()))).unwrap();
        file.items.iter().for_each(|item| add(item, &mut used));
    }
    used
}

fn add(item: &Item, used: &mut Used) {
    match item {
        Item::Struct(item) if derives_push(&item.attrs) => {
            used.on_structs.extend(keys("push", &item.attrs));
            used.serde_on_types.extend(keys("serde", &item.attrs));
            let fields = match &item.fields {
                Fields::Named(fields) => fields.named.iter().collect::<Vec<_>>(),
                Fields::Unnamed(fields) => fields.unnamed.iter().collect(),
                Fields::Unit => Vec::new(),
            };
            for field in fields {
                used.on_fields.extend(keys("push", &field.attrs));
                used.serde_on_fields.extend(keys("serde", &field.attrs));
                add_types(&field.ty, &mut used.types);
            }
        }
        Item::Enum(item) if derives_push(&item.attrs) => {
            used.on_enums.extend(keys("push", &item.attrs));
            used.serde_on_types.extend(keys("serde", &item.attrs));
            for variant in &item.variants {
                used.on_variants.extend(keys("push", &variant.attrs));
                used.serde_on_fields.extend(keys("serde", &variant.attrs));
            }
        }
        _ => {}
    }
}

fn derives_push(attributes: &[Attribute]) -> bool {
    let derives = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    derives.flat_map(metas).any(|meta| meta.path().segments.last().is_some_and(|last| last.ident == "Push"))
}

fn keys(name: &str, attributes: &[Attribute]) -> Vec<Key> {
    let of_that_name = attributes.iter().filter(|attribute| attribute.path().is_ident(name));
    of_that_name.flat_map(key_texts).collect()
}

fn metas(attribute: &Attribute) -> Punctuated<Meta, Token![,]> {
    attribute.parse_args_with(Punctuated::parse_terminated).unwrap()
}

/// The keys of an attribute. Its values are no matter here, and one of the keys is a word of Rust's own.
fn key_texts(attribute: &Attribute) -> Vec<Key> {
    let tokens = attribute.meta.require_list().unwrap().tokens.clone();
    let mut found = Vec::new();
    let mut at_start = true;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(tree) = tokens.next() {
        let text = tree.to_string();
        if at_start {
            let form = match tokens.peek().map(ToString::to_string) {
                Some(next) if next == "=" => "=",
                Some(next) if next.starts_with('(') => "(",
                _ => "",
            };
            found.push((text.clone(), form));
        }
        at_start = text == ",";
    }
    found
}

/// The type and all types within it.
fn add_types(ty: &Type, all: &mut Vec<Type>) {
    all.push(ty.clone());
    match ty {
        Type::Path(path) => {
            for segment in &path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
                    for argument in &arguments.args {
                        if let GenericArgument::Type(inner) = argument {
                            add_types(inner, all);
                        }
                    }
                }
            }
        }
        Type::Reference(reference) => add_types(&reference.elem, all),
        Type::Slice(slice) => add_types(&slice.elem, all),
        Type::Array(array) => add_types(&array.elem, all),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|inner| add_types(inner, all)),
        _ => {}
    }
}

/// The texts in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The lines of the table under `heading`, without its head.
fn rows<'a>(document: &'a str, heading: &str) -> Vec<&'a str> {
    let after = document.split_once(heading).unwrap_or_else(|| panic!("no `{heading}`")).1;
    let table = after.lines().skip_while(|line| !line.starts_with("| ")).take_while(|line| line.starts_with("| "));
    table.skip(2).collect()
}

/// The cells of a row.
fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split(" | ").map(str::trim).collect()
}

/// The keys that a table of attributes names, with what follows them in its examples.
fn documented(document: &str, heading: &str) -> BTreeSet<Key> {
    rows(document, heading)
        .into_iter()
        .flat_map(|row| quoted(cells(row)[0]).map(documented_key).collect::<Vec<_>>())
        .collect()
}

fn documented_key(text: &str) -> Key {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    let form = match rest.trim_start().chars().next() {
        Some('=') => "=",
        Some('(') => "(",
        _ => "",
    };
    (key.to_owned(), form)
}

fn names(keys: &BTreeSet<Key>) -> BTreeSet<String> {
    keys.iter().map(|(key, _)| key.clone()).collect()
}

/// The strings of the constant `name` of a source file of the derive.
fn constant(source: &str, name: &str) -> BTreeSet<String> {
    let file = syn::parse_file(source).unwrap();
    let found = file.items.iter().find_map(|item| match item {
        Item::Const(constant) if constant.ident == name => Some(&constant.expr),
        _ => None,
    });
    let Some(Expr::Reference(reference)) = found.map(AsRef::as_ref) else { panic!("no list `{name}`") };
    let tokens = reference.expr.to_token_stream().to_string();
    tokens.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The keys that the function `name` has arms for.
fn arms(source: &str, name: &str) -> BTreeSet<String> {
    let body = source.split_once(&format!("fn {name}(")).unwrap_or_else(|| panic!("no function `{name}`")).1;
    let body = body.split_once("\n}\n").expect("its end").0;
    let starts = body.lines().filter_map(|line| line.trim_start().split_once("=>")).map(|(start, _)| start);
    // Whatever of the first arm stands on the line of the `match`.
    starts
        .flat_map(|start| start.rsplit('{').next().unwrap_or_default().split('"').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

fn of_derive(file: &str) -> String {
    read(&format!("../crates/backstitch-codegen/src/derive/{file}"))
}

/// What of `wanted` is not there: the key with what follows it where the documentation shows that, the key alone elsewhere.
fn missing(wanted: &BTreeSet<Key>, used: &BTreeSet<Key>) -> Vec<Key> {
    let is_there = |(key, form): &Key| {
        used.contains(&(key.clone(), form)) || (form.is_empty() && used.iter().any(|(other, _)| other == key))
    };
    wanted.iter().filter(|key| !is_there(key)).cloned().collect()
}

fn strings(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_attribute_is_documented_and_tried() {
    let document = read("../docs/derive.md");
    let used = used();
    let on_structs = documented(&document, "\n## On the struct\n");
    assert_eq!(names(&on_structs), constant(&of_derive("attributes.rs"), "KEYS"));
    assert_eq!(missing(&on_structs, &used.on_structs), []);
    let on_fields = documented(&document, "\n## On a field\n");
    assert_eq!(names(&on_fields), constant(&of_derive("field.rs"), "KEYS"));
    assert_eq!(missing(&on_fields, &used.on_fields), []);
    // "Also on enums", "also on a variant of an enum".
    assert_eq!(names(&used.on_enums), strings(&["rename_all"]));
    assert_eq!(names(&used.on_variants), strings(&["rename"]));
}

#[test]
fn every_case_is_documented_and_tried() {
    let document = read("../docs/derive.md");
    let row = rows(&document, "\n## On the struct\n").into_iter().find(|row| row.contains("`rename_all = "));
    let named: BTreeSet<&str> = quoted(cells(row.expect("a row of the cases"))[1]).collect();
    assert_eq!(named, CASES.iter().copied().collect());
}

#[test]
fn every_key_of_serde_is_documented_and_tried() {
    let document = read("../docs/derive.md");
    let source = of_derive("serde.rs");
    let line = document.lines().find(|line| line.starts_with("What `#[serde(…)]` on the same struct says"));
    let named: BTreeSet<String> = quoted(line.expect("the line of serde's keys")).skip(1).map(str::to_owned).collect();
    let named: BTreeSet<String> = named.into_iter().filter(|name| name != "Serialize").collect();
    let (on_types, on_fields) = (arms(&source, "on_container"), arms(&source, "on_field"));
    assert_eq!(named, on_types.union(&on_fields).cloned().collect());
    let used = used();
    let all_on_types: BTreeSet<String> = on_types.union(&constant(&source, "CONTAINER_PASSED_OVER")).cloned().collect();
    assert_eq!(names(&used.serde_on_types), all_on_types);
    let all_on_fields: BTreeSet<String> = on_fields.union(&constant(&source, "FIELD_PASSED_OVER")).cloned().collect();
    assert_eq!(names(&used.serde_on_fields), all_on_fields);
    // The half of a name that is for the output.
    for (key, used) in [("rename", &used.serde_on_fields), ("rename_all", &used.serde_on_types)] {
        assert!(used.contains(&(key.to_owned(), "(")) && used.contains(&(key.to_owned(), "=")), "{key}");
    }
}

/// Whether a type is one that the documentation means by `pattern`, in which single letters stand for any type and paths
/// can be shorter.
fn matches(pattern: &Type, ty: &Type) -> bool {
    match (pattern, ty) {
        (Type::Path(pattern), _) if is_any(pattern) => true,
        (Type::Path(pattern), Type::Path(ty)) => {
            let (pattern, ty) = (&pattern.path.segments, &ty.path.segments);
            let same_names = pattern.iter().rev().zip(ty.iter().rev()).all(|(a, b)| a.ident == b.ident);
            let (Some(last), Some(of)) = (pattern.last(), ty.last()) else { return false };
            same_names && pattern.len() <= ty.len() && same_arguments(&last.arguments, &of.arguments)
        }
        (Type::Reference(pattern), Type::Reference(ty)) => matches(&pattern.elem, &ty.elem),
        (Type::Slice(pattern), Type::Slice(ty)) => matches(&pattern.elem, &ty.elem),
        (Type::Array(pattern), Type::Array(ty)) => matches(&pattern.elem, &ty.elem),
        (Type::Tuple(pattern), Type::Tuple(ty)) => {
            pattern.elems.len() == ty.elems.len()
                && pattern.elems.iter().zip(&ty.elems).all(|(pattern, ty)| matches(pattern, ty))
        }
        _ => false,
    }
}

fn is_any(pattern: &syn::TypePath) -> bool {
    pattern.path.get_ident().is_some_and(|ident| ident.to_string().len() == 1)
}

fn same_arguments(pattern: &PathArguments, of: &PathArguments) -> bool {
    match (types_within(pattern), types_within(of)) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(pattern), Some(of)) => {
            pattern.len() == of.len() && pattern.iter().zip(&of).all(|(pattern, ty)| matches(pattern, ty))
        }
    }
}

/// The types between angle brackets, without lifetimes; nothing where there are none.
fn types_within(arguments: &PathArguments) -> Option<Vec<Type>> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return None };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    Some(types.collect())
}

/// The types of a cell, as far as they are types; the first and the last of a range (`i8` … `i128`) stand for it.
fn documented_types(cell: &str, of_crate: Option<&str>) -> Vec<String> {
    let is_type = |text: &&str| syn::parse_str::<Type>(text).is_ok();
    let full = |text: &str| of_crate.map_or_else(|| text.to_owned(), |name| format!("{name}::{text}"));
    quoted(cell).filter(is_type).map(full).collect()
}

#[test]
fn every_type_is_documented_and_tried() {
    let document = read("../docs/derive.md");
    let mut wanted: Vec<String> = Vec::new();
    for row in rows(&document, "\nOf the standard library") {
        wanted.extend(documented_types(cells(row)[0], None));
    }
    let mut of_crate = String::new();
    for row in rows(&document, "\nOf other crates") {
        let cells = cells(row);
        if let Some(name) = quoted(cells[0]).next() {
            name.clone_into(&mut of_crate);
        }
        wanted.extend(documented_types(cells[1], Some(&of_crate)));
    }
    assert!(wanted.len() > 80, "the tables have many types: {wanted:?}");
    // What is between the first and the last of a range, tuples of all lengths, integers other than zero.
    let integers = "i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize";
    wanted.extend(integers.split(' ').flat_map(|integer| [integer.to_owned(), format!("NonZero<{integer}>")]));
    wanted.extend(["I16", "I32", "U16", "U32"].map(|integer| format!("Atomic{integer}")));
    wanted.extend((1..=12).map(|length| format!("({})", "A,".repeat(length))));
    let used = used();
    let is_left_out = |text: &str| LEFT_OUT.iter().any(|(left_out, _)| *left_out == text);
    let missing: Vec<&String> = wanted
        .iter()
        .filter(|text| !is_left_out(text))
        .filter(|text| {
            let pattern: Type = syn::parse_str(text).unwrap();
            !used.types.iter().any(|ty| matches(&pattern, ty))
        })
        .collect();
    assert!(missing.is_empty(), "no struct of these tests has a field of {missing:?}");
    for (left_out, instead) in LEFT_OUT {
        assert!(wanted.iter().any(|text| text == left_out), "`{left_out}` is not documented any more");
        let instead: Type = syn::parse_str(instead).unwrap();
        assert!(used.types.iter().any(|ty| matches(&instead, ty)), "nothing stands for `{left_out}`");
    }
}

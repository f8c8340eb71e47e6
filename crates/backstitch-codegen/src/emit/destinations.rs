//! The destinations as an enumeration with the profile of each, beside the vocabulary that profiles
//! are written in, and as a page of the reference.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::tokens::{doc, ident, option};
use super::{Files, format_file, rust_header, spec_path};
use crate::destination::{Class, Length, Step, StitchType};
use crate::model::{Api, Destination, Transform};
use crate::text::for_rustdoc;

mod page;

pub(super) use page::page;

/// The modules, where there are destinations.
pub(super) fn emit(api: &Api) -> Files {
    let mut files = Files::new();
    if !api.destinations.is_empty() {
        let vocabulary = rust_header("the engine's vocabulary of destinations");
        files.insert("destination.rs".to_owned(), format!("{vocabulary}{}", include_str!("../destination.rs")));
        let header = rust_header(&spec_path(&api.folder, &folder(api)));
        files.insert("destinations.rs".to_owned(), format_file(&header, &module(api)));
    }
    files
}

/// The folder that the definitions of all destinations are in, as far as they share one.
fn folder(api: &Api) -> String {
    let folders: Vec<&str> = api
        .destinations
        .iter()
        .map(|destination| destination.source.rsplit_once('/').map_or("", |(folder, _)| folder))
        .collect();
    match folders.split_first() {
        Some((first, rest)) if !first.is_empty() && rest.iter().all(|folder| folder == first) => format!("{first}/"),
        _ => String::new(),
    }
}

fn module(api: &Api) -> TokenStream {
    let rules = &api.destination_rules;
    let destinations = &api.destinations;
    let variants = destinations.iter().map(|destination| variant(api, destination));
    let names: Vec<_> = destinations.iter().map(|destination| ident(&destination.variant())).collect();
    let constants: Vec<_> = destinations.iter().map(|destination| ident(&destination.constant())).collect();
    let profiles = destinations.iter().map(|destination| {
        let reserved = (quote!(Destination::RESERVED_PREFIXES), quote!(Destination::ALLOWED_COLUMNS));
        profile(api, destination, &reserved)
    });
    let mut about = for_rustdoc(&rules.description);
    if about.is_empty() {
        about.push_str("Where records can go.");
    }
    if !rules.source.is_empty() {
        about.push_str(&format!("\n\nSource: `{}`.", spec_path(&api.folder, &rules.source)));
    }
    let about = doc(&about);
    let vocabulary = vocabulary(destinations);
    let (prefixes, allowed) = (&rules.reserved_prefixes, &rules.allowed_columns);
    quote! {
        //! Where records can go: what each destination allows, and what it makes of names.

        use super::destination::{#(#vocabulary),*};

        #about
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Destination {
            #(#variants)*
        }

        impl Destination {
            /// All of them, in the order of their keys.
            pub const ALL: &'static [Destination] = &[#(Destination::#names),*];

            /// What no name of a table or a column may start with, whatever the destination.
            pub const RESERVED_PREFIXES: &'static [&'static str] = &[#(#prefixes),*];

            /// The columns that may be sent although they start so.
            pub const ALLOWED_COLUMNS: &'static [&'static str] = &[#(#allowed),*];

            /// What the destination allows, and what it does.
            #[must_use]
            pub const fn profile(self) -> &'static Profile {
                match self {
                    #(Destination::#names => &#constants,)*
                }
            }

            /// Its short name, such as the definition has it.
            #[must_use]
            pub const fn key(self) -> &'static str {
                self.profile().key
            }

            /// The destination with this short name.
            #[must_use]
            pub fn from_key(key: &str) -> ::core::option::Option<Destination> {
                Destination::ALL.iter().copied().find(|destination| destination.key() == key)
            }
        }

        impl ::core::fmt::Display for Destination {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.profile().title)
            }
        }

        #(#profiles)*
    }
}

/// The words of the vocabulary that the profiles need: an import that is not used is a warning where the
/// tree is compiled.
fn vocabulary(destinations: &[Destination]) -> Vec<proc_macro2::Ident> {
    let has_types = destinations.iter().any(|destination| !destination.types.is_empty());
    let has_unsupported = destinations.iter().any(|destination| !destination.unsupported.is_empty());
    let mut steps = destinations.iter().flat_map(|destination| &destination.steps);
    let mut words = vec!["Case", "Length", "Matching", "Nested", "Profile", "Split"];
    let has_classes = |step: &Step<Vec<Class>>| {
        matches!(step, Step::RemoveOthers(_) | Step::ReplaceOthers(_) | Step::StripLeadingOthers(_))
    };
    for (word, is_needed) in [
        ("Step", steps.clone().next().is_some()),
        ("Class", steps.any(has_classes)),
        ("ColumnType", has_types),
        ("StitchType", has_types || has_unsupported),
    ] {
        if is_needed {
            words.push(word);
        }
    }
    words.sort_unstable();
    words.into_iter().map(ident).collect()
}

/// A variant, with the documented examples as its test.
fn variant(api: &Api, destination: &Destination) -> TokenStream {
    let name = ident(&destination.variant());
    let mut text = format!("{}.", for_rustdoc(&destination.title));
    if !destination.description.is_empty() {
        text.push_str(&format!(" {}", for_rustdoc(&destination.description)));
    }
    if !destination.steps.is_empty() {
        text.push_str("\n\nNames of columns: ");
        text.push_str(&for_rustdoc(&steps(destination)));
        text.push('.');
    }
    let source = doc(&format!("\nSource: `{}`.", spec_path(&api.folder, &destination.source)));
    let text = doc(&text);
    let test = test(destination);
    quote! {
        #text
        #test
        #source
        #name,
    }
}

/// What is done to names, step by step.
fn steps(destination: &Destination) -> String {
    destination.steps.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn test(destination: &Destination) -> Option<TokenStream> {
    if destination.transforms.is_empty() {
        return None;
    }
    let before = doc("\n```");
    // The path of this module is known only where it is compiled.
    let import = quote!(#[doc = concat!(" use ", module_path!(), "::Destination;")]);
    let mut code = format!("\nlet profile = Destination::{}.profile();", destination.variant());
    let mut last = "";
    for Transform { kind, from, to } in &destination.transforms {
        if kind != last && !kind.is_empty() {
            code.push_str(&format!("\n// {}.", kind.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        last = kind;
        code.push_str(&format!("\nassert_eq!(profile.transform({from:?}), {to:?});"));
    }
    let code = doc(&format!("{code}\n```"));
    Some(quote!(#before #import #code))
}

/// The constant of each destination, and one with all of them in the order of their keys: what the derive knows.
pub(super) fn profiles(api: &Api) -> TokenStream {
    let rules = &api.destination_rules;
    let (prefixes, allowed) = (&rules.reserved_prefixes, &rules.allowed_columns);
    let reserved = (quote!(&[#(#prefixes),*]), quote!(&[#(#allowed),*]));
    let profiles = api.destinations.iter().map(|destination| profile(api, destination, &reserved));
    let names = api.destinations.iter().map(|destination| ident(&destination.constant()));
    let vocabulary = if api.destinations.is_empty() { Vec::new() } else { vocabulary(&api.destinations) };
    let vocabulary = vocabulary.iter().filter(|word| *word != "Profile");
    quote! {
        use backstitch_codegen::destination::{Profile #(, #vocabulary)*};

        /// The destinations, in the order of their keys.
        pub(crate) const DESTINATIONS: &[Profile] = &[#(#names),*];

        #(#profiles)*
    }
}

/// The constant of a destination; `reserved` are the prefixes that no name starts with, and the columns that do so
/// all the same.
fn profile(api: &Api, destination: &Destination, reserved: &(TokenStream, TokenStream)) -> TokenStream {
    let name = ident(&destination.constant());
    let (reserved_prefixes, allowed_columns) = reserved;
    let text = doc(&format!("What {} allows, and what it does.", for_rustdoc(&destination.title)));
    let (key, title) = (&destination.key, &destination.title);
    let table_name = length(destination.table_name);
    let column_name = length(destination.column_name);
    let number = |number: usize| Literal::usize_unsuffixed(number);
    let columns = option(destination.columns.map(number).as_ref());
    let record_bytes = option(destination.record_bytes.map(number).as_ref());
    let case = ident(&format!("{:?}", destination.case));
    let split = ident(&format!("{:?}", destination.split));
    let nested = ident(&format!("{:?}", destination.nested));
    let matching = ident(&format!("{:?}", api.destination_rules.matching));
    let prefixes = &destination.reserved_column_prefixes;
    let suffixes = &destination.reserved_column_suffixes;
    let table_suffixes = &destination.reserved_table_suffixes;
    let types = destination.types.iter().map(|column| {
        let of = stitch_type(column.of);
        let (name, suffix) = (&column.name, &column.suffix);
        quote!(ColumnType { of: #of, name: #name, suffix: #suffix })
    });
    let unsupported = destination.unsupported.iter().map(|of| stitch_type(*of));
    let steps = destination.steps.iter().map(step);
    quote! {
        #text
        const #name: Profile = Profile {
            key: #key,
            title: #title,
            table_name: #table_name,
            column_name: #column_name,
            columns: #columns,
            record_bytes: #record_bytes,
            case: Case::#case,
            split: Split::#split,
            nested: Nested::#nested,
            matching: Matching::#matching,
            reserved_prefixes: #reserved_prefixes,
            allowed_columns: #allowed_columns,
            reserved_column_prefixes: &[#(#prefixes),*],
            reserved_column_suffixes: &[#(#suffixes),*],
            reserved_table_suffixes: &[#(#table_suffixes),*],
            types: &[#(#types),*],
            unsupported: &[#(#unsupported),*],
            steps: &[#(#steps),*],
        };
    }
}

fn stitch_type(of: StitchType) -> TokenStream {
    let name = ident(&format!("{of:?}"));
    quote!(StitchType::#name)
}

fn length(length: Length) -> TokenStream {
    match length {
        Length::Characters(most) => {
            let most = Literal::usize_unsuffixed(most);
            quote!(Length::Characters(#most))
        }
        Length::Bytes(most) => {
            let most = Literal::usize_unsuffixed(most);
            quote!(Length::Bytes(#most))
        }
        Length::Unlimited => quote!(Length::Unlimited),
    }
}

fn step(step: &Step<Vec<Class>>) -> TokenStream {
    let of = |name: &str, classes: &[Class]| {
        let name = ident(name);
        let classes = classes.iter().map(|class| match class {
            Class::Letters => quote!(Class::Letters),
            Class::Digits => quote!(Class::Digits),
            Class::Character(only) => quote!(Class::Character(#only)),
        });
        quote!(Step::#name(&[#(#classes),*]))
    };
    match step {
        Step::RemoveOthers(classes) => of("RemoveOthers", classes),
        Step::ReplaceOthers(classes) => of("ReplaceOthers", classes),
        Step::StripLeadingOthers(classes) => of("StripLeadingOthers", classes),
        Step::LowerCase => quote!(Step::LowerCase),
        Step::UpperCase => quote!(Step::UpperCase),
        Step::TrimSpaces => quote!(Step::TrimSpaces),
        Step::SpacesToUnderscores => quote!(Step::SpacesToUnderscores),
        Step::LeadingDigitsToUnderscore => quote!(Step::LeadingDigitsToUnderscore),
        Step::UnderscoreBeforeLeadingDigits => quote!(Step::UnderscoreBeforeLeadingDigits),
    }
}

//! The objects of the API as Rust types: a module each, with the table of its attributes, its
//! validator, its JSON Schema, and its examples as documentation tests. The module tree needs `serde` and
//! `serde_json`, and nothing else.

use proc_macro2::TokenStream;
use quote::quote;

use super::tokens::{constraints, doc, ident, json_types, presence, role};
use super::{Files, checks, examples, fields, format_file, reader, rust_header, schema, spec_path};
use crate::model::{Additional, Api, Attribute, Object, Standing};
use crate::text;

/// Code of the tree that is the same for every API: its file, and a word that its users write.
const SUPPORT: [(&str, &str, &str); 2] = [
    ("json", include_str!("support/json.rs"), "super::json::"),
    ("read", include_str!("support/read.rs"), "super::read::"),
];

pub(super) fn emit(api: &Api) -> Files {
    let mut files = super::tables::emit(api);
    files.extend(super::responses::emit(api));
    let tables: Vec<String> = files.keys().map(|name| name.trim_end_matches(".rs").to_owned()).collect();
    let mut objects = Files::new();
    for object in &api.objects {
        let header = rust_header(&spec_path(&api.folder, &object.source));
        objects.insert(format!("{}.rs", object.module_name()), format_file(&header, &module(api, object)));
    }
    let mut support = Vec::new();
    for (name, text, word) in SUPPORT {
        if objects.values().any(|file| file.contains(word)) {
            files.insert(format!("{name}.rs"), format!("{}{text}", rust_header("the engine's support")));
            support.push(name);
        }
    }
    files.extend(objects);
    if !api.objects.is_empty() {
        files.insert("objects.rs".to_owned(), list(api));
    }
    files.insert("rules.rs".to_owned(), rules());
    files.insert("mod.rs".to_owned(), root(api, &tables, &support));
    files
}

/// The vocabulary of the rules: this crate's own module, as it stands.
fn rules() -> String {
    format!("{}{}", rust_header("the engine's rules"), include_str!("../rules.rs"))
}

fn root(api: &Api, tables: &[String], support: &[&str]) -> String {
    let list = (!api.objects.is_empty()).then(|| {
        quote!(
            pub mod objects;
        )
    });
    let tables = tables.iter().map(|name| ident(name));
    let modules = api.objects.iter().map(|object| {
        let module = ident(&object.module());
        let text =
            doc(&format!("{}: see `{}`.", text::for_rustdoc(&object.title), spec_path(&api.folder, &object.source)));
        quote!(#text pub mod #module;)
    });
    let types = api.objects.iter().map(|object| {
        let module = ident(&object.module());
        let name = ident(&object.type_name());
        quote!(pub use #module::#name;)
    });
    let support = support.iter().map(|name| ident(name));
    let push_record = api.push_object().map(|object| {
        let module = ident(&object.module());
        quote! {
            /// The Push record, whatever its title: the object whose attributes have its roles.
            pub use self::#module as push_record;
        }
    });
    let tokens = quote! {
        //! The objects of the API, a module each, and the vocabulary of their rules.

        #(#modules)*
        #(mod #support;)*
        #list
        #(pub mod #tables;)*
        pub mod rules;

        #(#types)*
        #push_record
    };
    format_file(&rust_header(&spec_path(&api.folder, "")), &tokens)
}

/// All objects in one list, for who has a title or a value and no type.
fn list(api: &Api) -> String {
    let objects = api.objects.iter().map(|object| {
        let (module, name, title) = (ident(&object.module()), ident(&object.type_name()), &object.title);
        let source = spec_path(&api.folder, &object.source);
        quote! {
            Object {
                title: #title,
                source: #source,
                attributes: super::#module::ATTRIBUTES,
                json_schema: super::#module::JSON_SCHEMA,
                check: |value| {
                    let value: super::#module::#name =
                        ::serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
                    value.validate().map_err(|violations| violations.to_string())
                },
            }
        }
    });
    let tokens = quote! {
        //! The objects as a list.

        /// Says why a value is not such an object.
        pub type Check = fn(&::serde_json::Value) -> ::core::result::Result<(), ::std::string::String>;

        /// An object of the API.
        #[derive(Clone, Copy, Debug)]
        pub struct Object {
            /// Its title, as its definition has it.
            pub title: &'static str,
            /// The path of its definition.
            pub source: &'static str,
            /// Its attributes, in the order of its definition.
            pub attributes: &'static [super::rules::Attribute],
            /// It as a JSON Schema (draft 4).
            pub json_schema: &'static str,
            /// Reads a value as the object's type and checks it by its validator; the error says what is wrong.
            pub check: Check,
        }

        /// All of them, in the order of their definitions.
        pub const ALL: &[Object] = &[#(#objects),*];
    };
    format_file(&rust_header(&spec_path(&api.folder, "")), &tokens)
}

fn module(api: &Api, object: &Object) -> TokenStream {
    let title = format!(" {}.", text::for_rustdoc(&object.title));
    let constants = object.attributes.iter().filter_map(|attribute| fields::constant(object, attribute));
    let attributes = object.attributes.iter().map(table_row);
    let wire_order = &object.wire_order;
    let attributes_text =
        doc(&format!("The attributes of {}, in the order of its definition.", text::for_rustdoc(&object.title)));
    let order_text =
        doc("Indices into [`ATTRIBUTES`] in the order of the wire: that of the definition's first example, then the \
         attributes that it lacks.");
    let count = wire_order.len();
    let schema_text = doc("The object as a JSON Schema (draft 4), with the objects that it holds.");
    let schema = schema::of(api, object);
    let declaration = declaration(api, object);
    let validate = checks::validate(api, object);
    // Who reads or writes a field that will go is told so; the generated code is not.
    let is_deprecated = |attribute: &Attribute| attribute.standing.contains(&Standing::Deprecated);
    let allow = object.attributes.iter().any(is_deprecated).then(|| quote!(#![allow(deprecated)]));
    quote! {
        #![doc = #title]
        #allow

        #attributes_text
        pub const ATTRIBUTES: &[super::rules::Attribute] = &[#(#attributes),*];

        #order_text
        pub const WIRE_ORDER: [usize; #count] = [#(#wire_order),*];

        #schema_text
        pub const JSON_SCHEMA: &str = #schema;

        #(#constants)*

        #declaration

        #validate
    }
}

fn declaration(api: &Api, object: &Object) -> TokenStream {
    let type_name = ident(&object.type_name());
    let mut text = text::for_rustdoc(&object.description);
    if text.is_empty() {
        text = format!("{}.", text::for_rustdoc(&object.title));
    }
    if let Some(version) = &object.version {
        text.push_str(&format!("\n\nVersion {version} of the API."));
    }
    for method in &object.methods {
        let path = object.path();
        text.push_str(&format!("\n\n{}: `{} {path}`.", text::for_rustdoc(&method.title), method.method));
        if !method.description.is_empty() {
            text.push_str(&format!(" {}", text::for_rustdoc(&method.description)));
        }
    }
    text.push_str(&format!("\n\nSource: `{}`.", spec_path(&api.folder, &object.source)));
    let text = doc(&text);
    let examples = examples::docs(api, object);
    let fields = object.on_the_wire().map(|attribute| fields::field(api, object, attribute));
    let additional = (object.additional == Additional::Allowed).then(|| {
        let name = ident(&fields::additional_field(object));
        quote! {
            /// What it has beside its attributes.
            #[serde(flatten)]
            pub #name: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        }
    });
    let reader = reader::reader(api, object);
    quote! {
        #text
        #(#examples)*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
        pub struct #type_name {
            #(#fields)*
            #additional
        }

        #reader
    }
}

/// An attribute as a row of a table of rules.
pub(super) fn table_row(attribute: &Attribute) -> TokenStream {
    let name = attribute.name.as_str();
    let types = json_types(&attribute.types);
    let items = json_types(&attribute.items);
    let presence = presence(attribute.presence);
    let role = role(attribute.role);
    let constraints = constraints(attribute);
    quote! {
        super::rules::Attribute {
            name: #name,
            types: #types,
            items: #items,
            presence: #presence,
            role: #role,
            constraints: #constraints,
        }
    }
}

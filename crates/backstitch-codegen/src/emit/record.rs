//! What the derive knows of the definitions: its model of the Push record, and the destinations, as constants.

use quote::quote;

use super::tokens::{attribute_text, json_types, option, presence, role};
use super::{Files, destinations, format_file, rust_header, spec_path};
use crate::model::{Api, Attribute, Object};
use crate::rules::Role;
use crate::text;

/// The limit that a flat record is held against when it is compiled.
const DATA_POINTS: &str = "data-points-per-record";

pub(super) fn emit(api: &Api) -> Files {
    let Some(push) = api.push_object() else {
        return Files::new();
    };
    let title = &push.title;
    let description = text::for_rustdoc(&push.description);
    let source = spec_path(&api.folder, &push.source);
    let attributes = push.on_the_wire().map(|attribute| row(push, attribute));
    let client_id = hint(push, Role::Client, 1);
    let sequence = hint(push, Role::Sequence, 1);
    let data_points = api.limits.iter().find(|limit| limit.name == DATA_POINTS).map(|limit| limit.value);
    let data_points = option(data_points.map(proc_macro2::Literal::u64_unsuffixed).as_ref());
    let destinations = destinations::profiles(api);
    let tokens = quote! {
        //! The Push record, as its definition describes it, and where records can go.

        use backstitch_codegen::record::{RecordAttribute, RecordModel};
        #destinations

        /// The most data points in the data of one record.
        pub(crate) const DATA_POINTS: ::core::option::Option<usize> = #data_points;

        /// The Push record.
        pub(crate) const RECORD: RecordModel = RecordModel {
            title: #title,
            description: #description,
            source: #source,
            attributes: &[#(#attributes),*],
            example_client_id: #client_id,
            example_sequence: #sequence,
        };
    };
    let file = format_file(&rust_header(&spec_path(&api.folder, "")), &tokens);
    Files::from([("generated.rs".to_owned(), file)])
}

fn row(object: &Object, attribute: &Attribute) -> proc_macro2::TokenStream {
    let name = attribute.name.as_str();
    let field = attribute.name.field();
    let types = json_types(&attribute.types);
    let items = json_types(&attribute.items);
    let presence = presence(attribute.presence);
    let role = role(attribute.role);
    let constant = option(attribute.constant.as_ref());
    let description = attribute_text(object, attribute);
    quote! {
        RecordAttribute {
            name: #name,
            field: #field,
            types: #types,
            items: #items,
            presence: #presence,
            role: #role,
            constant: #constant,
            description: #description,
        }
    }
}

/// The definition's hint at the value of the attribute with `role`, where it is an integer.
fn hint(object: &Object, role: Role, otherwise: i64) -> i64 {
    object
        .by_role(role)
        .and_then(|attribute| attribute.value.as_deref())
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(otherwise)
}

//! Tests of the documented example: one in the record's documentation, one among the unit tests.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Visibility;
use syn::ext::IdentExt as _;

use super::Site;
use super::attributes::{Container, DocTest};
use super::field::json_string;
use super::generics::for_tests;
use crate::record::RecordModel;
use crate::rules::Role;
use crate::text;

/// The example as a request, where every field's example is a literal: what the derive can know
/// without compiling.
fn example_request(container: &Container<'_>, model: &RecordModel) -> Option<String> {
    let mut fields = Vec::new();
    if container.sent().any(|field| field.flatten.is_some()) {
        return None;
    }
    for field in container.sent() {
        fields.push(format!("{}:{}", json_string(&field.wire), field.example_json()?));
    }
    let keys: Vec<String> = container.keys.iter().map(|index| json_string(&container.fields[*index].wire)).collect();
    let table = container.table.as_ref().map(syn::LitStr::value).unwrap_or_default();
    let attributes: Vec<String> = model
        .attributes
        .iter()
        .filter_map(|attribute| {
            let value = match attribute.role {
                Some(Role::Client) => model.example_client_id.to_string(),
                Some(Role::Table) => json_string(&table),
                Some(Role::Sequence) => model.example_sequence.to_string(),
                Some(Role::Action) => json_string(attribute.constant.unwrap_or_default()),
                Some(Role::Keys) => format!("[{}]", keys.join(",")),
                Some(Role::Data) => format!("{{{}}}", fields.join(",")),
                None => json_string(attribute.constant_that_must_be_there()?),
            };
            Some(format!("{}:{value}", json_string(attribute.name)))
        })
        .collect();
    Some(format!("[{{{}}}]", attributes.join(",")))
}

/// Whether the example is a documentation test: such a test sees the crate from outside, and has to
/// know its name.
fn has_doc_test(container: &Container<'_>, site: &Site) -> bool {
    let is_public = matches!(container.input.vis, Visibility::Public(_));
    let is_wanted = match container.doc_test {
        DocTest::Usual => is_public,
        DocTest::None => false,
        DocTest::At(_) => true,
    };
    is_wanted && site.crate_name.is_some() && why_no_test(container).is_none()
}

/// Why there can be no test of the example, if there can be none.
fn why_no_test(container: &Container<'_>) -> Option<String> {
    if for_tests(container).is_none() {
        return Some("the type is generic, and no one of its types stands for all".to_owned());
    }
    let without = container.sent().find(|field| field.serialize.is_some() && field.example.is_none())?;
    Some(format!("the field `{}` is written by serde and has no `example`", without.plain_ident()))
}

/// What the documentation of the typed record begins with: its example, as a test where the struct is public, since a
/// documentation test sees a crate from outside.
pub(super) fn record_docs(container: &Container<'_>, model: &RecordModel, site: &Site, number: u64) -> String {
    let title = title(container, model);
    let Some(crate_name) = site.crate_name.as_ref().filter(|_| has_doc_test(container, site)) else {
        return match why_no_test(container) {
            Some(why) => format!("{title}There is no test of its example: {why}.\n\n---\n\n"),
            None => title,
        };
    };
    let (client_id, sequence) = (model.example_client_id, model.example_sequence);
    let outcome = match example_request(container, model) {
        Some(request) => {
            format!("assert_eq!(String::from_utf8(body.finish())?, {});", text::raw_string(&request))
        }
        None => "assert_eq!(body.records(), 1);".to_owned(),
    };
    // The first line makes the compiler load the crate; the type itself may lie in a private module,
    // so that the test asks for it by number.
    let runtime = runtime_in_tests(container, crate_name);
    let example = match &container.doc_test {
        DocTest::At(path) => format!("let record = <{} as {runtime}::Push>::example();", path.value()),
        _ => {
            format!("# let record = <{} as {runtime}::__private::Documented<{number}, _>>::example();", holder(number))
        }
    };
    format!(
        "{title}# Example\n\n```\n# use {crate_name} as _;\nuse {runtime}::PushBody;\n\n{example}\nlet mut body = \
         PushBody::json({client_id});\nbody.push(&record, {sequence}i64)?;\n{outcome}\n# Ok::<(), Box<dyn \
         std::error::Error>>(())\n```\n\n---\n\n"
    )
}

/// What the typed record is.
fn title(container: &Container<'_>, model: &RecordModel) -> String {
    let table = container.table.as_ref().map(syn::LitStr::value).unwrap_or_default().replace('`', "'");
    format!("[`{}`] on its way to the table `{table}`: a {} record.\n\n", container.input.ident, model.title)
}

/// The path to the runtime crate as a documentation test, which is another crate, has it.
fn runtime_in_tests(container: &Container<'_>, crate_name: &str) -> String {
    let Some(path) = &container.runtime else { return "backstitch".to_owned() };
    let text = quote::ToTokens::to_token_stream(path).to_string().replace(' ', "");
    match text.strip_prefix("crate::") {
        Some(rest) => format!("{crate_name}::{rest}"),
        None => text.trim_start_matches("::").to_owned(),
    }
}

/// The impls through which the tests find the example: they can't name a type that lies in a private
/// module or in a function.
pub(super) fn examples(container: &Container<'_>, site: &Site, number: u64) -> TokenStream {
    let Some(name) = for_tests(container).filter(|_| why_no_test(container).is_none()) else {
        return TokenStream::new();
    };
    // A test that is given the path needs no number.
    let is_found_by_number = has_doc_test(container, site) && !matches!(container.doc_test, DocTest::At(_));
    let documented = is_found_by_number.then(|| {
        let holder = holder(number);
        quote! {
            #[automatically_derived]
            impl __p::Documented<#number, #name> for #holder {}
        }
    });
    let expansion = site.expansion;
    quote! {
        #documented
        #[cfg(test)]
        #[automatically_derived]
        impl __p::Tested<#expansion, #name> for () {}
    }
}

/// The unit test of the example. In a function it is compiled and never run: Rust has no tests there.
pub(super) fn unit_test(container: &Container<'_>, model: &RecordModel, site: &Site) -> TokenStream {
    if why_no_test(container).is_some() {
        return TokenStream::new();
    }
    let module = format_ident!("backstitch_example_of_{}", container.input.ident.unraw());
    let expansion = site.expansion;
    let (client_id, sequence) = (model.example_client_id, model.example_sequence);
    let expected = match example_request(container, model) {
        Some(request) => quote!(::core::option::Option::Some(#request)),
        None => quote!(::core::option::Option::None),
    };
    quote! {
        #[cfg(test)]
        #[allow(dead_code, non_snake_case, unnameable_test_items)]
        mod #module {
            #[::core::prelude::v1::test]
            fn is_valid() {
                let example = <() as ::backstitch::__private::Tested<#expansion, _>>::example();
                ::backstitch::__private::test_example(&example, #client_id, #sequence, #expected);
            }
        }
    }
}

/// The type that has the example of the type with this number: a tuple of so many nothings. The compiler holds all impls
/// for one type against each other, which are fewer where there are several of these.
fn holder(number: u64) -> TokenStream {
    let nothings = (0..number % 4).map(|_| quote!(()));
    quote!((#(#nothings,)*))
}

/// A number that is the type's own within its crate, and the same whoever compiles it: of its text and its place (FNV-1a).
pub(super) fn number(site: &Site, input: &TokenStream) -> u64 {
    let text = format!("{}:{}:{}:{input}", site.file, site.line, site.column);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

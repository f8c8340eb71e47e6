//! Examples as documentation: those that agree with the attributes as tests, the others as text.

use proc_macro2::TokenStream;
use quote::quote;

use super::tokens::doc;
use crate::model::{Api, Example, ExampleKind, Object};
use crate::text;

/// The examples of an object: its own, and those of the calls that take or give it.
pub(super) fn docs(api: &Api, object: &Object) -> Vec<TokenStream> {
    let calls = api.endpoints.iter().flat_map(|endpoint| {
        let of_it = endpoint.examples.iter().filter(|example| example.of.as_deref() == Some(&object.title));
        of_it.map(move |example| {
            let title = if example.title.is_empty() { "an example" } else { example.title.trim() };
            (format!("{}: {title}", endpoint.title), example)
        })
    });
    let own = object.examples.iter().map(|example| (example.title.clone(), example));
    own.chain(calls).map(|(title, example)| one(object, &title, example)).collect()
}

/// The example as a documentation test, or, where it contradicts the attributes, as text.
fn one(object: &Object, title: &str, example: &Example) -> TokenStream {
    let mut heading = "\n# Example\n".to_owned();
    if !title.trim().is_empty() {
        heading.push_str(&format!("\n{}\n", text::for_rustdoc(title)));
    }
    let heading = doc(&heading);
    let as_text = doc(&format!("```text\n{}\n```", example.code.trim().replace("```", "'''")));
    if !example.checked {
        return quote!(#heading #as_text);
    }
    // Of a command or of JSON with comments, the JSON is tested and the whole is shown.
    let shown = (example.kind != ExampleKind::Json).then_some(as_text);
    let type_name = object.type_name();
    let literal = text::raw_string(&text::dedented(&example.json));
    // The path of this module is known only where it is compiled.
    let import = quote!(#[doc = concat!(" use ", module_path!(), "::", #type_name, ";")]);
    let unwrap = match &example.wrapper {
        Some(key) => format!(
            "let whole: serde_json::Value = serde_json::from_str(text)?;\nlet text = &whole[{key:?}].to_string();\n"
        ),
        None => String::new(),
    };
    let (held, validate) = if example.is_array {
        // The object's type may be called `Vec` itself.
        let list = if type_name == "Vec" { "::std::vec::Vec" } else { "Vec" };
        (format!("{list}<{type_name}>"), "for value in &value {\n    value.validate()?;\n}")
    } else {
        (type_name.clone(), "value.validate()?;")
    };
    let written = if example.exact {
        "assert_eq!(serde_json::to_value(&value)?, serde_json::from_str::<serde_json::Value>(text)?);".to_owned()
    } else {
        format!("assert_eq!(serde_json::from_str::<{held}>(&serde_json::to_string(&value)?)?, value);")
    };
    let before = doc("```");
    let after = doc(&format!(
        "\nlet text = {literal};\n{unwrap}let value: {held} = serde_json::from_str(text)?;\n{validate}\n\
         {written}\n# ::core::result::Result::Ok::<(), ::std::boxed::Box<dyn ::std::error::Error>>(())\n```"
    ));
    quote!(#heading #shown #before #import #after)
}

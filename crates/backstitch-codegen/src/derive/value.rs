//! How a struct or an enum is written, checked and described.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, Type};

use super::attributes::{Container, Shape};
use super::field::{Field, Serialize, is_bare_example, is_text, json_string, outermost};
use super::generics::{Bounds, for_tests, has_ident};
use super::names::told_by_the_compiler;
use crate::record::RecordModel;
use crate::rules::Role;

// Every use of a field's type as a `Value` is written alike, with the type as it stands, so that the compiler tells
// once, at the type, that it is none. `__p` is the runtime's module for what stands here, `__t` is `Value`.

pub(super) fn expand(container: &Container<'_>, model: &RecordModel) -> TokenStream {
    match &container.shape {
        Shape::Object => object(container, model),
        Shape::Transparent(index) => transparent(container, &container.fields[*index]),
        Shape::Array => array(container),
        Shape::Text(variants) => {
            let names: Vec<_> = variants.iter().map(|(ident, _)| *ident).collect();
            let wires: Vec<_> = variants.iter().map(|(_, wire)| wire).collect();
            text(container, &names, &wires)
        }
    }
}

fn object(container: &Container<'_>, model: &RecordModel) -> TokenStream {
    let name = &container.input.ident;
    let names = container.sent().map(|field| name_of(field, model));
    // A record within another is rare, and what it is matters where destinations are named: the compiler need not
    // look at the others.
    let shape = (container.table.is_none() || !container.destinations.is_empty()).then(|| {
        let shapes = container.sent().map(|field| shape(container, field));
        quote! {
            const SHAPE: &'static __p::Shape =
                &__p::Shape::Object(<Self as __p::Fields>::NAMES, &[#(#shapes),*]);
        }
    });
    let own_shape = shape.is_some().then(|| {
        quote!(
            const SHAPE: &'static __p::Shape = <Self as __p::Fields>::SHAPE;
        )
    });
    let (parts, proof) = flattened(container);
    let visits = container.sent().enumerate().map(|(index, field)| visit(field, index));
    let descriptions = container.sent().map(describe);
    let samples = container.fields.iter().map(sample);
    let bounds = Bounds::of_value(container);
    let (impl_generics, type_generics, where_clause) = bounds.split();
    quote! {
        #[automatically_derived]
        impl #impl_generics __p::Fields for #name #type_generics #where_clause {
            const NAMES: &'static [__p::Name] = &[#(#names),*];
            #shape
            #parts

            fn visit<__V: __p::Visit>(&self, __v: &mut __V) {
                let __n = <Self as __p::Fields>::NAMES;
                #(#visits)*
            }

            #[inline]
            fn describe(__d: &mut __p::Describe<'_>) {
                #(#descriptions)*
            }
        }

        #[automatically_derived]
        impl #impl_generics __p::Value for #name #type_generics #where_clause {
            #own_shape

            fn write<__E: __p::Encoder>(&self, __e: &mut __E) {
                __p::write_object(self, __e);
            }

            #[inline]
            fn check(&self, __c: &mut __p::Check) {
                __p::check_object(self, __c);
            }

            #[inline]
            fn sample() -> Self {
                Self { #(#samples),* }
            }

            #[inline]
            fn value_schema(__s: &mut __p::Types) -> __p::Schema {
                __p::object_schema::<Self>(__s)
            }
        }

        #proof
    }
}

/// The names of flattened fields as parts of the struct's; and where the compiler can tell, that no two are the same.
fn flattened(container: &Container<'_>) -> (Option<TokenStream>, Option<TokenStream>) {
    let fields: Vec<_> = container.sent().filter(|field| field.flatten.is_some()).collect();
    let Some(place) = fields.first().and_then(|field| field.flatten) else { return (None, None) };
    let types = fields.iter().map(|field| field.ty);
    let parts = quote! {
        const PARTS: &'static __p::Parts = &__p::Parts {
            names: <Self as __p::Fields>::NAMES,
            flattened: &[#(<#types as __p::Fields>::PARTS),*],
        };
    };
    let proof = for_tests(container)
        .map(|name| told_by_the_compiler(place, &quote!(__p::repeated(<#name as __p::Fields>::PARTS))));
    (Some(parts), proof)
}

/// A struct that is written as one of its fields.
fn transparent(container: &Container<'_>, field: &Field<'_>) -> TokenStream {
    let name = &container.input.ident;
    let (ty, member) = (field.ty, &field.member);
    let (write, check, description, shape) = (write(field), check(field), describe(field), shape(container, field));
    let samples = container.fields.iter().map(sample);
    let bounds = Bounds::of_value(container);
    let (impl_generics, type_generics, where_clause) = bounds.split();
    // A bound that holds for each lifetime is looked at where it is used, not here: the field need be no key.
    let also = |bound: TokenStream| {
        let mut clause = where_clause.cloned().unwrap_or(syn::WhereClause {
            where_token: <syn::Token![where]>::default(),
            predicates: syn::punctuated::Punctuated::new(),
        });
        clause.predicates.push(syn::parse_quote!(for<'__lifetime> #ty: #bound));
        clause
    };
    let markers = [
        (
            quote!(IsNumber),
            quote!(fn number(&self, __s: impl ::core::ops::FnOnce(__p::Number<'_>))),
            quote!(number),
            quote!(, __s),
        ),
        (quote!(IsText), quote!(fn text(&self, __s: impl ::core::ops::FnOnce(&str))), quote!(text), quote!(, __s)),
        (quote!(IsArray), quote!(fn items(&self) -> ::core::option::Option<usize>), quote!(items), quote!()),
    ];
    let markers = markers.into_iter().map(|(marker, signature, method, argument)| {
        let clause = also(quote!(__p::#marker));
        quote! {
            #[automatically_derived]
            impl #impl_generics __p::#marker for #name #type_generics #clause {
                #[inline]
                #signature {
                    <#ty as __p::#marker>::#method(&self.#member #argument)
                }
            }
        }
    });
    let clause = also(quote!(__p::Key));
    let key = field.serialize.is_none().then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics __p::Key for #name #type_generics #clause {
                #[inline]
                fn check_key(&self, __c: &mut __p::Check) {
                    <#ty as __p::Key>::check_key(&self.#member, __c);
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics __p::Value for #name #type_generics #where_clause {
            const SHAPE: &'static __p::Shape = #shape;

            fn write<__E: __p::Encoder>(&self, __e: &mut __E) {
                #write
            }

            #[inline]
            fn check(&self, __v: &mut __p::Check) {
                #check
            }

            #[inline]
            fn sample() -> Self {
                Self { #(#samples),* }
            }

            #[inline]
            fn value_schema(__s: &mut __p::Types) -> __p::Schema {
                __p::transparent_schema::<Self>(__s, |__d| { #description })
            }
        }

        #key
        #(#markers)*
    }
}

/// A struct with several fields that have no names.
fn array(container: &Container<'_>) -> TokenStream {
    let name = &container.input.ident;
    let writes = container.sent().map(write);
    let checks = container.sent().enumerate().map(|(index, field)| {
        let check = check(field);
        quote!(__p::Check::element(__v, #index, |__v| { #check });)
    });
    let samples = container.fields.iter().map(sample);
    let descriptions = container.sent().map(describe);
    let count = container.sent().count();
    let bounds = Bounds::of_value(container);
    let (impl_generics, type_generics, where_clause) = bounds.split();
    quote! {
        #[automatically_derived]
        impl #impl_generics __p::Value for #name #type_generics #where_clause {
            const SHAPE: &'static __p::Shape = &__p::Shape::Array(__p::OPEN, #count);

            fn write<__E: __p::Encoder>(&self, __e: &mut __E) {
                __p::Encoder::begin_array(__e);
                #(__p::Encoder::element(__e); #writes)*
                __p::Encoder::end_array(__e);
            }

            #[inline]
            fn check(&self, __v: &mut __p::Check) {
                #(#checks)*
            }

            #[inline]
            fn sample() -> Self {
                Self { #(#samples),* }
            }

            #[inline]
            fn value_schema(__s: &mut __p::Types) -> __p::Schema {
                __p::tuple_schema::<Self>(__s, |__d| { #(#descriptions)* })
            }
        }
    }
}

/// An enum whose variants are strings.
fn text(container: &Container<'_>, variants: &[&syn::Ident], wires: &[&String]) -> TokenStream {
    let name = &container.input.ident;
    let first = variants.first();
    let (impl_generics, type_generics, where_clause) = container.input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics __p::Value for #name #type_generics #where_clause {
            const SHAPE: &'static __p::Shape = &__p::Shape::Scalar;
            const IS_PLAIN: bool = true;

            fn write<__E: __p::Encoder>(&self, __e: &mut __E) {
                __p::IsText::text(self, |__s| __p::Encoder::string(__e, __s));
            }

            #[inline]
            fn check(&self, __c: &mut __p::Check) {
                __p::Check::data_point(__c);
            }

            #[inline]
            fn sample() -> Self {
                Self::#first
            }

            #[inline]
            fn value_schema(_: &mut __p::Types) -> __p::Schema {
                __p::text_schema(&[#(#wires),*])
            }
        }

        #[automatically_derived]
        impl #impl_generics __p::Key for #name #type_generics #where_clause {
            #[inline]
            fn check_key(&self, __c: &mut __p::Check) {
                __p::IsText::text(self, |__s| __p::check_key_text(__s, __c));
            }
        }

        #[automatically_derived]
        impl #impl_generics __p::IsText for #name #type_generics #where_clause {
            fn text(&self, __s: impl ::core::ops::FnOnce(&str)) {
                __s(match self {
                    #(Self::#variants => #wires),*
                });
            }
        }
    }
}

/// Shows a field, the `index`th that is sent.
fn visit(field: &Field<'_>, index: usize) -> TokenStream {
    let (member, ty) = (&field.member, field.ty);
    let visit = if field.flatten.is_some() {
        let span = ty.span();
        quote_spanned!(span=> __v.among(__n); <#ty as __p::Fields>::visit(&self.#member, __v);)
    } else {
        let index = syn::Index::from(index);
        match serialize(field) {
            Some(serialize) => quote!(__v.serialized(__n, #index, |__s| #serialize);),
            None => quote!(<#ty as __t>::show(&self.#member, __n, #index, __v);),
        }
    };
    let limits = field.limits.calls(member);
    match &field.skip_if {
        Some(path) => quote!(if !#path(&self.#member) { #visit #limits }),
        None => quote!(#visit #limits),
    }
}

/// Writes the value of a field.
fn write(field: &Field<'_>) -> TokenStream {
    let (member, ty) = (&field.member, field.ty);
    match serialize(field) {
        Some(serialize) => quote!(__p::serialize(__e, |__s| #serialize);),
        None => quote!(<#ty as __t>::write(&self.#member, __e);),
    }
}

/// Checks the value of a field: its type's rules, then its own.
fn check(field: &Field<'_>) -> TokenStream {
    let (member, ty) = (&field.member, field.ty);
    let of_type = match serialize(field) {
        Some(serialize) => quote!(__p::check_serialize(__v, |__s| #serialize);),
        None => quote!(<#ty as __t>::check(&self.#member, __v);),
    };
    let limits = field.limits.calls(member);
    let visit = (!field.limits.is_empty()).then(|| {
        quote!(
            use __p::Visit as _;
        )
    });
    quote!(#visit #of_type #limits)
}

/// The call that writes a field by serde.
fn serialize(field: &Field<'_>) -> Option<TokenStream> {
    let member = &field.member;
    Some(match field.serialize.as_ref()? {
        Serialize::Type => quote!(__p::serde::Serialize::serialize(&self.#member, __s)),
        Serialize::With(path) => quote!(#path(&self.#member, __s)),
    })
}

/// Tells what a field is on the wire.
fn describe(field: &Field<'_>) -> TokenStream {
    let ty = field.ty;
    let limits = field.limits.in_schema();
    match field.serialize {
        _ if field.flatten.is_some() => quote!(<#ty as __p::Fields>::describe_flat(__d);),
        Some(_) => quote!(__d.anything(#limits);),
        None => quote!(<#ty as __t>::tell(__d, #limits);),
    }
}

/// What a field is, as far as names and counts go.
fn shape(container: &Container<'_>, field: &Field<'_>) -> TokenStream {
    let ty = field.ty;
    // A type that holds itself has no end.
    let holds_itself = [&container.input.ident, &Ident::new("Self", Span::call_site())]
        .into_iter()
        .any(|name| has_ident(quote!(#ty), name));
    let is_open = field.open.is_some() || field.serialize.is_some() || holds_itself;
    let shape = if is_open {
        quote!(__p::OPEN)
    } else if field.flatten.is_some() {
        quote!(<#ty as __p::Fields>::SHAPE)
    } else if container.destinations.is_empty() {
        quote!(<#ty as __t>::SHAPE)
    } else {
        followed(ty)
    };
    if field.skip_if.is_some() { quote!(&__p::Shape::Maybe(#shape)) } else { shape }
}

/// What a field of a record with destinations is: also behind a pointer, and in a list.
fn followed(ty: &Type) -> TokenStream {
    let within = |inner: &Type, wrap: fn(TokenStream) -> TokenStream| wrap(followed(inner));
    match outermost(ty) {
        Some((name, inner)) if name == "Option" => within(inner, |shape| quote!(&__p::Shape::Optional(#shape))),
        Some((name, inner)) if name == "Vec" => within(inner, |shape| quote!(&__p::Shape::Array(#shape, 0))),
        // `Box<str>` and the like are as they are.
        Some((name, inner)) if name == "Box" && outermost(inner).is_some() => followed(inner),
        Some((name, Type::Path(inner))) if name == "Box" && !inner.path.is_ident("str") => {
            followed(&Type::Path(inner.clone()))
        }
        _ => quote!(<#ty as __t>::SHAPE),
    }
}

/// A field's name with its forms.
fn name_of(field: &Field<'_>, model: &RecordModel) -> TokenStream {
    if field.flatten.is_some() {
        return quote!(["", "", ""]);
    }
    let wire = &field.wire;
    let data = model.attributes.iter().find(|attribute| attribute.role == Some(Role::Data));
    let data = data.map_or("", |attribute| attribute.name);
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    let pointer = format!("/{}/{}", escaped(data), escaped(wire));
    let json = format!(",{}:", json_string(wire));
    quote!([#wire, #json, #pointer])
}

fn sample(field: &Field<'_>) -> TokenStream {
    let member = &field.member;
    let span = field.ty.span();
    if field.skip {
        return quote_spanned!(span=> #member: ::core::default::Default::default());
    }
    let Some(example) = &field.example else {
        if field.serialize.is_some() {
            let name = field.plain_ident();
            return quote!(#member: __p::no_example(#name));
        }
        // The compiler finds the type, which is written out where the field is shown: that is less work for it.
        return quote_spanned!(span=> #member: __t::sample());
    };
    let span: Span = example.span();
    let value =
        if is_text(example) { quote_spanned!(span=> __p::FromText::from_text(#example)) } else { quote!(#example) };
    if is_bare_example(field.ty, example) {
        quote_spanned!(span=> #member: ::core::option::Option::Some(#value))
    } else {
        quote!(#member: #value)
    }
}

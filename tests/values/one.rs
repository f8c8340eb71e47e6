//! A record with one field of any type, and what is asked of such a field.

use backstitch::{BodyError, Check, Code, Encoder, FieldName, Push, PushBody, Schema, Types, Value};
use jsonschema::Draft;

/// The record: its only field is `v`.
pub(crate) struct One<T>(pub(crate) T);

impl<T: Value> Value for One<T> {
    fn write<E: Encoder>(&self, encoder: &mut E) {
        encoder.begin_object();
        encoder.key(&FieldName::new("v", "\"v\":"));
        self.0.write(encoder);
        encoder.end_object();
    }

    fn check(&self, check: &mut Check) {
        check.field("v", |check| self.0.check(check));
    }

    fn sample() -> Self {
        One(T::sample())
    }

    fn value_schema(types: &mut Types) -> Schema {
        Schema::object([("v", T::value_schema(types))])
    }
}

impl<T: Value> Push for One<T> {
    const TABLE_NAME: &'static str = "t";
    const KEY_NAMES: &'static [&'static str] = &["v"];

    fn check_keys(&self, _check: &mut Check) {}
}

/// The JSON of a value, or what is wrong with it: where, and its code.
pub(crate) fn json<T: Value>(value: T) -> Result<String, Vec<(String, Code)>> {
    let mut body = PushBody::json(1);
    match body.push(&One(value), 1) {
        Ok(()) => {
            let body = String::from_utf8(body.finish()).expect("UTF-8");
            let data = body.strip_prefix(r#"[{"client_id":1,"table_name":"t","sequence":1,"data":{"v":"#);
            let data = data.and_then(|data| data.strip_suffix(r#"},"key_names":["v"],"action":"upsert"}]"#));
            Ok(data.expect("the envelope").to_owned())
        }
        Err(BodyError::Invalid(violations)) => {
            assert!(body.is_empty() && body.bytes() == 2, "a refused record leaves nothing");
            Err(violations.into_iter().map(|violation| (violation.pointer.into(), violation.code)).collect())
        }
        Err(error) => panic!("{error}"),
    }
}

/// The JSON of a value that is valid; the schema of its type accepts it, as draft 4 and as a draft that knows more formats.
pub(crate) fn valid<T: Value>(value: T) -> String {
    let json = json(value).unwrap_or_else(|violations| panic!("{violations:?}"));
    let instance = serde_json::from_str(&format!("{{\"v\":{json}}}")).expect("JSON");
    let mut schema = <One<T> as Push>::schema().clone();
    for (draft, name) in [
        (Draft::Draft4, "http://json-schema.org/draft-04/schema#"),
        (Draft::Draft201909, "https://json-schema.org/draft/2019-09/schema"),
    ] {
        schema["$schema"] = name.into();
        let referee = jsonschema::options()
            .with_draft(draft)
            .should_validate_formats(true)
            .build(&schema)
            .unwrap_or_else(|error| panic!("{error}: {schema}"));
        assert!(referee.is_valid(&instance), "{json} is not {schema}");
    }
    json
}

/// The value's JSON is serde's, and fits its schema.
pub(crate) fn as_serde<T: Value + serde::Serialize>(value: T) {
    let expected = serde_json::to_string(&value).expect("JSON");
    assert_eq!(valid(value), expected, "{}", std::any::type_name::<T>());
}

/// The only thing wrong with the value.
pub(crate) fn refused<T: Value>(value: T) -> Code {
    let violations = json(value).expect_err("refused");
    assert_eq!(violations.len(), 1, "{violations:?}");
    assert_eq!(violations[0].0, "/0/data/v");
    violations[0].1
}

/// How many data points the value has.
pub(crate) fn data_points<T: Value>(value: &T) -> usize {
    // So many more are too many.
    struct Beside<'a, T>(&'a T, usize);
    impl<T: Value> Value for Beside<'_, T> {
        fn write<E: Encoder>(&self, encoder: &mut E) {
            encoder.null();
        }

        fn check(&self, check: &mut Check) {
            self.0.check(check);
            (0..self.1).for_each(|_| check.data_point());
        }

        fn sample() -> Self {
            unimplemented!("no example is asked for")
        }
    }
    let fits = |more| One(Beside(value, more)).validate().is_ok();
    let more = (0..=10_000).rev().find(|more| fits(*more)).expect("a value with few data points");
    10_000 - more
}

//! A struct that another macro writes: types, names and values come in invisible groups.

use backstitch::Push;

macro_rules! table {
    ($table:literal, $key:literal, $name:ident { $($field:ident: $ty:ty = $example:expr,)* }) => {
        #[derive(Push)]
        #[push(table = $table, key = $key)]
        struct $name {
            $(#[push(example = $example)] $field: $ty,)*
        }
    };
}

table!("customers", "id", Customer { id: i64 = 7, name: Option<String> = "Ada", height: f64 = -1.5, tags: Vec<String> = vec!["a".to_owned()], });

macro_rules! limited {
    ($least:literal, $wire:literal, $keep:path, $($variant:ident),*) => {
        #[derive(Push)]
        enum Level { $($variant),* }

        #[derive(Push)]
        struct Range {
            #[push(minimum = $least, rename = $wire)]
            from: i64,
            #[push(skip_if = $keep)]
            to: Option<i64>,
            level: Level,
        }
    };
}

limited!(-3, "start", Option::is_none, Low, High);

fn main() {
    let mut body = backstitch::PushBody::json(1);
    body.push(&Customer::example(), 1).unwrap();
    let text = String::from_utf8(body.finish()).unwrap();
    assert!(text.contains(r#""data":{"id":7,"name":"Ada","height":-1.5,"tags":["a"]}"#), "{text}");
    let _ = (Level::Low, Level::High);
    let _ = Range { from: -3, to: None, level: Level::High };
}

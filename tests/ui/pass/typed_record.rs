use backstitch::{Push, PushBody, PushRecord};

#[derive(Push)]
#[push(table = "customers", key = "id")]
pub struct Customer {
    id: i64,
}

fn main() {
    let mut record = CustomerPush::new(7723, 1565880017i64, Customer { id: 1 });
    assert_eq!(record.client_id, 7723);
    assert_eq!(record.table_name, "customers");
    assert_eq!(record.sequence, 1565880017);
    assert_eq!(record.key_names, ["id"]);
    assert_eq!(record.action.as_str(), "upsert");
    assert_eq!(record.data.id, 1);
    assert!(record.validate().is_ok());

    record.table_name.clear();
    record.key_names.clear();
    let violations: Vec<String> =
        record.validate().unwrap_err().iter().map(|violation| violation.pointer.to_string()).collect();
    assert_eq!(violations, ["/table_name", "/key_names"]);
    assert!(PushBody::json(7723).push_record(&record).is_err());
}

// Names and places that the generated code must bear.
mod awkward {
    use backstitch::Push;

    macro_rules! twice {
        ($module:ident, $ty:ty, $example:expr) => {
            mod $module {
                #[derive(backstitch::Push)]
                #[push(table = "rows", key = "id")]
                pub struct Row {
                    pub id: i64,
                    #[push(example = $example)]
                    pub value: $ty,
                }
            }
        };
    }
    twice!(first, Option<i64>, 5);
    twice!(second, String, "Finn");
    twice!(third, String, "Finn");

    #[derive(Push)]
    #[push(table = "bodies", key = "id")]
    pub struct Body {
        #[push(example = 1)]
        pub id: i64,
        #[push(example = 1.5)]
        pub price: Option<f64>,
        #[push(example = 'a')]
        pub letter: Option<char>,
    }

    #[derive(Push)]
    #[push(table = "a", key = "id")]
    struct Ä {
        id: i64,
    }

    #[derive(Push)]
    #[push(table = "o", key = "id")]
    struct Ö {
        id: i64,
    }
}

//! Two derives that both bring a `validate`: each is called by its name where it alone is in scope, and by its trait's
//! where both are.

#[derive(garde::Validate, backstitch::Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    #[garde(range(min = 1))]
    #[push(maximum = 99)]
    id: i64,
    #[garde(length(chars, min = 2), inner(ascii))]
    #[push(max_length = 4, rename = "full_name", example = "Finn")]
    name: Option<String>,
    #[garde(dive)]
    address: Address,
    #[garde(skip)]
    weight: f64,
}

#[derive(garde::Validate, backstitch::Push)]
struct Address {
    #[garde(length(min = 1))]
    #[push(max_length = 3)]
    city: String,
}

fn customer(id: i64, name: &str, city: &str, weight: f64) -> Customer {
    Customer { id, name: Some(name.to_owned()), address: Address { city: city.to_owned() }, weight }
}

mod ours {
    use backstitch::Push as _;

    pub fn places(customer: &super::Customer) -> Vec<String> {
        customer.validate().err().into_iter().flatten().map(|told| told.pointer.into()).collect()
    }
}

mod theirs {
    use garde::Validate as _;

    pub fn places(customer: &super::Customer) -> Vec<String> {
        let report = customer.validate().err();
        report.iter().flat_map(garde::Report::iter).map(|(path, _)| path.to_string()).collect()
    }
}

mod both {
    use backstitch::Push;
    use garde::Validate;

    pub fn are_fine(customer: &super::Customer) -> (bool, bool) {
        let _ = super::Customer::example();
        (Push::validate(customer).is_ok(), <super::Customer as Validate>::validate(customer).is_ok())
    }
}

fn main() {
    let good = customer(1, "Ada", "Bly", 1.5);
    assert_eq!(both::are_fine(&good), (true, true));
    assert!(ours::places(&good).is_empty() && theirs::places(&good).is_empty());

    let great = customer(100, "Ada Lovelace", "London", f64::NAN);
    assert_eq!(both::are_fine(&great), (false, true));
    assert_eq!(ours::places(&great), ["/data/id", "/data/full_name", "/data/address/city", "/data/weight"]);

    let small = customer(0, "A", "", 1.5);
    assert_eq!(both::are_fine(&small), (true, false));
    assert_eq!(theirs::places(&small), ["address.city", "id", "name"]);
}

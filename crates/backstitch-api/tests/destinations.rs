//! What holds for every destination, whatever the name.

use backstitch_api::Destination;
use backstitch_api::destination::{Class, Length, Matching, Profile, Step, StitchType, transform};
use proptest::prelude::{any, proptest};
use proptest::sample::select;

/// The profiles of all destinations.
fn profiles() -> impl Iterator<Item = &'static Profile> {
    Destination::ALL.iter().map(|destination| destination.profile())
}

/// A name that the destination gave is one that it leaves alone.
fn is_settled(profile: &Profile, name: &str) {
    let once = profile.transform(name);
    assert_eq!(profile.transform(&once), once, "{name:?} on {}", profile.key);
}

proptest! {
    #[test]
    fn a_name_that_was_transformed_is_left_alone(name in any::<String>()) {
        for profile in profiles() {
            is_settled(profile, &name);
        }
    }

    #[test]
    fn a_name_like_those_of_fields_is_left_alone_once_transformed(name in "[ _$#@!a-zA-Zßİǆς0-9٣-]{0,12}") {
        for profile in profiles() {
            is_settled(profile, &name);
        }
    }

    #[test]
    fn no_name_makes_a_check_panic(name in any::<String>(), word in select(&["_sdc", "__bi", "_old", "é", ""][..])) {
        for profile in profiles() {
            for name in [name.clone(), format!("{word}{name}"), format!("{name}{word}")] {
                assert_eq!(
                    profile.is_reserved_column(&name),
                    profile.reserved_column_prefix(&name).is_some() || profile.reserved_column_suffix(&name).is_some()
                );
                let _ = (profile.is_reserved_table(&name), profile.is_allowed_column(&name));
                let _ = (profile.table_name_fits(&name), profile.column_name_fits(&name));
            }
        }
    }

    #[test]
    fn a_length_is_that_of_the_name(name in any::<String>(), most in 0_usize..20) {
        assert_eq!(Length::Characters(most).fits(&name), name.chars().count() <= most);
        assert_eq!(Length::Bytes(most).fits(&name), name.len() <= most);
        assert!(Length::Unlimited.fits(&name));
    }
}

#[test]
fn every_letter_with_two_cases_is_left_alone_once_transformed() {
    let letters = ('\0'..=char::MAX).filter(|letter| {
        let text = letter.to_string();
        text.to_lowercase() != text || text.to_uppercase() != text
    });
    for letter in letters {
        for profile in profiles() {
            for name in [letter.to_string(), format!("a{letter}"), format!("{letter} 1")] {
                is_settled(profile, &name);
            }
        }
    }
}

#[test]
fn a_step_does_one_thing() {
    const PLAIN: &[Class] = &[Class::Letters, Class::Digits, Class::Character('_')];
    let cases: &[(Step, &str, &str)] = &[
        (Step::LowerCase, "ÄbC", "äbc"),
        (Step::UpperCase, "äbC", "ÄBC"),
        (Step::TrimSpaces, "  a b\t ", "a b\t"),
        (Step::SpacesToUnderscores, " a  b", "_a__b"),
        (Step::RemoveOthers(PLAIN), "a-b ٣é_1", "abé_1"),
        (Step::ReplaceOthers(PLAIN), "a-b 🧵", "a_b__"),
        (Step::StripLeadingOthers(&[Class::Letters]), "1_a1", "a1"),
        (Step::StripLeadingOthers(&[Class::Letters]), "123", ""),
        (Step::LeadingDigitsToUnderscore, "42a4", "_a4"),
        (Step::LeadingDigitsToUnderscore, "_42", "_42"),
        (Step::UnderscoreBeforeLeadingDigits, "42a", "_42a"),
        (Step::UnderscoreBeforeLeadingDigits, "a42", "a42"),
    ];
    for (step, from, to) in cases {
        assert_eq!(&transform(&[*step], from), to, "{step}");
    }
}

#[test]
fn reserved_words_are_reserved_in_any_case_and_allowed_columns_are_not() {
    let mysql = Destination::Mysql.profile();
    assert_eq!(mysql.matching, Matching::AnyCase);
    for name in ["_sdc_x", "_RJM", "age__DT", "__js"] {
        assert!(mysql.is_reserved_column(name), "{name}");
    }
    for name in ["age", "_sdc_deleted_at", "_SDC_Extra", "__dt_", "age__do"] {
        assert!(!mysql.is_reserved_column(name), "{name}");
    }
    for name in ["orders_old", "orders_STG", "_sdc_rejected", "_sdc_deleted_at"] {
        assert!(mysql.is_reserved_table(name), "{name}");
    }
    assert!(!Destination::Postgres.profile().is_reserved_table("orders_old"));
    assert_eq!(Destination::Bigquery.profile().reserved_column_prefix("_FILE_x"), Some("_file_"));
}

#[test]
fn a_type_has_a_column_or_is_rejected_or_nothing_is_known() {
    const SUFFIX: Option<&str> = Destination::Postgres.profile().split_suffix(StitchType::Bigint);
    assert_eq!(SUFFIX, Some("bi"), "known to the compiler, too");
    let delta = Destination::DatabricksDelta.profile();
    assert_eq!(delta.column_type(StitchType::Bigint), None);
    assert!(delta.rejects(StitchType::Bigint) && !delta.rejects(StitchType::Json));
    // A float is as a double, except where the destination tells them apart.
    assert_eq!(delta.split_suffix(StitchType::Float), Some("fl"));
    assert_eq!(Destination::Postgres.profile().split_suffix(StitchType::Float), Some("do"));
    assert_eq!(Destination::DataWorld.profile().split_suffix(StitchType::String), None);
}

#[test]
fn a_destination_is_found_by_its_key() {
    for destination in Destination::ALL {
        assert_eq!(Destination::from_key(destination.key()), Some(*destination));
    }
    assert_eq!(Destination::from_key("nowhere"), None);
    assert_eq!(Destination::Postgres.to_string(), "PostgreSQL");
}

#[test]
fn a_destination_that_is_the_same_as_another_differs_in_its_name_alone() {
    let (panoply, redshift) = (Destination::Panoply.profile(), Destination::Redshift.profile());
    assert_eq!(Profile { key: redshift.key, title: redshift.title, ..*panoply }, *redshift);
}

//! What is written is read again as it was; no file, however damaged, makes the reader fail otherwise than by saying so.

mod caf_common;

use base::Nir;
use caf_common::{EXAMPLE, xmllint_accepts};
use formats::caf::model::{
    Activity, ActivityCode, Address, Benefit, BenefitRole, BirthDatePrecision, Closure, Event, FeedKind, FileNumber,
    Footer, FrenchAddress, Header, Household, Link, PayingBody, Person, Refusal, RightDetail, RightState, RightStatus,
    Role, Sex, Suspension, SuspensionKind, Transfer,
};
use formats::caf::write::Writer;
use formats::caf::{PrescanOptions, Reader, prescan};
use jiff::civil::{Date, Time};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

/// A trimmed text of 1 to `max` characters, accents and characters to escape included.
fn text(max: usize) -> impl Strategy<Value = String> {
    vec(prop::sample::select("ABCXYZ059éÉçŒ€ &<>'\"-".chars().collect::<Vec<_>>()), 1..=max)
        .prop_map(|characters| characters.into_iter().collect::<String>().trim().to_owned())
        .prop_filter("says something", |text| !text.is_empty())
}

fn a_date() -> impl Strategy<Value = Date> {
    (1900i16..2100, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

fn a_time() -> impl Strategy<Value = Time> {
    (0i8..24, 0i8..60, 0i8..60, 0i32..10_000)
        .prop_map(|(hour, minute, second, fraction)| Time::new(hour, minute, second, fraction * 100_000).unwrap())
}

fn nir() -> impl Strategy<Value = Nir> {
    "[12][0-9]{4}(93|2A|2B)[0-9]{6}".prop_map(|text| Nir::parse(&text).unwrap())
}

fn paying_body() -> impl Strategy<Value = PayingBody> {
    (text(3), text(3)).prop_map(|(family, number)| PayingBody { family, number })
}

fn file_number() -> impl Strategy<Value = FileNumber> {
    prop_oneof!["[0-9]{7}00000000", "[0-9]{1,7}"].prop_map(|text| FileNumber::from_digits(&text))
}

fn benefit_role() -> impl Strategy<Value = BenefitRole> {
    (text(3), text(3), any::<bool>()).prop_map(|(benefit, role, dependant)| BenefitRole {
        benefit: Benefit::from_code(&benefit),
        role: Role::from_code(&role),
        dependant,
    })
}

fn link() -> impl Strategy<Value = Link> {
    (text(28), text(32), a_date(), option::of(nir())).prop_map(|(birth_name, first_name, birth_date, nir)| Link {
        birth_name,
        first_name,
        birth_date,
        nir,
    })
}

fn activity() -> impl Strategy<Value = Activity> {
    let code = prop_oneof![Just(ActivityCode::Unavailable), "[A-Z]{2}9".prop_map(ActivityCode::Code)];
    (code, a_date(), option::of(a_date()), option::of(text(3))).prop_map(|(code, since, until, contract)| Activity {
        code,
        since,
        until,
        contract,
    })
}

prop_compose! {
    fn person()(
        names in (text(28), text(28), text(32), option::of(text(15)), option::of(text(15)), text(26)),
        title in option::of(text(3)),
        birth in (a_date(), option::of(0u8..10), option::of(text(1))),
        nir in option::of(nir()),
        flags in (option::of(any::<bool>()), any::<bool>(), option::of(any::<bool>()), any::<bool>()),
        sex in text(1),
        attached in (a_date(), option::of(a_date())),
        previous_claim_number in option::of(text(11)),
        benefit_roles in vec(benefit_role(), 2),
        links in vec(link(), 0..3),
        france_travail_id in option::of(text(8)),
        activities in vec(activity(), 0..4),
    ) -> Person {
        let (usual_name, birth_name, first_name, second_first_name, third_first_name, birth_place) = names;
        let (civil_status_validated, file_holder, obligations, entering) = flags;
        Person {
            title,
            usual_name,
            birth_name,
            first_name,
            second_first_name,
            third_first_name,
            birth_place,
            birth_date: birth.0,
            birth_rank: birth.1,
            birth_date_precision: birth.2.map(|code| BirthDatePrecision::from_code(&code)),
            nir,
            civil_status_validated,
            sex: Sex::from_code(&sex),
            file_holder,
            attached_since: attached.0,
            attached_until: attached.1,
            previous_claim_number,
            benefit_roles,
            links,
            france_travail_id,
            obligations,
            // The element lives in a block that needs the other one.
            entering_obligations: obligations.map(|_| entering),
            activities,
        }
    }
}

prop_compose! {
    fn french_address()(
        lines in (text(38), text(38), text(6), text(30), text(32), text(38), text(5), text(32)),
        postcode in "[0-9]{5}",
    ) -> FrenchAddress {
        let (
            addressee_complement, place_complement, street_number, street_kind, street_name, locality, commune_code,
            commune_name,
        ) = lines;
        FrenchAddress {
            addressee_complement,
            place_complement,
            street_number,
            street_kind,
            street_name,
            locality,
            commune_code,
            postcode,
            commune_name,
        }
    }
}

prop_compose! {
    fn address()(
        rank in 0u8..100,
        moved_in in option::of(a_date()),
        codes in (text(3), text(1), text(2)),
        french in option::of(french_address()),
        has_foreign_lines in any::<bool>(),
    ) -> Address {
        Address {
            rank,
            moved_in,
            country: codes.0,
            kind: codes.1,
            postal_check: codes.2,
            french,
            has_foreign_lines,
        }
    }
}

fn closure() -> impl Strategy<Value = Closure> {
    (text(3), a_date()).prop_map(|(reason, on)| Closure { reason, on })
}

prop_compose! {
    fn right()(
        status in text(1),
        refusal in option::of((a_date(), text(3))),
        of_right in vec((text(2), a_date(), option::of(text(3))), 0..3),
        of_payment in vec((text(2), a_date()), 0..3),
        closure in option::of(closure()),
        closure_in_earlier_month in option::of(closure()),
    ) -> RightState {
        let of_right = of_right.into_iter().map(|(reason, since, benefit_group)| Suspension {
            kind: SuspensionKind::Right, reason, since, benefit_group,
        });
        let of_payment = of_payment.into_iter().map(|(reason, since)| Suspension {
            kind: SuspensionKind::Payment, reason, since, benefit_group: None,
        });
        RightState {
            status: RightStatus::from_code(&status),
            refusal: refusal.map(|(on, reason)| Refusal { on, reason }),
            suspensions: of_right.chain(of_payment).collect(),
            closure,
            closure_in_earlier_month,
        }
    }
}

prop_compose! {
    fn household()(
        paying_body in paying_body(),
        file_number in file_number(),
        claim in (a_date(), text(11)),
        incoming_transfer in option::of((paying_body(), option::of(file_number()), a_date())),
        outgoing_transfer in option::of((paying_body(), a_date())),
        persons in vec(person(), 1..4),
        family in (text(3), a_date()),
        addresses in vec(address(), 1..4),
        right in right(),
        without_fixed_home in any::<bool>(),
        dependants in option::of(0u8..100),
        origin in (text(3), option::of(a_date()), option::of(any::<bool>())),
        right_details in vec((text(3), text(5), a_date(), option::of(a_date())), 0..3),
        events in vec((a_date(), a_time(), text(9)), 0..3),
        anomalies in vec(text(200), 0..2),
    ) -> Household {
        Household {
            paying_body,
            file_number,
            claim_date: claim.0,
            claim_number: claim.1,
            incoming_transfer: incoming_transfer
                .map(|(paying_body, file_number, since)| Transfer { paying_body, file_number, since }),
            outgoing_transfer: outgoing_transfer
                .map(|(paying_body, since)| Transfer { paying_body, file_number: None, since }),
            persons,
            family_situation: family.0,
            family_situation_since: family.1,
            addresses,
            right,
            without_fixed_home,
            dependants,
            origin: origin.0,
            origin_date: origin.1,
            obligations: origin.2,
            right_details: right_details
                .into_iter()
                .map(|(nature, sub_nature, since, until)| RightDetail { nature, sub_nature, since, until })
                .collect(),
            events: events
                .into_iter()
                .map(|(settled_on, settled_at, trigger)| Event { settled_on, settled_at, trigger })
                .collect(),
            anomalies,
        }
    }
}

prop_compose! {
    fn header()(
        application in text(3),
        application_version in text(4),
        kind in text(1),
        nature in text(1),
        dates in (a_date(), a_time(), a_date()),
    ) -> Header {
        Header {
            application,
            application_version,
            kind: FeedKind::from_code(&kind),
            nature,
            created_on: dates.0,
            created_at: dates.1,
            reference_date: dates.2,
        }
    }
}

fn write(header: &Header, households: &[Household]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new()).unwrap();
    writer.header(header).unwrap();
    for household in households {
        writer.household(household).unwrap();
    }
    writer.finish(&Footer { households: households.len() as u32, households_in_anomaly: 0 }).unwrap()
}

/// Reads to the end, or to the refusal.
fn read_all(document: &[u8]) -> usize {
    let Ok(mut reader) = Reader::new(document) else {
        return 0;
    };
    let mut count = 0;
    while let Ok(Some(entry)) = reader.next_household() {
        count += 1;
        assert!(count <= document.len(), "the reader goes forward");
        if let Err(error) = entry {
            assert!(error.line >= error.position.line, "{error}");
        }
    }
    count
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_is_read_again(header in header(), households in vec(household(), 0..3)) {
        let document = write(&header, &households);
        let mut reader = Reader::new(&document[..]).unwrap();
        prop_assert_eq!(reader.header(), &header);
        for household in &households {
            let record = reader.next_household().unwrap().unwrap().unwrap();
            prop_assert_eq!(&record.household, household);
            prop_assert_eq!(record.household.content_hash(), household.content_hash());
        }
        prop_assert_eq!(reader.next_household().unwrap(), None);
        prop_assert_eq!(reader.replaced_characters(), 0);
    }

    /// A part that holds a comment is read event by event, the others are not: both say the same.
    #[test]
    fn a_comment_changes_nothing(header in header(), households in vec(household(), 1..3)) {
        let document = write(&header, &households);
        let opening = b"<InfosFoyerRSA>";
        let mut commented = Vec::new();
        let mut rest = &document[..];
        while let Some(found) = memchr::memmem::find(rest, opening) {
            let (before, after) = rest.split_at(found + opening.len());
            commented.extend_from_slice(before);
            commented.extend_from_slice(b"<!-- relu -->");
            rest = after;
        }
        commented.extend_from_slice(rest);
        let read = |document: &[u8]| {
            let mut reader = Reader::new(document).unwrap();
            let mut records = Vec::new();
            while let Some(entry) = reader.next_household().unwrap() {
                let record = entry.unwrap();
                records.push((record.household, record.warnings));
            }
            records
        };
        prop_assert!(commented.len() > document.len());
        prop_assert_eq!(read(&document), read(&commented));
    }

    #[test]
    fn damaged_bytes_never_break_the_reader(
        damages in vec((0..EXAMPLE.len(), any::<u8>()), 1..6),
        cut in 0..EXAMPLE.len(),
        from in 0..EXAMPLE.len(),
        length in 0usize..400,
    ) {
        let mut document = EXAMPLE.to_vec();
        for (position, byte) in damages {
            document[position] = byte;
        }
        read_all(&document);
        read_all(&document[..cut]);
        // A piece repeated elsewhere: tags that no longer match.
        let piece = document[from..(from + length).min(document.len())].to_vec();
        document.splice(cut..cut, piece);
        read_all(&document);
        let _ = prescan(&document[..], PrescanOptions::default());
    }
}

#[test]
fn what_is_written_is_valid_for_xmllint() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..16 {
        let (header, households) = (header(), vec(household(), 1..3)).new_tree(&mut runner).unwrap().current();
        assert_ne!(xmllint_accepts(&write(&header, &households)), Some(false));
    }
}

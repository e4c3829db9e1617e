//! From the words of the feed to the facts of the house. Nothing is judged here.

use db::Json;
use formats::caf::HouseholdRecord;
use formats::caf::model as feed;
use support::feed::{HouseholdObservation, ParentLink, PersonObservation, SeenMembership};
use support::person::{Activity, Identity, Occupation, Precision};
use support::rights::{
    Address, Claim, Closure, Family, Nature, Refusal, RightState, Suspension, SuspensionKind, Transfer,
};

/// A household of the file as an observation.
pub(super) fn observation(record: HouseholdRecord) -> HouseholdObservation {
    let content_hash = record.household.content_hash().cast_signed();
    let household = record.household;
    let paying_body = |body: &feed::PayingBody| format!("{} {}", body.family, body.number);
    let transfer = |transfer: &feed::Transfer| {
        Json(Transfer {
            paying_body: paying_body(&transfer.paying_body),
            file_number: transfer.file_number.as_ref().map(|number| number.as_str().to_owned()),
            since: transfer.since,
        })
    };
    let closure = household.right.closure.as_ref().or(household.right.closure_in_earlier_month.as_ref());
    HouseholdObservation {
        line: i64::try_from(record.position.line).unwrap_or(i64::MAX),
        content_hash,
        claim: Claim {
            paying_body: paying_body(&household.paying_body),
            file_number: household.file_number.as_str().to_owned(),
            claimed_on: household.claim_date,
            origin: household.origin.clone(),
            origin_date: household.origin_date,
            incoming_transfer: household.incoming_transfer.as_ref().map(transfer),
            outgoing_transfer: household.outgoing_transfer.as_ref().map(transfer),
        },
        right: RightState {
            status: household.right.status.code().to_owned(),
            household_obligations: household.obligations,
            suspensions: Json(household.right.suspensions.iter().map(suspension).collect()),
            closure: closure.map(|closure| Json(Closure { reason: closure.reason.clone(), on: closure.on })),
            refusal: household
                .right
                .refusal
                .as_ref()
                .map(|refusal| Json(Refusal { reason: refusal.reason.clone(), on: refusal.on })),
            natures: Json(
                household
                    .right_details
                    .iter()
                    .map(|detail| Nature {
                        nature: detail.nature.clone(),
                        sub_nature: detail.sub_nature.clone(),
                        since: detail.since,
                        until: detail.until,
                    })
                    .collect(),
            ),
        },
        family: Family {
            situation: household.family_situation.clone(),
            situation_since: household.family_situation_since,
            dependants: household.dependants.map(i64::from),
            without_fixed_home: household.without_fixed_home,
        },
        address: household.current_address().map(address),
        persons: household.persons.into_iter().map(person).collect(),
        claim_number: household.claim_number,
    }
}

fn suspension(suspension: &feed::Suspension) -> Suspension {
    Suspension {
        kind: match suspension.kind {
            feed::SuspensionKind::Right => SuspensionKind::Right,
            feed::SuspensionKind::Payment => SuspensionKind::Payment,
        },
        reason: suspension.reason.clone(),
        since: suspension.since,
        benefit_group: suspension.benefit_group.clone(),
    }
}

fn address(address: &feed::Address) -> Address {
    let common = Address {
        country: address.country.clone(),
        kind: address.kind.clone(),
        postal_check: address.postal_check.clone(),
        moved_in: address.moved_in,
        addressee_complement: String::new(),
        place_complement: String::new(),
        street: String::new(),
        locality: String::new(),
        postcode: String::new(),
        commune_code: String::new(),
        commune_name: String::new(),
    };
    let Some(french) = &address.french else { return common };
    let parts = [&french.street_number, &french.street_kind, &french.street_name];
    let street: Vec<&str> = parts.iter().map(|part| part.as_str()).filter(|part| !part.is_empty()).collect();
    Address {
        addressee_complement: french.addressee_complement.clone(),
        place_complement: french.place_complement.clone(),
        street: street.join(" "),
        locality: french.locality.clone(),
        postcode: french.postcode.clone(),
        commune_code: french.commune_code.clone(),
        commune_name: french.commune_name.clone(),
        ..common
    }
}

fn person(person: feed::Person) -> PersonObservation {
    let precision = match &person.birth_date_precision {
        Some(feed::BirthDatePrecision::DayUnknown) => Precision::DayUnknown,
        Some(feed::BirthDatePrecision::DayAndMonthUnknown) => Precision::DayAndMonthUnknown,
        _ => Precision::Full,
    };
    let sex = person.sex.code().to_owned();
    let role = person.benefit_roles.iter().find(|role| role.benefit == feed::Benefit::Rsa);
    let membership = SeenMembership {
        role: role.map(|role| role.role.code().to_owned()).unwrap_or_default(),
        dependant: role.is_some_and(|role| role.dependant),
        file_holder: person.file_holder,
        attached_since: person.attached_since,
        attached_until: person.attached_until,
        previous_claim_number: person.previous_claim_number.clone(),
        obligations: person.obligations,
        entering_obligations: person.entering_obligations,
    };
    let other_names: Vec<String> =
        person.second_first_name.into_iter().chain(person.third_first_name).filter(|name| !name.is_empty()).collect();
    PersonObservation {
        identity: Identity {
            title: person.title.unwrap_or_default(),
            match_key: Identity::match_key_of(
                &person.birth_name,
                &person.first_name,
                person.birth_date,
                precision,
                &sex,
            ),
            usual_name: person.usual_name,
            birth_name: person.birth_name,
            first_name: person.first_name,
            other_first_names: other_names.join(" "),
            birth_place: person.birth_place,
            birth_date: person.birth_date,
            birth_date_precision: precision,
            birth_rank: person.birth_rank.map(i64::from),
            sex,
            civil_status_validated: person.civil_status_validated,
            france_travail_id: person.france_travail_id,
        },
        nir: person.nir,
        membership,
        occupation: Occupation { activities: Json(person.activities.into_iter().map(activity).collect()) },
        parents: person
            .links
            .into_iter()
            .map(|link| ParentLink {
                birth_name: link.birth_name,
                first_name: link.first_name,
                birth_date: link.birth_date,
                nir: link.nir,
            })
            .collect(),
    }
}

fn activity(activity: feed::Activity) -> Activity {
    Activity {
        code: match activity.code {
            feed::ActivityCode::Code(code) => Some(code),
            feed::ActivityCode::Unavailable => None,
        },
        since: activity.since,
        until: activity.until,
        contract: activity.contract,
    }
}

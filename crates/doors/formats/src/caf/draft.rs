//! From checked values to the model: a slot per kept element, emptied when the block that uses it closes.

use jiff::civil::{Date, Time};

use super::codes;
use super::model::{
    Activity, ActivityCode, Address, Benefit, BenefitRole, BirthDatePrecision, Closure, Event, FeedKind, Footer,
    FrenchAddress, Header, Household, Link, PayingBody, Person, Refusal, RightDetail, RightState, RightStatus, Role,
    Sex, Suspension, SuspensionKind, Transfer,
};
use super::schema::{Built, Kept};
use super::value::{Misfit, Value};
use super::warning::{Remark, Warnings};

#[derive(Debug, Default)]
enum Slot {
    #[default]
    Empty,
    Text(String),
    Date(Date),
    Time(Time),
    Boolean(bool),
}

/// One part of the file (header, household, footer) while it is being read.
#[derive(Debug)]
pub(super) struct Draft {
    slots: [Slot; Kept::COUNT],
    incoming_transfer: Option<Transfer>,
    outgoing_transfer: Option<Transfer>,
    persons: Vec<Person>,
    benefit_roles: Vec<BenefitRole>,
    links: Vec<Link>,
    activities: Vec<Activity>,
    addresses: Vec<Address>,
    french_address: Option<FrenchAddress>,
    has_foreign_lines: bool,
    refusal: Option<Refusal>,
    suspensions: Vec<Suspension>,
    closure: Option<Closure>,
    earlier_closure: Option<Closure>,
    right_details: Vec<RightDetail>,
    events: Vec<Event>,
    anomalies: Vec<String>,
    household: Option<Household>,
    pub(super) warnings: Warnings,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            slots: std::array::from_fn(|_| Slot::Empty),
            incoming_transfer: None,
            outgoing_transfer: None,
            persons: Vec::new(),
            benefit_roles: Vec::new(),
            links: Vec::new(),
            activities: Vec::new(),
            addresses: Vec::new(),
            french_address: None,
            has_foreign_lines: false,
            refusal: None,
            suspensions: Vec::new(),
            closure: None,
            earlier_closure: None,
            right_details: Vec::new(),
            events: Vec::new(),
            anomalies: Vec::new(),
            household: None,
            warnings: Warnings::default(),
        }
    }
}

impl Draft {
    /// Forgets everything: after a fault, nothing of a household may pass to the next one.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Puts a checked value in its slot.
    pub(super) fn keep(&mut self, kept: Kept, value: Value<'_>) -> Result<(), Misfit> {
        self.slots[kept as usize] = match value {
            Value::Text(text) => Slot::Text(text.trim().to_owned()),
            Value::Date(Some(date)) => Slot::Date(date),
            Value::Date(None) => return Err(Misfit::BeyondCalendar),
            Value::Time(time) => Slot::Time(time),
            Value::Boolean(boolean) => Slot::Boolean(boolean),
        };
        Ok(())
    }

    fn maybe_text(&mut self, kept: Kept) -> Option<String> {
        match std::mem::take(&mut self.slots[kept as usize]) {
            Slot::Text(text) => Some(text),
            _ => None,
        }
    }

    /// An optional text; an empty one says nothing.
    fn filled_text(&mut self, kept: Kept) -> Option<String> {
        self.maybe_text(kept).filter(|text| !text.is_empty())
    }

    fn maybe_date(&mut self, kept: Kept) -> Option<Date> {
        match std::mem::take(&mut self.slots[kept as usize]) {
            Slot::Date(date) => Some(date),
            _ => None,
        }
    }

    fn maybe_time(&mut self, kept: Kept) -> Option<Time> {
        match std::mem::take(&mut self.slots[kept as usize]) {
            Slot::Time(time) => Some(time),
            _ => None,
        }
    }

    fn maybe_boolean(&mut self, kept: Kept) -> Option<bool> {
        match std::mem::take(&mut self.slots[kept as usize]) {
            Slot::Boolean(boolean) => Some(boolean),
            _ => None,
        }
    }

    /// A small count: a negative one is left out, with a remark.
    fn count(&mut self, kept: Kept, element: &'static str) -> Option<u8> {
        let text = self.maybe_text(kept)?;
        let count = text.parse().ok();
        if count.is_none() {
            self.warnings.household(Remark::NumberLeftOut { element, number: text });
        }
        count
    }

    fn paying_body(&mut self, family: Kept, number: Kept) -> Option<PayingBody> {
        Some(PayingBody { family: self.maybe_text(family)?, number: self.maybe_text(number)? })
    }

    /// Makes the part of the model that ends here. `None` when a value it needs was never kept: the table and this
    /// module disagree.
    pub(super) fn close(&mut self, built: Built) -> Option<()> {
        match built {
            Built::Household => {
                let household = self.close_household()?;
                self.warnings.review(&household);
                self.household = Some(household);
            }
            Built::IncomingTransfer => self.incoming_transfer = Some(self.close_transfer()?),
            Built::OutgoingTransfer => self.outgoing_transfer = Some(self.close_transfer()?),
            Built::Person => {
                let person = self.close_person()?;
                self.persons.push(person);
            }
            Built::BenefitRole => {
                let role = BenefitRole {
                    benefit: Benefit::from_code(&self.maybe_text(Kept::Benefit)?),
                    role: Role::from_code(&self.maybe_text(Kept::Role)?),
                    dependant: self.maybe_boolean(Kept::Dependant)?,
                };
                self.benefit_roles.push(role);
            }
            Built::Link => {
                let nir = self.filled_text(Kept::LinkNir);
                let link = Link {
                    birth_name: self.maybe_text(Kept::LinkBirthName)?,
                    first_name: self.maybe_text(Kept::LinkFirstName)?,
                    birth_date: self.maybe_date(Kept::LinkBirthDate)?,
                    nir: nir.and_then(|text| self.warnings.nir(self.persons.len(), &text)),
                };
                self.links.push(link);
            }
            Built::Activity => {
                let code = self.maybe_text(Kept::ActivityCode)?;
                let activity = Activity {
                    code: if codes::is_health_related(&code) {
                        ActivityCode::Unavailable
                    } else {
                        ActivityCode::Code(code)
                    },
                    since: self.maybe_date(Kept::ActivitySince)?,
                    until: self.maybe_date(Kept::ActivityUntil),
                    contract: self.filled_text(Kept::Contract),
                };
                self.activities.push(activity);
            }
            Built::Address => {
                let address = Address {
                    // A rank without sense is no rank: 0 is never the current address.
                    rank: self.count(Kept::AddressRank, "RGADR").unwrap_or(0),
                    moved_in: self.maybe_date(Kept::MovedIn),
                    country: self.maybe_text(Kept::Country)?,
                    kind: self.maybe_text(Kept::AddressKind)?,
                    postal_check: self.maybe_text(Kept::PostalCheck)?,
                    french: self.french_address.take(),
                    has_foreign_lines: std::mem::take(&mut self.has_foreign_lines),
                };
                self.addresses.push(address);
            }
            Built::FrenchAddress => self.french_address = Some(self.close_french_address()?),
            Built::ForeignAddress => self.has_foreign_lines = true,
            Built::Refusal => {
                self.refusal = Some(Refusal {
                    on: self.maybe_date(Kept::RefusedOn)?,
                    reason: self.maybe_text(Kept::RefusalReason)?,
                });
            }
            Built::RightSuspension => self.close_suspension(SuspensionKind::Right)?,
            Built::PaymentSuspension => self.close_suspension(SuspensionKind::Payment)?,
            Built::Closure => self.closure = Some(self.close_closure()?),
            Built::EarlierClosure => self.earlier_closure = Some(self.close_closure()?),
            Built::RightDetail => {
                let detail = RightDetail {
                    nature: self.maybe_text(Kept::RightNature)?,
                    sub_nature: self.maybe_text(Kept::RightSubNature)?,
                    since: self.maybe_date(Kept::RightSince)?,
                    until: self.maybe_date(Kept::RightUntil),
                };
                self.right_details.push(detail);
            }
            Built::Event => {
                let event = Event {
                    settled_on: self.maybe_date(Kept::SettledOn)?,
                    settled_at: self.maybe_time(Kept::SettledAt)?,
                    trigger: self.maybe_text(Kept::Trigger)?,
                };
                self.events.push(event);
            }
            Built::Anomaly => {
                let label = self.maybe_text(Kept::Anomaly)?;
                self.anomalies.push(label);
            }
        }
        Some(())
    }

    fn close_transfer(&mut self) -> Option<Transfer> {
        let number = self.maybe_text(Kept::OtherFileNumber);
        Some(Transfer {
            paying_body: self.paying_body(Kept::OtherBodyFamily, Kept::OtherBodyNumber)?,
            file_number: number.map(|text| self.warnings.file_number(&text)),
            since: self.maybe_date(Kept::TransferSince)?,
        })
    }

    fn close_person(&mut self) -> Option<Person> {
        let nir = self.filled_text(Kept::Nir);
        let index = self.persons.len();
        Some(Person {
            title: self.filled_text(Kept::Title),
            usual_name: self.maybe_text(Kept::UsualName)?,
            birth_name: self.maybe_text(Kept::BirthName)?,
            first_name: self.maybe_text(Kept::FirstName)?,
            second_first_name: self.filled_text(Kept::SecondFirstName),
            third_first_name: self.filled_text(Kept::ThirdFirstName),
            birth_place: self.maybe_text(Kept::BirthPlace)?,
            birth_date: self.maybe_date(Kept::BirthDate)?,
            birth_rank: self.count(Kept::BirthRank, "RGNAI"),
            birth_date_precision: self
                .filled_text(Kept::BirthDatePrecision)
                .map(|code| BirthDatePrecision::from_code(&code)),
            nir: nir.and_then(|text| self.warnings.nir(index, &text)),
            civil_status_validated: self.maybe_boolean(Kept::CivilStatusValidated),
            sex: Sex::from_code(&self.maybe_text(Kept::Sex)?),
            file_holder: self.maybe_boolean(Kept::FileHolder)?,
            attached_since: self.maybe_date(Kept::AttachedSince)?,
            attached_until: self.maybe_date(Kept::AttachedUntil),
            previous_claim_number: self.filled_text(Kept::PreviousClaimNumber),
            benefit_roles: std::mem::take(&mut self.benefit_roles),
            links: std::mem::take(&mut self.links),
            france_travail_id: self.filled_text(Kept::FranceTravailId),
            obligations: self.maybe_boolean(Kept::Obligations),
            entering_obligations: self.maybe_boolean(Kept::EnteringObligations),
            activities: std::mem::take(&mut self.activities),
        })
    }

    fn close_french_address(&mut self) -> Option<FrenchAddress> {
        Some(FrenchAddress {
            addressee_complement: self.maybe_text(Kept::AddresseeComplement)?,
            place_complement: self.maybe_text(Kept::PlaceComplement)?,
            street_number: self.maybe_text(Kept::StreetNumber)?,
            street_kind: self.maybe_text(Kept::StreetKind)?,
            street_name: self.maybe_text(Kept::StreetName)?,
            locality: self.maybe_text(Kept::Locality)?,
            commune_code: self.maybe_text(Kept::CommuneCode)?,
            postcode: self.postcode()?,
            commune_name: self.maybe_text(Kept::CommuneName)?,
        })
    }

    /// `CODEPOS` is an integer of the schema: its zeros on the left come back.
    fn postcode(&mut self) -> Option<String> {
        let text = self.maybe_text(Kept::Postcode)?;
        if text.len() == 5 {
            return Some(text);
        }
        let postcode = format!("{:0>5}", text.trim_start_matches('0'));
        if text.len() < 5 {
            self.warnings.household(Remark::PostcodeRestored { postcode: postcode.clone() });
        }
        Some(postcode)
    }

    fn close_suspension(&mut self, kind: SuspensionKind) -> Option<()> {
        let suspension = Suspension {
            kind,
            reason: self.maybe_text(Kept::SuspensionReason)?,
            since: self.maybe_date(Kept::SuspensionSince)?,
            benefit_group: self.filled_text(Kept::BenefitGroup),
        };
        self.suspensions.push(suspension);
        Some(())
    }

    fn close_closure(&mut self) -> Option<Closure> {
        Some(Closure { reason: self.maybe_text(Kept::ClosureReason)?, on: self.maybe_date(Kept::ClosedOn)? })
    }

    fn close_household(&mut self) -> Option<Household> {
        let file_number = self.maybe_text(Kept::FileNumber)?;
        Some(Household {
            paying_body: self.paying_body(Kept::BodyFamily, Kept::BodyNumber)?,
            file_number: self.warnings.file_number(&file_number),
            claim_date: self.maybe_date(Kept::ClaimDate)?,
            claim_number: self.maybe_text(Kept::ClaimNumber)?,
            incoming_transfer: self.incoming_transfer.take(),
            outgoing_transfer: self.outgoing_transfer.take(),
            persons: std::mem::take(&mut self.persons),
            family_situation: self.maybe_text(Kept::FamilySituation)?,
            family_situation_since: self.maybe_date(Kept::FamilySituationSince)?,
            addresses: std::mem::take(&mut self.addresses),
            right: RightState {
                status: RightStatus::from_code(&self.maybe_text(Kept::RightStatus)?),
                refusal: self.refusal.take(),
                suspensions: std::mem::take(&mut self.suspensions),
                closure: self.closure.take(),
                closure_in_earlier_month: self.earlier_closure.take(),
            },
            without_fixed_home: self.maybe_boolean(Kept::WithoutFixedHome)?,
            dependants: self.count(Kept::Dependants, "NBENFAUTCHA"),
            origin: self.maybe_text(Kept::Origin)?,
            origin_date: self.maybe_date(Kept::OriginDate),
            obligations: self.maybe_boolean(Kept::HouseholdObligations),
            right_details: std::mem::take(&mut self.right_details),
            events: std::mem::take(&mut self.events),
            anomalies: std::mem::take(&mut self.anomalies),
        })
    }

    /// The household just closed.
    pub(super) fn take_household(&mut self) -> Option<Household> {
        self.household.take()
    }

    pub(super) fn take_header(&mut self) -> Option<Header> {
        Some(Header {
            application: self.maybe_text(Kept::Application)?,
            application_version: self.maybe_text(Kept::ApplicationVersion)?,
            kind: FeedKind::from_code(&self.maybe_text(Kept::FeedKind)?),
            nature: self.maybe_text(Kept::Nature)?,
            created_on: self.maybe_date(Kept::CreatedOn)?,
            created_at: self.maybe_time(Kept::CreatedAt)?,
            reference_date: self.maybe_date(Kept::ReferenceDate)?,
        })
    }

    /// `None` too when a total is negative.
    pub(super) fn take_footer(&mut self) -> Option<Footer> {
        Some(Footer {
            households: self.maybe_text(Kept::Households)?.parse().ok()?,
            households_in_anomaly: self.maybe_text(Kept::HouseholdsInAnomaly)?.parse().ok()?,
        })
    }
}

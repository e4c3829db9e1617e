//! A household as the feed carries it: the model, the elements the product never keeps, and the defects of form.
//!
//! What is drawn here comes from the seed, the claim number and the month, so that a household read back from the
//! file of the month before is written as if it had been kept whole.

use std::io::{self, Write};

use formats::caf::model::{
    Activity, ActivityCode, Address, Benefit, Closure, Event, Household, Link, Person, SuspensionKind,
};
use formats::caf::write::Writer;
use jiff::ToSpan;
use jiff::civil::Date;

use super::dice::{Dice, Purpose, Rate, digest};
use super::family;
use super::figures::{Amounts, Earned, Quarter};
use super::hypotheses as rates;
use super::rights;

/// Writes households of one file.
pub(super) struct Sheet {
    pub(super) seed: u64,
    /// `DTREF`
    pub(super) reference: Date,
    /// Set in the files between two months: events are theirs only.
    pub(super) monthly: bool,
}

type Written = io::Result<()>;

impl Sheet {
    /// The stream of chance of a thing for all months: what a household keeps.
    fn lasting(&self, purpose: Purpose, parts: &[&str]) -> Dice {
        Dice::of(self.seed, purpose, digest(parts))
    }

    /// The stream of chance of a thing for this month.
    fn of_month(&self, purpose: Purpose, claim_number: &str) -> Dice {
        let month = self.reference.strftime("%Y-%m").to_string();
        self.lasting(purpose, &[claim_number, &month])
    }

    /// The stream of chance of a person, wherever that person lives.
    fn of_person(&self, person: &Person) -> Dice {
        let born = person.birth_date.to_string();
        self.lasting(Purpose::Person, &[&person.birth_name, &person.first_name, &born])
    }

    /// Writes one household.
    pub(super) fn household<W: Write>(&self, out: &mut Writer<W>, household: &Household) -> Written {
        let mut form = self.of_month(Purpose::Form, &household.claim_number);
        let mut money = self.of_month(Purpose::Figures, &household.claim_number);
        out.open("InfosFoyerRSA")?;
        self.identification(out, household, &mut form)?;
        let mut resources = 0;
        for person in &household.persons {
            resources += self.person(out, household, person, &mut money)?;
        }
        out.open("DonneesAdministratives")?;
        out.open("SituationFamille")?;
        out.text("SITFAM", &household.family_situation)?;
        out.date("DDSITFAM", household.family_situation_since)?;
        out.close()?;
        for address in &household.addresses {
            address_of(out, address, &mut form)?;
        }
        out.close()?;
        self.right(out, household, resources, &mut form, &mut money)?;
        for event in &household.events {
            event_of(out, event)?;
        }
        if self.monthly && money.chance(Rate(350)) {
            self.control(out, &mut money)?;
        }
        out.close()
    }

    fn identification<W: Write>(&self, out: &mut Writer<W>, household: &Household, form: &mut Dice) -> Written {
        out.open("IdentificationRSA")?;
        out.open("Organisme")?;
        out.text("FONORG", &household.paying_body.family)?;
        out.text("NUMORG", &household.paying_body.number)?;
        let bare = self.lasting(Purpose::Form, &[&household.claim_number]).chance(rates::BARE_FILE_NUMBER);
        let number = &household.file_number;
        let number = if bare { number.public_number() } else { number.as_str() };
        out.text("MATRICULE", without_zeros(number, form.chance(rates::LOST_ZEROS)))?;
        out.close()?;
        out.open("Partenaire")?;
        out.text("TYPEPARTE", form.weighted(&[("CG  ", 90), ("CG ", 8), ("CG", 2)]))?;
        out.text("IDEPARTE", "093")?;
        out.close()?;
        out.open("DemandeRSA")?;
        out.date("DTDEMRSA", household.claim_date)?;
        out.text("NUMDEMRSA", &household.claim_number)?;
        out.close()?;
        if household.origin == "RMI" {
            self.old_claim(out, household)?;
        }
        if let Some(transfer) = &household.incoming_transfer {
            out.open("OrganismeCedant")?;
            out.text("FONORGCEDMUT", &transfer.paying_body.family)?;
            out.text("NUMORGCEDMUT", &transfer.paying_body.number)?;
            out.optional_text("MATRICULEORGCEDMUT", transfer.file_number.as_ref().map(|number| number.as_str()))?;
            out.date("DDARRMUT", transfer.since)?;
            out.close()?;
        }
        if let Some(transfer) = &household.outgoing_transfer {
            out.open("OrganismePrenant")?;
            out.text("FONORGPRENMUT", &transfer.paying_body.family)?;
            out.text("NUMORGPRENMUT", &transfer.paying_body.number)?;
            out.date("DDDEPAMUT", transfer.since)?;
            out.close()?;
        }
        out.close()
    }

    fn old_claim<W: Write>(&self, out: &mut Writer<W>, household: &Household) -> Written {
        let mut dice = self.lasting(Purpose::Calendar, &[&household.claim_number]);
        out.open("DemandeRMI")?;
        out.open("DateDemandeRMI")?;
        out.date("DTDEMRMI", household.claim_date.saturating_sub(dice.between(30, 3_000).days()))?;
        out.close()?;
        out.open("NumeroInstructionRMI")?;
        out.text("NUMDEPINSRMI", "093")?;
        out.text("TYPEINSRMI", dice.pick(&["A", "C", "F", "S"]))?;
        out.text("NUMCOMINSRMI", &format!("{:03}", dice.between(1, 79)))?;
        out.text("NUMAGRINSRMI", &format!("{:02}", dice.between(1, 12)))?;
        out.text("NUMDOSINSRMI", &format!("{:05}", dice.between(1, 99_999)))?;
        out.text("NUMCLI", &format!("{:03}", dice.between(1, 20)))?;
        out.close()?;
        out.close()
    }

    /// Writes a person; gives the monthly resources counted, in cents.
    fn person<W: Write>(
        &self,
        out: &mut Writer<W>,
        household: &Household,
        person: &Person,
        money: &mut Dice,
    ) -> io::Result<i64> {
        let mut own = self.of_person(person);
        out.open("Personne")?;
        identity(out, person, &mut own)?;
        out.open("DossierCAF")?;
        out.boolean("TOPRESPDOS", person.file_holder)?;
        out.date("DDRATDOS", person.attached_since)?;
        out.optional_date("DFRATDOS", person.attached_until)?;
        out.optional_text("NUMDEMRSAPRECE", person.previous_claim_number.as_deref())?;
        out.close()?;
        let mut roles: Vec<_> = person.benefit_roles.iter().collect();
        roles.sort_by_key(|role| role.benefit != Benefit::FamilyBenefits);
        if own.chance(rates::ROLES_SWAPPED) {
            roles.reverse();
        }
        for role in roles {
            out.open("Prestations")?;
            out.text("NATPREST", role.benefit.code())?;
            out.text("ROLEPERS", role.role.code())?;
            out.boolean("TOPCHAPERS", role.dependant)?;
            out.close()?;
        }
        for link in &person.links {
            link_of(out, link, &mut own)?;
        }
        if let Some(id) = &person.france_travail_id {
            out.open("DossierPoleEmploi")?;
            out.text("IDASSEDIC", id)?;
            out.close()?;
        }
        let adult = family::is_adult(person);
        let mut mean = 0;
        if adult {
            let quarter = Quarter::of(money, person, self.reference);
            mean = quarter.monthly_mean();
            resources_of(out, &quarter)?;
            if let Some(obligations) = person.obligations {
                out.open("MontantCalculDroitRSAPersonne")?;
                out.boolean("TOPPERSDRODEVORSA", obligations)?;
                out.optional_boolean("TOPPERSENTDRODEVORSA", person.entering_obligations)?;
                out.text("MTPERSRESSMENRSA", &cents(mean))?;
                out.text("MTPERSABANEURSA", &cents(if own.below(12) == 0 { mean / 2 } else { 0 }))?;
                out.close()?;
            }
        }
        for activity in &person.activities {
            activity_of(out, activity, &mut own)?;
        }
        if adult {
            self.maintenance(out, household, &mut own)?;
            if person.sex.code() == "2" {
                self.pregnancy(out, person)?;
            }
            self.decisions(out, &mut own)?;
        }
        out.close()?;
        Ok(mean)
    }

    fn maintenance<W: Write>(&self, out: &mut Writer<W>, household: &Household, own: &mut Dice) -> Written {
        let alone = !family::is_couple(household) && family::children(household).next().is_some();
        if !alone || !own.chance(Rate::percent(34)) {
            return Ok(());
        }
        let since = household.family_situation_since.max(self.reference.saturating_sub(6.years()));
        out.open("PensionAlimentaire")?;
        out.open("Asf")?;
        out.text("SITASF", own.pick(&["NR", "HE", "FA"]))?;
        out.text("PARASSOASF", own.pick(&["P", "P", "P", "M"]))?;
        out.date("DDASF", since)?;
        out.close()?;
        if own.below(2) == 0 {
            out.open("CreanceAlimentaire")?;
            out.text("ETATCREALIM", own.pick(&["AT", "DD", "SA"]))?;
            out.date("DDCREALIM", since)?;
            out.text("ORIOBLALIM", "CJT")?;
            out.text("MOTIDISCREALIM", own.pick(&["PIN", "PDL", ""]))?;
            out.text("COMMCREALIM", "")?;
            out.text("MTSANCREALIM", "0.00")?;
            out.close()?;
        }
        out.close()
    }

    /// Health data: written because the feed has it, so that the tests can see that nothing of it is kept.
    fn pregnancy<W: Write>(&self, out: &mut Writer<W>, person: &Person) -> Written {
        let age = (self.reference - person.birth_date).get_days() / 365;
        let half_year = self.reference.year() * 2 + i16::from(self.reference.month() > 6);
        let born = person.birth_date.to_string();
        let mut dice = self.lasting(Purpose::Calendar, &[&person.birth_name, &born, &half_year.to_string()]);
        if !(18..44).contains(&age) || !dice.chance(Rate::percent(3)) {
            return Ok(());
        }
        let since = self.reference.saturating_sub(dice.between(60, 200).days());
        out.open("Grossesse")?;
        out.date("DDGRO", since)?;
        out.date("DTDECLGRO", since.saturating_add(50.days()))?;
        out.close()
    }

    fn decisions<W: Write>(&self, out: &mut Writer<W>, own: &mut Dice) -> Written {
        if !own.chance(Rate::percent(1)) {
            return Ok(());
        }
        let on = self.reference.saturating_sub(own.between(30, 700).days());
        out.open("AvisPCGPersonne")?;
        out.open("Derogation")?;
        out.text("TYPEDERO", own.pick(&["AGE", "ACT", "RES", "NAT"]))?;
        out.text("AVISDERO", own.pick(&["D", "O", "N", "A"]))?;
        out.date("DDAVISDERO", on)?;
        out.close()?;
        out.close()
    }

    fn right<W: Write>(
        &self,
        out: &mut Writer<W>,
        household: &Household,
        resources: i64,
        form: &mut Dice,
        money: &mut Dice,
    ) -> Written {
        out.open("PrestationRSA")?;
        state(out, household)?;
        out.open("DetailDroitRSA")?;
        out.open("TroncCommunDroitRSA")?;
        out.boolean("TOPSANSDOMFIXE", household.without_fixed_home)?;
        let dependants = household.dependants.map(|count| format!("{count:02}"));
        let lost = form.chance(rates::LOST_ZEROS);
        out.optional_text("NBENFAUTCHA", dependants.as_deref().map(|count| without_zeros(count, lost)))?;
        out.text("ORIDEMRSA", &household.origin)?;
        out.optional_date("DTORIDEMRSA", household.origin_date)?;
        out.optional_boolean("TOPFOYDRODEVORSA", household.obligations)?;
        out.close()?;
        let amounts = Amounts::of(money, household, resources, self.reference);
        if rights::is_open(household) {
            amounts_of(out, &amounts)?;
        }
        for detail in &household.right_details {
            out.open("DetailCalculDroitRSA")?;
            out.text("NATPF", &detail.nature)?;
            out.text("SOUSNATPF", &detail.sub_nature)?;
            out.date("DDNATDRO", detail.since)?;
            out.optional_date("DFNATDRO", detail.until)?;
            if detail.until.is_none() {
                out.text("MTRSAVERS", &cents(amounts.total))?;
                out.date("DTDERRSAVERS", self.reference.first_of_month())?;
            }
            out.close()?;
        }
        if amounts.reduction > 0 {
            out.open("AvisPCGDroitRSA")?;
            out.open("ReductionRSA")?;
            out.text("MTREDRSA", &cents(amounts.reduction))?;
            out.date("DDREDRSA", self.reference.first_of_month())?;
            out.close()?;
            out.close()?;
        }
        out.close()?;
        out.close()
    }

    fn control<W: Write>(&self, out: &mut Writer<W>, dice: &mut Dice) -> Written {
        let closed = dice.day(self.reference.first_of_month(), self.reference);
        let detected = closed.saturating_sub(dice.between(20, 300).days());
        out.open("Controle")?;
        out.open("ControleAdministratif")?;
        out.open("IdentificationCibleControleAdministratif")?;
        out.date("DTEFFCIBCONTRO", detected)?;
        out.text("CIBCONTRO", "RSA")?;
        out.close()?;
        out.open("IdentificationControleAdministratif")?;
        out.date("DTDETECCONTRO", detected)?;
        out.date("DTCLOCONTRO", closed)?;
        out.close()?;
        out.open("ModaliteControleAdministratif")?;
        out.text("LIBCIBCONTRO", dice.pick(&["CONTROLE DES RESSOURCES", "CONTROLE DE LA SITUATION"]))?;
        out.text("FAMCIBCONTRO", &format!("{:02}", dice.between(1, 7)))?;
        out.text("NATCIBCONTRO", dice.pick(&["RSA", "AUR", "SIT"]))?;
        out.text("COMMACONTRO", dice.pick(&["CAF", "NAT"]))?;
        out.text("TYPECONTRO", dice.pick(&["AG", "EE", "PI"]))?;
        out.close()?;
        out.open("ResultatControleAdministratif")?;
        out.text("TYPEIMPACCONTRO", dice.pick(&["0", "1", "2"]))?;
        out.text("MTINDURSACGCONTRO", "0.00")?;
        out.close()?;
        out.close()?;
        out.close()
    }
}

fn identity<W: Write>(out: &mut Writer<W>, person: &Person, own: &mut Dice) -> Written {
    out.open("Identification")?;
    out.optional_text("QUAL", person.title.as_deref())?;
    out.text("NOM", &person.usual_name)?;
    out.text("NOMNAI", &person.birth_name)?;
    out.text("PRENOM", &person.first_name)?;
    out.optional_text("PRENOM2", person.second_first_name.as_deref())?;
    out.optional_text("PRENOM3", person.third_first_name.as_deref())?;
    out.text("NOMCOMNAI", &person.birth_place)?;
    out.date("DTNAI", person.birth_date)?;
    out.optional_text("RGNAI", person.birth_rank.map(|rank| rank.to_string()).as_deref())?;
    out.optional_text("TYPEDTNAI", person.birth_date_precision.as_ref().map(|precision| precision.code()))?;
    let with_key = own.chance(rates::NIR_WITH_KEY);
    let wrong = own.chance(rates::NIR_WITH_WRONG_KEY);
    let empty = own.chance(rates::EMPTY_NIR);
    match &person.nir {
        Some(nir) if with_key => {
            let key = if wrong { nir.key() % 97 + 1 } else { nir.key() };
            out.text("NIR", &format!("{}{key:02}", nir.as_str()))?;
        }
        Some(nir) => out.text("NIR", nir.as_str())?,
        None if empty => out.text("NIR", "")?,
        None => {}
    }
    out.optional_boolean("TOPVALIEC", person.civil_status_validated)?;
    out.text("SEXE", person.sex.code())?;
    out.close()
}

fn link_of<W: Write>(out: &mut Writer<W>, link: &Link, own: &mut Dice) -> Written {
    out.open("Rattachement")?;
    out.text("NOMNAI", &link.birth_name)?;
    out.text("PRENOM", &link.first_name)?;
    out.date("DTNAI", link.birth_date)?;
    out.optional_text("NIR", link.nir.as_ref().map(|nir| nir.as_str()))?;
    out.text("TYPEPAR", own.weighted(&[("LEG", 62), ("NAT", 31), ("BFI", 3), ("REC", 2), ("DES", 1), ("NEV", 1)]))?;
    out.close()
}

fn resources_of<W: Write>(out: &mut Writer<W>, quarter: &Quarter) -> Written {
    out.open("Ressources")?;
    out.open("GeneraliteRessourcesTrimestre")?;
    out.boolean("TOPRESSNUL", quarter.is_empty())?;
    out.date("DDRESS", quarter.first)?;
    out.date("DFRESS", quarter.last())?;
    out.close()?;
    // A quarter without resources is told by its flag alone.
    let months = if quarter.is_empty() { &[][..] } else { &quarter.months[..] };
    for (index, Earned { hours, resources }) in months.iter().enumerate() {
        out.open("RessourcesMensuelles")?;
        out.open("GeneraliteRessourcesMensuelles")?;
        out.date("MOISRESS", quarter.first.saturating_add((index as i64).months()))?;
        out.optional_text("NBHEUMENTRA", hours.map(|hours| format!("{hours:03}")).as_deref())?;
        out.close()?;
        for (kind, amount) in resources {
            out.open("DetailRessourcesMensuelles")?;
            out.text("NATRESS", kind)?;
            out.text("MTNATRESSMEN", &format!("{:0>10}", cents(*amount)))?;
            out.close()?;
        }
        out.close()?;
    }
    out.close()
}

fn activity_of<W: Write>(out: &mut Writer<W>, activity: &Activity, own: &mut Dice) -> Written {
    out.open("Activite")?;
    let work = activity.contract.is_some();
    out.optional_text("REG", (work || own.below(4) == 0).then_some("GE"))?;
    match &activity.code {
        ActivityCode::Code(code) => out.text("ACT", code)?,
        ActivityCode::Unavailable => out.text("ACT", own.weighted(rates::HEALTH_CODES))?,
    }
    out.date("DDACT", activity.since)?;
    out.optional_date("DFACT", activity.until)?;
    out.optional_text("NATCONTRTRA", activity.contract.as_deref())?;
    if activity.code == ActivityCode::Code("ETI".to_owned()) {
        out.boolean("TOPCONDADMETI", own.below(3) > 0)?;
    }
    out.close()
}

fn address_of<W: Write>(out: &mut Writer<W>, address: &Address, form: &mut Dice) -> Written {
    out.open("Adresse")?;
    out.open("TroncCommunAdresse")?;
    let lost = form.chance(rates::LOST_ZEROS);
    out.text("RGADR", without_zeros(&format!("{:02}", address.rank), lost))?;
    out.optional_date("DTEMM", address.moved_in)?;
    out.text("PAYS", &address.country)?;
    out.text("TYPEADR", &address.kind)?;
    out.text("ETATADR", &address.postal_check)?;
    out.close()?;
    if let Some(french) = &address.french {
        out.open("AdresseDetailleeFrance")?;
        out.text("COMPLIDEADR", &french.addressee_complement)?;
        out.text("COMPLADR", &french.place_complement)?;
        out.text("NUMVOIE", &french.street_number)?;
        out.text("LIBTYPEVOIE", &french.street_kind)?;
        out.text("NOMVOIE", &french.street_name)?;
        out.text("LIEUDIST", &french.locality)?;
        out.text("NUMCOM", &french.commune_code)?;
        out.text("CODEPOS", without_zeros(&french.postcode, lost))?;
        out.text("NOMCOM", &french.commune_name)?;
        out.close()?;
    }
    if address.has_foreign_lines {
        out.open("AdresseHorsFrance")?;
        out.text("LIBLIG2ADR", "")?;
        out.text("LIBLIG3ADR", "QUARTIER DU PORT")?;
        out.text("LIBLIG4ADR", &format!("{} RUE DES JARDINS", form.between(1, 99)))?;
        out.text("LIBLIG5ADR", "")?;
        out.text("LIBLIG6ADR", "VILLE EXEMPLE")?;
        out.text("LIBLIG7ADR", "PAYS EXEMPLE")?;
        out.close()?;
    }
    out.close()
}

fn state<W: Write>(out: &mut Writer<W>, household: &Household) -> Written {
    let right = &household.right;
    out.open("SituationDossierRSA")?;
    out.open("EtatDossierRSA")?;
    out.text("ETATDOSRSA", right.status.code())?;
    out.close()?;
    if let Some(refusal) = &right.refusal {
        out.open("Refus")?;
        out.date("DTREFURSA", refusal.on)?;
        out.text("MOTIREFURSA", &refusal.reason)?;
        out.close()?;
    }
    for suspension in right.suspensions.iter().filter(|suspension| suspension.kind == SuspensionKind::Right) {
        out.open("SuspensionDroit")?;
        out.text("MOTISUSDRORSA", &suspension.reason)?;
        out.date("DDSUSDRORSA", suspension.since)?;
        out.optional_text("NATGROUPFSUS", suspension.benefit_group.as_deref())?;
        out.close()?;
    }
    for suspension in right.suspensions.iter().filter(|suspension| suspension.kind == SuspensionKind::Payment) {
        out.open("SuspensionVersement")?;
        out.text("MOTISUSVERSRSA", &suspension.reason)?;
        out.date("DDSUSVERSRSA", suspension.since)?;
        out.close()?;
    }
    closure(out, "FinDroit", right.closure.as_ref())?;
    closure(out, "FinDroitMoisAnterieur", right.closure_in_earlier_month.as_ref())?;
    out.close()
}

fn closure<W: Write>(out: &mut Writer<W>, name: &'static str, closure: Option<&Closure>) -> Written {
    let Some(closure) = closure else { return Ok(()) };
    out.open(name)?;
    out.text("MOTICLORSA", &closure.reason)?;
    out.date("DTCLORSA", closure.on)?;
    out.close()
}

fn amounts_of<W: Write>(out: &mut Writer<W>, amounts: &Amounts) -> Written {
    out.open("MontantsCalculDroitRSA")?;
    out.date("DDELECAL", amounts.since)?;
    for (name, amount) in [
        ("MTREVMINIGARARSA", amounts.guaranteed),
        ("MTPENTRSA", 0),
        ("MTLOCALRSA", 0),
        ("MTREVGARARSA", amounts.guaranteed),
        ("MTPFRSA", 0),
        ("MTALRSA", amounts.housing),
        ("MTRESSMENRSA", amounts.resources),
        ("MTSANOBLALIMRSA", 0),
        ("MTREDHOSRSA", 0),
        ("MTREDCGRSA", amounts.reduction),
        ("MTCUMINTEGRSA", 0),
        ("MTABANEURSA", 0),
        ("MTTOTDRORSA", amounts.total),
    ] {
        out.text(name, &cents(amount))?;
    }
    out.close()
}

fn event_of<W: Write>(out: &mut Writer<W>, event: &Event) -> Written {
    out.open("Evenement")?;
    out.date("DTLIQ", event.settled_on)?;
    out.text("HEULIQ", &event.settled_at.strftime("%H:%M:%S.%4f").to_string())?;
    out.text("FG", &event.trigger)?;
    out.close()
}

fn cents(amount: i64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

/// An integer of the schema without the zeros on its left, when they are lost.
fn without_zeros(digits: &str, lost: bool) -> &str {
    let rest = if lost { digits.trim_start_matches('0') } else { digits };
    if rest.is_empty() { "0" } else { rest }
}

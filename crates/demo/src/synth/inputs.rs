//! The tables that go with a month of the feed: France Travail's file, questionnaires, recommendations, about the same
//! persons. What a person answers follows from the seed and the person alone, so that the files of a month agree with
//! each other and with those of the next.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use formats::caf::model::{Household, Person};
use formats::france_travail::{self, Record};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::dice::{Dice, Purpose, Rate, digest};
use super::hypotheses::inputs as rates;
use super::{BUFFER, Previous, SynthesisError, family, rights};

/// Registration as a job seeker follows from the claim since then.
const AUTOMATIC_SINCE: Date = date(2025, 1, 1);

/// What to make from a month.
#[derive(Debug, Clone)]
pub struct InputsRequest<'a> {
    pub seed: u64,
    /// The monthly file of the feed.
    pub month: &'a Path,
    /// The day the tables are made: nothing in them is later.
    pub made_on: Date,
    /// Questionnaires and recommendations are those of the claims made after this day; all of them when absent.
    pub claims_after: Option<Date>,
    pub france_travail: Option<&'a Path>,
    pub questionnaire: Option<&'a Path>,
    pub recommendations: Option<&'a Path>,
}

/// Lines written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InputsSummary {
    pub registered: u64,
    pub questionnaires: u64,
    pub recommendations: u64,
}

/// Headers of the table of questionnaires, as an export of the claims may have them.
const QUESTIONNAIRE: [&str; 13] = [
    "NIR",
    "N° demande RSA",
    "Nom",
    "Nom de naissance",
    "Prénom",
    "Date de naissance",
    "Date du questionnaire",
    "NATLOG",
    "DIFSOC",
    "HISPRO",
    "NIVETU",
    "NATMOB",
    "Retour rapide à l’emploi",
];

/// Headers of the table of recommendations.
const RECOMMENDATIONS: [&str; 14] = [
    "identifiant_unique_de",
    "Nom",
    "Prénom",
    "Date de naissance",
    "date_preconisation",
    "parcours_preconise",
    "organisme_preconise",
    "statut_orientation",
    "etat_orientation",
    "origine_orientation",
    "contrainte_sante",
    "contrainte_logement",
    "contrainte_mobilite",
    "contrainte_garde_enfant",
];

/// Writes the tables asked for.
///
/// # Errors
/// See [`SynthesisError`].
pub fn synthesize_inputs(request: &InputsRequest<'_>) -> Result<InputsSummary, SynthesisError> {
    let mut month = Previous::of(request.month)?;
    let mut summary = InputsSummary::default();
    let mut france_travail = match request.france_travail {
        Some(path) => Some(france_travail::Writer::new(output(path)?)?),
        None => None,
    };
    let mut questionnaire = request.questionnaire.map(|path| table(path, &QUESTIONNAIRE)).transpose()?;
    let mut recommendations = request.recommendations.map(|path| table(path, &RECOMMENDATIONS)).transpose()?;
    while let Some(household) = month.next(&mut |_, _| {})? {
        for person in household.persons.iter().filter(|person| family::is_adult(person) && family::is_present(person)) {
            let seeker = Seeker::of(request.seed, &household, person);
            if let Some(out) = &mut france_travail
                && let Some(record) = seeker.registration(request.made_on)
            {
                out.line(&record)?;
                summary.registered += 1;
            }
            let new = request.claims_after.is_none_or(|after| household.claim_date > after);
            if !new {
                continue;
            }
            if let Some(out) = &mut questionnaire
                && let Some(cells) = seeker.questionnaire(request.made_on)
            {
                line(out, &cells)?;
                summary.questionnaires += 1;
            }
            if let Some(out) = &mut recommendations
                && let Some(cells) = seeker.recommendation(request.made_on)
            {
                line(out, &cells)?;
                summary.recommendations += 1;
            }
        }
    }
    if let Some(out) = france_travail {
        out.finish()?;
    }
    for mut out in questionnaire.into_iter().chain(recommendations) {
        out.flush()?;
    }
    Ok(summary)
}

fn output(path: &Path) -> Result<BufWriter<File>, SynthesisError> {
    let created = File::create(path).map_err(|source| SynthesisError::Create { path: PathBuf::from(path), source })?;
    Ok(BufWriter::with_capacity(BUFFER, created))
}

/// A text table as a French spreadsheet writes it: UTF-8 with its mark, semicolons.
fn table(path: &Path, header: &[&str]) -> Result<BufWriter<File>, SynthesisError> {
    let mut out = output(path)?;
    out.write_all("\u{feff}".as_bytes())?;
    let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    line(&mut out, &header)?;
    Ok(out)
}

/// What is drawn here never holds a semicolon, a quotation mark or a line break.
fn line(out: &mut impl Write, cells: &[String]) -> io::Result<()> {
    out.write_all(cells.join(";").as_bytes())?;
    out.write_all(b"\r\n")
}

/// What stands in somebody's way, the same in every table.
#[derive(Clone, Copy)]
struct Barriers {
    mobility: bool,
    health: bool,
    child_care: bool,
    housing: bool,
    administrative: bool,
    basic_skills: bool,
    financial: bool,
}

impl Barriers {
    /// Those that weigh in a recommendation.
    fn count(self) -> usize {
        [self.mobility, self.health, self.child_care, self.housing, self.administrative, self.basic_skills]
            .into_iter()
            .filter(|barrier| *barrier)
            .count()
    }
}

/// One adult of the month.
struct Seeker<'a> {
    seed: u64,
    household: &'a Household,
    person: &'a Person,
    barriers: Barriers,
    registered_on: Option<Date>,
}

impl<'a> Seeker<'a> {
    fn of(seed: u64, household: &'a Household, person: &'a Person) -> Self {
        let mut seeker = Self {
            seed,
            household,
            person,
            barriers: Barriers {
                mobility: false,
                health: false,
                child_care: false,
                housing: false,
                administrative: false,
                basic_skills: false,
                financial: false,
            },
            registered_on: None,
        };
        let mut dice = seeker.dice("barriers");
        let child = family::children(household).next().is_some();
        seeker.barriers = Barriers {
            mobility: dice.chance(rates::MOBILITY),
            health: dice.chance(rates::HEALTH),
            child_care: dice.chance(if child { rates::CHILD_CARE_WITH_CHILDREN } else { Rate(0) }),
            housing: household.without_fixed_home || dice.chance(rates::HOUSING),
            administrative: dice.chance(rates::ADMINISTRATIVE),
            basic_skills: dice.chance(rates::BASIC_SKILLS),
            financial: dice.chance(rates::FINANCIAL),
        };
        seeker.registered_on = seeker.registration_day();
        seeker
    }

    /// A stream of chance of this person, for one thing.
    fn dice(&self, thing: &str) -> Dice {
        let person = self.person;
        let born = person.birth_date.to_string();
        let number = person.nir.as_ref().map_or(self.household.claim_number.as_str(), |nir| nir.as_str());
        Dice::of(self.seed, Purpose::Inputs, digest(&[thing, &person.birth_name, &person.first_name, &born, number]))
    }

    fn registration_day(&self) -> Option<Date> {
        let mut dice = self.dice("registration");
        let claimed = self.household.claim_date;
        if claimed >= AUTOMATIC_SINCE {
            return dice
                .chance(rates::REGISTERED_SINCE_2025)
                .then(|| claimed.saturating_add(dice.between(1, 12).days()));
        }
        if dice.chance(rates::REGISTERED_BEFORE_2025) {
            let last = AUTOMATIC_SINCE.saturating_sub(1.day());
            let first = claimed.saturating_sub(2.years()).max(date(2012, 1, 2)).min(last);
            return Some(dice.day(first, last));
        }
        // Whoever had RSA was registered when the law came into force.
        dice.chance(rates::REGISTERED_SINCE_2025).then_some(AUTOMATIC_SINCE)
    }

    /// Eleven digits.
    fn identifier(&self) -> String {
        format!("{:011}", self.dice("identifier").below(100_000_000_000))
    }

    fn registration(&self, made_on: Date) -> Option<Record> {
        let registered_on = self.registered_on.filter(|day| *day <= made_on && rights::is_open(self.household))?;
        let mut dice = self.dice("file");
        let automatic = registered_on >= AUTOMATIC_SINCE;
        let (reason, reason_label) =
            if automatic { ("12", "INSCRIPTION DEMANDE DE RSA") } else { dice.weighted(rates::REASONS) };
        let support_kind = dice.weighted(rates::SUPPORT_KINDS);
        let address = self.household.current_address().and_then(|address| address.french.as_ref());
        let agency = format!("AGENCE FICTIVE {}", address.map_or("93", |address| address.commune_code.as_str()));
        let text = |text: &str| Some(text.to_owned());
        let flag = |barrier: bool| Some(barrier);
        let line = |parts: &[&str]| {
            let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        };
        let woman = dice.below(2) == 0;
        let (referent_first, referent_last) =
            super::fictitious_name(self.seed, &format!("{agency} {}", dice.below(12)), woman);
        let moment = |day: Date| Some(day.at(0, 0, 0, 0));
        let interview = dice.day(registered_on, made_on);
        Some(Record {
            identifier: Some(self.identifier()),
            title: text(if self.person.sex.code() == "2" { "MME" } else { "M" }),
            last_name: Some(self.person.usual_name.clone()),
            first_name: Some(self.person.first_name.clone()),
            birth_place: Some(self.person.birth_place.clone()),
            birth_date: moment(self.person.birth_date),
            address_line_4: address
                .and_then(|address| line(&[&address.street_number, &address.street_kind, &address.street_name])),
            address_line_6: address.and_then(|address| line(&[&address.postcode, &address.commune_name])),
            department: text("93"),
            region: text("ILE-DE-FRANCE"),
            last_interview: moment(interview),
            registered: moment(registered_on),
            reason: text(reason),
            reason_label: text(reason_label),
            category: text(dice.weighted(rates::CATEGORIES)),
            structure: Some(agency.clone()),
            referent_last_name: Some(referent_last),
            referent_first_name: text(referent_first),
            support_kind: text(support_kind),
            support_structure: Some(agency),
            support_since: moment(interview),
            financial_difficulty: flag(self.barriers.financial),
            administrative_difficulty: flag(self.barriers.administrative),
            health_difficulty: flag(self.barriers.health),
            housing_difficulty: flag(self.barriers.housing),
            transport_difficulty: flag(self.barriers.mobility),
            communication_difficulty: flag(self.barriers.basic_skills),
            family_difficulty: flag(self.barriers.child_care),
            covered_by_rsa: Some(!dice.chance(rates::FLAG_LATE)),
            ..Record::default()
        })
    }

    fn french_day(day: Date) -> String {
        day.strftime("%d/%m/%Y").to_string()
    }

    fn questionnaire(&self, made_on: Date) -> Option<Vec<String>> {
        let mut dice = self.dice("questionnaire");
        let answered_on = self.household.claim_date;
        if answered_on > made_on || !dice.chance(rates::ANSWERED) {
            return None;
        }
        let barriers = self.barriers;
        let housing = if barriers.housing {
            dice.weighted(rates::PRECARIOUS_HOUSING)
        } else {
            dice.weighted(rates::HOUSING_KINDS)
        };
        let mut difficulties = Vec::new();
        if barriers.basic_skills {
            difficulties.push("0404");
        }
        if barriers.health || barriers.administrative {
            difficulties
                .extend(dice.chance(rates::TELLS_DIFFICULTIES).then(|| dice.weighted(rates::OTHER_DIFFICULTIES)));
        }
        if difficulties.is_empty() {
            difficulties.push("0401");
        }
        let quick = if barriers.count() == 0 { rates::QUICK_RETURN_WITHOUT_BARRIER } else { rates::QUICK_RETURN };
        let quick = if dice.chance(rates::NO_ANSWER) {
            ""
        } else if dice.chance(quick) {
            "oui"
        } else {
            "non"
        };
        let maybe = |dice: &mut Dice, answer: &str| {
            if dice.chance(rates::NO_ANSWER) { String::new() } else { answer.to_owned() }
        };
        let person = self.person;
        let history = dice.weighted(rates::WORK_HISTORIES);
        let education = dice.weighted(rates::EDUCATION_LEVELS);
        let mobility = if barriers.mobility { dice.weighted(rates::HARD_MOBILITY) } else { "2501" };
        let housing = maybe(&mut dice, housing);
        let difficulties = maybe(&mut dice, &difficulties.join(","));
        let history = maybe(&mut dice, history);
        let education = maybe(&mut dice, education);
        Some(vec![
            person.nir.as_ref().map(|nir| format!("{}{:02}", nir.as_str(), nir.key())).unwrap_or_default(),
            self.household.claim_number.clone(),
            person.usual_name.clone(),
            person.birth_name.clone(),
            person.first_name.clone(),
            Self::french_day(person.birth_date),
            Self::french_day(answered_on),
            housing,
            difficulties,
            history,
            education,
            mobility.to_owned(),
            quick.to_owned(),
        ])
    }

    fn recommendation(&self, made_on: Date) -> Option<Vec<String>> {
        let mut dice = self.dice("recommendation");
        let registered_on = self.registered_on.filter(|day| *day > AUTOMATIC_SINCE)?;
        let on = registered_on.saturating_add(dice.between(1, 18).days());
        if on > made_on || self.person.obligations == Some(false) || !dice.chance(rates::RECOMMENDED) {
            return None;
        }
        let barriers = self.barriers;
        let path = dice.weighted(rates::PATHS[barriers.count().min(rates::PATHS.len() - 1)]);
        let organ = if path == "PED" { "FT" } else { "CD" };
        let impact = |barrier: bool| if barrier { "IMPACT_FORT_RECHERCHE_EMPLOI" } else { "" };
        Some(
            [
                &self.identifier(),
                &self.person.usual_name,
                &self.person.first_name,
                &Self::french_day(self.person.birth_date),
                &Self::french_day(on),
                path,
                organ,
                "PRECONISE",
                "EN_ATTENTE",
                "INSCRIPTION_AUTO_CAF",
                impact(barriers.health),
                impact(barriers.housing),
                impact(barriers.mobility),
                impact(barriers.child_care),
            ]
            .into_iter()
            .map(str::to_owned)
            .collect(),
        )
    }
}

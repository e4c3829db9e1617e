//! What the files are: valid, repeatable, like the département, full of the known defects, and alive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use formats::caf::model::{BirthDatePrecision, Role};
use formats::caf::{Remark, Warning, prescan};
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const SEED: u64 = 93;

fn places() -> Vec<Place> {
    let place = |code: &str, name: &str, postcodes: &[&str], weight: f64| Place {
        commune_code: code.to_owned(),
        name: name.to_owned(),
        postcodes: postcodes.iter().map(|code| (*code).to_owned()).collect(),
        weight,
    };
    vec![
        place("93066", "Saint-Denis", &["93200", "93210", "93380"], 200.0),
        place("93001", "Aubervilliers", &["93300"], 130.0),
        place("93031", "Épinay-sur-Seine", &["93800"], 60.0),
        place("93039", "L’Île-Saint-Denis", &["93450"], 10.0),
        place("93062", "Le Raincy", &["93340"], 5.0),
    ]
}

fn request<'a>(households: u64, date: Date, previous: Option<&'a Path>, places: &'a [Place]) -> Request<'a> {
    Request { households, seed: SEED, date, previous, places }
}

fn made(request: &Request<'_>) -> (Vec<u8>, Summary) {
    let mut bytes = Vec::new();
    let summary = synthesize(request, &mut bytes, |_, _| {}).unwrap();
    (bytes, summary)
}

fn read(bytes: &[u8]) -> (Vec<Household>, Vec<Warning>) {
    let mut reader = Reader::new(bytes).unwrap();
    let (mut households, mut warnings) = (Vec::new(), Vec::new());
    while let Some(entry) = reader.next_household().unwrap() {
        let record = entry.unwrap();
        households.push(record.household);
        warnings.extend(record.warnings);
    }
    assert_eq!(reader.footer().unwrap().households as usize, households.len());
    assert_eq!(reader.replaced_characters(), 0);
    (households, warnings)
}

/// The months one after the other, each made from the file of the one before.
fn months(households: u64, count: i64) -> Vec<(Vec<u8>, Summary)> {
    let places = places();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("previous.xml");
    let first = date(2026, 6, 30);
    let mut files: Vec<(Vec<u8>, Summary)> = vec![made(&request(households, first, None, &places))];
    for month in 1..count {
        fs::write(&path, &files[files.len() - 1].0).unwrap();
        let day = first.saturating_add(month.months()).last_of_month();
        files.push(made(&request(households, day, Some(&path), &places)));
    }
    files
}

struct Stock {
    bytes: Vec<u8>,
    summary: Summary,
    households: Vec<Household>,
    warnings: Vec<Warning>,
}

/// One stock read once for all tests.
static STOCK: LazyLock<Stock> = LazyLock::new(|| {
    let (bytes, summary) = made(&request(6_000, date(2026, 9, 30), None, &places()));
    let (households, warnings) = read(&bytes);
    Stock { bytes, summary, households, warnings }
});

fn share(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole as f64
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    let places = places();
    let asked = request(300, date(2026, 11, 22), None, &places);
    let (bytes, summary) = made(&asked);
    assert_eq!(bytes, made(&asked).0);
    assert_ne!(bytes, made(&Request { seed: SEED + 1, ..asked.clone() }).0);
    assert_eq!(summary.reference_date, date(2026, 10, 31));
    assert!(summary.created_on > summary.reference_date);
    // A household does not depend on how many others are asked for.
    let (more, _) = made(&Request { households: 301, ..asked });
    assert_eq!(read(&bytes).0[..], read(&more).0[..read(&bytes).0.len()]);
    assert_eq!(months(200, 2)[1].0, months(200, 2)[1].0);
}

#[test]
fn a_file_is_a_valid_monthly_file() {
    for (bytes, summary) in months(2_000, 2) {
        let reader = Reader::new(&bytes[..]).unwrap();
        assert_eq!(reader.header().kind, FeedKind::Monthly);
        assert_eq!(reader.header().reference_date, summary.reference_date);
        let (households, _) = read(&bytes);
        assert_eq!(households.len() as u64, summary.records);
        assert_accepted_by_xmllint(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        for element in ["Ressources", "PensionAlimentaire", "Grossesse", "Controle", "AvisPCGDroitRSA", "DemandeRMI"] {
            assert!(text.contains(&format!("<{element}>")), "{element}");
        }
    }
}

/// Against the schema written from the table of the reader; passes where `xmllint` is not installed.
fn assert_accepted_by_xmllint(bytes: &[u8]) {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../doors/formats/tests/data/vrsb0801-own.xsd");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.xml");
    fs::write(&path, bytes).unwrap();
    let output = Command::new("xmllint").arg("--noout").arg("--schema").arg(&schema).arg(&path).output();
    let Ok(output) = output.inspect_err(|error| eprintln!("xmllint not found ({error}): skipped")) else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}", said.lines().take(5).collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_stock_looks_like_the_departement() {
    let Stock { bytes, summary, households, .. } = &*STOCK;
    let count =
        |keep: &dyn Fn(&Household) -> bool| share(households.iter().filter(|h| keep(h)).count(), households.len());
    let within =
        |value: f64, low: f64, high: f64| assert!((low..high).contains(&value), "{value} not in {low}..{high}");
    let size = bytes.len() as f64 / summary.records as f64;
    within(size, 5_500.0, 7_500.0);
    within(summary.adults as f64 / summary.households as f64, 1.1, 1.25);
    within(summary.persons as f64 / summary.households as f64, 2.05, 2.6);
    within(count(&|h| !family::is_couple(h) && family::children(h).next().is_some()), 25.0, 33.0);
    within(count(&|h| h.claim_date < date(2021, 9, 30)), 39.0, 46.0);
    within(count(&|h| h.right.status == RightStatus::OpenPayable), 78.0, 90.0);
    within(count(&|h| h.right.status == RightStatus::PaymentSuspended), 6.0, 12.0);
    within(
        count(&|h| h.right_details.iter().any(|detail| detail.nature == "RSI" && detail.until.is_none())),
        4.0,
        16.0,
    );
    within(count(&|h| h.without_fixed_home), 2.0, 7.0);
    let in_commune = |h: &Household, code: &str| {
        h.current_address().and_then(|a| a.french.as_ref()).is_some_and(|french| french.commune_code == code)
    };
    within(count(&|h| in_commune(h, "93001")), 28.0, 36.0);
    let adults: Vec<_> = households.iter().flat_map(Household::adults).collect();
    let of_adults = |keep: &dyn Fn(&formats::caf::model::Person) -> bool| {
        share(adults.iter().filter(|a| keep(a)).count(), adults.len())
    };
    within(of_adults(&|a| a.obligations == Some(true)), 65.0, 88.0);
    within(of_adults(&|a| a.sex.code() == "2"), 48.0, 66.0);
    within(of_adults(&|a| a.birth_date > date(1996, 9, 30)), 8.0, 24.0);
    within(of_adults(&|a| a.birth_date < date(1971, 9, 30)), 10.0, 30.0);
    within(of_adults(&|a| a.nir.is_none()), 1.0, 8.0);
    // The flag of a person absent is unknown, not « no ».
    assert!(adults.iter().any(|adult| adult.obligations.is_none()));
}

#[test]
fn keys_are_unique_and_nirs_belong_to_nobody() {
    let Stock { summary, households, .. } = &*STOCK;
    let claims: BTreeSet<&str> = households.iter().map(|h| h.claim_number.as_str()).collect();
    assert_eq!(claims.len() as u64, summary.households);
    let files: BTreeSet<&str> = households.iter().map(|h| h.file_number.public_number()).collect();
    assert_eq!(files.len(), claims.len());
    let mut holders: BTreeMap<&str, BTreeSet<(&str, &str, Date)>> = BTreeMap::new();
    for person in households.iter().flat_map(|household| &household.persons) {
        let Some(nir) = &person.nir else { continue };
        let (department, place) = (&nir.as_str()[5..7], nir.as_str()[7..10].parse::<u16>().unwrap());
        assert!(department == "93" && place >= 100 || department == "99" && place >= 600);
        assert_eq!(nir.as_str()[..1], *person.sex.code());
        holders.entry(nir.as_str()).or_default().insert((&person.birth_name, &person.first_name, person.birth_date));
    }
    let shared = holders.values().filter(|holders| holders.len() > 1).count();
    assert_eq!(shared, 0, "a NIR belongs to one person");
    // Inside a household, names and birth date tell the persons apart.
    for household in households {
        let keys: BTreeSet<_> =
            household.persons.iter().map(|p| (&p.birth_name, &p.first_name, p.birth_date, p.birth_rank)).collect();
        assert_eq!(keys.len(), household.persons.len(), "{}", household.claim_number);
    }
}

#[test]
fn every_known_defect_is_there() {
    let Stock { bytes, summary, households, warnings } = &*STOCK;
    let text = bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
    let remarked = |keep: fn(&Remark) -> bool| assert!(warnings.iter().any(|warning| keep(&warning.remark)));
    remarked(|remark| matches!(remark, Remark::NoApplicant));
    remarked(|remark| matches!(remark, Remark::FileNumberRestored { .. }));
    remarked(|remark| matches!(remark, Remark::NirKey));
    remarked(|remark| matches!(remark, Remark::PartialBirthDate { precision: BirthDatePrecision::DayUnknown }));
    remarked(|remark| matches!(remark, Remark::PartialBirthDate { precision: BirthDatePrecision::DayAndMonthUnknown }));
    remarked(|remark| matches!(remark, Remark::PostcodeRestored { .. }));
    remarked(|remark| matches!(remark, Remark::TwoAddressForms { .. }));
    remarked(|remark| matches!(remark, Remark::NoAddressForm { .. }));
    remarked(|remark| matches!(remark, Remark::BlockAgainstState { .. }));
    remarked(|remark| matches!(remark, Remark::StateWithoutBlock { .. }));
    assert!(summary.records > summary.households, "a claim number comes twice");
    for piece in ["<TYPEPARTE>CG  <", "<TYPEPARTE>CG<", "<NIR/>", "<RGADR>1<", "<RGADR>01<", "<NBENFAUTCHA>1<", "É"] {
        assert!(text.contains(piece), "{piece}");
    }
    for health in rates::HEALTH_CODES {
        assert!(text.contains(&format!("<ACT>{}<", health.0)), "{}", health.0);
    }
    let persons = || households.iter().flat_map(|household| &household.persons);
    assert!(persons().any(|person| person.links.len() == 2));
    assert!(persons().any(|person| person.rsa_role() == Some(&Role::OtherDependant)));
    assert!(persons().any(|person| person.rsa_role() == Some(&Role::FileHolder)));
    assert!(persons().any(|person| person.birth_rank == Some(2)));
    let addresses = || households.iter().flat_map(|household| &household.addresses);
    assert!(addresses().any(|address| address.country == "HOR"));
    let french = || addresses().filter_map(|address| address.french.as_ref().map(|french| (address.rank, french)));
    assert!(french().any(|(rank, french)| rank > 1 && french.commune_code == "93059"));
    assert!(french().any(|(rank, french)| rank == 1 && french.commune_code == "93059"));
    assert!(french().any(|(_, french)| french.commune_name.contains('-')));
    assert!(french().any(|(_, french)| french.street_number.ends_with('B')));
    // The same person in two households: same NIR, two claim numbers.
    let mut claims: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for household in households {
        for nir in household.adults().filter_map(|adult| adult.nir.as_ref()) {
            claims.entry(nir.as_str()).or_default().insert(&household.claim_number);
        }
    }
    assert!(claims.values().any(|claims| claims.len() == 2));
    // Homonyms, some born the same day.
    let mut namesakes: BTreeMap<(&str, &str), BTreeSet<Date>> = BTreeMap::new();
    for adult in households.iter().flat_map(Household::adults) {
        namesakes.entry((&adult.birth_name, &adult.first_name)).or_default().insert(adult.birth_date);
    }
    assert!(namesakes.values().filter(|dates| dates.len() > 1).count() > 50);
}

fn what_changed(kept: &[(&Household, &Household)]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for (old, new) in kept {
        for (what, differs) in [
            ("adresses", old.addresses != new.addresses),
            ("droit", old.right != new.right),
            ("natures", old.right_details != new.right_details),
            ("personnes", old.persons != new.persons),
            ("nombre de personnes", old.persons.len() != new.persons.len()),
            ("droits et devoirs", old.obligations != new.obligations),
            ("à charge", old.dependants != new.dependants),
            ("situation", old.family_situation != new.family_situation),
        ] {
            *counts.entry(what).or_default() += usize::from(differs);
        }
    }
    counts
}

#[test]
fn a_month_goes_by() {
    let files = months(3_000, 3);
    let (mut triggers, mut moved, mut renamed, mut nir_appeared, mut born) = (0, 0, 0, 0, 0);
    for pair in files.windows(2) {
        let by_claim = |bytes: &[u8]| -> BTreeMap<String, Household> {
            read(bytes).0.into_iter().map(|household| (household.claim_number.clone(), household)).collect()
        };
        let (before, after) = (by_claim(&pair[0].0), by_claim(&pair[1].0));
        let summary = pair[1].1;
        let kept: Vec<_> = before.iter().filter_map(|(claim, old)| Some((old, after.get(claim)?))).collect();
        assert!(share(kept.len(), before.len()) > 94.0);
        assert_eq!(summary.gone as usize, before.len() - kept.len());
        assert_eq!(summary.entries as usize, after.len() - kept.len());
        assert!((40..110).contains(&summary.entries), "{summary:?}");
        assert!((25..130).contains(&summary.closed), "{summary:?}");
        let unexplained = before.values().filter(|old| !after.contains_key(&old.claim_number) && rights::is_open(old));
        assert!(unexplained.count() < 7, "few vanish without having been closed");
        // An importer skips what has not changed: most of a monthly file.
        let unchanged = kept.iter().filter(|(old, new)| old.content_hash() == new.content_hash()).count();
        assert!(
            (70.0..90.0).contains(&share(unchanged, kept.len())),
            "{unchanged} of {}: {:?}",
            kept.len(),
            what_changed(&kept)
        );
        for (old, new) in kept {
            assert_eq!((&old.file_number, old.claim_date), (&new.file_number, new.claim_date));
            triggers += usize::from(old.right.status != new.right.status);
            if old.addresses[0] != new.addresses[0] {
                moved += 1;
                let shifted = new.addresses.get(1).map(|address| (&address.french, address.rank));
                assert_eq!(shifted, Some((&old.addresses[0].french, 2)));
            }
            for person in &old.persons {
                let same = new
                    .persons
                    .iter()
                    .find(|other| (&other.first_name, other.birth_date) == (&person.first_name, person.birth_date));
                renamed += usize::from(same.is_some_and(|same| same.birth_name != person.birth_name));
                nir_appeared += usize::from(same.is_some_and(|same| person.nir.is_none() && same.nir.is_some()));
                assert!(same.is_none_or(|same| person.nir.is_none() || person.nir == same.nir));
            }
            born += new.persons.iter().filter(|person| person.birth_date > pair[0].1.reference_date).count();
        }
    }
    for (what, count) in
        [("états", triggers), ("adresses", moved), ("noms", renamed), ("NIR", nir_appeared), ("naissances", born)]
    {
        assert!(count > 0, "{what}");
    }
}

#[test]
fn what_a_day_tells_is_what_the_next_month_shows() {
    let places = places();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("previous.xml");
    fs::write(&path, made(&request(3_000, date(2026, 6, 30), None, &places)).0).unwrap();
    let (month, _) = made(&request(3_000, date(2026, 7, 31), Some(&path), &places));
    let month: BTreeMap<String, Household> =
        read(&month).0.into_iter().map(|household| (household.claim_number.clone(), household)).collect();
    let mut told = 0;
    for day in [date(2026, 7, 8), date(2026, 7, 21)] {
        let mut bytes = Vec::new();
        let asked = request(3_000, day, Some(&path), &places);
        let summary = synthesize_daily(&asked, &mut bytes, |_, _| {}).unwrap();
        assert_eq!(summary.reference_date, day);
        assert_eq!(Reader::new(&bytes[..]).unwrap().header().kind, FeedKind::BetweenMonths);
        assert_accepted_by_xmllint(&bytes);
        for household in read(&bytes).0 {
            assert!(!household.events.is_empty());
            assert!(household.events.iter().all(|event| event.settled_on == day));
            let later = &month[&household.claim_number];
            assert_eq!(&Household { events: Vec::new(), ..household }, later);
            told += 1;
        }
    }
    assert!(told > 10, "{told}");
}

#[test]
fn a_wrong_request_says_why() {
    let places = places();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("previous.xml");
    fs::write(&path, made(&request(3, date(2026, 6, 30), None, &places)).0).unwrap();
    let refused = |request: Request<'_>| synthesize(&request, io::sink(), |_, _| {}).unwrap_err().to_string();
    let wrong_month = refused(request(3, date(2026, 9, 30), Some(&path), &places));
    assert!(wrong_month.contains("31\u{a0}août 2026"), "{wrong_month}");
    assert!(refused(request(0, date(2026, 9, 30), None, &places)).contains("foyers demandés"));
    assert!(refused(request(3, date(2008, 9, 30), None, &places)).contains("RSA"));
    assert!(refused(request(3, date(2026, 9, 30), None, &[])).contains("commune"));
    assert!(refused(request(3, date(2026, 9, 30), Some(Path::new("/absent.xml")), &places)).contains("absent.xml"));
    let daily = synthesize_daily(&request(3, date(2026, 7, 8), None, &places), io::sink(), |_, _| {});
    assert!(matches!(daily, Err(SynthesisError::PreviousNeeded)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// What is written comes back: forms and defects lose nothing of the model.
    #[test]
    fn any_household_is_read_back(seed: u64, index in 0..Rank::STOCK_AT_MOST, months in 0_i64..180, entering: bool) {
        let places = places();
        let reference = date(2010, 1, 31).saturating_add(months.months()).last_of_month();
        let setting = Setting { seed, reference, places: Places::new(&places).unwrap() };
        let household = if entering { setting.entering(index % 40_000) } else { setting.in_stock(index) };
        let mut file = Output::monthly(&setting, Vec::new()).unwrap();
        file.sheet.household(&mut file.writer, &household).unwrap();
        let footer = Footer { households: 1, households_in_anomaly: 0 };
        let bytes = file.writer.finish(&footer).unwrap().into_inner().unwrap();
        let mut read = read(&bytes).0;
        // Two forms are the same thing: the bare file number, and the two roles of a person in any order.
        for household in &mut read {
            if household.file_number.as_str().len() == 7 {
                let full = format!("{}00000000", household.file_number.as_str());
                household.file_number = formats::caf::model::FileNumber::from_digits(&full);
            }
        }
        for person in read.iter_mut().flat_map(|household| &mut household.persons) {
            person.benefit_roles.sort_by_key(|role| role.benefit != formats::caf::model::Benefit::FamilyBenefits);
        }
        prop_assert_eq!(&read[..], &[household][..]);
    }
}

#[test]
fn a_prescan_finds_nothing_to_refuse() {
    let (bytes, summary) = made(&request(500, date(2026, 9, 30), None, &places()));
    let scan = prescan(io::Cursor::new(bytes), Default::default()).unwrap();
    assert_eq!((scan.households, scan.errors_total), (summary.records, 0));
}

/// The tables about a month: their cells.
fn tables(month: &[u8]) -> [Vec<Vec<String>>; 3] {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("month.xml"), month).unwrap();
    let request = InputsRequest {
        seed: SEED,
        month: &path("month.xml"),
        made_on: date(2026, 10, 31),
        claims_after: None,
        france_travail: Some(&path("ft.csv")),
        questionnaire: Some(&path("dsp.csv")),
        recommendations: Some(&path("reco.csv")),
    };
    let summary = synthesize_inputs(&request).unwrap();
    let cells = ["ft.csv", "dsp.csv", "reco.csv"].map(|name| {
        let text = fs::read_to_string(path(name)).unwrap();
        text.lines().skip(1).map(|line| line.split(';').map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
    });
    let counts = [summary.registered, summary.questionnaires, summary.recommendations];
    assert_eq!(cells.each_ref().map(|lines| lines.len() as u64), counts);
    cells
}

#[test]
fn the_tables_of_a_month_are_about_its_persons_and_agree() {
    let places = places();
    let (month, _) = made(&request(3_000, date(2026, 10, 31), None, &places));
    let [registered, questionnaires, recommendations] = tables(&month);
    assert_eq!(tables(&month)[1], questionnaires, "the same request gives the same bytes");
    let (households, _) = read(&month);
    let known: BTreeSet<(String, String)> = households
        .iter()
        .flat_map(|household| household.adults())
        .map(|person| (person.usual_name.clone(), person.first_name.clone()))
        .collect();
    for (lines, name, first) in [(&registered, 2, 3), (&questionnaires, 2, 4), (&recommendations, 1, 2)] {
        assert!(lines.len() > 250, "{}", lines.len());
        assert!(lines.iter().all(|cells| known.contains(&(cells[name].clone(), cells[first].clone()))));
    }
    let share = |lines: &[Vec<String>], is: &dyn Fn(&[String]) -> bool| {
        lines.iter().filter(|cells| is(cells)).count() as f64 / lines.len() as f64
    };
    // Shares of the national pilots: mobility 43 %, health 29 %; registered before 2025, 42 %.
    for (column, expected) in [(40, 0.43), (38, 0.29)] {
        let found = share(&registered, &|cells| cells[column] == "O");
        assert!((found - expected).abs() < 0.04, "column {column}: {found}");
    }
    let before = share(&registered, &|cells| cells[22].as_str() < "2025");
    assert!((0.2..0.5).contains(&before), "{before}");
    let low = share(&questionnaires, &|cells| cells[10].as_str() >= "1204") / 0.93;
    assert!((low - 0.63).abs() < 0.05, "{low}");
    // Whom mobility holds back in one table, it holds back in the others.
    let held: BTreeSet<(&str, &str)> = registered
        .iter()
        .filter(|cells| cells[40] == "O")
        .map(|cells| (cells[2].as_str(), cells[3].as_str()))
        .collect();
    let free = questionnaires.iter().filter(|cells| cells[11] == "2501");
    let contradictions = free.filter(|cells| held.contains(&(cells[2].as_str(), cells[4].as_str()))).count();
    // Two persons may bear the same names.
    assert!(contradictions * 50 < questionnaires.len(), "{contradictions}");
}

//! Where households live: communes by weight, streets, associations, addresses of before.

use formats::caf::model::{Address, FrenchAddress};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::dice::Dice;
use super::hypotheses as rates;
use super::names::Origin;

/// A commune where households may live.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// INSEE code, five characters.
    pub commune_code: String,
    /// As people write it: « L’Île-Saint-Denis ».
    pub name: String,
    /// Five digits each; the first is used half of the time.
    pub postcodes: Vec<String>,
    /// Share of the households, in any unit: population × poverty weight.
    pub weight: f64,
}

/// The commune merged on 1 January 2025, the one it joined, and the postcode that still tells its streets.
const MERGED: (&str, &str, &str) = ("93059", "PIERREFITTE SUR SEINE", "93380");
const MERGED_INTO: &str = "93066";
const MERGED_ON: Date = date(2025, 1, 1);

/// Communes outside the département where people lived before: code, postcode, name. Two have a postcode that loses
/// its zero.
const OUTSIDE: &[(&str, &str, &str)] = &[
    ("75119", "75019", "PARIS"),
    ("75118", "75018", "PARIS"),
    ("95018", "95100", "ARGENTEUIL"),
    ("94028", "94000", "CRETEIL"),
    ("92036", "92230", "GENNEVILLIERS"),
    ("60175", "60100", "CREIL"),
    ("77284", "77100", "MEAUX"),
    ("01053", "01000", "BOURG EN BRESSE"),
    ("06088", "06300", "NICE"),
    ("59350", "59000", "LILLE"),
    ("69383", "69003", "LYON"),
    ("13201", "13001", "MARSEILLE"),
    ("2B033", "20200", "BASTIA"),
];

const STREET_KINDS: &[(&str, u32)] = &[
    ("RUE", 52),
    ("AVENUE", 17),
    ("ALLEE", 8),
    ("BOULEVARD", 6),
    ("PLACE", 4),
    ("CITE", 4),
    ("IMPASSE", 3),
    ("SQUARE", 2),
    ("CHEMIN", 1),
    ("PASSAGE", 1),
    ("COURS", 1),
    ("MAIL", 1),
];

/// With its accented form, when it has one.
const STREETS: &[(&str, &str)] = &[
    ("DE LA REPUBLIQUE", "DE LA RÉPUBLIQUE"),
    ("DE LA LIBERTE", "DE LA LIBERTÉ"),
    ("DES LILAS", ""),
    ("JEAN JAURES", "JEAN JAURÈS"),
    ("DU MARECHAL LECLERC", "DU MARÉCHAL LECLERC"),
    ("PAUL ELUARD", "PAUL ÉLUARD"),
    ("DE L EGALITE", "DE L’ÉGALITÉ"),
    ("DE LA COMMUNE DE PARIS", ""),
    ("EMILE ZOLA", "ÉMILE ZOLA"),
    ("DES MARAICHERS", "DES MARAÎCHERS"),
    ("DU CANAL", ""),
    ("DE LA FERME", ""),
    ("DES ECOLES", "DES ÉCOLES"),
    ("VICTOR HUGO", ""),
    ("DU HUIT MAI 1945", ""),
    ("DES COQUELICOTS", ""),
    ("DE LA GARE", ""),
    ("DU MOULIN NEUF", ""),
    ("ANATOLE FRANCE", ""),
    ("DU FORT", ""),
    ("DES PRES", "DES PRÉS"),
    ("HENRI BARBUSSE", ""),
    ("DES TILLEULS", ""),
    ("DE STALINGRAD", ""),
    ("LOUISE MICHEL", ""),
    ("DU VIEUX PONT", ""),
    ("DE LA FRATERNITE", "DE LA FRATERNITÉ"),
    ("DES NOYERS", ""),
    ("GABRIEL PERI", "GABRIEL PÉRI"),
    ("DE LA PLAINE", ""),
    ("DES SORBIERS", ""),
    ("DE L AVENIR", ""),
    ("DU GENERAL DE GAULLE", "DU GÉNÉRAL DE GAULLE"),
    ("DES BLES D OR", "DES BLÉS D’OR"),
    ("DU CHATEAU", "DU CHÂTEAU"),
];

/// Invented associations and social centres that receive post for people without an address.
const ASSOCIATIONS: &[&str] = &[
    "CHEZ ASSOCIATION LA PASSERELLE",
    "CHEZ ASSOCIATION LE RELAIS DU CANAL",
    "CHEZ ASS ACCUEIL ET PARTAGE",
    "C/O MAISON DE LA SOLIDARITE",
    "DOMICILIATION CCAS",
    "CCAS",
    "CHEZ ASSOCIATION ESCALE DU NORD",
    "HOTEL SOCIAL DES QUATRE VENTS",
    "ASSOCIATION UN TOIT POUR DEMAIN",
];

/// Cumulated weights of the communes.
pub(super) struct Places<'a> {
    places: &'a [Place],
    bounds: Vec<u64>,
}

impl<'a> Places<'a> {
    /// `None` when nobody can live anywhere: no place, no postcode, or weights that sum to nothing.
    pub(super) fn new(places: &'a [Place]) -> Option<Self> {
        let total: f64 = places.iter().map(|place| place.weight).sum();
        let sound = |place: &Place| place.weight >= 0.0 && !place.postcodes.is_empty();
        if !(total.is_finite() && total > 0.0 && places.iter().all(sound)) {
            return None;
        }
        let mut sum = 0;
        let bounds = places
            .iter()
            .map(|place| {
                sum += (place.weight / total * 1e9) as u64;
                sum
            })
            .collect();
        Some(Self { places, bounds })
    }

    fn draw(&self, dice: &mut Dice) -> &'a Place {
        let point = dice.below(self.bounds.last().copied().unwrap_or(0));
        let index = self.bounds.partition_point(|bound| *bound <= point);
        &self.places[index.min(self.places.len() - 1)]
    }

    /// The home of a household at `reference`, moved in on `moved_in`, and maybe homes of before.
    pub(super) fn addresses(&self, dice: &mut Dice, moved_in: Date, reference: Date) -> Vec<Address> {
        let mut addresses = vec![self.current(dice, moved_in, reference)];
        let mut left = moved_in;
        for rank in 2..2 + dice.weighted(rates::EARLIER_ADDRESSES) {
            let since = left.saturating_sub(dice.between(60, 2_000).days());
            let mut earlier = if dice.chance(rates::EARLIER_ABROAD) {
                abroad(since)
            } else if dice.chance(rates::EARLIER_OUTSIDE) {
                lived_in(outside(dice), since)
            } else {
                lived_in(self.inside(dice, since, since), since)
            };
            earlier.rank = rank;
            if dice.chance(rates::ARRIVAL_UNKNOWN) {
                earlier.moved_in = None;
            }
            addresses.push(earlier);
            left = since;
        }
        addresses
    }

    /// A home in the département lived in at `reference`; rarely a foreign one, just reached.
    pub(super) fn current(&self, dice: &mut Dice, moved_in: Date, reference: Date) -> Address {
        if dice.chance(rates::CURRENT_ABROAD) {
            return abroad(moved_in);
        }
        let mut home = self.inside(dice, moved_in, reference);
        if dice.chance(rates::ADMINISTRATIVE_ADDRESS) {
            home.addressee_complement.clear();
            home.place_complement = dice.pick(ASSOCIATIONS).to_owned();
        } else if dice.chance(rates::LODGED) {
            let host = Origin::draw(dice).last_name(dice);
            home.place_complement = format!("CHEZ {} {host}", dice.pick(&["M", "MME"]));
        }
        let mut address = lived_in(home, moved_in);
        if dice.chance(rates::TWO_FORMS) {
            address.has_foreign_lines = true;
        } else if dice.chance(rates::NO_FORM) {
            address.french = None;
        }
        address.kind = if dice.chance(rates::PROVISIONAL_ADDRESS) { "P" } else { "D" }.to_owned();
        address
    }

    /// A home of the département, with the code its commune had: `until` is the last day it is lived in.
    fn inside(&self, dice: &mut Dice, moved_in: Date, until: Date) -> FrenchAddress {
        let place = self.draw(dice);
        let postcodes = &place.postcodes;
        let postcode = if dice.below(2) == 0 { 0 } else { dice.below(postcodes.len() as u64) as usize };
        let postcode = postcodes[postcode].as_str();
        let merged = place.commune_code == MERGED_INTO && postcode == MERGED.2;
        if merged && moved_in < MERGED_ON && (until < MERGED_ON || dice.chance(rates::MERGED_CODE_KEPT)) {
            return street(dice, MERGED.0, postcode, MERGED.1.to_owned());
        }
        let name = commune_name(dice, &place.name);
        street(dice, &place.commune_code, postcode, name)
    }
}

/// Whether the post of this address goes to an association or a social centre.
pub(super) fn is_at_association(address: &Address) -> bool {
    address.french.as_ref().is_some_and(|french| ASSOCIATIONS.contains(&french.place_complement.as_str()))
}

/// `NOMCOM`: upper case, without accents, most often without hyphens.
fn commune_name(dice: &mut Dice, name: &str) -> String {
    if dice.chance(rates::HYPHENS) {
        return name.replace('’', "'").to_uppercase();
    }
    base::fold(name).to_uppercase()
}

fn street(dice: &mut Dice, commune_code: &str, postcode: &str, commune_name: String) -> FrenchAddress {
    let (plain, accented) = dice.pick(STREETS);
    let street_name = if !accented.is_empty() && dice.chance(rates::ACCENTS) { accented } else { plain };
    let number = dice.between(1, 189);
    let street_number = match dice.below(20) {
        0 => format!("{number} B"),
        1 => format!("{number} T"),
        2 => format!("{number}BIS"),
        3 => String::new(),
        _ => number.to_string(),
    };
    let addressee_complement = match dice.below(10) {
        0..4 => format!("APT {}", dice.between(1, 240)),
        4 => format!("ESC {} APT {}", dice.pick(&["A", "B", "C"]), dice.between(1, 99)),
        5 => format!("ETG {} PORTE {}", dice.between(1, 18), dice.pick(&["DROITE", "GAUCHE", "FACE"])),
        _ => String::new(),
    };
    let place_complement = match dice.below(10) {
        0 | 1 => format!("BAT {}", dice.pick(&["A", "B", "C", "D", "E", "F", "12", "31"])),
        2 => format!("RESIDENCE {}", dice.pick(&["LES ACACIAS", "LE PARC", "LES TROIS ALLEES", "LES GLYCINES"])),
        _ => String::new(),
    };
    FrenchAddress {
        addressee_complement,
        place_complement,
        street_number,
        street_kind: dice.weighted(STREET_KINDS).to_owned(),
        street_name: street_name.to_owned(),
        locality: if dice.below(40) == 0 { format!("CS {}", dice.between(10_001, 70_999)) } else { String::new() },
        commune_code: commune_code.to_owned(),
        postcode: postcode.to_owned(),
        commune_name,
    }
}

fn outside(dice: &mut Dice) -> FrenchAddress {
    let (code, postcode, name) = dice.pick(OUTSIDE);
    street(dice, code, postcode, name.to_owned())
}

fn lived_in(french: FrenchAddress, since: Date) -> Address {
    // The outcome of the postal control follows from the street, without chance of its own.
    let postal_check = match french.street_name.len() % 12 {
        0 => "NC",
        1 => "VO",
        2 => "VC",
        3 => "AU",
        _ => "CO",
    };
    Address {
        rank: 1,
        moved_in: Some(since),
        country: "FRA".to_owned(),
        kind: "D".to_owned(),
        postal_check: postal_check.to_owned(),
        french: Some(french),
        has_foreign_lines: false,
    }
}

fn abroad(since: Date) -> Address {
    Address {
        rank: 1,
        moved_in: Some(since),
        country: "HOR".to_owned(),
        kind: "D".to_owned(),
        postal_check: "NC".to_owned(),
        french: None,
        has_foreign_lines: true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::dice::Purpose;
    use super::*;

    fn place(code: &str, name: &str, postcodes: &[&str], weight: f64) -> Place {
        let postcodes = postcodes.iter().map(|code| (*code).to_owned()).collect();
        Place { commune_code: code.to_owned(), name: name.to_owned(), postcodes, weight }
    }

    #[test]
    fn households_live_where_the_weights_say() {
        let places =
            [place("93001", "Aubervilliers", &["93300"], 3.0), place("93066", "Saint-Denis", &["93200", "93380"], 1.0)];
        let places = Places::new(&places).unwrap();
        let mut dice = Dice::of(1, Purpose::Household, 1);
        let (mut first, mut merged) = (0, 0);
        for _ in 0..4_000 {
            let since = dice.day(date(2015, 1, 1), date(2026, 1, 1));
            for address in places.addresses(&mut dice, since, date(2026, 9, 30)) {
                let Some(french) = &address.french else { continue };
                assert!(french.street_number.len() <= 6 && french.place_complement.len() <= 38, "{french:?}");
                first += usize::from(address.rank == 1 && french.commune_code == "93001");
                merged += usize::from(french.commune_code == "93059");
            }
        }
        assert!((2_800..3_200).contains(&first), "{first}");
        assert!(merged > 20, "{merged}");
    }

    #[test]
    fn nobody_can_live_nowhere() {
        assert!(Places::new(&[]).is_none());
        assert!(Places::new(&[place("93001", "Aubervilliers", &["93300"], 0.0)]).is_none());
        assert!(Places::new(&[place("93001", "Aubervilliers", &[], 1.0)]).is_none());
    }
}

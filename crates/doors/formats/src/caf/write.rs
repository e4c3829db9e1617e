//! Writes the feed: windows-1252, two spaces per level, one element per line.

use std::io::{self, Write};

use encoding_rs::WINDOWS_1252;
use jiff::civil::{Date, Time};

use super::model::{Activity, ActivityCode, Address, Closure, Footer, Header, Household, Link, Person, SuspensionKind};

/// Writes a document element by element.
///
/// [`Writer::household`] writes what the model holds, with neutral values where the schema requires an element that
/// the model drops. A household with its resources and amounts is written with [`Writer::open`], [`Writer::text`] and
/// [`Writer::close`], in the order of [`super::schema::ROOT`].
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    open: Vec<&'static str>,
    line: String,
}

impl<W: Write> Writer<W> {
    /// Writes the declaration and opens the root.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = Self { out, open: Vec::new(), line: String::new() };
        writer.out.write_all(b"<?xml version=\"1.0\" encoding=\"windows-1252\"?>\n")?;
        writer.open("Racine")?;
        Ok(writer)
    }

    /// Opens a block.
    pub fn open(&mut self, name: &'static str) -> io::Result<()> {
        self.indent();
        self.line.push('<');
        self.line.push_str(name);
        self.line.push('>');
        self.open.push(name);
        self.end_line()
    }

    /// Closes the block opened last; nothing if there is none.
    pub fn close(&mut self) -> io::Result<()> {
        let Some(name) = self.open.pop() else {
            return Ok(());
        };
        self.indent();
        self.line.push_str("</");
        self.line.push_str(name);
        self.line.push('>');
        self.end_line()
    }

    /// Writes a value; `<NAME/>` when it is empty.
    pub fn text(&mut self, name: &str, value: &str) -> io::Result<()> {
        self.indent();
        self.line.push('<');
        self.line.push_str(name);
        if value.is_empty() {
            self.line.push_str("/>");
            return self.end_line();
        }
        self.line.push('>');
        for character in value.chars() {
            match character {
                '&' => self.line.push_str("&amp;"),
                '<' => self.line.push_str("&lt;"),
                '>' => self.line.push_str("&gt;"),
                // A reader turns a bare carriage return into a line feed.
                '\r' => self.line.push_str("&#13;"),
                other => self.line.push(other),
            }
        }
        self.line.push_str("</");
        self.line.push_str(name);
        self.line.push('>');
        self.end_line()
    }

    /// Writes a value when there is one.
    pub fn optional_text(&mut self, name: &str, value: Option<&str>) -> io::Result<()> {
        value.map_or(Ok(()), |value| self.text(name, value))
    }

    /// Writes a date, `YYYY-MM-DD`.
    pub fn date(&mut self, name: &str, date: Date) -> io::Result<()> {
        self.text(name, &date.strftime("%Y-%m-%d").to_string())
    }

    /// Writes a date when there is one.
    pub fn optional_date(&mut self, name: &str, date: Option<Date>) -> io::Result<()> {
        date.map_or(Ok(()), |date| self.date(name, date))
    }

    /// Writes `1` or `0`.
    pub fn boolean(&mut self, name: &str, value: bool) -> io::Result<()> {
        self.text(name, if value { "1" } else { "0" })
    }

    /// Writes `1` or `0` when it is known.
    pub fn optional_boolean(&mut self, name: &str, value: Option<bool>) -> io::Result<()> {
        value.map_or(Ok(()), |value| self.boolean(name, value))
    }

    fn time(&mut self, name: &str, time: Time) -> io::Result<()> {
        self.text(name, &time.strftime("%H:%M:%S.%4f").to_string())
    }

    fn indent(&mut self) {
        self.line.clear();
        for _ in &self.open {
            self.line.push_str("  ");
        }
    }

    fn end_line(&mut self) -> io::Result<()> {
        self.line.push('\n');
        if self.line.is_ascii() {
            return self.out.write_all(self.line.as_bytes());
        }
        // A character outside windows-1252 becomes a numeric reference.
        let (bytes, _, _) = WINDOWS_1252.encode(&self.line);
        self.out.write_all(&bytes)
    }

    /// Writes `IdentificationFlux`.
    pub fn header(&mut self, header: &Header) -> io::Result<()> {
        self.open("IdentificationFlux")?;
        self.text("APPLIEME", &header.application)?;
        self.text("NUMVERSIONAPPLIEME", &header.application_version)?;
        self.text("TYPEFLUX", header.kind.code())?;
        self.text("NATFLUX", &header.nature)?;
        self.date("DTCREAFLUX", header.created_on)?;
        self.time("HEUCREAFLUX", header.created_at)?;
        self.date("DTREF", header.reference_date)?;
        self.close()
    }

    /// Writes `TransmissionFlux`, closes the root and hands the output back, flushed.
    pub fn finish(mut self, footer: &Footer) -> io::Result<W> {
        self.open("TransmissionFlux")?;
        self.text("NBTOTDOSRSATRANSM", &format!("{:08}", footer.households))?;
        self.text("NBTOTDOSRSATRANSMANO", &format!("{:08}", footer.households_in_anomaly))?;
        self.close()?;
        self.close()?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// Writes one household.
    pub fn household(&mut self, household: &Household) -> io::Result<()> {
        self.open("InfosFoyerRSA")?;
        self.identification(household)?;
        for person in &household.persons {
            self.person(person)?;
        }
        self.open("DonneesAdministratives")?;
        self.open("SituationFamille")?;
        self.text("SITFAM", &household.family_situation)?;
        self.date("DDSITFAM", household.family_situation_since)?;
        self.close()?;
        for address in &household.addresses {
            self.address(address)?;
        }
        self.close()?;
        self.right(household)?;
        for event in &household.events {
            self.open("Evenement")?;
            self.date("DTLIQ", event.settled_on)?;
            self.time("HEULIQ", event.settled_at)?;
            self.text("FG", &event.trigger)?;
            self.close()?;
        }
        for anomaly in &household.anomalies {
            self.open("Anomalie")?;
            self.text("LIBANO", anomaly)?;
            self.close()?;
        }
        self.close()
    }

    fn identification(&mut self, household: &Household) -> io::Result<()> {
        self.open("IdentificationRSA")?;
        self.open("Organisme")?;
        self.text("FONORG", &household.paying_body.family)?;
        self.text("NUMORG", &household.paying_body.number)?;
        self.text("MATRICULE", household.file_number.as_str())?;
        self.close()?;
        self.open("Partenaire")?;
        self.text("TYPEPARTE", "CG  ")?;
        self.text("IDEPARTE", "093")?;
        self.close()?;
        self.open("DemandeRSA")?;
        self.date("DTDEMRSA", household.claim_date)?;
        self.text("NUMDEMRSA", &household.claim_number)?;
        self.close()?;
        if let Some(transfer) = &household.incoming_transfer {
            self.open("OrganismeCedant")?;
            self.text("FONORGCEDMUT", &transfer.paying_body.family)?;
            self.text("NUMORGCEDMUT", &transfer.paying_body.number)?;
            self.optional_text("MATRICULEORGCEDMUT", transfer.file_number.as_ref().map(|number| number.as_str()))?;
            self.date("DDARRMUT", transfer.since)?;
            self.close()?;
        }
        if let Some(transfer) = &household.outgoing_transfer {
            self.open("OrganismePrenant")?;
            self.text("FONORGPRENMUT", &transfer.paying_body.family)?;
            self.text("NUMORGPRENMUT", &transfer.paying_body.number)?;
            self.date("DDDEPAMUT", transfer.since)?;
            self.close()?;
        }
        self.close()
    }

    fn person(&mut self, person: &Person) -> io::Result<()> {
        self.open("Personne")?;
        self.open("Identification")?;
        self.optional_text("QUAL", person.title.as_deref())?;
        self.text("NOM", &person.usual_name)?;
        self.text("NOMNAI", &person.birth_name)?;
        self.text("PRENOM", &person.first_name)?;
        self.optional_text("PRENOM2", person.second_first_name.as_deref())?;
        self.optional_text("PRENOM3", person.third_first_name.as_deref())?;
        self.text("NOMCOMNAI", &person.birth_place)?;
        self.date("DTNAI", person.birth_date)?;
        self.optional_text("RGNAI", person.birth_rank.map(|rank| rank.to_string()).as_deref())?;
        self.optional_text("TYPEDTNAI", person.birth_date_precision.as_ref().map(|precision| precision.code()))?;
        self.optional_text("NIR", person.nir.as_ref().map(|nir| nir.as_str()))?;
        self.optional_boolean("TOPVALIEC", person.civil_status_validated)?;
        self.text("SEXE", person.sex.code())?;
        self.close()?;
        self.open("DossierCAF")?;
        self.boolean("TOPRESPDOS", person.file_holder)?;
        self.date("DDRATDOS", person.attached_since)?;
        self.optional_date("DFRATDOS", person.attached_until)?;
        self.optional_text("NUMDEMRSAPRECE", person.previous_claim_number.as_deref())?;
        self.close()?;
        for role in &person.benefit_roles {
            self.open("Prestations")?;
            self.text("NATPREST", role.benefit.code())?;
            self.text("ROLEPERS", role.role.code())?;
            self.boolean("TOPCHAPERS", role.dependant)?;
            self.close()?;
        }
        for link in &person.links {
            self.link(link)?;
        }
        if let Some(id) = &person.france_travail_id {
            self.open("DossierPoleEmploi")?;
            self.text("IDASSEDIC", id)?;
            self.close()?;
        }
        if let Some(obligations) = person.obligations {
            self.open("MontantCalculDroitRSAPersonne")?;
            self.boolean("TOPPERSDRODEVORSA", obligations)?;
            self.optional_boolean("TOPPERSENTDRODEVORSA", person.entering_obligations)?;
            self.close()?;
        }
        for activity in &person.activities {
            self.activity(activity)?;
        }
        self.close()
    }

    fn link(&mut self, link: &Link) -> io::Result<()> {
        self.open("Rattachement")?;
        self.text("NOMNAI", &link.birth_name)?;
        self.text("PRENOM", &link.first_name)?;
        self.date("DTNAI", link.birth_date)?;
        self.optional_text("NIR", link.nir.as_ref().map(|nir| nir.as_str()))?;
        self.text("TYPEPAR", "LEG")?;
        self.close()
    }

    fn activity(&mut self, activity: &Activity) -> io::Result<()> {
        self.open("Activite")?;
        match &activity.code {
            ActivityCode::Code(code) => self.text("ACT", code)?,
            // Any of the codes that the reader brings down to « unavailable ».
            ActivityCode::Unavailable => self.text("ACT", "MAL")?,
        }
        self.date("DDACT", activity.since)?;
        self.optional_date("DFACT", activity.until)?;
        self.optional_text("NATCONTRTRA", activity.contract.as_deref())?;
        self.close()
    }

    fn address(&mut self, address: &Address) -> io::Result<()> {
        self.open("Adresse")?;
        self.open("TroncCommunAdresse")?;
        self.text("RGADR", &format!("{:02}", address.rank))?;
        self.optional_date("DTEMM", address.moved_in)?;
        self.text("PAYS", &address.country)?;
        self.text("TYPEADR", &address.kind)?;
        self.text("ETATADR", &address.postal_check)?;
        self.close()?;
        if let Some(french) = &address.french {
            self.open("AdresseDetailleeFrance")?;
            self.text("COMPLIDEADR", &french.addressee_complement)?;
            self.text("COMPLADR", &french.place_complement)?;
            self.text("NUMVOIE", &french.street_number)?;
            self.text("LIBTYPEVOIE", &french.street_kind)?;
            self.text("NOMVOIE", &french.street_name)?;
            self.text("LIEUDIST", &french.locality)?;
            self.text("NUMCOM", &french.commune_code)?;
            self.text("CODEPOS", &french.postcode)?;
            self.text("NOMCOM", &french.commune_name)?;
            self.close()?;
        }
        if address.has_foreign_lines {
            self.open("AdresseHorsFrance")?;
            for name in ["LIBLIG2ADR", "LIBLIG3ADR", "LIBLIG4ADR", "LIBLIG5ADR", "LIBLIG6ADR", "LIBLIG7ADR"] {
                self.text(name, "")?;
            }
            self.close()?;
        }
        self.close()
    }

    fn right(&mut self, household: &Household) -> io::Result<()> {
        let right = &household.right;
        self.open("PrestationRSA")?;
        self.open("SituationDossierRSA")?;
        self.open("EtatDossierRSA")?;
        self.text("ETATDOSRSA", right.status.code())?;
        self.close()?;
        if let Some(refusal) = &right.refusal {
            self.open("Refus")?;
            self.date("DTREFURSA", refusal.on)?;
            self.text("MOTIREFURSA", &refusal.reason)?;
            self.close()?;
        }
        for suspension in right.suspensions.iter().filter(|suspension| suspension.kind == SuspensionKind::Right) {
            self.open("SuspensionDroit")?;
            self.text("MOTISUSDRORSA", &suspension.reason)?;
            self.date("DDSUSDRORSA", suspension.since)?;
            self.optional_text("NATGROUPFSUS", suspension.benefit_group.as_deref())?;
            self.close()?;
        }
        for suspension in right.suspensions.iter().filter(|suspension| suspension.kind == SuspensionKind::Payment) {
            self.open("SuspensionVersement")?;
            self.text("MOTISUSVERSRSA", &suspension.reason)?;
            self.date("DDSUSVERSRSA", suspension.since)?;
            self.close()?;
        }
        self.closure("FinDroit", right.closure.as_ref())?;
        self.closure("FinDroitMoisAnterieur", right.closure_in_earlier_month.as_ref())?;
        self.close()?;
        self.open("DetailDroitRSA")?;
        self.open("TroncCommunDroitRSA")?;
        self.boolean("TOPSANSDOMFIXE", household.without_fixed_home)?;
        self.optional_text("NBENFAUTCHA", household.dependants.map(|count| format!("{count:02}")).as_deref())?;
        self.text("ORIDEMRSA", &household.origin)?;
        self.optional_date("DTORIDEMRSA", household.origin_date)?;
        self.optional_boolean("TOPFOYDRODEVORSA", household.obligations)?;
        self.close()?;
        for detail in &household.right_details {
            self.open("DetailCalculDroitRSA")?;
            self.text("NATPF", &detail.nature)?;
            self.text("SOUSNATPF", &detail.sub_nature)?;
            self.date("DDNATDRO", detail.since)?;
            self.optional_date("DFNATDRO", detail.until)?;
            self.close()?;
        }
        self.close()?;
        self.close()
    }

    fn closure(&mut self, name: &'static str, closure: Option<&Closure>) -> io::Result<()> {
        let Some(closure) = closure else {
            return Ok(());
        };
        self.open(name)?;
        self.text("MOTICLORSA", &closure.reason)?;
        self.date("DTCLORSA", closure.on)?;
        self.close()
    }
}

//! How somebody contests an orientation: what the letter says of it, from dated parameters.

use base::{Date, Id};
use facts::Tenant;
use law::delays::Delays;
use platform::Platform;
use platform::parameter::{Certainty, Declared, Parameters};

use crate::{Result, numbers};

/// To whom a person writes to contest an orientation.
pub const APPEAL_ADDRESSEE: &str = "orientation.appeal_addressee";

/// Where: postal address, telephone, electronic address. Empty until the département has given it.
pub const APPEAL_CONTACT: &str = "orientation.appeal_contact";

const CITATION: &str = "Choix du département\u{a0}; à vérifier avec son service juridique";

/// The two texts as a département begins with them.
pub(crate) const DECLARED: [Declared; 2] = [
    Declared {
        name: APPEAL_ADDRESSEE,
        from: Date::constant(2009, 6, 1),
        value: r#""Le président du conseil départemental""#,
        citation: CITATION,
        certainty: Certainty::Uncertain,
    },
    Declared {
        name: APPEAL_CONTACT,
        from: Date::constant(2009, 6, 1),
        value: r#""""#,
        citation: CITATION,
        certainty: Certainty::Uncertain,
    },
];

/// What a letter says of the way to contest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Appeal {
    /// « 2 mois », from the day the letter is received.
    pub within: String,
    pub addressee: String,
    /// `None` until the département has given it.
    pub contact: Option<String>,
    /// The parameters still marked to be confirmed, by name.
    pub to_confirm: Vec<&'static str>,
}

/// The way to contest a decision told on a day.
pub async fn appeal(platform: &Platform, tenant: Id<Tenant>, on: Date) -> Result<Appeal> {
    let now = platform.now();
    let parameters = Parameters::known_at(&platform.db, tenant, now).await?;
    let months = parameters.get::<u16>(Delays::ADMINISTRATIVE_APPEAL.name, on)?;
    let addressee = parameters.get::<String>(APPEAL_ADDRESSEE, on)?;
    let contact = parameters.get::<String>(APPEAL_CONTACT, on)?;
    let marks = [
        (Delays::ADMINISTRATIVE_APPEAL.name, months.certainty),
        (APPEAL_ADDRESSEE, addressee.certainty),
        (APPEAL_CONTACT, contact.certainty),
    ];
    Ok(Appeal {
        within: Delays::read(numbers(platform, tenant, on, now).await?)?.administrative_appeal(),
        addressee: addressee.value,
        contact: Some(contact.value).filter(|contact| !contact.trim().is_empty()),
        to_confirm: marks.into_iter().filter(|(_, mark)| *mark == Certainty::Uncertain).map(|(name, _)| name).collect(),
    })
}

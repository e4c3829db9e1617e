use base::{Email, Phone};
use support::person::Contact;

use crate::components::{Button, Field, Form};
use crate::fr;
use crate::problems::sentence;

/// How the person can be reached, as typed, with what is to be mended.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct ContactForm {
    phone: String,
    email: String,
    phone_error: Option<String>,
    email_error: Option<String>,
}

impl ContactForm {
    /// What is known now.
    pub(super) fn of(contact: Option<&Contact>) -> Self {
        Self {
            phone: contact
                .and_then(|contact| contact.phone.as_ref())
                .map(|phone| fr::phone(phone.as_str()))
                .unwrap_or_default(),
            email: contact.and_then(|contact| contact.email.as_ref()).map(ToString::to_string).unwrap_or_default(),
            ..Self::default()
        }
    }

    pub(super) fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match &*name {
                "telephone" => form.phone = value.trim().to_owned(),
                "courriel" => form.email = value.trim().to_owned(),
                _ => {}
            }
        }
        form
    }

    /// What was typed as values, or the form with its errors.
    pub(super) fn parsed(mut self) -> Result<(Option<Phone>, Option<Email>), Self> {
        let phone = (!self.phone.is_empty()).then(|| Phone::parse(&self.phone)).transpose();
        let email = (!self.email.is_empty()).then(|| Email::parse(&self.email)).transpose();
        match (phone, email) {
            (Ok(phone), Ok(email)) => Ok((phone, email)),
            (phone, email) => {
                self.phone_error = phone.err().map(|error| sentence(&error.to_string()));
                self.email_error = email.err().map(|error| sentence(&error.to_string()));
                Err(self)
            }
        }
    }

    pub(super) fn form(self, person: &str) -> Form {
        Form::post(format!("{person}/coordonnees"))
            .field(
                Field::telephone("telephone", "Téléphone")
                    .value(self.phone)
                    .hint("Dix chiffres, par exemple 06 12 34 56 78. Le flux CAF ne le donne pas.")
                    .error(self.phone_error),
            )
            .field(Field::email("courriel", "Courriel").value(self.email).error(self.email_error))
            .button(Button::secondary("Enregistrer les coordonnées"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stand_beside_what_was_typed() {
        let form = ContactForm::read(b"telephone=12&courriel=anne%40exemple").parsed().unwrap_err();
        assert_eq!((form.phone.as_str(), form.email.as_str()), ("12", "anne@exemple"));
        assert!(form.phone_error.is_some() && form.email_error.is_some());
        assert!(form.form("/personnes/1").has_errors());
    }

    #[test]
    fn empty_means_not_known() {
        assert_eq!(ContactForm::read(b"telephone=&courriel=+").parsed(), Ok((None, None)));
        let (phone, email) =
            ContactForm::read("telephone=06 12 34 56 78&courriel=Anne@Exemple.fr".as_bytes()).parsed().unwrap();
        assert_eq!(phone.unwrap().as_str(), "+33612345678");
        assert_eq!(email.unwrap().as_str(), "anne@exemple.fr");
    }
}

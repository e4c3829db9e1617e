//! Outgoing mail: a server, a folder (to look at, or for another program to send), or nothing.

use base::Email;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::{Error, Result};

/// The way out. Cheap to clone.
#[derive(Clone)]
pub struct Mail {
    from: Mailbox,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Server(AsyncSmtpTransport<Tokio1Executor>),
    Folder(AsyncFileTransport<Tokio1Executor>),
    Nowhere,
}

impl Mail {
    /// Sends nothing: no mail is configured.
    pub fn none() -> Self {
        let address = Address::new("jonction", "localhost").expect("a plain address");
        Self { from: Mailbox::new(None, address), way: Way::Nowhere }
    }

    /// From a setting: `smtp://USER:PASSWORD@HOST:PORT` (STARTTLS required), `smtps://…` (TLS from the
    /// first byte), `file:FOLDER` (one `.eml` file a message), or an empty text (no mail). A plain
    /// connection must be asked for: `smtp://HOST?tls=none`.
    pub fn from_url(url: &str, from: &Email) -> Result<Self> {
        let unreadable = |problem: &dyn std::fmt::Display| {
            Error::Mail(format!(
                "réglage illisible ({problem}) ; attendu : smtp://HÔTE:PORT, smtps://HÔTE:PORT ou file:DOSSIER"
            ))
        };
        let way = if url.is_empty() {
            Way::Nowhere
        } else if let Some(folder) = url.strip_prefix("file:") {
            std::fs::create_dir_all(folder).map_err(|problem| Error::file(folder, problem))?;
            Way::Folder(AsyncFileTransport::new(folder))
        } else {
            let url = match url.strip_prefix("smtp://") {
                Some(rest) if rest.ends_with("?tls=none") => url.trim_end_matches("?tls=none").to_owned(),
                Some(_) if !url.contains("tls=") => {
                    format!("{url}{}tls=required", if url.contains('?') { '&' } else { '?' })
                }
                _ => url.to_owned(),
            };
            // The driver's message never repeats the address, hence no password.
            let builder =
                AsyncSmtpTransport::<Tokio1Executor>::from_url(&url).map_err(|problem| unreadable(&problem))?;
            Way::Server(builder.build())
        };
        let address: Address = from.as_str().parse().map_err(|problem| unreadable(&problem))?;
        Ok(Self { from: Mailbox::new(Some("Jonction".to_owned()), address), way })
    }

    /// Whether messages go anywhere.
    pub const fn is_configured(&self) -> bool {
        !matches!(self.way, Way::Nowhere)
    }

    /// Sends a plain text. Where no mail is configured, nothing happens.
    pub async fn send(&self, to: &Email, subject: &str, text: &str) -> Result<()> {
        let failed = |problem: &dyn std::fmt::Display| Error::Mail(problem.to_string());
        let address: Address = to.as_str().parse().map_err(|problem| failed(&problem))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|problem| failed(&problem))?;
        match &self.way {
            Way::Server(server) => server.send(message).await.map(drop).map_err(|problem| failed(&problem)),
            Way::Folder(folder) => folder.send(message).await.map(drop).map_err(|problem| failed(&problem)),
            Way::Nowhere => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_receives_one_file_a_message() {
        let folder = tempfile::tempdir().unwrap();
        let from = Email::parse("jonction@exemple.fr").unwrap();
        let mail = Mail::from_url(&format!("file:{}", folder.path().join("boîte").display()), &from).unwrap();
        mail.send(&Email::parse("archives@exemple.fr").unwrap(), "Point de contrôle", "93 writes 1 abc\n")
            .await
            .unwrap();
        let written: Vec<_> = std::fs::read_dir(folder.path().join("boîte")).unwrap().flatten().collect();
        assert_eq!(written.len(), 1);
        let text = std::fs::read_to_string(written[0].path()).unwrap();
        assert!(text.contains("To: archives@exemple.fr") && text.contains("93 writes 1 abc"), "{text}");
    }

    #[tokio::test]
    async fn settings_are_checked_and_encryption_is_the_rule() {
        let from = Email::parse("jonction@exemple.fr").unwrap();
        for url in
            ["", "smtp://courrier.exemple.fr:587", "smtps://u:p@courrier.exemple.fr", "smtp://localhost:25?tls=none"]
        {
            assert!(Mail::from_url(url, &from).is_ok(), "{url}");
        }
        assert!(!Mail::from_url("", &from).unwrap().is_configured());
        assert!(matches!(Mail::from_url("courrier.exemple.fr", &from), Err(Error::Mail(_))));
        let secret = Mail::from_url("ftp://moi:secret@hôte", &from).map(drop).unwrap_err().to_string();
        assert!(!secret.contains("secret"), "{secret}");
    }
}

//! Titles: loaded whole or not at all, confirmed, seen by their school alone.

use super::*;

#[tokio::test]
async fn referentials_are_loaded_whole_or_not_at_all() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head, school) = (&house.platform, &house.head, house.organisation("ecole-cip"));
        let (name, text) = SHIPPED[1];
        let load = async |actor: &Actor, text: &str, dry_run| {
            referential::load(platform, actor, school, name, text.as_bytes(), dry_run).await
        };
        refused(load(head, &text.replace("level = 5", "level = \"cinq\""), false).await, "«\u{a0}level\u{a0}»");
        assert!(referential::load(platform, head, school, name, &[0xff], false).await.is_err());
        assert_eq!(load(head, text, true).await.unwrap().1, Outcome::Loaded(None));
        assert_eq!(house.count().await, 0);
        let id = house.referential().await;
        assert_eq!(load(head, text, false).await.unwrap().1, Outcome::Unchanged(id));
        refused(load(head, &text.replace("niveau", "degré"), false).await, "déjà chargée avec un autre contenu");
        // The earlier registration lies beside.
        let previous = SHIPPED[0].1;
        assert!(matches!(load(head, previous, false).await.unwrap().1, Outcome::Loaded(Some(_))));
        assert_eq!(referential::list(platform, head).await.unwrap().len(), 2);

        // Another school sees its own alone.
        let (_, other) = house.somebody("relais-formation", "Autre Direction", Role::SchoolHead).await;
        assert!(referential::list(platform, &other).await.unwrap().is_empty());
        assert!(matches!(referential::show(platform, &other, id).await, Err(Error::NotFound)));
        assert!(matches!(load(&other, text, false).await, Err(Error::NotFound)));

        // What rests on unverified items is not official.
        let shown = referential::show(platform, head, id).await.unwrap();
        let needed = vec!["C1".to_owned()];
        let told = referential::may_be_official(&shown, &needed, platform.today()).unwrap_err();
        assert!(told.contains("C1"), "{told}");
        refused(referential::confirm(platform, head, id, "C99", "Anne Fictive", "REAC").await, "C99");
        refused(referential::confirm(platform, head, id, "C1", " ", "REAC").await, "qui confirme");
        referential::confirm(platform, head, id, "C1", "Anne Fictive", "REAC 2023, page 12").await.unwrap();
        let shown = referential::show(platform, head, id).await.unwrap();
        referential::may_be_official(&shown, &needed, platform.today()).unwrap();
        assert!(referential::may_be_official(&shown, &[], platform.today()).is_err());
        house.clock.set(Instant::start_of(date(2026, 6, 2)));
        referential::withdraw_confirmation(platform, head, id, "C1").await.unwrap();
        let shown = referential::show(platform, head, id).await.unwrap();
        assert!(referential::may_be_official(&shown, &needed, platform.today()).is_err());
        // What was known the day before still is.
        referential::may_be_official(&shown, &needed, date(2026, 6, 1)).unwrap();

        let valid = Period { from: date(2025, 7, 1), to: Some(date(2026, 10, 1)) };
        let accreditation = Accreditation {
            kind: AccreditationKind::Preparation,
            title: "RNCP37274".to_owned(),
            site: Some(house.structure("ecole-cip-pantin")),
            number: "H-2025-1".to_owned(),
        };
        let quality = Accreditation { kind: AccreditationKind::Quality, ..accreditation.clone() };
        refused(referential::set_accreditation(platform, head, school, valid, quality).await, "non pour un titre");
        referential::set_accreditation(platform, head, school, valid, accreditation).await.unwrap();
        let lines = referential::accreditations(platform, head, school).await.unwrap();
        assert!(lines[0].alert.as_ref().unwrap().contains("30\u{a0}septembre 2026"), "{lines:?}");
    })
    .await;
}

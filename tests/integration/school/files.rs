//! Referentials and candidates by commands.

use super::*;
use crate::commands::expect;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_in_by_commands() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let folder = scratch.folder();
        let key = folder.join("cle").display().to_string();
        Keys::create(&folder.join("cle")).unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let run = |arguments: &[&str]| {
            let data = ["--database", scratch.url.as_str(), "--key-file", key.as_str()];
            crate::commands::run(folder, &[&["import"], arguments, &data].concat())
        };
        let (good, bad) =
            (write("titre.toml", SHIPPED[1].1), write("faux.toml", &SHIPPED[1].1.replace("level = 5", "level = 12")));
        let referential =
            |file: &str, school: &str, more: &[&str]| run(&[&["referential", file, "--school", school], more].concat());
        expect(1, referential(&good, "inconnue", &[]), &["aucune organisation", "Que faire"]);
        expect(
            1,
            referential(&bad, "ecole-cip", &[]),
            &["« level » doit être un nombre entier de 3 à 8", "docs/referentials.md"],
        );
        expect(0, referential(&good, "ecole-cip", &["--dry-run"]), &["rien n’a été écrit", "15 compétences"]);
        assert_eq!(house.count().await, 0);
        expect(0, referential(&good, "ecole-cip", &[]), &["chargé", "à vérifier : 23 éléments"]);
        expect(0, referential(&good, "ecole-cip", &[]), &["déjà chargé"]);

        let listed = referential::list(&house.platform, &house.head).await.unwrap();
        let new = NewCohort {
            organisation: house.organisation("ecole-cip"),
            code: "CIP-2026".to_owned(),
            name: "Promotion 2026".to_owned(),
            referential: listed[0].loaded.id,
            site: house.structure("ecole-cip-pantin"),
            first_day: date(2026, 9, 7),
            last_day: date(2027, 9, 3),
            seats: 12,
            half_day_hours: 350,
        };
        let cohort = cohort::create(&house.platform, &house.head, new).await.unwrap();
        let header = "Référence;Nom;Prénom;Date de naissance\n";
        let good = write("candidats.csv", &format!("{header}C-1;Fictive;Anne;14/03/1999\nC-2;Fictif;Luc;02/01/1990\n"));
        let bad = write("faux.csv", &format!("{header}C-3;Fictive;Zoé;hier\n"));
        let candidates = |file: &str, cohort: &str, more: &[&str]| {
            run(&[&["candidates", file, "--school", "ecole-cip", "--cohort", cohort], more].concat())
        };
        expect(1, candidates(&good, "CIP-1900", &[]), &["pas de promotion"]);
        expect(1, candidates(&bad, "CIP-2026", &[]), &["Ligne 2, date de naissance"]);
        expect(0, candidates(&good, "CIP-2026", &["--dry-run"]), &["2 nouvelles", "rien n’a été écrit"]);
        assert!(admission::candidates(&house.platform, &house.head, cohort).await.unwrap().is_empty());
        expect(0, candidates(&good, "CIP-2026", &[]), &["2 nouvelles, 0 modifiée"]);
        expect(0, candidates(&good, "CIP-2026", &[]), &["2 inchangées"]);
    })
    .await;
}

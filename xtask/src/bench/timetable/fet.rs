//! `fet-cl` (Debian package `fet`): the instance as its file, its timetable read back. Only for trainers that are given,
//! and without weights: its wishes are percentages.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use planning::timetable::{Half, Instance, Session};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Whether the program is there.
pub fn is_there() -> bool {
    Command::new("fet-cl").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

const HALVES: [&str; 2] = ["am", "pm"];

/// The instance in FET's format. Days are the real dates, hours the two halves; precedence binds every pair of sessions
/// of the two modules, and nothing orders the sessions within a module.
pub fn export(instance: &Instance) -> Result<String> {
    let mut xml =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<fet version=\"6.8.5\">\n<Mode>Official</Mode>\n");
    xml.push_str("<Institution_Name>bench</Institution_Name>\n<Comments></Comments>\n");
    let calendar = &instance.calendar;
    let dates: Vec<_> = calendar
        .from
        .series(jiff::Span::new().days(1))
        .take_while(|date| *date <= calendar.to)
        .filter(|date| calendar.weekdays.contains(&date.weekday().to_monday_one_offset()))
        .filter(|date| !calendar.holidays.contains(date))
        .filter(|date| !Half::BOTH.iter().all(|half| calendar.closures.iter().any(|shut| shut.covers(*date, *half))))
        .collect();
    writeln!(xml, "<Days_List><Number_of_Days>{}</Number_of_Days>", dates.len())?;
    for date in &dates {
        writeln!(xml, "<Day><Name>{date}</Name></Day>")?;
    }
    xml.push_str("</Days_List>\n<Hours_List><Number_of_Hours>2</Number_of_Hours>");
    xml.push_str("<Hour><Name>am</Name></Hour><Hour><Name>pm</Name></Hour></Hours_List>\n<Subjects_List>\n");
    for module in &instance.modules {
        writeln!(xml, "<Subject><Name>{}</Name><Comments></Comments></Subject>", module.id)?;
    }
    xml.push_str("</Subjects_List>\n<Activity_Tags_List></Activity_Tags_List>\n<Teachers_List>\n");
    for trainer in &instance.trainers {
        writeln!(
            xml,
            "<Teacher><Name>{}</Name><Target_Number_of_Hours>0</Target_Number_of_Hours><Qualified_Subjects></Qualified_Subjects><Comments></Comments></Teacher>",
            trainer.id
        )?;
    }
    xml.push_str("</Teachers_List>\n<Students_List>\n");
    for cohort in &instance.cohorts {
        writeln!(
            xml,
            "<Year><Name>{}</Name><Number_of_Students>{}</Number_of_Students><Comments></Comments></Year>",
            cohort.id, cohort.learners
        )?;
    }
    xml.push_str("</Students_List>\n<Activities_List>\n");
    let mut first_of = Vec::new();
    let mut next = 1;
    for module in &instance.modules {
        first_of.push(next);
        let trainer = instance.trainers.iter().find(|trainer| trainer.modules.contains(&module.id));
        let trainer = trainer.context("a module without a trainer")?;
        for id in next..next + module.half_days {
            writeln!(
                xml,
                "<Activity><Teacher>{}</Teacher><Subject>{}</Subject><Students>{}</Students><Duration>1</Duration><Total_Duration>{}</Total_Duration><Id>{id}</Id><Activity_Group_Id>{next}</Activity_Group_Id><Active>true</Active><Comments></Comments></Activity>",
                trainer.id, module.id, module.cohort, module.half_days
            )?;
        }
        next += module.half_days;
    }
    xml.push_str("</Activities_List>\n<Buildings_List></Buildings_List>\n<Rooms_List>\n");
    for room in &instance.rooms {
        writeln!(
            xml,
            "<Room><Name>{}</Name><Building></Building><Capacity>{}</Capacity><Virtual>false</Virtual><Comments></Comments></Room>",
            room.id, room.capacity
        )?;
    }
    xml.push_str("</Rooms_List>\n<Time_Constraints_List>\n<ConstraintBasicCompulsoryTime><Weight_Percentage>100</Weight_Percentage><Active>true</Active><Comments></Comments></ConstraintBasicCompulsoryTime>\n");
    let times = |open: &dyn Fn(jiff::civil::Date, Half) -> bool| {
        let closed: Vec<String> = dates
            .iter()
            .flat_map(|date| Half::BOTH.map(|half| (*date, half)))
            .filter(|(date, half)| !open(*date, *half))
            .map(|(date, half)| {
                let hour = HALVES[usize::from(half == Half::Pm)];
                format!("<Not_Available_Time><Day>{date}</Day><Hour>{hour}</Hour></Not_Available_Time>")
            })
            .collect();
        format!(
            "<Number_of_Not_Available_Times>{}</Number_of_Not_Available_Times>{}<Active>true</Active><Comments></Comments>",
            closed.len(),
            closed.concat()
        )
    };
    for trainer in &instance.trainers {
        let comes = |date, half| {
            (trainer.available.is_empty() || trainer.available.iter().any(|one| one.covers(date, half)))
                && !trainer.unavailable.iter().any(|one| one.covers(date, half))
        };
        writeln!(
            xml,
            "<ConstraintTeacherNotAvailableTimes><Weight_Percentage>100</Weight_Percentage><Teacher>{}</Teacher>{}</ConstraintTeacherNotAvailableTimes>",
            trainer.id,
            times(&comes)
        )?;
    }
    for cohort in &instance.cohorts {
        let comes = |date, half| cohort.school.is_empty() || cohort.school.iter().any(|one| one.covers(date, half));
        writeln!(
            xml,
            "<ConstraintStudentsSetNotAvailableTimes><Weight_Percentage>100</Weight_Percentage><Students>{}</Students>{}</ConstraintStudentsSetNotAvailableTimes>",
            cohort.id,
            times(&comes)
        )?;
    }
    for (number, module) in instance.modules.iter().enumerate() {
        for before in &module.after {
            let earlier = instance.modules.iter().position(|other| other.id == *before).context("an unknown module")?;
            for one in first_of[earlier]..first_of[earlier] + instance.modules[earlier].half_days {
                for other in first_of[number]..first_of[number] + module.half_days {
                    writeln!(
                        xml,
                        "<ConstraintTwoActivitiesOrdered><Weight_Percentage>100</Weight_Percentage><First_Activity_Id>{one}</First_Activity_Id><Second_Activity_Id>{other}</Second_Activity_Id><Active>true</Active><Comments></Comments></ConstraintTwoActivitiesOrdered>"
                    )?;
                }
            }
        }
    }
    xml.push_str("</Time_Constraints_List>\n<Space_Constraints_List>\n<ConstraintBasicCompulsorySpace><Weight_Percentage>100</Weight_Percentage><Active>true</Active><Comments></Comments></ConstraintBasicCompulsorySpace>\n");
    let rooms: String =
        instance.rooms.iter().map(|room| format!("<Preferred_Room>{}</Preferred_Room>", room.id)).collect();
    for module in &instance.modules {
        writeln!(
            xml,
            "<ConstraintSubjectPreferredRooms><Weight_Percentage>100</Weight_Percentage><Subject>{}</Subject><Number_of_Preferred_Rooms>{}</Number_of_Preferred_Rooms>{rooms}<Active>true</Active><Comments></Comments></ConstraintSubjectPreferredRooms>",
            module.id,
            instance.rooms.len()
        )?;
    }
    xml.push_str("</Space_Constraints_List>\n</fet>\n");
    Ok(xml)
}

/// Runs the program; the sessions it placed, none when it did not finish.
pub fn run(instance: &Instance, folder: &Path, seconds: f64) -> Result<Option<Vec<Session>>> {
    std::fs::create_dir_all(folder)?;
    let input = folder.join("bench.fet");
    std::fs::write(&input, export(instance)?)?;
    Command::new("fet-cl")
        .arg(format!("--inputfile={}", input.display()))
        .arg(format!("--outputdir={}", folder.display()))
        .arg(format!("--timelimitseconds={}", seconds.ceil()))
        .arg("--htmllevel=0")
        .output()?;
    let written = folder.join("timetables/bench/bench_activities.xml");
    let solved = written.exists();
    let sessions = if solved { Some(read(instance, &std::fs::read_to_string(&written)?)?) } else { None };
    std::fs::remove_dir_all(folder)?;
    Ok(sessions)
}

fn read(instance: &Instance, xml: &str) -> Result<Vec<Session>> {
    let mut module_of = Vec::new();
    for module in &instance.modules {
        module_of.extend((0..module.half_days).map(|_| module));
    }
    let mut reader = Reader::from_str(xml);
    let (mut sessions, mut field, mut at) = (Vec::new(), String::new(), [const { String::new() }; 4]);
    loop {
        match reader.read_event()? {
            Event::Start(tag) => tag.name().as_ref().clone_into(&mut field),
            Event::Text(text) => {
                if let Some(place) = ["Id", "Day", "Hour", "Room"].iter().position(|name| *name == field) {
                    at[place] = text.to_string();
                }
            }
            Event::End(tag) => {
                field.clear();
                if tag.name().as_ref() == "Activity" && !at[1].is_empty() {
                    let module = module_of.get(at[0].parse::<usize>()? - 1).context("an unknown activity")?;
                    let trainer = instance.trainers.iter().find(|trainer| trainer.modules.contains(&module.id));
                    sessions.push(Session {
                        date: at[1].parse()?,
                        half: if at[2] == "am" { Half::Am } else { Half::Pm },
                        module: module.id.clone(),
                        trainer: trainer.map(|trainer| trainer.id.clone()),
                        room: Some(std::mem::take(&mut at[3])).filter(|room| !room.is_empty()),
                    });
                    at[1].clear();
                }
            }
            Event::Eof => return Ok(sessions),
            _ => {}
        }
    }
}

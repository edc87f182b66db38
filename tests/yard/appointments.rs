//! Appointments hold at the gate: hauls are put off to windows with room, trucks that come before theirs wait, those that come
//! after take the next, and every window that was booked is accounted for (the audit of each run panics).

use crate::common::{Finished, run, run_into};
use crate::overlaid;
use portvolt::sim::Options;

const SITE: &str = "site:terminal";

/// Three days of a planned terminal with windows.
fn windows(appointments: &str) -> Finished {
    run(&loaded(&format!("terminal.terminal.appointments={{ {appointments} }}")), &Options::default())
}

fn loaded(setting: &str) -> portvolt::scenario::loaded::Loaded {
    overlaid("port_terminal", &["planned.toml"], &["time.days=3", setting]).unwrap()
}

/// PLANNER 14. A tenth do not come; the others come when they mean to, so that hauls that begin here are ready in windows with
/// room: no hour has more of them than it has windows, and what does not fit is put off.
#[test]
fn hauls_are_put_off_to_windows_with_room() {
    let loaded = loaded("terminal.terminal.appointments={ per_hour = 110, no_show_share = 0.1, late_min = 60 }");
    let dir = tempfile::tempdir().unwrap();
    let run = run_into(&loaded, &Options::default(), Some(dir.path()));
    let mut reader = csv::Reader::from_path(dir.path().join("hauls.csv")).unwrap();
    let at = |name: &str, reader: &mut csv::Reader<std::fs::File>| {
        reader.headers().unwrap().iter().position(|column| column.starts_with(name)).unwrap()
    };
    let (ready, origin) = (at("ready", &mut reader), at("origin", &mut reader));
    let mut by_hour = std::collections::BTreeMap::<u32, u32>::new();
    for row in reader.records().map(Result::unwrap).filter(|row| &row[origin] == "terminal") {
        *by_hour.entry(row[ready].parse::<u32>().unwrap() / 3600).or_default() += 1;
    }
    let most = by_hour.values().max().copied().unwrap();
    assert!(most <= 110 && most > 40, "{most}");
    let (booked, missed) = (run.get("appointments_booked", SITE), run.get("appointment_no_shows", SITE));
    // Binomial: 5 standard deviations.
    assert!((missed / booked - 0.1).abs() < 5.0 * (0.09 / booked).sqrt(), "{missed} of {booked}");
    assert!(run.get("appointment_shift_mean_h", SITE) > 0.1);
    let free = windows("per_hour = 100000, late_min = 600, early_min = 600");
    assert!(free.get("appointment_shift_mean_h", SITE) < run.get("appointment_shift_mean_h", SITE));
}

/// Windows for a part of the hauls: all that were asked for are told, those that are put off beyond the run as open, and the
/// gate lets in nearly as many as it has windows, however many of them come late.
#[test]
fn too_few_windows_leave_hauls_open_and_no_gate_idle() {
    let (few, many) = (windows("per_hour = 60"), windows("per_hour = 100000"));
    assert_eq!(few.get("hauls_requested", "total"), many.get("hauls_requested", "total"));
    let [few_done, many_done] = [&few, &many].map(|run| run.get("hauls_completed", "total"));
    assert!(few_done < 0.9 * many_done, "{few_done} of {many_done}");
    let ended = |run: &Finished| {
        run.get("hauls_completed", "total") + run.get("hauls_lapsed", "total") + run.get("hauls_open", "total")
    };
    assert_eq!(ended(&few), few.get("hauls_requested", "total"));
    // A gate of 60 an hour is open for 16 hours or more a day.
    assert!(few.get("appointments_kept", SITE) > 0.6 * 60.0 * 16.0 * 3.0, "{}", few.get("appointments_kept", SITE));
}

/// The gate turns to its rule: the more it tolerates, the fewer trucks wait or miss their window.
#[test]
fn the_gate_holds_trucks_to_their_windows() {
    let of = |run: &Finished, name: &str| run.get(name, SITE);
    let strict = windows("per_hour = 130, off_window_min = 45");
    let mild = windows("per_hour = 130, off_window_min = 45, early_min = 30, late_min = 30");
    let open = windows("per_hour = 130, off_window_min = 45, early_min = 600, late_min = 600");
    for name in ["appointments_early", "appointments_late"] {
        let (strict, mild, open) = (of(&strict, name), of(&mild, name), of(&open, name));
        assert!(strict > mild && mild > open, "{name}: {strict} {mild} {open}");
    }
    let wait = |run: &Finished| of(run, "appointment_wait_mean_min");
    assert!(
        wait(&strict) > wait(&mild) && wait(&mild) > wait(&open),
        "{} {} {}",
        wait(&strict),
        wait(&mild),
        wait(&open)
    );
    assert!(of(&strict, "appointments_late") > 10.0 && of(&strict, "appointment_late_mean_min") > 1.0);
    // What waits in front of the gate is in no queue of its lanes.
    assert!(of(&strict, "truck_gate_mean_min") < of(&open, "truck_gate_mean_min") + 5.0);
    for run in [&strict, &mild, &open] {
        let (kept, booked) = (of(run, "appointments_kept"), of(run, "appointments_booked"));
        assert!(kept > 0.5 * booked && kept <= booked, "{kept} of {booked}");
    }
}

/// Without a plan the same gate stands in front of the pool: what waits for its window stays longer.
#[test]
fn a_terminal_without_a_plan_has_the_same_gate() {
    let of = |appointments: &str| {
        let setting = format!("terminal.terminal.appointments={{ {appointments} }}");
        run(&overlaid("port_terminal", &[], &["time.days=3", &setting]).unwrap(), &Options::default())
    };
    let (strict, open) =
        (of("per_hour = 130, off_window_min = 45"), of("per_hour = 130, early_min = 600, late_min = 600"));
    let wait = |run: &Finished| run.get("appointment_wait_mean_min", SITE);
    assert!(wait(&strict) > wait(&open) + 1.0, "{} {}", wait(&strict), wait(&open));
}

//! Plugging takes time and people: a port is taken meanwhile, and one person plugs in one vehicle after the other.

use crate::common::{run_into, written};
use crate::plans::SMALL;
use portvolt::sim::Options;

/// Two units that come at once to two plugs. Begin of charging shows in when they are done: the same energy, minutes apart.
fn ends(charger: &str) -> Vec<(u32, u32)> {
    let toml = SMALL
        .replace("tractor_battery = 3", "tractor_battery = 2")
        .replace("at_m = [150, 180]", "at_m = [150, 50]")
        .replace("per_wait_h = 2.0", "per_wait_h = 2.0\nleave_at_soc = 0.999\nreturn_at_soc = 1.0")
        .replace("days = 7", "days = 1")
        .replace("teu_per_year = 4_000_000", "teu_per_year = 0")
        .replace("efficiency = 0.92", &format!("efficiency = 0.92\n{charger}"));
    let (dir, loaded) = written(&toml, &[]);
    let out = dir.path().join("out");
    std::fs::create_dir(&out).unwrap();
    run_into(&loaded, &Options::default(), Some(&out));
    let text = std::fs::read_to_string(out.join("sessions.csv")).unwrap();
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = |name: &str| columns.iter().position(|column| column.starts_with(name)).unwrap();
    let (start, end) = (at("start_s"), at("end_s"));
    let seconds = |line: &str, column: usize| line.split(',').nth(column).unwrap().parse().unwrap();
    lines.map(|line| (seconds(line, start), seconds(line, end))).collect()
}

#[test]
fn plugging_in_and_out_takes_the_port() {
    let (plain, slow) = (ends(""), ends("plug_min = 3\nunplug_min = 2"));
    assert_eq!(plain.len(), slow.len());
    for (plain, slow) in plain.iter().zip(&slow).take(2) {
        assert_eq!(plain.0, slow.0);
        // Three minutes to plug in, two to unplug; both units have somebody of their own.
        assert!(slow.1.abs_diff(plain.1 + 300) <= 2, "{plain:?} {slow:?}");
    }
}

#[test]
fn one_person_plugs_in_one_after_the_other() {
    let (own, shared) = (ends("plug_min = 5"), ends("plug_min = 5\nstaff = 1"));
    let mut late: Vec<u32> = own.iter().zip(&shared).take(2).map(|(own, shared)| shared.1 - own.1).collect();
    late.sort_unstable();
    assert!(late[0] <= 1 && late[1].abs_diff(300) <= 2, "{late:?}: {own:?} {shared:?}");
}

//! Plans are checked: each mistake is told with what it is about and how to fix it, all at once.

use crate::common::{loaded, shipped};
use portvolt::scenario::load::{Request, load};
use std::path::PathBuf;

/// A small terminal that the tests change: one berth, four blocks, one lot.
pub(crate) const SMALL: &str = include_str!("small.toml");

/// A drawn plan: fence, quay, gate, two blocks, a lot, and a ring of roads around the blocks. In metres.
fn drawn(changes: &[(&str, &str)]) -> String {
    let mut text = include_str!("small.geojson").to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

/// What is wrong with a scenario and the plan beside it; nothing when all is well.
fn told(toml: &str, plan: Option<&str>) -> String {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("scenario.toml"), toml).unwrap();
    if let Some(plan) = plan {
        std::fs::write(dir.path().join("plan.geojson"), plan).unwrap();
    }
    let request = Request { path: PathBuf::from(dir.path()), ..Request::default() };
    load(&request).err().map(|problems| problems.to_string()).unwrap_or_default()
}

fn changed(changes: &[(&str, &str)]) -> String {
    let mut text = SMALL.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

/// The small terminal with its plan from a file.
fn with_file() -> String {
    let start = SMALL.find("quay_m").unwrap();
    let end = SMALL.find("detour").unwrap();
    let mut text = format!("{}file = \"plan.geojson\"\n{}", &SMALL[..start], &SMALL[end..]);
    let lots = text.find("[terminal.pier.plan.lots.north]").unwrap();
    let next = text[lots..].find("\n\n").unwrap() + lots;
    text.replace_range(lots..next, "");
    text
}

#[test]
fn what_is_right_is_accepted() {
    assert_eq!(told(SMALL, None), "");
    assert_eq!(told(&with_file(), Some(&drawn(&[]))), "");
    let shipped_one = |overlays: &[&str]| {
        let overlays = overlays.iter().map(|name| shipped("port_terminal").join(name)).collect();
        load(&Request { path: shipped("port_terminal"), overlays, ..Request::default() })
            .map(|_| ())
            .map_err(|it| it.to_string())
    };
    assert_eq!(shipped_one(&["planned.toml"]), Ok(()));
    assert_eq!(shipped_one(&["planned.toml", "lots_at_blocks.toml"]), Ok(()));
    assert_eq!(shipped_one(&["planned.toml", "opportunity.toml"]), Ok(()));
    assert_eq!(shipped_one(&["automated.toml"]), Ok(()));
    let overlays = vec![shipped("san_pedro_bay").join("planned.toml")];
    let bay = load(&Request { path: shipped("san_pedro_bay"), overlays, ..Request::default() });
    let bay = bay.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(bay.scenario.terminal.values().filter(|terminal| terminal.plan.is_some()).count(), 13);
    let layout = |overlays: &[&str]| {
        let overlays = overlays.iter().map(|name| shipped("layout_study").join(name)).collect();
        load(&Request { path: shipped("layout_study"), overlays, ..Request::default() })
            .map(|_| ())
            .map_err(|it| it.to_string())
    };
    assert_eq!(layout(&["planned.toml"]), Ok(()));
    for others in
        [&["planned.toml", "planned_lots.toml"][..], &["planned.toml", "opportunity.toml"], &["automated.toml"]]
    {
        assert_eq!(layout(others), Ok(()));
    }
}

#[test]
fn mistakes_of_standard_plans_are_told() {
    let cases = [
        (("at_m = [150, 180]", "at_m = [150, 380]"), "the lot `north` lies outside of the fence"),
        (("at_m = [150, 180]", "at_m = [150, 180]\nsize_m = [20, 0]"), "is no size of an area"),
        (("at_m = [150, 180]", "at_m = [75, 75]"), "the lot `north` overlaps the block `block_1`"),
        (("at_m = [150, 180]", "at_m = [5, 150]\nsize_m = [20, 30]"), "the lot `north` lies outside"),
        (("at_m = [150, 180]", "at_m = [130, 75]\nsize_m = [20, 20]"), "the lot `north` overlaps the block `block_1`"),
        (("lot = \"north\"", "lot = \"south\""), "stands at the lot `south`, which the plan does not have"),
        (("cabinets = 4", "cabinets = 0"), "no lot has a plug for `tractor_battery`"),
        (("blocks = { stacker = 4 }", "blocks = { stacker = 400 }"), "400 blocks of 100 x 20 m do not fit"),
        (("stacker = 8", "stacker = 0"), "has no `stacker`"),
        (("carrier = \"tractor\"", "carrier = \"tractr\""), "there is no [work.tractr]"),
        (("quay_m = 300", ""), "a standard plan needs `quay_m`"),
        (("users = [\"tractor_battery\"]", "users = [\"stacker\"]"), "no lot has a plug for `tractor_battery`"),
    ];
    for ((from, to), expected) in cases {
        let told = told(&changed(&[(from, to)]), None);
        assert!(told.contains(expected), "{from} -> {to}: {told}");
    }
    for hours in ["garbage", "25:00-26:00", "11:10-11:25", "11:10-13:00"] {
        let dispatch =
            format!("kind = \"top_handler\"\ndispatch = {{ charging = \"schedule\", hours = [\"{hours}\"] }}");
        let told = told(&changed(&[("kind = \"top_handler\"", &dispatch)]), None);
        assert!(told.contains(&format!("`{hours}` is not a span of whole half hours")), "{hours}: {told}");
    }
    // All at once.
    let all = told(&changed(&[("at_m = [150, 180]", "at_m = [150, 380]"), ("cabinets = 4", "cabinets = 0")]), None);
    assert!(all.contains("outside of the fence"), "{all}");
}

#[test]
fn mistakes_of_drawn_plans_are_told_with_their_feature() {
    let cases = [
        (
            "[[20, 160], [60, 160], [60, 180], [20, 180], [20, 160]]",
            "[[20, 360], [60, 360], [60, 380], [20, 380], [20, 360]]",
            "features[6] (north)",
            "lies outside of the fence",
        ),
        ("[[50, 60], [130, 60]", "[[50, 60], [260, 60]", "(b)", "the block `b` overlaps the block `a`"),
        ("\"road\"", "\"rode\"", "kind", "`rode` is no part of a plan"),
        ("\"machine\": \"stacker\", \"id\": \"a\"", "\"id\": \"a\"", "(a)", "has no machine"),
        ("\"kind\": \"gate\"", "\"kind\": \"building\"", "", "has no gate"),
        (
            "\"coordinates\": [150, 200]",
            "\"coordinates\": [150, 300]",
            "gate",
            "the gate lies 100 m outside of the fence",
        ),
        ("[[0, 0], [300, 0]]", "[[0, -120], [300, -120]]", "quay", "the quay lies 120 m outside of the fence"),
        (
            "[[170, 60], [250, 60], [250, 90], [170, 90]",
            "[[170, 60], [250, 90], [250, 60], [170, 90]",
            "(a)",
            "is no shape",
        ),
        (
            "{\"kind\": \"parking\", \"id\": \"parking\"}, \"geometry\": {\"type\": \"Point\", \"coordinates\": [150, 50]}",
            "{\"kind\": \"rail\", \"id\": \"ramp\"}, \"geometry\": {\"type\": \"LineString\", \"coordinates\": [[10, 75], [290, 75]]}",
            "(ramp)",
            "overlaps the block",
        ),
    ];
    for (from, to, feature, expected) in cases {
        let told = told(&with_file(), Some(&drawn(&[(from, to)])));
        assert!(told.contains(expected) && told.contains(feature), "{from}: {told}");
    }
    // The roads between quay and gate are cut.
    let cut = drawn(&[("[40, 110], [150, 110], [260, 110]", "[40, 110], [60, 110]")]);
    let cut = cut.replace("[150, 40], [260, 40], [260, 110]", "[100, 40]");
    let told = told(&with_file(), Some(&cut));
    assert!(told.contains("no road reaches"), "{told}");
    let degrees = drawn(&[("\"units\": \"m\",", "")]);
    assert!(told_of_degrees(&degrees).contains("nowhere on Earth"), "{}", told_of_degrees(&degrees));
}

fn told_of_degrees(plan: &str) -> String {
    told(&with_file(), Some(plan))
}

/// Beside a file a lot is moved, resized or added by keys of the scenario, and what is wrong with it is told at those.
#[test]
fn lots_beside_a_file_are_placed_by_the_scenario() {
    let with = |lots: &str| told(&format!("{}\n[terminal.pier.plan.lots.{lots}\n", with_file()), Some(&drawn(&[])));
    assert_eq!(with("north]\nat_m = [150, 180]"), "");
    assert_eq!(with("north]\nat_m = [150, 180]\nsize_m = [30, 10]"), "");
    for (lots, expected) in [
        ("north]\nat_m = [150, 380]", "the lot `north` lies outside of the fence"),
        ("north]\nat_m = [150, 180]\nsize_m = [30, 100]", "the lot `north` lies outside of the fence"),
        ("north]\nat_m = [90, 75]", "the lot `north` overlaps the block `b`"),
        ("north]\nat_m = [150, 180]\nsize_m = [20, 0]", "is no size of an area"),
        ("north]\nat_m = [150, 90000]", "lies more than 20000 m from the quay"),
    ] {
        let told = with(lots);
        assert!(told.contains(expected) && told.contains("terminal.pier.plan.lots."), "{lots}: {told}");
    }
}

/// A class that has work and nobody to do it is a mistake with a plan and without one.
#[test]
fn work_without_a_machine_is_a_mistake() {
    let problems = |settings: &[&str]| {
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        load(&Request { path: shipped("port_terminal"), settings, ..Request::default() }).err().unwrap().to_string()
    };
    let none = ["terminal.terminal.equipment.yt_battery=0", "terminal.terminal.equipment.yt_diesel=0"];
    assert!(problems(&none).contains("`terminal` has no `yard_tractor`"), "{}", problems(&none));
    assert_eq!(loaded(&shipped("port_terminal"), &none[..1]).scenario.terminal.len(), 1);
}

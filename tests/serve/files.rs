//! Files of the served folder: which are read, and that what is written is whole.

use super::{Server, id};
use serde_json::{Value, json};

#[cfg(unix)]
#[test]
fn links_and_hidden_files_are_not_read() {
    use std::os::unix::fs::symlink;
    let server = Server::start(|_| {});
    let root = server.folder.path();
    std::fs::create_dir_all(root.join("link")).unwrap();
    symlink("/etc/passwd", root.join("link/scenario.toml")).unwrap();
    std::fs::create_dir_all(root.join(".cargo")).unwrap();
    for file in [".cargo/credentials.toml", ".secret.toml"] {
        std::fs::write(root.join(file), "title = \"secret\"").unwrap();
    }
    for scenario in ["link", ".cargo/credentials.toml", ".secret.toml", "./.secret.toml"] {
        let answer = server.get(&format!("/api/v1/scenarios/file?scenario={scenario}"));
        assert!(matches!(answer.status, 400 | 404), "{scenario}: {}", answer.text());
    }
    assert_eq!(server.get("/api/v1/scenarios/file?scenario=depot").status, 200);
}

/// A run's folder may come from anybody.
#[cfg(unix)]
#[test]
fn links_of_a_run_are_not_followed() {
    use std::os::unix::fs::symlink;
    let server = Server::start(|_| {});
    let run = super::id(&server.ask("POST", "/api/v1/runs", Some(&super::request(1))));
    assert_eq!(server.end_of(&run)["status"], "finished");
    let runs = server.folder.path().join("runs");
    let outside = tempfile::tempdir().unwrap();
    let moved = outside.path().join("moved");
    std::fs::rename(runs.join(&run), &moved).unwrap();
    symlink(&moved, runs.join("whole")).unwrap();
    std::fs::create_dir(runs.join("parts")).unwrap();
    std::fs::copy(moved.join("manifest.json"), runs.join("parts/manifest.json")).unwrap();
    symlink(moved.join("tables"), runs.join("parts/tables")).unwrap();
    symlink(moved.join("summary.json"), runs.join("parts/summary.json")).unwrap();
    std::fs::create_dir(runs.join("told")).unwrap();
    symlink(moved.join("manifest.json"), runs.join("told/manifest.json")).unwrap();
    for linked in ["whole", "told"] {
        assert_eq!(server.get(&format!("/api/v1/runs/{linked}")).status, 404, "{linked}");
    }
    assert_eq!(server.get("/api/v1/runs/parts/tables").json(), json!([]));
    assert_eq!(server.get("/api/v1/runs/parts/page").status, 400);
    let listed = server.get("/api/v1/runs").json()["finished"].clone();
    let ids: Vec<&Value> = listed.as_array().unwrap().iter().map(|run| &run["id"]).collect();
    assert_eq!(ids, ["parts"]);
}

/// Of many that write one name at once, one wins, with its own text, and nothing else stays.
#[test]
fn one_name_is_given_once() {
    let server = Server::start(|_| {});
    let root = server.folder.path();
    for round in 0..10 {
        let ask = |limit: u32| {
            let changes = json!([{ "path": "site.depot.limit_kw", "value": limit }]);
            let body = json!({ "scenario": "depot", "name": format!("new_{round}"), "changes": changes });
            (limit, server.ask("POST", "/api/v1/scenarios/save", Some(&body)).status)
        };
        let saved = std::thread::scope(|scope| {
            let asked: Vec<_> = (1..=6).map(|number| scope.spawn(move || ask(500 + number))).collect();
            asked.into_iter().map(|asked| asked.join().unwrap()).collect::<Vec<_>>()
        });
        let winners: Vec<u32> = saved.iter().filter(|(_, status)| *status == 201).map(|(limit, _)| *limit).collect();
        assert_eq!(winners.len(), 1, "{saved:?}");
        assert!(saved.iter().all(|(_, status)| matches!(status, 201 | 409)), "{saved:?}");
        let text = std::fs::read_to_string(root.join(format!("depot/new_{round}.toml"))).unwrap();
        assert!(text.contains(&format!("limit_kw = {}", winners[0])), "{text}");
    }
    assert_eq!(std::fs::read_dir(root.join("depot")).unwrap().count(), 12, "temporary files are gone");
    let body = json!({ "template": "depot_night", "name": "copy" });
    let ask = || server.ask("POST", "/api/v1/scenarios", Some(&body)).status;
    let copies = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..6).map(|_| scope.spawn(ask)).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(copies.iter().filter(|status| **status == 201).count(), 1, "{copies:?}");
    assert!(copies.iter().all(|status| matches!(status, 201 | 409)), "{copies:?}");
    assert!(root.join("copy/scenario.toml").is_file());
}

/// A map goes over the tables of the scenario: a change of what it holds would do nothing, so it is a mistake.
#[test]
fn a_change_that_a_map_would_hide_is_a_mistake() {
    let server = Server::start(|_| {});
    let depot = server.folder.path().join("depot");
    let text = std::fs::read_to_string(depot.join("scenario.toml")).unwrap();
    let place = text.split("[site.depot]").nth(1).unwrap();
    let number = |key: &str| -> f64 {
        let line = place.lines().find_map(|line| line.strip_prefix(&format!("{key} = "))).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    };
    let properties = json!({ "id": "night", "site": "depot", "cabinets": 4, "cabinet_kw": 150, "efficiency": 0.92, "users": "carrier" });
    let point = json!({ "type": "Point", "coordinates": [number("lon"), number("lat")] });
    let drawn = json!({ "type": "Feature", "geometry": point, "properties": properties });
    let map = json!({ "type": "FeatureCollection", "features": [drawn] });
    std::fs::write(depot.join("yard.geojson"), map.to_string()).unwrap();
    let mapped = format!("{text}\n[layout]\ngeojson = \"yard.geojson\"\n");
    std::fs::write(depot.join("mapped.toml"), mapped).unwrap();
    let draft = |changes: Value| json!({ "scenario": "depot/mapped.toml", "changes": changes });
    let problems = |changes: Value| {
        server.ask("POST", "/api/v1/scenarios/check", Some(&draft(changes))).json()["problems"].clone()
    };
    assert_eq!(problems(json!([{ "path": "site.depot.limit_kw", "value": 550 }])), json!([]));
    let hidden = json!([{ "path": "charger.night.cabinets", "value": 9 }]);
    let told = problems(hidden.clone());
    assert_eq!(told[0]["field"], "charger.night.cabinets", "{told}");
    assert!(told[0]["file"].as_str().unwrap().ends_with("yard.geojson"), "{told}");
    assert_eq!(server.ask("POST", "/api/v1/runs", Some(&draft(hidden.clone()))).status, 422);
    let mut save = draft(hidden);
    save["name"] = "saved".into();
    assert_eq!(server.ask("POST", "/api/v1/scenarios/save", Some(&save)).status, 422);
    assert!(!depot.join("saved.toml").exists());
    let new = json!({ "site": "depot", "cabinets": 1, "cabinet_kw": 150, "efficiency": 0.92, "users": ["carrier"] });
    let alone = json!([
        { "path": "charger.new", "value": new },
        { "path": "layout.replaces_chargers", "value": true },
    ]);
    assert!(problems(alone).to_string().contains("replaces all chargers"));
}

/// A whole row goes into the one that is there, in the file as in the run, and what it does not name keeps its source.
#[test]
fn a_row_that_is_there_is_changed_key_by_key() {
    let server = Server::start(|_| {});
    let changes = json!([{ "path": "charger.night", "value": { "cabinets": 3, "site": "depot" } }]);
    let draft = json!({ "scenario": "depot", "changes": changes });
    let document = server.ask("POST", "/api/v1/scenarios/check", Some(&draft)).json()["document"].clone();
    let save = json!({ "scenario": "depot", "changes": changes, "name": "row" });
    let saved = server.ask("POST", "/api/v1/scenarios/save", Some(&save));
    assert_eq!(saved.status, 201, "{}", saved.text());
    let night = &document["charger"]["night"];
    assert_eq!((&night["cabinets"], &night["sources"]["cabinets"]), (&json!(3), &json!("planner")));
    assert!(night["cabinet_kw"].is_number() && night["sources"]["default"] != "planner", "{night}");
}

/// What a planner sets of policies, prices, shifts and days is in the run as in the saved file, each number with its source; and
/// the answer says what is decided in the scenario.
#[test]
fn policies_prices_and_shifts_are_changes_as_others_are() {
    let server = Server::start(|_| {});
    let shift = json!([{ "start": "06:00", "hours": 11 }]);
    let price = json!({ "of": ["site.depot"], "capex_usd_per_kw": 540, "life_years": 40 });
    let changes = json!([
        { "path": "policy.charging.name", "value": "peak_cap" },
        { "path": "policy.charging.params.cap_kw", "value": 300 },
        { "path": "money.discount_rate", "value": 0.07 },
        { "path": "money.years", "value": 15 },
        { "path": "money.usd_of", "value": 2025 },
        { "path": "price.connection", "value": price },
        { "path": "fleet.carrier.shift", "value": shift },
    ]);
    let draft = json!({ "scenario": "depot", "changes": changes });
    let checked = server.ask("POST", "/api/v1/scenarios/check", Some(&draft)).json();
    assert_eq!(checked["problems"], json!([]), "{checked}");
    assert_eq!(checked["decisions"], json!(["policy.dispatch", "policy.charging"]));
    let document = &checked["document"];
    let sources =
        [("policy", "charging", "params"), ("price", "connection", "capex_usd_per_kw"), ("fleet", "carrier", "shift")];
    for (table, row, key) in sources {
        assert_eq!(document[table][row]["sources"][key], "planner", "{table}.{row}.{key}");
    }
    assert_eq!(document["money"]["sources"]["years"], "planner");
    let save = json!({ "scenario": "depot", "changes": changes, "name": "priced" });
    let saved = server.ask("POST", "/api/v1/scenarios/save", Some(&save));
    assert_eq!(saved.status, 201, "{}", saved.text());
    let again = json!({ "scenario": "depot/priced.toml", "changes": [] });
    let saved = server.ask("POST", "/api/v1/scenarios/check", Some(&again)).json();
    assert_eq!(saved["document"]["money"], document["money"]);
    assert_eq!(saved["document"]["fleet"], document["fleet"]);
    assert_eq!(saved["document"]["policy"]["charging"], document["policy"]["charging"]);
    let run =
        id(&server.ask("POST", "/api/v1/runs", Some(&json!({ "scenario": "depot", "changes": changes, "days": 1 }))));
    assert_eq!(server.end_of(&run)["status"], "finished");
    let page = server.get(&format!("/api/v1/runs/{run}/page")).json();
    let unsourced = page["warnings"].as_array().unwrap().iter().any(|it| it.as_str().unwrap().contains("no source"));
    assert!(!unsourced, "what was set on the page has a source: {}", page["warnings"]);
    let decisions = server.get("/api/v1/workspace").json()["decisions"].clone();
    let charging = decisions.as_array().unwrap().iter().find(|it| it["setting"] == "policy.charging").unwrap();
    let capped = charging["policies"].as_array().unwrap().iter().find(|it| it["name"] == "peak_cap").unwrap();
    assert_eq!(capped["parameters"][0]["name"], "cap_kw");
}

#[test]
fn lists_say_what_they_leave_out() {
    let server = Server::start(|_| {});
    let root = server.folder.path();
    for number in 0..304 {
        std::fs::write(root.join(format!("s{number:03}.toml")), "extends = \"depot\"\n").unwrap();
    }
    std::fs::write(root.join("depot/beside.toml"), "title = \"An overlay\"\n").unwrap();
    // What extends an overlay cannot be run as it is either.
    std::fs::write(root.join("depot/further.toml"), "extends = \"./beside.toml\"\n").unwrap();
    let listed = server.get("/api/v1/workspace").json();
    assert_eq!((listed["scenarios"].as_array().unwrap().len(), &listed["scenarios_left_out"]), (300, &json!(5)));
    assert_eq!(listed["scenarios"][0]["strategies"], json!(["beside", "further"]));
    assert_eq!(server.get("/api/v1/runs").json()["finished_left_out"], 0);
    for name in ["target", "runs", "node_modules"] {
        let body = json!({ "template": "depot_night", "name": name });
        assert_eq!(server.ask("POST", "/api/v1/scenarios", Some(&body)).status, 400, "{name} would not be listed");
    }
}

/// A charging lot is moved on the plan, by dimensions or from a file: the plan is drawn with it, the saved scenario has it with its
/// source, the file that draws the plan stays as it is, and a lot that leaves the fence is told by its key.
#[test]
fn a_lot_is_moved_and_the_drawing_stays() {
    let server = Server::start(|_| {});
    let depot = server.folder.path().join("depot");
    let yard = include_str!("../../scenarios/depot_night/yard.toml");
    let at = |text: &str| yard.find(text).unwrap();
    let (sizes, ways, lots, chargers) =
        (at("width_m"), at("detour"), at("[site.depot.plan.lots.canopy]"), at("[charger.night]"));
    let drawn = format!("{}file = \"plan.geojson\"\n{}{}", &yard[..sizes], &yard[ways..lots], &yard[chargers..]);
    let area = |[west, south, east, north]: [i32; 4]| json!({ "type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]] });
    let feature = |kind: &str, id: &str, geometry: Value| json!({ "type": "Feature", "properties": { "kind": kind, "id": id }, "geometry": geometry });
    let features = [
        feature("gate", "gate", json!({ "type": "Point", "coordinates": [1010, 500] })),
        feature("fence", "fence_line", area([1000, 500, 1160, 590])),
        feature("parking", "parking", json!({ "type": "Point", "coordinates": [1080, 575] })),
        feature("lot", "canopy", area([1015, 520, 1105, 540])),
        feature("lot", "fence", area([1130, 515, 1150, 575])),
    ];
    let plan = json!({ "type": "FeatureCollection", "units": "m", "features": features }).to_string();
    std::fs::write(depot.join("plan.geojson"), &plan).unwrap();
    for (strategy, text) in [("yard", yard), ("drawn", drawn.as_str())] {
        std::fs::write(depot.join(format!("{strategy}.toml")), text).unwrap();
        let draft = |changes: &Value| json!({ "scenario": "depot", "strategies": [strategy], "changes": changes });
        let ask = |what: &str, changes: &Value, more: (&str, &str)| {
            let mut body = draft(changes);
            body[more.0] = more.1.into();
            server.ask("POST", &format!("/api/v1/scenarios/{what}"), Some(&body))
        };
        // Ends of a lot of the plan: west, south, east, north.
        let ends = |changes: &Value| -> Vec<f64> {
            let answer = ask("plan", changes, ("site", "depot")).json();
            let found =
                answer["features"].as_array().unwrap().iter().find(|it| it["part"] == "lot" && it["key"] == "canopy");
            let path: Vec<f64> = serde_json::from_value(found.unwrap()["paths"][0].clone()).unwrap();
            let of = |axis: usize| path.iter().skip(axis).step_by(2).copied();
            let least = |axis: usize| of(axis).fold(f64::MAX, f64::min);
            let most = |axis: usize| of(axis).fold(f64::MIN, f64::max);
            vec![least(0), least(1), most(0), most(1)]
        };
        assert_eq!(ends(&json!([])), [15.0, 20.0, 105.0, 40.0], "{strategy}");
        let moved = json!([
            { "path": "site.depot.plan.lots.canopy.at_m", "value": [60, 50] },
            { "path": "site.depot.plan.lots.canopy.size_m", "value": [80, 20] },
        ]);
        assert_eq!(ends(&moved), [20.0, 40.0, 100.0, 60.0], "{strategy}");
        let saved = ask("save", &moved, ("name", format!("{strategy}_moved").as_str()));
        assert_eq!(saved.status, 201, "{}", saved.text());
        let again = json!({ "scenario": format!("depot/{strategy}_moved.toml"), "changes": [] });
        let again = server.ask("POST", "/api/v1/scenarios/check", Some(&again)).json();
        assert_eq!(again["problems"], json!([]), "{strategy}");
        let lot = &again["document"]["site"]["depot"]["plan"]["lots"]["canopy"];
        assert_eq!((&lot["at_m"], &lot["sources"]["at_m"]), (&json!([60, 50]), &json!("planner")), "{strategy}");
        let out = json!([{ "path": "site.depot.plan.lots.canopy.at_m", "value": [60, 85] }]);
        let told = server.ask("POST", "/api/v1/scenarios/check", Some(&draft(&out))).json()["problems"][0].clone();
        assert_eq!(told["field"], "site.depot.plan.lots.canopy", "{told}");
        assert!(told["message"].as_str().unwrap().contains("outside of the fence"), "{told}");
        assert_eq!(ask("plan", &out, ("site", "depot")).status, 422);
        assert_eq!(ask("plan", &json!([]), ("site", "nowhere")).json()["features"], json!([]));
    }
    assert_eq!(std::fs::read_to_string(depot.join("plan.geojson")).unwrap(), plan, "the drawing is the planner's own");
}

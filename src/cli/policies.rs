//! `portvolt policies`: the built-in policies, what each may know and its parameters.

use super::exit::Exit;
use super::output::console::Console;
use crate::policy;

pub(super) fn policies(console: &Console) -> Exit {
    if console.is_json() {
        let charging: Vec<_> = policy::built_in()
            .map(|info| {
                let knows: Vec<&str> = info.knows.iter().map(|knows| knows.word()).collect();
                let parameters: Vec<_> = info
                    .parameters
                    .iter()
                    .map(|p| serde_json::json!({ "name": p.name, "default": p.default, "bounds": p.bounds }))
                    .collect();
                serde_json::json!({
                    "name": info.name, "about": info.about, "knows": knows, "discharges": info.discharges,
                    "parameters": parameters,
                })
            })
            .collect();
        console.print_json(&serde_json::json!({ "schema": 1, "charging": charging }));
    } else {
        console.print(&policy::table());
    }
    Exit::Done
}

//! The kinds of policies, and the one list of them.
//!
//! A new kind is a line in `policy_kinds!` below and two files of its own: `policy/KIND.rs` (view, orders, built-in
//! policies: [`super::Decision`]) and `plugin/KIND.rs` (columns, orders of guests, starters: `plugin::PluginKind`). Beside
//! these it takes 8 edits: `mod` in `policy` and in `plugin`, a [`Purpose`], its key in the spec of `[policy]` or
//! `[transition]`, its world in `plugins/wit/policy.wit`, `mod` in the guests' helper, `portvolt.h`, and the system that asks
//! it. The command line, strategies, overlays, reading, doubts, recording of views, notes and exit codes follow this list.

use super::keys::{ChargingKeys, NoKeys};
use crate::kernel::random::Purpose;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::fmt;

/// What is known of a kind before anything is decided.
#[derive(Debug)]
pub struct KindFacts {
    /// Its word, which is also the name of its world in the plugin interface.
    pub word: &'static str,
    /// The key of a scenario that names the policy.
    pub setting: &'static str,
    /// The built-in policy of a scenario that names none.
    pub default: &'static str,
    /// What it decides, in a few words.
    pub decides: &'static str,
    /// Why its plugins draw random numbers: those of a kind are its own.
    pub purpose: Purpose,
    /// A template of scenarios in which it is asked.
    pub template: &'static str,
    /// What a run of the template needs beside, on the command line: with a blank before it, or nothing.
    pub with: &'static str,
    /// The scenario of the suite in which it is asked, and the settings that make that short and ask it.
    pub trial: (&'static str, &'static [&'static str]),
    /// What a scenario must have, or it is never asked.
    pub needs: &'static str,
}

/// A kind as a type: its place in the list, and what its table of a scenario holds beside name, plugin, parameters and
/// limits.
pub trait Kind: Copy + Default + fmt::Debug + Send + Sync + 'static {
    /// Which kind.
    const KIND: PolicyKind;
    /// Further keys of its table.
    type Keys: Clone + Default + fmt::Debug + Send + Sync + DeserializeOwned + JsonSchema;
}

/// A plan for the terminal of the suite, in which a yard asks.
const PLANNED: &[&str] = &[
    "time.days=1",
    "terminal.terminal.plan={ kind = \"rtg_parallel\", quay_m = 900, depth_m = 600, apron_m = 65, block_length_m = 250, \
     block_width_m = 26, aisle_m = 18, blocks = { rtg = 6, top_handler = 12 }, detour = 1.25, \
     lots = { back = { at_m = [450, 565], size_m = [200, 24] } }, crane = \"crane\", carrier = \"yard_tractor\", \
     loaded_kmh = 15, empty_kmh = 20, truck_kmh = 16, carriers_per_crane = 5, times = \"lognormal\", times_cv = 0.4, \
     serve_first = \"carriers\" }",
    "charger.tractor_lot.lot=back",
    "charger.handler_lot.lot=back",
];

/// Works beside the port of the suite, which have levers to decide about.
const WORKS: &[&str] = &[
    "transition.until=2027",
    "industry={ decision = \"least_cost\", rate = 0.08, \
     carrier = { coal = { usd_per_gj = 4, direct_kg_per_gj = 95 }, power = { usd_per_gj = 20, is_electricity = true } }, \
     plant = { east = { sector = \"cement\", unit = \"t\", output = 1000000, gj_per_unit = { coal = 3.4 }, process_kg_per_unit = 525 }, \
     west = { sector = \"cement\", unit = \"t\", output = 500000, gj_per_unit = { coal = 3.6 }, process_kg_per_unit = 525 } }, \
     lever = { blend = { sectors = [\"cement\"], gj_factor = { coal = 0.8 }, process_factor = 0.8, capex_usd_per_unit = 10, \
     life_years = 20, lead_years = 1, ready = 2025 }, electric = { sectors = [\"cement\"], gj_factor = { coal = 0 }, \
     gj_added = { power = 3 }, capex_usd_per_unit = 100, life_years = 20, lead_years = 1, ready = 2025 } } }",
];

macro_rules! policy_kinds {
    ($dollar:tt $($(#[doc = $doc:literal])+ $name:ident { keys: $keys:ty, $($fact:ident: $value:expr),+ $(,)? })+) => {
        /// A kind of policy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum PolicyKind {
            $($(#[doc = $doc])+ $name,)+
        }

        impl PolicyKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// What is known of it.
            #[must_use]
            pub fn facts(self) -> &'static KindFacts {
                match self {
                    $(Self::$name => &KindFacts { $($fact: $value),+ },)+
                }
            }
        }

        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
            pub struct $name;

            impl Kind for $name {
                const KIND: PolicyKind = PolicyKind::$name;
                type Keys = $keys;
            }
        )+

        /// `for_kind!(kind, K => call::<K>())`: the call with the type of a kind that is known as a value.
        macro_rules! for_kind {
            ($dollar kind:expr, $dollar name:ident => $dollar body:expr) => {
                match $dollar kind {
                    $($crate::policy::kind::PolicyKind::$name => {
                        type $dollar name = $crate::policy::kind::$name;
                        $dollar body
                    })+
                }
            };
        }
        pub(crate) use for_kind;
    };
}

policy_kinds! { $
    /// Which truck takes which haul, and which truck charges where.
    Dispatch {
        keys: NoKeys,
        word: "dispatch",
        setting: "policy.dispatch",
        default: "nearest_feasible",
        decides: "which truck takes which haul, and which truck charges where",
        purpose: Purpose::DispatchPlugin,
        template: "depot_night",
        with: "",
        trial: ("depot", &["time.days=1"]),
        needs: "haul for a fleet",
    }
    /// The set-point of every session.
    Charging {
        keys: ChargingKeys,
        word: "charging",
        setting: "policy.charging",
        default: "uncontrolled",
        decides: "the set-point of each charging session",
        purpose: Purpose::ChargingPlugin,
        template: "depot_night",
        with: "",
        trial: ("depot", &["time.days=1"]),
        needs: "charger",
    }
    /// What is bought in a year.
    Adoption {
        keys: NoKeys,
        word: "adoption",
        setting: "transition.adoption",
        default: "business_as_usual",
        decides: "what is bought in a year of a transition",
        purpose: Purpose::AdoptionPlugin,
        template: "hub_2045",
        with: "",
        trial: ("transition", &["transition.until=2027"]),
        needs: "[transition]",
    }
    /// When electrolysers run and hydrogen is ordered.
    HydrogenSupply {
        keys: NoKeys,
        word: "hydrogen-supply",
        setting: "policy.hydrogen",
        default: "reorder_point",
        decides: "when electrolysers run and hydrogen is ordered",
        purpose: Purpose::HydrogenPlugin,
        template: "hydrogen_corridor",
        with: "",
        trial: ("hydrogen", &["time.days=1"]),
        needs: "hydrogen station",
    }
    /// Which unit of a terminal with a plan takes which move, and when and where it charges.
    YardDispatch {
        keys: NoKeys,
        word: "yard-dispatch",
        setting: "policy.yard",
        default: "as_planned",
        decides: "which unit of a yard takes which move, and when and where it charges",
        purpose: Purpose::YardPlugin,
        template: "port_terminal",
        with: "",
        trial: ("terminal", PLANNED),
        needs: "terminal with a plan",
    }
    /// What is built in a year.
    BuildOut {
        keys: NoKeys,
        word: "build-out",
        setting: "transition.build_out",
        default: "none",
        decides: "what is built in a year of a transition",
        purpose: Purpose::BuildOutPlugin,
        template: "hub_2045",
        with: "",
        trial: ("transition", &["transition.until=2027"]),
        needs: "[transition]",
    }
    /// Which levers plants decide in a year.
    IndustryDecision {
        keys: NoKeys,
        word: "industry",
        setting: "industry.decision",
        default: "business_as_usual",
        decides: "which levers plants take, and which plants close, in a year of a transition",
        purpose: Purpose::IndustryPlugin,
        template: "hub_2045",
        with: " --strategy all_sectors",
        trial: ("transition", WORKS),
        needs: "[industry]",
    }
}

impl PolicyKind {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.facts().word
    }

    /// The key of a scenario that names the policy.
    #[must_use]
    pub fn setting(self) -> &'static str {
        self.facts().setting
    }

    /// Table and key of [`Self::setting`].
    #[must_use]
    pub fn table_and_key(self) -> (&'static str, &'static str) {
        self.setting().split_once('.').unwrap_or(("", self.setting()))
    }

    /// Its option on the command line, without dashes.
    #[must_use]
    pub fn option(self) -> &'static str {
        let (table, key) = self.table_and_key();
        if table == "policy" { key } else { self.word() }
    }

    /// The kind of a word as users write it: that of [`Self::word`], or the key of a scenario.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word || kind.table_and_key().1 == word)
    }

    /// Is it asked once a year, and not in the ticks of a simulation?
    #[must_use]
    pub fn is_yearly(self) -> bool {
        self.table_and_key().0 != "policy"
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

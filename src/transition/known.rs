//! How far rules are known: up to which day, what is carried on beyond it for lack of an end, and what begins after it.

use super::regulation::{RulesSpec, Term};
use crate::kernel::calendar::parse_date;
use std::fmt::Write;

impl RulesSpec {
    /// Every rule with a term: its kind, name and term.
    pub fn terms(&self) -> impl Iterator<Item = (&'static str, &String, &Term)> {
        macro_rules! of {
            ($($kind:ident),*) => {{
                let none = core::iter::empty::<(&'static str, &String, &Term)>();
                $(let none = none.chain(self.$kind.iter().map(|(name, rule)| (stringify!($kind), name, &rule.term)));)*
                none
            }};
        }
        of!(
            purchase_share,
            stock_share,
            useful_life,
            fuel_standard,
            carbon_price,
            truck_fee,
            vehicle_tax,
            voucher,
            infrastructure_credit,
            capacity_credit,
            embodied_limit,
            at_berth
        )
    }

    /// What to know of the day up to which the rules are known, in a sentence; none where the file does not say it.
    #[must_use]
    pub fn known(&self, until: u16) -> Option<String> {
        let as_of = self.as_of.as_ref()?;
        let day = parse_date(as_of).ok()?;
        let begins_later =
            |term: &Term| term.from.as_ref().and_then(|from| parse_date(from).ok()).is_some_and(|it| it > day);
        let on = || self.terms().filter(|it| it.2.on);
        let later: Vec<String> =
            on().filter(|it| begins_later(it.2)).map(|(kind, name, _)| format!("{kind}.{name}")).collect();
        let endless = on().filter(|it| it.2.until.is_none() && !begins_later(it.2)).count();
        let mut out = format!("Rules as of {as_of}: {endless} in force have no end date and are extended to {until}");
        if !later.is_empty() {
            let _ = write!(out, "; after that day begin {}", later.join(", "));
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_on_is_said() {
        let text = "as_of = \"2026-11-01\"\n\
            [purchase_share.a]\nshare = 1.0\n\
            [purchase_share.ended]\nterm = { until = \"2026-01-01\" }\nshare = 1.0\n\
            [stock_share.later]\nterm = { from = \"2030-01-01\" }\nshare = 1.0\n\
            [stock_share.off]\nterm = { on = false, from = \"2030-01-01\" }\nshare = 1.0\n";
        let rules: RulesSpec = toml::from_str(text).unwrap();
        assert_eq!(rules.terms().count(), 4);
        let told = rules.known(2045).unwrap();
        assert_eq!(
            told,
            "Rules as of 2026-11-01: 1 in force have no end date and are extended to 2045; after that day begin stock_share.later"
        );
        assert_eq!(RulesSpec::default().known(2045), None);
    }
}

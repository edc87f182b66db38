//! Whose money or emissions a row of a transition is.

use crate::record::metrics::{ScopeKind, TOTAL};
use crate::record::names::Names;
use crate::record::table::{Cell, Column, ColumnKind};
use std::fmt;

/// What a row of money or emissions is of.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The whole hub.
    #[default]
    Total,
    /// The trucks of a fleet.
    Fleet(String),
    /// A site, with the equipment of a terminal.
    Site(String),
    /// A plant of `[industry]`.
    Plant(String),
    /// Engines of `[engine_fleet]`.
    Engines(String),
    /// All vessels: what they pay for fuel.
    Vessels,
    /// Carbon that is removed from the air.
    Removals,
}

impl Scope {
    /// Of a fleet by its key.
    #[must_use]
    pub fn fleet(key: &str) -> Self {
        Self::Fleet(key.to_owned())
    }

    /// Of a site by its key.
    #[must_use]
    pub fn site(key: &str) -> Self {
        Self::Site(key.to_owned())
    }
}

/// As tables and metrics write it, such as `fleet:owners`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Total => f.write_str(TOTAL),
            Self::Fleet(key) => f.write_str(&ScopeKind::Fleet.of(key)),
            Self::Site(key) => f.write_str(&ScopeKind::Site.of(key)),
            Self::Plant(key) => write!(f, "plant:{key}"),
            Self::Engines(key) => write!(f, "engines:{key}"),
            Self::Vessels => f.write_str("vessels"),
            Self::Removals => f.write_str("removals"),
        }
    }
}

impl Cell for Scope {
    const KIND: ColumnKind = ColumnKind::Text;

    fn fill(&self, names: &Names, column: &mut Column) {
        self.to_string().fill(names, column);
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    /// Readers of the tables find a scope under the words of their columns.
    #[test]
    fn a_scope_is_written_as_the_columns_say() {
        let all = [
            Scope::Total,
            Scope::fleet("owners"),
            Scope::site("pier"),
            Scope::Plant("kiln".to_owned()),
            Scope::Engines("tugs".to_owned()),
            Scope::Vessels,
            Scope::Removals,
        ];
        let told = ["total", "fleet:owners", "site:pier", "plant:kiln", "engines:tugs", "vessels", "removals"];
        assert_eq!(all.map(|scope| scope.to_string()), told);
    }
}

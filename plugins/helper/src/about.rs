//! What a policy says of itself, and what users set.

/// What a policy says of itself.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Its name, which results carry.
    pub name: &'static str,
    /// Its version, such as `env!("CARGO_PKG_VERSION")`.
    pub version: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// What users may set.
    pub parameters: &'static [Parameter],
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name with the unit, such as `reserve_soc`.
    pub name: &'static str,
    /// 0 number, 1 whole number, 2 yes or no.
    pub kind: u32,
    /// Its unit, or empty.
    pub unit: &'static str,
    /// Used when the user gives none.
    pub default: f64,
    /// Lowest value allowed.
    pub least: f64,
    /// Highest value allowed.
    pub most: f64,
    /// One sentence.
    pub help: &'static str,
}

impl Parameter {
    /// A quantity.
    pub const fn number(name: &'static str, default: f64, bounds: (f64, f64), help: &'static str) -> Self {
        Self { name, kind: 0, unit: "", default, least: bounds.0, most: bounds.1, help }
    }
}

/// Values of the parameters by name.
#[derive(Debug, Clone)]
pub struct Values {
    about: About,
    values: Vec<f64>,
}

impl Values {
    /// The defaults, for tests.
    pub fn defaults(about: About) -> Self {
        Self { about, values: about.parameters.iter().map(|parameter| parameter.default).collect() }
    }

    #[doc(hidden)]
    pub fn new(about: About, values: Vec<f64>) -> Self {
        Self { about, values }
    }

    /// The value of a parameter.
    ///
    /// # Panics
    /// When the policy has no such parameter.
    pub fn get(&self, name: &str) -> f64 {
        let at = self.about.parameters.iter().position(|parameter| parameter.name == name);
        self.values[at.unwrap_or_else(|| panic!("{} has no parameter {name}", self.about.name))]
    }
}

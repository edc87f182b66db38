//! Guides: what to do, step by step, and what to know before a number is believed. Texts only, no code: each module is a
//! page, whose commands a test runs.
//!
//! A planner begins with [`first_report`] and [`your_port_in_30_minutes`], the author of a policy with [`write_a_policy`],
//! who compares strategies with [`compare_honestly`] and [`run_on_slurm`]. [`assumptions_and_limits`] says what is left out
//! and which way that errs, [`threat_model`] what files, plugins and callers can do. [`commands`], [`metrics`] and
//! [`interface`] are made from the code; so are the columns of the tables (in the metadata of their Parquet files), the
//! schema of scenarios (`portvolt schema`), the charging policies (`portvolt policies`) and the server's interface
//! (`/api/v1/openapi.json`).

pub mod first_report {
    #![doc = include_str!("first_report.md")]
}

pub mod your_port_in_30_minutes {
    #![doc = include_str!("your_port_in_30_minutes.md")]
}

pub mod write_a_policy {
    #![doc = include_str!("write_a_policy.md")]
}

pub mod compare_honestly {
    #![doc = include_str!("compare_honestly.md")]
}

pub mod run_on_slurm {
    #![doc = include_str!("run_on_slurm.md")]
}

pub mod assumptions_and_limits {
    #![doc = include_str!("assumptions_and_limits.md")]
}

pub mod threat_model {
    #![doc = include_str!("threat_model.md")]
}

pub mod commands {
    #![doc = include_str!("reference/commands.md")]
}

pub mod metrics {
    #![doc = include_str!("reference/metrics.md")]
}

pub mod interface {
    //! What plugins see and order: `plugins/wit/policy.wit`, version by version.
    //!
    //! ```text
    #![doc = include_str!("../../plugins/wit/policy.wit")]
    //! ```
}

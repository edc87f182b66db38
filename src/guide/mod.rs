//! Guides: what to do, step by step, and what to know before a number is believed. Texts only, no code: each module is a
//! page, whose commands a test runs.
//!
//! [`install`] is for machines without a Rust toolchain. Planners start with [`first_report`] and [`your_port_in_30_minutes`], then [`your_own_files`], [`calibrate`], [`plan_a_terminal`], [`transition`] and
//! [`bills_and_formats`].
//! [`optimize`] finds the best layout, [`sensitivity`] the numbers that decide, [`fork`] changes a run on its way.
//! Researchers read [`compare_honestly`], [`run_on_slurm`] and [`assumptions_and_limits`], which says what is left out and
//! which way that errs. Authors of policies read [`policies`] and [`write_a_policy`], those who learn them [`python`] and [`train_a_policy`]. [`glossary`] holds the words,
//! [`results`] what a run leaves, [`performance`] times and memory, [`threat_model`] what files, plugins and callers can
//! do, [`changelog`] what was renamed.
//!
//! [`commands`], [`metrics`] and [`interface`] are made from the code; so are the columns of the tables (in the metadata of
//! their Parquet files), the schema of scenarios (`portvolt schema`) and the server's interface (`/api/v1/openapi.json`).

pub mod install {
    #![doc = include_str!("install.md")]
}

pub mod python {
    #![doc = include_str!("python.md")]
}

pub mod train_a_policy {
    #![doc = include_str!("train_a_policy.md")]
}

pub mod first_report {
    #![doc = include_str!("first_report.md")]
}

pub mod your_port_in_30_minutes {
    #![doc = include_str!("your_port_in_30_minutes.md")]
}

pub mod plan_a_terminal {
    #![doc = include_str!("plan_a_terminal.md")]
}

pub mod transition {
    #![doc = include_str!("transition.md")]
}

pub mod bills_and_formats {
    #![doc = include_str!("bills_and_formats.md")]
}

pub mod your_own_files {
    #![doc = include_str!("your_own_files.md")]
}

pub mod calibrate {
    #![doc = include_str!("calibrate.md")]
}

pub mod compare_honestly {
    #![doc = include_str!("compare_honestly.md")]
}

pub mod fork {
    #![doc = include_str!("fork.md")]
}

pub mod sensitivity {
    #![doc = include_str!("sensitivity.md")]
}

pub mod optimize {
    #![doc = include_str!("optimize.md")]
}

pub mod run_on_slurm {
    #![doc = include_str!("run_on_slurm.md")]
}

pub mod policies {
    #![doc = include_str!("policies.md")]
}

pub mod write_a_policy {
    #![doc = include_str!("write_a_policy.md")]
}

pub mod results {
    #![doc = include_str!("results.md")]
}

pub mod assumptions_and_limits {
    #![doc = include_str!("assumptions_and_limits.md")]
}

pub mod performance {
    #![doc = include_str!("performance.md")]
}

pub mod threat_model {
    #![doc = include_str!("threat_model.md")]
}

pub mod glossary {
    #![expect(clippy::doc_markdown, reason = "its tables name words, not code")]
    #![doc = include_str!("glossary.md")]
}

pub mod changelog {
    #![doc = include_str!("changelog.md")]
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

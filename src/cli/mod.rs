//! The command line: one file a command, each thin. Results go to stdout, progress and messages to stderr.

mod args;
mod bill;
mod calibrate;
mod cluster;
mod compare;
mod desktop;
mod exit;
mod export;
mod files;
mod fork;
mod import;
mod init;
mod man;
mod map;
mod optimize;
mod output;
mod pathway;
mod plan;
mod plugin;
mod policies;
mod replay;
mod report;
mod run;
mod schema;
mod sensitivity;
mod serve;
mod simulate;
mod suite;
mod sweep;
mod traffic;
mod trips;
mod validate;
mod verify;

use crate::cli::exit::Exit;
use crate::cli::output::console::Console;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::process::ExitCode;

/// An open simulator of how ports and truck fleets become zero-emission.
#[derive(Debug, Parser)]
#[command(name = "portvolt", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

/// What every command takes.
#[derive(Debug, Clone, Copy, Args)]
struct Common {
    /// How results are printed.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print results only.
    #[arg(long, short, global = true)]
    quiet: bool,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate a scenario and leave a folder of results.
    #[command(after_help = "Example: portvolt run scenarios/depot_night --days 2 --set site.depot.limit_kw=800")]
    Run(run::RunArgs),
    /// Play recorded charging sessions through the engine, under any policy and limit.
    #[command(
        after_help = "Example: portvolt replay sessions.csv --policy edf --limit-kw 320 --interval 15min --out runs/edf"
    )]
    Replay(replay::ReplayArgs),
    /// Replay a finished run to a time, then go on under a change: the same past, two futures, one comparison.
    #[command(after_help = fork::EXAMPLE, after_long_help = fork::long_help())]
    Fork(fork::ForkArgs),
    /// List the built-in policies of each kind: what each does, may know and takes as parameters.
    #[command(after_help = "Example: portvolt policies --format json")]
    Policies,
    /// Run strategies on the same random days and say which differences hold.
    #[command(
        after_help = "Example: portvolt compare scenarios/depot_night --strategies bau,fcfs,equal_share --replications 20"
    )]
    Compare(compare::CompareArgs),
    /// Say which of a scenario's doubtful numbers decide its result, and which to measure first.
    #[command(
        after_help = "Example: portvolt sensitivity scenarios/depot_night --metric bill_total_usd --strategies bau,fcfs"
    )]
    Sensitivity(sensitivity::SensitivityArgs),
    /// Fit numbers of a scenario to measurements: trips, charging, a gate's log, a meter.
    #[command(
        after_help = "Example: portvolt calibrate my_depot --trips trips.csv --truck-model bev --out runs/calibrated"
    )]
    Calibrate(calibrate::CalibrateArgs),
    /// Find the best of many designs of a scenario under constraints, with few runs.
    #[command(after_help = "Example: portvolt optimize depot_layout.toml")]
    Optimize(optimize::OptimizeArgs),
    /// Plan thousands of runs, run them in parts on any number of machines, merge them.
    #[command(
        after_help = "Example: portvolt sweep plan study.toml && portvolt sweep run sweeps && portvolt sweep merge sweeps"
    )]
    #[command(subcommand)]
    Sweep(sweep::SweepCommand),
    /// Regenerate the report of a finished run, transition or comparison.
    #[command(after_help = "Example: portvolt report runs/depot_night")]
    Report(report::ReportArgs),
    /// Show scenarios and runs of a folder in the browser: edit layouts on the map, run, compare, save.
    #[command(after_help = "Example: portvolt serve my_scenarios --open")]
    Serve(serve::ServeArgs),
    /// Repeat a finished run from its manifest and compare every byte.
    #[command(after_help = "Example: portvolt verify runs/depot_night")]
    Verify(verify::VerifyArgs),
    /// Run the frozen benchmark scenarios with every built-in strategy and print a leaderboard.
    #[command(after_help = "Example: portvolt bench-suite --dispatch my.wasm")]
    BenchSuite(suite::SuiteArgs),
    /// Check a scenario: all errors at once, and where its numbers come from.
    #[command(after_help = "Example: portvolt validate my_port")]
    Validate(validate::ValidateArgs),
    /// Copy a template scenario, to edit.
    #[command(after_help = "Example: portvolt init my_depot --template depot_night")]
    Init(init::InitArgs),
    /// Bill a metered load under a tariff; nothing is simulated.
    #[command(after_help = "Example: portvolt bill load.csv --tariff scenarios/tariffs/sce_tou_ev_9.json")]
    Bill(bill::BillArgs),
    /// Import stations and charging sessions from files of other tools.
    #[command(
        after_help = "Example: portvolt import afdc alt_fuel_stations.csv --bbox=-118.5,33.6,-117.9,34.1 --out chargers.geojson"
    )]
    Import(import::ImportArgs),
    /// Export maps, grid models and charging limits for other tools.
    #[command(after_help = "Example: portvolt export loadshape runs/my_depot --out shapes")]
    Export(export::ExportArgs),
    /// Create, build, inspect, check and benchmark policies as WebAssembly plugins.
    #[command(after_help = "Example: portvolt plugin new my_policy --kind dispatch --lang rust")]
    #[command(subcommand)]
    Plugin(plugin::PluginCommand),
    /// Print the JSON Schema of a scenario, for editors.
    #[command(after_help = "Example: portvolt schema > scenario.schema.json")]
    Schema,
    /// Print shell completions.
    #[command(after_help = "Example: portvolt completions bash > /etc/bash_completion.d/portvolt")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for each command.
    #[command(after_help = "Example: portvolt man --out ~/.local/share/man/man1")]
    Man(man::ManArgs),
}

/// The command line as clap has it: what `--help`, completions, manual pages and the reference are made of.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Parses the command line and carries it out.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::from(run(desktop::words(std::env::args_os().collect())))
}

/// Carries a command line out, of which the first word is the program's name. The exit code.
#[must_use]
pub fn run(words: impl IntoIterator<Item = OsString>) -> u8 {
    // A limit on the size of files is told as a full disk is, and does not end the program.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
    // Memory that cannot be had ends as any other failure does, once the standard library has said so.
    #[cfg(unix)]
    let _ = signal_hook::flag::register_conditional_shutdown(
        signal_hook::consts::SIGABRT,
        Exit::Failed as i32,
        std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true)),
    );
    let exit = carry_out(Cli::parse_from(words));
    (if exit == Exit::Done && Console::is_lost() { Exit::Failed } else { exit }) as u8
}

fn carry_out(cli: Cli) -> Exit {
    let console = Console::new(cli.common.format == Format::Json, cli.common.quiet);
    plugin::compiled::keep_compiled_code();
    match cli.command {
        Command::Run(args) => run::run(&args, &console),
        Command::Replay(args) => replay::replay(&args, &console),
        Command::Fork(args) => fork::fork(&args, &console),
        Command::Policies => policies::policies(&console),
        Command::Compare(args) => compare::run(&args, &console),
        Command::Sensitivity(args) => sensitivity::run(&args, &console),
        Command::Calibrate(args) => calibrate::run(&args, &console),
        Command::Optimize(args) => optimize::run(&args, &console),
        Command::Sweep(command) => sweep::run(&command, &console),
        Command::Report(args) => report::report(&args, &console),
        Command::Serve(args) => serve::serve(&args, &console),
        Command::Verify(args) => verify::verify(&args, &console),
        Command::BenchSuite(args) => suite::run(&args, &console),
        Command::Validate(args) => validate::validate(&args, &console),
        Command::Init(args) => init::init(&args, &console),
        Command::Bill(args) => bill::print(&args, &console),
        Command::Import(args) => import::import(&args, &console),
        Command::Export(args) => export::export(&args, &console),
        Command::Plugin(command) => plugin::plugin(&command, &console),
        Command::Schema => schema::print(&console),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut command(), "portvolt", &mut text);
            console.print(&String::from_utf8_lossy(&text));
            Exit::Done
        }
        Command::Man(args) => man::man(&args, command(), &console),
    }
}

//! `portvolt serve`: the planner's page in a browser.

use super::exit::Exit;
use super::output::console::Console;
use super::output::interrupt;
use crate::serve::{Options, ServeError, serve as run_server};
use std::net::IpAddr;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct ServeArgs {
    /// The folder with scenarios; runs go into `runs` inside it.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Address to listen at. One beyond this machine needs a --token.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// Port; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// What callers must show (at least 16 characters); the address printed has it in it.
    #[arg(long, env = "PORTVOLT_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Runs at the same time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: u16,
    /// Runs that may wait; further ones are refused until some are done.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    queue: u16,
    /// Let callers put plugins into the folder `plugins`.
    #[arg(long)]
    allow_plugins: bool,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
}

pub(super) fn serve(args: &ServeArgs, console: &Console) -> Exit {
    let options = Options {
        folder: args.dir.clone(),
        host: args.host,
        port: args.port,
        token: args.token.clone(),
        workers: usize::from(args.workers),
        queue: usize::from(args.queue),
        allow_plugins: args.allow_plugins,
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if args.token.as_ref().is_some_and(|token| !token.chars().all(is_plain)) {
        console.error("a token may hold only letters, digits, `-`, `.`, `_` and `~`, because it is part of an address");
        return Exit::Usage;
    }
    let served = run_server(&options, &interrupt::listen(), |address| {
        let address =
            if address.ip().is_unspecified() { format!("localhost:{}", address.port()) } else { address.to_string() };
        // After the `#` nothing is sent to a server: the token stays in the browser.
        let token = args.token.as_ref().map_or(String::new(), |token| format!("#token={token}"));
        let page = format!("http://{address}/");
        let url = format!("{page}{token}");
        if args.host.is_unspecified() {
            console.note("from other machines, replace `localhost` with the name or address of this one");
        }
        if console.is_json() {
            console.print_json(&serde_json::json!({ "schema": 1, "url": url }));
        } else {
            console.print(&url);
        }
        console.note(&format!("scenarios and results lie in {}", args.dir.display()));
        console.note("press Ctrl-C to stop; unfinished runs are kept and listed at the next start");
        // What the browser is started with shows in the list of processes: the page asks for the token.
        if args.open && open::that_detached(&page).is_err() {
            console.note("no browser could be started: open the address yourself");
        }
    });
    match served {
        Ok(()) => Exit::Done,
        Err(error) => {
            console.error(&error.to_string());
            if matches!(error, ServeError::Io(_) | ServeError::PortInUse(_)) { Exit::Failed } else { Exit::Usage }
        }
    }
}

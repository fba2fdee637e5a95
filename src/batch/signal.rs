//! What asks a run to end: Ctrl-C, a closed terminal, a system that shuts down.

/// Calls `stop` whenever the process is asked to end. Without a handler a signal ends the process, which loses no more than
/// a kill would.
#[cfg(unix)]
pub(super) fn on_stop(stop: impl Fn() + Send + 'static) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let mut wanted = vec![SIGINT, SIGTERM];
    wanted.extend((!ignores_hangup()).then_some(SIGHUP));
    let Ok(mut signals) = Signals::new(wanted) else { return };
    let _ = std::thread::Builder::new().spawn(move || signals.forever().for_each(|_| stop()));
}

/// Whether SIGHUP was switched off, as `nohup` does, so that the run outlives its terminal. Only Linux tells.
#[cfg(unix)]
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 != 0)
}

/// The same on Windows, where closing the window and shutting down count too.
#[cfg(windows)]
pub(super) fn on_stop(stop: impl Fn() + Send + 'static) {
    let _ = ctrlc::set_handler(stop);
}

/// Other systems have no signals.
#[cfg(not(any(unix, windows)))]
pub(super) fn on_stop(_: impl Fn() + Send + 'static) {}

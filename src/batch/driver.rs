//! One job for each input of a plan, side by side, with results in the order of the inputs.
//!
//! In: a [`Plan`], [`Limits`] and the work on one job. Out: a call for each result in order. A panic or a timeout of one job
//! is the failure of its input and no other. All commands that read several files run through here.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::failure::Failure;
use super::files;
use super::memory;
use super::plan::{Job, Plan};
use super::pool::alone::{GivenUp, Watch};
use super::pool::{Done, End, Limits, Next, Pool, Ticket};
use super::signal;
use super::system_error::system_error;

/// How many results may wait for those before them: files that are written leave little behind, bytes stay in memory.
const WINDOW_OF_FILES: usize = 256;
const WINDOW_OF_BYTES: usize = 16;

/// Smaller inputs take little memory.
const LARGE_INPUT: u64 = 4 << 20;

/// The most bytes of large inputs at a time: reading one may take ten times its size.
const LARGE_INPUTS: u64 = 24 << 20;

impl Limits {
    /// The limits for some inputs. `jobs` is the number of threads, all cores where none is named; `seconds` is the time
    /// for one input, 0 for no limit; `keeps_bytes` says that results stay in memory until their turn.
    ///
    /// # Errors
    /// `usage.jobs` for no threads.
    pub(crate) fn new(inputs: usize, jobs: Option<usize>, seconds: u64, keeps_bytes: bool) -> Result<Self, Failure> {
        let threads = match jobs {
            Some(0) => return Err(Failure::new("usage.jobs")),
            Some(threads) => threads,
            // Counting the cores takes the system a while.
            None if inputs <= 1 => 1,
            None => thread::available_parallelism().map_or(1, usize::from),
        };
        let window = if keeps_bytes { WINDOW_OF_BYTES } else { WINDOW_OF_FILES }.max(2 * threads);
        let time = (seconds > 0).then(|| Duration::from_secs(seconds));
        Ok(Self { threads, time, window })
    }

    /// The failure of an input that took longer.
    pub(crate) fn timed_out(&self) -> Failure {
        Failure::new("fail.timeout").with("seconds", self.time.unwrap_or_default().as_secs())
    }
}

/// Does work on what was read of all files, on a thread of its own, within the time limit of one file. `step` is the key of
/// what it does, for messages.
///
/// # Errors
/// Those of the work; `fail.step_timeout`, `fail.panic` and `fail.threads`.
pub(crate) fn step<T: Send + 'static>(
    step: &'static str,
    seconds: u64,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let limits = Limits::new(1, Some(1), seconds, false)?;
    let work = Mutex::new(Some(work));
    let do_work = move |_: &Ticket| {
        let work = work.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.expect("the only job is done once")()
    };
    let mut result = Err(limits.timed_out());
    let show = |_, done: Done<Result<T, Failure>>| {
        result = match done {
            Done::Finished(result) => result,
            Done::Panicked(detail) => Err(Failure::new("fail.panic").with("detail", detail)),
            Done::TimedOut => {
                Err(Failure::new("fail.step_timeout").with("step", format!("@{step}")).with("seconds", seconds))
            }
        };
        Next::GoOn
    };
    Pool::new().run(1, limits, Arc::new(do_work), show).map_err(no_threads)?;
    result
}

fn no_threads(error: io::Error) -> Failure {
    // As said of files, this would be that another program is using it.
    let is_full = error.kind() == io::ErrorKind::WouldBlock;
    Failure::new("fail.threads")
        .with("detail", if is_full { "@system.memory".to_owned() } else { system_error(&error) })
}

/// The jobs of a plan, about to run.
pub(crate) struct Driver {
    plan: Arc<Plan>,
    limits: Limits,
    prepare: Option<Box<dyn FnOnce()>>,
    interrupt: bool,
    end_process: Option<EndProcess>,
}

/// Says why the only job was given up and ends the process.
type EndProcess = Box<dyn FnOnce(GivenUp) -> Infallible + Send>;

impl Driver {
    /// The jobs of a plan.
    pub(crate) fn new(plan: &Arc<Plan>, limits: Limits) -> Self {
        Self { plan: Arc::clone(plan), limits, prepare: None, interrupt: false, end_process: None }
    }

    /// Sets what this thread does while the first jobs have begun: it makes ready what all jobs need.
    #[must_use]
    pub(crate) fn prepare(self, prepare: impl FnOnce() + 'static) -> Self {
        Self { prepare: Some(Box::new(prepare)), ..self }
    }

    /// Lets Ctrl-C and the like stop the run with [`End::Interrupted`]; otherwise it ends the process.
    #[must_use]
    pub(crate) fn interruptible(self) -> Self {
        Self { interrupt: true, ..self }
    }

    /// Runs the only job on this thread, which saves waking another core. Another thread watches the clock and Ctrl-C; when
    /// the job is given up, it calls `end_process`, since this thread does not return then.
    #[must_use]
    pub(crate) fn alone(self, end_process: impl FnOnce(GivenUp) -> Infallible + Send + 'static) -> Self {
        Self { end_process: Some(Box::new(end_process)), ..self }
    }

    /// Runs all jobs. `work` does one; `show` gets each result in the order of the inputs.
    ///
    /// # Errors
    /// `fail.threads` where the system gives no thread.
    pub(crate) fn run<T: Send + 'static>(
        self,
        work: impl Fn(&Job, &Ticket) -> Result<T, Failure> + Send + Sync + 'static,
        mut show: impl FnMut(&Job, Result<T, Failure>) -> Next,
    ) -> Result<End, Failure> {
        let (plan, limits) = (Arc::clone(&self.plan), self.limits);
        let do_job = {
            let plan = Arc::clone(&plan);
            move |ticket: &Ticket| {
                let job = plan.job(ticket.at);
                memory::set_file(&job.input.display());
                let size = job.input.path().map_or(0, files::size);
                if size >= LARGE_INPUT {
                    ticket.reserve(size, LARGE_INPUTS);
                }
                work(&job, ticket)
            }
        };
        let mut show = |at: usize, done: Done<Result<T, Failure>>| {
            let result = match done {
                Done::Finished(result) => result,
                Done::Panicked(detail) => Err(Failure::new("fail.panic").with("detail", detail)),
                Done::TimedOut => Err(limits.timed_out()),
            };
            show(&plan.job(at), result)
        };
        let pool = Pool::new();
        if let Some(end_process) = self.end_process {
            let done = pool.run_alone(limits.time, &do_job, |watch| watch_over(watch, end_process));
            let next = show(0, done.map_err(no_threads)?);
            return Ok(if next == Next::GoOn { End::Complete } else { End::Stopped });
        }
        if self.interrupt {
            signal::on_stop(pool.stopper());
        }
        let pool = match self.prepare {
            Some(prepare) => pool.meanwhile(prepare),
            None => pool,
        };
        pool.run(plan.len(), limits, Arc::new(do_job), show).map_err(no_threads)
    }
}

fn watch_over(watch: Watch, end_process: EndProcess) {
    signal::on_stop(watch.stopper());
    if let Some(given_up) = watch.wait() {
        end_process(given_up);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_hangs_or_panics_is_a_failure() {
        let key = |result: Result<(), Failure>| match result {
            Err(Failure::Message(key, _)) => key,
            _ => "",
        };
        assert!(step("step.merge", 0, || Ok(7)).is_ok_and(|seven| seven == 7));
        let sleep = || {
            thread::sleep(Duration::from_secs(60));
            Ok(())
        };
        assert_eq!(key(step("step.merge", 1, sleep)), "fail.step_timeout");
        assert_eq!(key(step("step.merge", 1, || panic!("on purpose"))), "fail.panic");
        assert_eq!(key(step("step.merge", 1, || Err(Failure::new("fail.nothing_to_merge")))), "fail.nothing_to_merge");
    }
}

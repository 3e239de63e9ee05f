//! Metrics of the process, under the usual names of dashboards.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use crate::net::open_files;

/// Reads memory, CPU time and open files of this process on each scrape. Values that the
/// system does not provide are left out.
#[derive(Debug)]
pub struct ProcessCollector {
    /// Seconds since 1970.
    started: f64,
}

impl Default for ProcessCollector {
    /// Takes the present as the start of the process.
    fn default() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Self { started: now.unwrap_or_default().as_secs_f64() }
    }
}

impl Collector for ProcessCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut gauge = |name, help, unit: Option<Unit>, value: f64| {
            let gauge = ConstGauge::new(value);
            let metric =
                encoder.encode_descriptor(name, help, unit.as_ref(), gauge.metric_type())?;
            gauge.encode(metric)
        };
        gauge(
            "process_start_time",
            "Start of the process since 1970",
            Some(Unit::Seconds),
            self.started,
        )?;
        if let Some(bytes) = resident_bytes() {
            let help = "Memory of the process that is resident";
            gauge("process_resident_memory", help, Some(Unit::Bytes), bytes)?;
        }
        if let Some(count) = open_files::count() {
            gauge("process_open_fds", "Open file descriptors", None, count as f64)?;
        }
        if let Some(limit) = open_files::limit() {
            gauge("process_max_fds", "Most open file descriptors", None, limit as f64)?;
        }
        if let Some(seconds) = cpu_seconds() {
            let counter = ConstCounter::new(seconds);
            let metric = encoder.encode_descriptor(
                "process_cpu",
                "CPU time of the process, in user and system mode",
                Some(&Unit::Seconds),
                counter.metric_type(),
            )?;
            counter.encode(metric)?;
        }
        Ok(())
    }
}

/// Resident memory (proc_pid_status(5), `VmRSS`, in KiB).
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0)
}

/// CPU time (proc_pid_stat(5), `utime` and `stime`, in clock ticks).
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name, which comes second, may hold spaces and brackets.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / rustix::param::clock_ticks_per_second() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn process_metrics_are_read_from_the_system() {
        assert!(resident_bytes().is_some_and(|bytes| bytes > 1e6));
        let before = cpu_seconds().unwrap();
        let start = std::time::Instant::now();
        while start.elapsed().as_millis() < 60 {
            std::hint::black_box(start);
        }
        assert!(cpu_seconds().unwrap() > before);
    }
}

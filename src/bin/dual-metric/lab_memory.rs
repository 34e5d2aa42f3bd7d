//! The most memory that this process has had since it was last asked to forget. Linux keeps it; elsewhere nobody knows.

/// Forgets the peak, so that the next one is that of what follows.
pub fn forget_peak() {
    // "5" resets the peak resident set (proc(5), clear_refs); where that is not allowed the peak is that of the whole run.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The peak of the resident set since then, in bytes.
pub fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_taken_and_given_back_is_in_the_peak_until_it_is_forgotten() {
        let bytes = 200 << 20;
        super::forget_peak();
        let before = super::peak().unwrap();
        let block = vec![1_u8; bytes];
        assert_eq!(block[bytes / 2], 1);
        drop(block);
        let peak = super::peak().unwrap();
        assert!(peak >= before + (bytes as u64) * 9 / 10, "{before} {peak}");
    }
}

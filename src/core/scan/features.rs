//! The features of the processor that kernels ask for at run time.

/// Each with whether it is there; none on processors that have no kernels of their own.
#[cfg(target_arch = "x86_64")]
pub(crate) fn all() -> Vec<(&'static str, bool)> {
    vec![
        ("avx2", is_x86_feature_detected!("avx2")),
        ("avx512bw", is_x86_feature_detected!("avx512bw")),
        ("avx512vbmi2", is_x86_feature_detected!("avx512vbmi2")),
        ("bmi1", is_x86_feature_detected!("bmi1")),
        ("bmi2", is_x86_feature_detected!("bmi2")),
        ("pclmulqdq", is_x86_feature_detected!("pclmulqdq")),
        ("popcnt", is_x86_feature_detected!("popcnt")),
    ]
}

/// Each with whether it is there; none on processors that have no kernels of their own.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn all() -> Vec<(&'static str, bool)> {
    Vec::new()
}

/// Whether kernels use vectors. What is beyond AVX2 they can do without.
pub(crate) fn has_vectors() -> bool {
    let found = all();
    !found.is_empty() && found.iter().all(|(name, present)| *present || name.starts_with("avx512"))
}

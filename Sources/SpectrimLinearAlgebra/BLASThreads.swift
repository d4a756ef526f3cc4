internal import CBLAS

/// The threads of BLAS and LAPACK, a setting of the whole process.
///
/// Results differ in their last bits between thread counts, so whatever must be reproducible
/// asks for one thread.
public enum BLASThreads {
  /// Uses `count` threads, at least one, from the next call on.
  public static func use(_ count: Int) {
    precondition(count >= 1, "\(count) threads")
    openblas_set_num_threads(Int32(clamping: count))
  }
}
